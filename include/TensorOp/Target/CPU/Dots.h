//===- Dots.h - Sums of groups of products ----------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Register tiles with groups are plain arithmetic whose last operation names an
// instruction (`strategy.dot`). This finds the sum, its factors and what they
// were extended from; targets put the instruction in its place.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TARGET_CPU_DOTS_H
#define TENSOROP_TARGET_CPU_DOTS_H

#include "mlir/IR/ValueRange.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <optional>

namespace mlir {
class Operation;
} // namespace mlir

namespace tensorop {

/// sum + the sums of groups of neighbours in left * right. All are vectors of
/// one element type; `left` and `right` have as many elements more as a group
/// has.
struct Dot {
  mlir::Value sum, left, right;
};

/// The dot product that `last`, an addition of integers or floats, ends, with
/// groups of `group` (a power of two); nothing when it has another form.
std::optional<Dot> matchDot(mlir::Operation *last, int64_t group);

enum class Extension { Signed, Unsigned, Float };

/// The vector of `element` that `wide` is an extension of; null when it is
/// none.
mlir::Value beforeExtension(mlir::Value wide, Extension extension,
                            mlir::Type element);

int64_t bitsOfVector(mlir::Value vector);

/// Takes the names off the operations in `root` that have one, and calls
/// `lower` with each operation and its name. It may replace the operation.
void lowerDots(
    mlir::Operation *root,
    llvm::function_ref<void(mlir::Operation *, llvm::StringRef)> lower);

/// Replaces `op`, which has one result, by a call of LLVM's intrinsic.
void replaceByIntrinsic(mlir::Operation *op, llvm::StringRef intrinsic,
                        mlir::ValueRange operands);

} // namespace tensorop

#endif // TENSOROP_TARGET_CPU_DOTS_H
