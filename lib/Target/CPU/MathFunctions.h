//===- MathFunctions.h - Elementary functions as polynomials ----*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// f32 functions without tables, calls or branches, on scalars and vectors
// alike. NaN gives NaN, infinities and signed zeros give what the function
// says, subnormal arguments and results are not flushed. Each operation is
// rounded by itself but the fused ones: no fast-math flag is needed or set.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_TARGET_CPU_MATHFUNCTIONS_H
#define TENSOROP_LIB_TARGET_CPU_MATHFUNCTIONS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"

namespace tensorop {

/// What stands for a math op of one f32 (or vector of f32) operand.
struct MathFunction {
  /// "math.exp"
  llvm::StringLiteral op;
  /// Largest error in units in the last place of the exact result, rounded up
  /// to a whole number; docs/numerics.md has the measured figures.
  int64_t ulp;
  using Build = mlir::Value (*)(mlir::OpBuilder &b, mlir::Location loc,
                                mlir::Value x);
  Build build;
  /// The function plus one, off by at most `ulp` units in the last place of the
  /// function or of the sum, whichever has the larger ones; null without a
  /// shorter way to it than the sum.
  Build buildPlusOne;
};

llvm::ArrayRef<MathFunction> getMathFunctions();

} // namespace tensorop

#endif // TENSOROP_LIB_TARGET_CPU_MATHFUNCTIONS_H
