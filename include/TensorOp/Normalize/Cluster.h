//===- Cluster.h - What belongs to one kernel -------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_NORMALIZE_CLUSTER_H
#define TENSOROP_NORMALIZE_CLUSTER_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/SmallVector.h"
#include <string>

namespace tensorop {

/// A contraction with the op that its accumulator starts from (a fill, a copy,
/// a broadcast bias) and the elementwise ops that follow it, in program order.
/// Each op's result has one use, the next op; only the last one's is read
/// outside.
struct Cluster {
  mlir::linalg::LinalgOp contraction;
  llvm::SmallVector<mlir::linalg::LinalgOp> ops;
  /// Elementwise ops whose results are the contraction's inputs and are read by
  /// nothing else: dequantization, casts, scales.
  llvm::SmallVector<mlir::linalg::LinalgOp, 2> producers;
  /// Elementwise ops that read the last one's result and do not belong to the
  /// cluster, with the reason.
  llvm::SmallVector<std::pair<mlir::linalg::LinalgOp, std::string>, 2> unfused;

  mlir::linalg::LinalgOp last() const { return ops.back(); }
};

/// Whether each element of the op's only result is its old value plus products
/// of two operands, summed over at least one dimension; casts between are
/// allowed. True of named and generic ops alike.
bool isContraction(mlir::linalg::LinalgOp op);

/// Whether each element of the op's only result is computed from elements of
/// its inputs, at places that the element's own place gives (also divided: the
/// scale of a group), whatever the result held before.
bool isElementwiseProducer(mlir::linalg::LinalgOp op);

/// "mm", "bmm", "mv", "vm", "dot", "conv" or "contract"; "init" for a fill,
/// "ew" for other elementwise ops, "pool" for windows, "red" for other
/// reductions, else "op".
llvm::StringRef getClassName(mlir::linalg::LinalgOp op);

/// The clusters of a block of pure tensor ops, in program order; no op is in
/// two.
llvm::SmallVector<Cluster> findClusters(mlir::Block &block);

} // namespace tensorop

#endif // TENSOROP_NORMALIZE_CLUSTER_H
