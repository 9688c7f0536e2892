//===- CheckGemm.h - Large products, without the slow reference -*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_RUNTIME_CHECKGEMM_H
#define TENSOROP_LIB_RUNTIME_CHECKGEMM_H

#include "TensorOp/Runtime/Bundle.h"
#include "TensorOp/Runtime/Check.h"

namespace tensorop::runtime {

/// Whether sums of products of the integers that checkProjection takes are
/// exact in the product's type, in any order.
bool canProject(const GemmEquivalent &gemm);

/// Largest magnitude of the whole numbers that checkProjection takes.
inline constexpr int64_t projectionInput = 8;

/// Checks C of integer inputs by random projections: C x = A (B x) (+ C0 x) in
/// exact integer arithmetic, for two random x. One wrong element never passes,
/// several only when they cancel, about once in 2^40. Counts all elements; a
/// row that differs is the worst element, with its projections.
void checkProjection(const GemmEquivalent &gemm, const Frame &inputs,
                     const Frame &computed, uint64_t seed, CheckResult &result);

/// Checks `rows` rows of C, the last ones among them, against f64 sums, each
/// element within its bound (as a contraction of the product's type).
Status checkRows(const Manifest &manifest, const Frame &inputs,
                 const Frame &computed, int64_t rows, uint64_t seed,
                 CheckResult &result);

} // namespace tensorop::runtime

#endif // TENSOROP_LIB_RUNTIME_CHECKGEMM_H
