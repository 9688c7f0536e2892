//===- FoldTransposes.cpp - Contractions read operands as they lie --------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FoldTransposes.h"
#include "TensorOp/Normalize/Cluster.h"
#include "TensorOp/Realise/Generalize.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;

/// The map that reads a transpose's source where `map` read its result.
static AffineMap permute(AffineMap map, ArrayRef<int64_t> permutation) {
  SmallVector<AffineExpr> results(map.getNumResults());
  for (auto [dim, source] : llvm::enumerate(permutation))
    results[source] = map.getResult(dim);
  return AffineMap::get(map.getNumDims(), map.getNumSymbols(), results,
                        map.getContext());
}

void tensorop::foldTransposes(RewriterBase &rewriter, func::FuncOp func) {
  SmallVector<linalg::LinalgOp> contractions;
  func.walk([&](linalg::LinalgOp op) {
    if (isContraction(op) && op.hasPureTensorSemantics())
      contractions.push_back(op);
  });
  for (linalg::LinalgOp op : contractions) {
    // A transpose of a transpose folds twice.
    for (unsigned input = 0; input < 2; ++input)
      while (auto transpose = op.getDpsInputOperand(input)
                                  ->get()
                                  .getDefiningOp<linalg::TransposeOp>()) {
        FailureOr<linalg::GenericOp> made = tensorop::generalize(rewriter, op);
        if (failed(made))
          break;
        linalg::GenericOp generic = *made;
        SmallVector<AffineMap> maps = generic.getIndexingMapsArray();
        maps[input] = permute(maps[input], transpose.getPermutation());
        generic.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
        generic.getDpsInputOperand(input)->set(transpose.getInput());
        if (transpose->use_empty())
          rewriter.eraseOp(transpose);
        op = cast<linalg::LinalgOp>(generic.getOperation());
      }
  }
}
