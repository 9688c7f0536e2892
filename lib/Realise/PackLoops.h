//===- PackLoops.h - What all ways to fill a packed buffer share -*- C++
//-*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_REALISE_PACKLOOPS_H
#define TENSOROP_LIB_REALISE_PACKLOOPS_H

#include "PackCode.h"

namespace tensorop {

/// Loops over a region, and where its elements lie in the packed copy.
class PackLoops {
protected:
  using Values = llvm::SmallVector<mlir::Value>;

  PackLoops(mlir::OpBuilder &b, mlir::Location loc, mlir::Value region,
            mlir::Value packed, const PackCode &code);

  /// A loop from 0 to `ub`; no loop when there is one step.
  void loop(mlir::OpFoldResult ub, int64_t step, llvm::StringRef name,
            llvm::function_ref<void(mlir::Value)> body);
  /// Loops over all dimensions that are not packed and, unless `last`, not the
  /// last one; `position` has where they are.
  void otherDims(llvm::StringRef name, bool last,
                 llvm::function_ref<void()> body, unsigned dim = 0);
  /// Runs `whole` for each full panel and `part`, with the number of elements
  /// that exist, for the last one when it is not full. Workers share one loop
  /// over all panels.
  void panels(llvm::function_ref<void(mlir::Value)> whole,
              llvm::function_ref<void(mlir::OpFoldResult)> part);
  /// Runs `body` where `extent` leaves a rest after parts of `unit`, for each
  /// rest that occurs; it is a constant when it is known.
  void tails(mlir::OpFoldResult extent, int64_t unit,
             llvm::function_ref<void(mlir::OpFoldResult)> body);
  /// Where the panel after `p` starts along the packed dimension, or the last
  /// full one.
  mlir::Value nextPanel(mlir::Value p);
  /// Asks for a panel's part of the row that begins at `indices`: rows lie far
  /// apart, in pages of their own, where no prefetcher of the machine looks
  /// ahead.
  void prefetchRow(Values indices);
  /// The first `exist` of `size` elements.
  mlir::Value mask(int64_t size, mlir::OpFoldResult exist);
  /// Elements of the region (see PackSource::read) as the copy holds them.
  mlir::Value read(llvm::ArrayRef<mlir::Value> indices, int64_t count,
                   mlir::Value mask = nullptr);
  /// Stores a scalar or vector in `to`, the copy or a view of it.
  void write(mlir::Value value, mlir::Value to,
             llvm::ArrayRef<mlir::Value> indices);
  /// Stores element i of a vector `stride * i` elements behind `indices`.
  void writeStrided(mlir::Value vector, mlir::Value to,
                    llvm::ArrayRef<mlir::Value> indices, int64_t stride);
  /// Notes at a store which fused op computes what it stores.
  void nameStore(mlir::Operation *store);
  /// `element`, or a vector of as many elements as `loaded`.
  mlir::Type packedType(mlir::Type loaded) const;

  mlir::OpBuilder &b;
  mlir::Location loc;
  mlir::Value region, packed;
  PackCode code;
  PackSource from;
  unsigned rank;
  /// Elements in a panel along the packed dimension.
  int64_t panel;
  /// Of the region, and of the copy.
  mlir::Type source, element;
  mlir::AffineExpr d0, d1;
  llvm::SmallVector<mlir::OpFoldResult> sizes;
  /// Number of full panels.
  mlir::Value full;
  /// Current place, by dimension of the region.
  Values position;

private:
  mlir::Value convert(mlir::Value loaded);
};

} // namespace tensorop

#endif // TENSOROP_LIB_REALISE_PACKLOOPS_H
