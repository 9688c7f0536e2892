//===- TileBand.cpp - Loops around a structured op ------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Helpers.h"
#include "TensorOp/Realise/Generalize.h"
#include "TensorOp/Support/Check.h"
#include "TensorOp/Support/Mutation.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"

using namespace mlir;

namespace tensorop {

linalg::GenericOp asGeneric(RewriterBase &rewriter, linalg::LinalgOp op) {
  FailureOr<linalg::GenericOp> generic = generalize(rewriter, op);
  TENSOROP_CHECK(succeeded(generic), "a named op has a generic form");
  return *generic;
}

/// The size of one tile of `spec` at `iv`: clamped to what is left.
static OpFoldResult tileSize(OpBuilder &b, Location loc, const BandLoop &spec,
                             OpFoldResult bound, Value iv) {
  std::optional<int64_t> extent = getConstantIntValue(bound);
  if (extent && *extent <= spec.size)
    return b.getIndexAttr(*extent);
  if (extent && *extent % spec.size == 0)
    return b.getIndexAttr(spec.size);
  if (isMutated(Mutation::TileUnclamped))
    return b.getIndexAttr(spec.size);
  AffineExpr d0, d1;
  bindDims(b.getContext(), d0, d1);
  return affine::makeComposedFoldedAffineMin(
      b, loc,
      AffineMap::get(2, 0, {b.getAffineConstantExpr(spec.size), d0 - d1},
                     b.getContext()),
      {bound, OpFoldResult(iv)});
}

FailureOr<Band> tileBand(RewriterBase &rewriter, linalg::LinalgOp op,
                         ArrayRef<BandLoop> loops, Refusal &why) {
  if (!op.hasPureBufferSemantics())
    return refuse(why, op, "expects buffer operands, but '",
                  op->getName().getStringRef(), "' has tensors");
  for (const BandLoop &spec : loops)
    if (spec.dim >= op.getNumLoops())
      return refuse(why, op, "loop '", spec.name, "' is over dimension ",
                    spec.dim, ", but the op has ", op.getNumLoops());
  for (int64_t extent : op.getStaticLoopRanges())
    if (ShapedType::isDynamic(extent) && !op->getParentOfType<scf::ForOp>())
      return refuse(why, op, "expects static extents");

  Location loc = op.getLoc();
  OpBuilder::InsertionGuard guard(rewriter);
  op = asGeneric(rewriter, op);
  Band band;
  for (const BandLoop &spec : loops) {
    rewriter.setInsertionPoint(op);
    SmallVector<OpFoldResult> bounds;
    for (Range &range : op.createLoopRanges(rewriter, loc))
      bounds.push_back(range.size);
    OpFoldResult end = bounds[spec.dim];
    AffineExpr d0 = rewriter.getAffineDimExpr(0);
    if (isMutated(Mutation::BandEndsEarly))
      end = applyExpr(rewriter, loc, d0 - 1, {end});
    if (isMutated(Mutation::BandTail))
      end = applyExpr(rewriter, loc, d0.floorDiv(spec.size) * spec.size, {end});
    int64_t step = spec.size + isMutated(Mutation::BandStride);
    auto loop =
        scf::ForOp::create(rewriter, loc, indexConstant(rewriter, loc, 0),
                           getValueOrCreateConstantIndexOp(rewriter, loc, end),
                           indexConstant(rewriter, loc, step));
    loop->setAttr(kLoopName, rewriter.getStringAttr(spec.name));
    rewriter.setInsertionPointToStart(loop.getBody());
    SmallVector<OpFoldResult> sizes(bounds.size(), rewriter.getIndexAttr(0));
    sizes[spec.dim] =
        tileSize(rewriter, loc, spec, bounds[spec.dim], loop.getInductionVar());
    SmallVector<Value> tiles = linalg::makeTiledShapes(
        rewriter, loc, op, op->getOperands(),
        {OpFoldResult(loop.getInductionVar())}, sizes, bounds,
        /*omitPartialTileCheck=*/true);
    auto tiled = cast<linalg::LinalgOp>(
        clone(rewriter, op, /*newResultTypes=*/TypeRange{}, tiles)
            .getOperation());
    rewriter.eraseOp(op);
    op = tiled;
    band.loops.push_back(loop);
  }
  band.op = cast<linalg::GenericOp>(op.getOperation());
  return band;
}

} // namespace tensorop
