//===- OrderLoops.cpp - Loops that vectorize without reassociation --------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Normalize/Passes.h"
#include "TensorOp/Realise/Generalize.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPORDERLOOPS
#include "TensorOp/Normalize/Passes.h.inc"
} // namespace tensorop

using namespace mlir;

namespace {
/// How one dimension walks the operands of an op.
struct Walk {
  int contiguous = 0, strided = 0;
};
} // namespace

static Walk getWalk(linalg::GenericOp op, unsigned dim) {
  Walk walk;
  for (AffineMap map : op.getIndexingMapsArray()) {
    bool last = false, other = false;
    for (unsigned i = 0, e = map.getNumResults(); i < e; ++i)
      if (map.getResult(i).isFunctionOfDim(dim)) {
        bool unit =
            map.getResult(i) == getAffineDimExpr(dim, op.getContext()) ||
            (isa<AffineBinaryOpExpr>(map.getResult(i)) &&
             map.getResult(i).getKind() == AffineExprKind::Add);
        (i + 1 == e && unit ? last : other) = true;
      }
    walk.contiguous += last && !other;
    walk.strided += other;
  }
  return walk;
}

namespace {
struct OrderLoops : tensorop::impl::TensorOpOrderLoopsBase<OrderLoops> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<linalg::LinalgOp> ops;
    getOperation().walk([&](linalg::LinalgOp op) { ops.push_back(op); });
    for (linalg::LinalgOp op : ops) {
      if (isa<linalg::FillOp, linalg::CopyOp>(op.getOperation()))
        continue;
      FailureOr<linalg::GenericOp> generic = tensorop::generalize(rewriter, op);
      if (failed(generic) || generic->getNumReductionLoops() == 0)
        continue;
      unsigned best = generic->getNumLoops();
      Walk bestWalk;
      SmallVector<utils::IteratorType> kinds = generic->getIteratorTypesArray();
      SmallVector<int64_t> extents = generic->getStaticLoopRanges();
      for (unsigned dim = 0; dim < generic->getNumLoops(); ++dim) {
        Walk walk = getWalk(*generic, dim);
        if (kinds[dim] != utils::IteratorType::parallel || walk.strided > 0 ||
            walk.contiguous == 0 || extents[dim] == 1)
          continue;
        if (best == generic->getNumLoops() ||
            walk.contiguous >= bestWalk.contiguous) {
          best = dim;
          bestWalk = walk;
        }
      }
      if (best == generic->getNumLoops() || best + 1 == generic->getNumLoops())
        continue;
      SmallVector<unsigned> order;
      for (unsigned dim = 0; dim < generic->getNumLoops(); ++dim)
        if (dim != best)
          order.push_back(dim);
      order.push_back(best);
      if (failed(linalg::interchangeGenericOp(rewriter, *generic, order))) {
        generic->emitError("internal error: loops cannot be interchanged");
        return signalPassFailure();
      }
    }
  }
};
} // namespace
