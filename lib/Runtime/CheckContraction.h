//===- CheckContraction.h - Large products without reference ---*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_RUNTIME_CHECKCONTRACTION_H
#define TENSOROP_LIB_RUNTIME_CHECKCONTRACTION_H

#include "TensorOp/Runtime/Bundle.h"
#include "TensorOp/Runtime/Check.h"

namespace tensorop::runtime {

/// Whether the manifest has a contraction whose sums of products of the
/// integers that checkProjection takes are exact in the result's type, in any
/// order.
bool canProject(const Manifest &manifest);

/// Largest magnitude of the whole numbers that checkProjection takes.
inline constexpr int64_t projectionInput = 8;

/// Checks the result C of integer inputs by random projections (R. Freivalds,
/// 1977). The loops that only one input and C run over are projected out: for
/// every point of C's other loops, sum_n C x_n = sum_k A (sum_n B x_n) (+ sum_n
/// C0 x_n) in exact integer arithmetic, for two random x of 1 to 2^20. A wrong
/// element in a row never passes alone; several pass only when their errors,
/// times x, add up to zero, at most once in 2^20 for each x. Counts all
/// elements; a row that differs is the worst element, with its projections.
void checkProjection(const Manifest &manifest, const Frame &inputs,
                     const Frame &computed, uint64_t seed, CheckResult &result);

/// Checks `rows` rows of C (points of the loops that are not projected out),
/// the last ones among them, against f64 sums, each element within its bound as
/// a contraction. Nothing for integers, which the projection has checked
/// exactly.
Status checkRows(const Manifest &manifest, const Frame &inputs,
                 const Frame &computed, int64_t rows, uint64_t seed,
                 CheckResult &result);

} // namespace tensorop::runtime

#endif // TENSOROP_LIB_RUNTIME_CHECKCONTRACTION_H
