//===- Asserts.cpp - wrong on purpose ---===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---===//
#include <cassert>
