//===- Compare.h - Error bounds per output element --------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_RUNTIME_COMPARE_H
#define TENSOROP_LIB_RUNTIME_COMPARE_H

#include "TensorOp/Runtime/Buffers.h"
#include "TensorOp/Runtime/Check.h"
#include "TensorOp/Runtime/Manifest.h"

namespace tensorop::runtime {

/// What one result is judged by. `reference` holds f64 for floats and the
/// result's type for integers; `magnitude` (f64, contraction bounds) and `own`
/// (the result's type, measured bounds, and those of long sums) may be null.
struct Judgement {
  /// Gives the bounds.
  const Buffer *reference = nullptr;
  /// What the result must equal within them; null: the reference.
  const Buffer *values = nullptr;
  const Buffer *magnitude = nullptr;
  /// The magnitude of the terms of finite factors; null: there are no others.
  const Buffer *finiteMagnitude = nullptr;
  const Buffer *own = nullptr;
  /// References with the largest permitted errors (types as `reference`,
  /// measured bounds); may be empty.
  std::vector<const Buffer *> perturbed;
  Bound bound;
  /// The result was also an input, added to the products.
  bool accumulates = false;
  /// Multiplies the bounds: 2 when `values` come from another implementation,
  /// which may err as far as ours.
  double slack = 1;
  /// Added to the bounds.
  double absolute = 0;
  /// For the reported place: names, and, when the values are a part of a larger
  /// array, the place of each in it and its shape.
  std::string argument, against;
  std::vector<int64_t> places, shape;
};

/// Compares every element of `computed`, counts into `result` and keeps the
/// element whose error is largest in relation to its bound.
void compare(const Buffer &computed, const Judgement &judgement,
             CheckResult &result);

} // namespace tensorop::runtime

#endif // TENSOROP_LIB_RUNTIME_COMPARE_H
