//===- Generalize.cpp - Named ops as generic ones -------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Realise/Generalize.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"

using namespace mlir;

FailureOr<linalg::GenericOp> tensorop::generalize(RewriterBase &rewriter,
                                                  linalg::LinalgOp op) {
  if (auto generic = dyn_cast<linalg::GenericOp>(op.getOperation()))
    return generic;
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(op);
  // What named ops memoize of themselves is no attribute of the payload.
  NamedAttrList kept(op->getDiscardableAttrDictionary());
  kept.erase("linalg.memoized_indexing_maps");
  FailureOr<linalg::GenericOp> generic =
      linalg::generalizeNamedOp(rewriter, op);
  if (succeeded(generic))
    (*generic)->setDiscardableAttrs(kept.getDictionary(rewriter.getContext()));
  return generic;
}
