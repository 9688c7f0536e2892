//===- Repeat.h - Calls a kernel a number of times --------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_RUNTIME_REPEAT_H
#define TENSOROP_RUNTIME_REPEAT_H

#include "TensorOp/Runtime/Bundle.h"

namespace tensorop::runtime {

/// Calls the kernel once and then `calls` times more on the same generated
/// inputs, without looking at a clock: for emulators and profilers, which count
/// what two numbers of calls differ in. The last call starts from the same
/// inout arguments as the first and must give the same bytes.
Status repeatCalls(const Bundle &bundle, int64_t calls, uint64_t seed);

} // namespace tensorop::runtime

#endif // TENSOROP_RUNTIME_REPEAT_H
