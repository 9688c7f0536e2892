//===- Fuse.cpp - Initialisation and epilogues at the tile ----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Whether an op may be fused is decided on the loop tree; here it is only
// checked that the buffers are the ones it spoke of.
//
//===----------------------------------------------------------------------===//

#include "Helpers.h"
#include "TensorOp/Support/Check.h"
#include "TensorOp/Support/Mutation.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace tensorop {

/// The buffer under a chain of views.
static Value baseOf(Value value) {
  while (auto view = value.getDefiningOp<memref::SubViewOp>())
    value = view.getSource();
  return value;
}

/// Whether `mover` is elementwise over one output buffer, which is that of
/// `host`; `isInit`: and does not read it.
static LogicalResult check(linalg::LinalgOp mover, linalg::GenericOp host,
                           bool isInit, Refusal &why) {
  if (!mover.hasPureBufferSemantics() || !host.hasPureBufferSemantics())
    return refuse(why, mover, "expects buffer operands");
  if (mover.getNumDpsInits() != 1 || host.getNumDpsInits() != 1)
    return refuse(why, mover, "expects ops with one output");
  OpOperand *out = mover.getDpsInitOperand(0);
  if (mover.getNumParallelLoops() != mover.getNumLoops() ||
      !mover.getMatchingIndexingMap(out).isPermutation())
    return refuse(why, mover, "expects an elementwise op, but it has ",
                  mover.getNumLoops(), " loops, of which ",
                  mover.getNumReductionLoops(), " are reductions");
  for (OpOperand *operand : mover.getDpsInputOperands())
    if (!mover.getMatchingIndexingMap(operand).isProjectedPermutation(
            /*allowZeroInResults=*/true))
      return refuse(why, mover, "operand ", operand->getOperandNumber(),
                    " is not read by a projected permutation");
  if (isInit && mover.getMatchingBlockArgument(out).use_empty() == false)
    return refuse(why, mover,
                  "expects an op that overwrites its output, but "
                  "it reads it");
  Value tile = host.getDpsInitOperand(0)->get();
  if (baseOf(tile) != out->get())
    return refuse(why, mover, "its output is not the buffer that '",
                  host->hasAttr(kOpName)
                      ? cast<StringAttr>(host->getAttr(kOpName)).getValue()
                      : host->getName().getStringRef(),
                  "' writes");
  for (Value view = tile; auto op = view.getDefiningOp<memref::SubViewOp>();
       view = op.getSource())
    if (!op.hasUnitStride() ||
        op.getType().getRank() != op.getSourceType().getRank())
      return refuse(why, mover,
                    "the output tile is not a view of unit strides "
                    "and full rank");

  // The nest of `host` and `mover` are siblings, in order, with no other user
  // of the buffer between them.
  Operation *nest = mover->getBlock()->findAncestorOpInBlock(*host);
  if (!nest || nest->isBeforeInBlock(mover) == isInit)
    return refuse(why, mover, "expects an op ", isInit ? "before" : "behind",
                  " the nest it is fused into, in the same block");
  Operation *from = isInit ? mover.getOperation() : nest,
            *to = isInit ? nest : mover.getOperation();
  for (Operation *user : out->get().getUsers()) {
    Operation *sibling = mover->getBlock()->findAncestorOpInBlock(*user);
    if (sibling && from->isBeforeInBlock(sibling) &&
        sibling->isBeforeInBlock(to) && !isa<memref::SubViewOp>(sibling))
      return refuse(why, user, "this op uses the buffer between '",
                    from->getName().getStringRef(), "' and '",
                    to->getName().getStringRef(), "'");
  }
  return success();
}

/// Whether the tile `view` moves with `loop`.
static bool dependsOn(Value view, scf::ForOp loop) {
  for (; auto op = view.getDefiningOp<memref::SubViewOp>();
       view = op.getSource())
    if (llvm::is_contained(op.getOffsets(), loop.getInductionVar()))
      return true;
  return false;
}

/// The condition that every reduction loop around `op` is in its first (or
/// last) iteration; null when that always holds.
static Value edgeOfReductions(OpBuilder &b, linalg::GenericOp op, bool first) {
  Location loc = op.getLoc();
  if (isMutated(first ? Mutation::InitInEachBlock : Mutation::EpilogueEarly))
    return nullptr;
  Value tile = op.getDpsInitOperand(0)->get(), all;
  for (auto loop = op->getParentOfType<scf::ForOp>(); loop;
       loop = loop->getParentOfType<scf::ForOp>()) {
    if (dependsOn(tile, loop))
      continue;
    std::optional<int64_t> bound = getConstantIntValue(loop.getUpperBound()),
                           step = getConstantIntValue(loop.getStep());
    if (bound && step && *bound <= *step)
      continue;
    if (all && isMutated(Mutation::GuardInnermost))
      break;
    Value at;
    if (first) {
      at = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq,
                                 loop.getInductionVar(), loop.getLowerBound());
    } else {
      Value next =
          arith::AddIOp::create(b, loc, loop.getInductionVar(), loop.getStep());
      if (isMutated(Mutation::EpilogueNever))
        next = loop.getInductionVar();
      at = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sge, next,
                                 loop.getUpperBound());
    }
    all = all ? arith::AndIOp::create(b, loc, all, at).getResult() : at;
  }
  return all;
}

/// Views of the operands of `mover` that belong to the output tile of `host`.
static SmallVector<Value> tileOperands(OpBuilder &b, linalg::LinalgOp mover,
                                       linalg::GenericOp host) {
  Location loc = mover.getLoc();
  OpOperand *out = mover.getDpsInitOperand(0);
  AffineMap outMap = mover.getMatchingIndexingMap(out);
  Value tile = host.getDpsInitOperand(0)->get();
  unsigned rank = outMap.getNumResults();
  AffineExpr d0 = b.getAffineDimExpr(0), d1 = b.getAffineDimExpr(1);
  SmallVector<OpFoldResult> offsets(rank, b.getIndexAttr(0));
  SmallVector<OpFoldResult> sizes = memref::getMixedSizes(b, loc, tile);
  for (Value v = tile; auto view = v.getDefiningOp<memref::SubViewOp>();
       v = view.getSource())
    for (unsigned i = 0; i < rank; ++i)
      offsets[i] =
          applyExpr(b, loc, d0 + d1, {offsets[i], view.getMixedOffsets()[i]});
  SmallVector<OpFoldResult> dimOffsets(mover.getNumLoops()),
      dimSizes(dimOffsets);
  for (auto [i, expr] : llvm::enumerate(outMap.getResults())) {
    unsigned dim = cast<AffineDimExpr>(expr).getPosition();
    dimOffsets[dim] = offsets[i];
    dimSizes[dim] = sizes[i];
  }
  SmallVector<Value> operands;
  for (OpOperand &operand : mover->getOpOperands()) {
    if (&operand == out) {
      operands.push_back(tile);
      continue;
    }
    if (!isa<MemRefType>(operand.get().getType())) {
      operands.push_back(operand.get());
      continue;
    }
    SmallVector<OpFoldResult> at, extent;
    for (AffineExpr expr :
         mover.getMatchingIndexingMap(&operand).getResults()) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      // A dimension of size 1 that everything reads at 0.
      at.push_back(!dim || isMutated(Mutation::OperandOffset)
                       ? b.getIndexAttr(0)
                       : dimOffsets[dim.getPosition()]);
      extent.push_back(dim ? dimSizes[dim.getPosition()] : b.getIndexAttr(1));
    }
    SmallVector<OpFoldResult> strides(at.size(), b.getIndexAttr(1));
    operands.push_back(
        memref::SubViewOp::create(b, loc, operand.get(), at, extent, strides));
  }
  return operands;
}

/// Constants that `mover` uses must dominate its new place.
static void hoistConstants(RewriterBase &rewriter, Operation *mover,
                           Operation *to) {
  Block &entry = to->getParentOfType<func::FuncOp>().getBody().front();
  mover->walk([&](Operation *op) {
    for (Value used : op->getOperands())
      if (Operation *def = used.getDefiningOp())
        if (def->hasTrait<OpTrait::ConstantLike>() && def->getBlock() == &entry)
          rewriter.moveOpBefore(def, &entry, entry.begin());
  });
}

/// Whether all that `mover` uses, constants and its output apart, is there
/// before the nest of `host`.
static LogicalResult checkDominance(linalg::LinalgOp mover,
                                    linalg::GenericOp host, Refusal &why) {
  Operation *nest = mover->getBlock()->findAncestorOpInBlock(*host);
  for (OpOperand *operand : mover.getDpsInputOperands()) {
    Operation *def = operand->get().getDefiningOp();
    if (def && !def->hasTrait<OpTrait::ConstantLike>() &&
        def->getBlock() == mover->getBlock() && !def->isBeforeInBlock(nest))
      return refuse(why, mover, "operand ", operand->getOperandNumber(),
                    " is made behind the nest");
  }
  return success();
}

FailureOr<linalg::GenericOp> fuseInit(RewriterBase &rewriter,
                                      linalg::LinalgOp init,
                                      linalg::GenericOp op, Refusal &why) {
  if (failed(check(init, op, /*isInit=*/true, why)))
    return failure();
  OpBuilder::InsertionGuard guard(rewriter);
  init = asGeneric(rewriter, init);
  hoistConstants(rewriter, init, op);
  rewriter.setInsertionPoint(op);
  SmallVector<Value> operands = tileOperands(rewriter, init, op);
  if (Value first = edgeOfReductions(rewriter, op, /*first=*/true)) {
    auto branch = scf::IfOp::create(rewriter, init.getLoc(), first,
                                    /*withElseRegion=*/false);
    branch->setAttr(kGuardName, rewriter.getStringAttr("first"));
    rewriter.setInsertionPointToStart(branch.thenBlock());
  }
  auto fused = cast<linalg::GenericOp>(
      clone(rewriter, init, /*newResultTypes=*/TypeRange{}, operands));
  rewriter.eraseOp(init);
  return fused;
}

FailureOr<linalg::GenericOp> fuseEpilogue(RewriterBase &rewriter,
                                          linalg::LinalgOp epilogue,
                                          linalg::GenericOp op, Refusal &why) {
  if (failed(check(epilogue, op, /*isInit=*/false, why)) ||
      failed(checkDominance(epilogue, op, why)))
    return failure();
  OpBuilder::InsertionGuard guard(rewriter);
  epilogue = asGeneric(rewriter, epilogue);
  hoistConstants(rewriter, epilogue, op);
  // Views and guard come before the op: registerTile applies the epilogue in
  // the op's place.
  rewriter.setInsertionPoint(op);
  SmallVector<Value> operands = tileOperands(rewriter, epilogue, op);
  // Behind the epilogues that are there already, within their guard.
  Operation *last = op;
  scf::IfOp branch;
  while (Operation *next = last->getNextNode()) {
    auto guarded = dyn_cast<scf::IfOp>(next);
    auto name = next->getAttrOfType<StringAttr>(kGuardName);
    if (guarded && name && name.getValue() == "last")
      branch = guarded;
    else if (!isa<linalg::GenericOp>(next))
      break;
    last = next;
  }
  if (!branch) {
    if (Value isLast = edgeOfReductions(rewriter, op, /*first=*/false)) {
      rewriter.setInsertionPointAfter(op);
      branch = scf::IfOp::create(rewriter, epilogue.getLoc(), isLast,
                                 /*withElseRegion=*/false);
      branch->setAttr(kGuardName, rewriter.getStringAttr("last"));
    }
  }
  if (branch)
    rewriter.setInsertionPoint(branch.thenBlock()->getTerminator());
  else
    rewriter.setInsertionPointAfter(last);
  auto fused = cast<linalg::GenericOp>(
      clone(rewriter, epilogue, /*newResultTypes=*/TypeRange{}, operands));
  rewriter.eraseOp(epilogue);
  return fused;
}

} // namespace tensorop
