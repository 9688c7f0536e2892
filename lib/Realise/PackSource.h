//===- PackSource.h - What a packed copy is filled with ---------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_REALISE_PACKSOURCE_H
#define TENSOROP_LIB_REALISE_PACKSOURCE_H

#include "Helpers.h"

namespace tensorop {

/// An elementwise op whose result is packed without being stored before.
struct PackProducer {
  /// Null: there is none, the elements are in memory.
  mlir::linalg::GenericOp op;
  /// Where the region that is packed lies in its result.
  llvm::SmallVector<mlir::OpFoldResult> offsets;
};

/// Reads elements of a region: from memory, or by computing them.
class PackSource {
public:
  PackSource(mlir::OpBuilder &b, mlir::Location loc, mlir::Value region,
             const PackProducer &producer);

  /// `count` elements along the region's last dimension from `indices` on, as a
  /// vector; a scalar when `count` is 0. Those that `mask` leaves out do not
  /// exist and read as zero.
  mlir::Value read(llvm::ArrayRef<mlir::Value> indices, int64_t count,
                   mlir::Value mask = nullptr);
  /// Asks for the line at `indices` of whatever is read along the last
  /// dimension.
  void prefetch(llvm::ArrayRef<mlir::Value> indices);

private:
  using Values = llvm::SmallVector<mlir::Value>;
  using Folds = llvm::SmallVector<mlir::OpFoldResult>;

  /// How an input of the producer changes along the region's last dimension.
  enum class Along { Constant, Contiguous, Other };
  Along along(mlir::AffineMap map) const;
  /// The producer's dimensions at `indices` of the region.
  Folds dimsAt(llvm::ArrayRef<mlir::Value> indices);
  Values address(mlir::AffineMap map, llvm::ArrayRef<mlir::OpFoldResult> dims);
  mlir::Value readInput(mlir::OpOperand &input, const Folds &dims,
                        int64_t count, mlir::Value mask);
  mlir::Value readEach(mlir::Value source, mlir::AffineMap map,
                       const Folds &dims, int64_t count, mlir::Value mask);
  mlir::Value broadcast(mlir::Value scalar, int64_t count);

  mlir::OpBuilder &b;
  mlir::Location loc;
  mlir::Value region;
  const PackProducer &producer;
  mlir::Type element;
  unsigned rank;
  /// The producer's dimension that the region's last one is, and the end of the
  /// region along it.
  unsigned lane = 0;
  mlir::OpFoldResult end;
};

/// Refuses, without changing the IR, a producer that cannot be computed where
/// input operand `operand` of `op` is packed.
mlir::LogicalResult checkProducer(mlir::linalg::LinalgOp producer,
                                  mlir::linalg::GenericOp op, unsigned operand,
                                  Refusal &why);

/// The sum of the offsets of the views from a buffer to `region`.
llvm::SmallVector<mlir::OpFoldResult>
offsetsOf(mlir::OpBuilder &b, mlir::Location loc, mlir::Value region);

/// Erases the producer, the buffer of its result and all views of it, which
/// nothing reads any more.
void eraseProducer(mlir::RewriterBase &rewriter,
                   mlir::linalg::GenericOp producer);

} // namespace tensorop

#endif // TENSOROP_LIB_REALISE_PACKSOURCE_H
