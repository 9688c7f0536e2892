//===- Gemm.h - Contractions in every variant, realised and checked -*- C++
//-*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_UNITTESTS_REALISE_GEMM_H
#define TENSOROP_UNITTESTS_REALISE_GEMM_H

#include "Kernel.h"

namespace tensorop::test {

/// out[b, m, n] (+)= sum over k of lhs[b, m, k] * rhs[b, k, n], and how it is
/// to be realised.
struct Gemm {
  int64_t batch = 0; ///< 0: operands of rank 2.
  int64_t m = 13, n = 19, k = 11;
  std::string type = "f32";
  bool transposeLhs = false, transposeRhs = false;
  bool fill = false;
  std::string fillValue = "0.0";
  int epilogues = 0; ///< First: + bias[n]; second: max(x, 0.5).
  int64_t mr = 6, nr = 8, lanes = 4, mc = 12, kc = 8, unroll = 3;
  int64_t nc = 0; ///< 0: no loop jc.
  bool packLhs = true, packRhs = true;
  bool packRhsAtCall = false; ///< Before all loops, not in pc.
  bool productFirst = false;  ///< The body adds product + sum.
  Edge rowEdge = Edge::Auto, columnEdge = Edge::Auto;
  bool lateInit = false, prefetch = false;
  int64_t prefetchSteps = 0, prefetchTiles = 0;

  std::string payload() const;
  std::string describe() const;
};

/// The handles after the steps that have run.
struct Realised {
  Band band;
  llvm::SmallVector<mlir::memref::AllocOp> buffers;
  mlir::linalg::GenericOp init;
  llvm::SmallVector<mlir::linalg::GenericOp> epilogues;
  RegisterTile tile;
};

/// Number of steps: loops, layouts, fusion, register tile, unroll.
inline constexpr int kSteps = 5;

/// Runs the first `steps` steps; the reason of a refusal, or nothing.
std::string realise(Kernel &kernel, const Gemm &gemm, int steps,
                    Realised &result);

/// Runs the kernel on pseudo-random integers that every type holds exactly and
/// compares with plain loops; the first difference, or nothing.
std::string check(Kernel &kernel, const Gemm &gemm);

} // namespace tensorop::test

#endif // TENSOROP_UNITTESTS_REALISE_GEMM_H
