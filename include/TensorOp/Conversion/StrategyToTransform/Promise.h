//===- Promise.h - What a loop tree promises of the IR ----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel's promise is a dictionary on its function:
//
//   loops   = [{name, step, copies, at} ...]: exactly `copies` loops of that
//             name step by `step`; with `remainder`, at most as many more
//             step by `remainder` (the rest of an unrolled loop); with
//             `may_fold`, loops with a single trip may be gone; `inside` is
//             the loop that each lies directly in, empty for the outermost;
//             with `prefetches`, each asks for data that it reads later
//   buffers = [{name, type, filled, at} ...]: one allocation each, of that
//             type, written in the loop `filled` (empty: outside all loops)
//   fused   = [{name, loop, at} ...]: where that op is still one of its own, it
//             lies in `loop`
//   tile    = {loop, element, lanes, accumulators, at}: the copies of `loop`
//             carry accumulators in native vectors; `accumulators` lists how
//             many each version has
//
// `at` is the location of the step that made the promise.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_CONVERSION_STRATEGYTOTRANSFORM_PROMISE_H
#define TENSOROP_CONVERSION_STRATEGYTOTRANSFORM_PROMISE_H

#include "llvm/ADT/StringRef.h"

namespace tensorop::strategy {

/// Attribute on a kernel function.
inline constexpr llvm::StringLiteral kPromiseAttr = "strategy.promise";

} // namespace tensorop::strategy

#endif // TENSOROP_CONVERSION_STRATEGYTOTRANSFORM_PROMISE_H
