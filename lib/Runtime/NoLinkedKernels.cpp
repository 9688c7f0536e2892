//===- NoLinkedKernels.cpp - The empty table of kernels -------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Alone in its object: the linker takes it from the library only when nothing
// else has a table.
//
//===----------------------------------------------------------------------===//

#include "LinkedKernels.h"

extern "C" const TensorOpLinkedEntry tensorop_linked_entries[] = {{}};
