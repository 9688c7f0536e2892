//===- TilePrefetch.cpp - What a register tile asks for early -------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PanelView.h"
#include "TileEmitter.h"
#include <set>

using namespace mlir;

namespace tensorop {

bool isStreamed(linalg::GenericOp op, OpOperand &operand,
                const RegisterTileSpec &spec) {
  AffineMap map = op.getMatchingIndexingMap(&operand);
  return isa<MemRefType>(operand.get().getType()) &&
         !getPanelView(operand.get()) &&
         map.isFunctionOfDim(spec.dims.back().dim) &&
         (!spec.prefetchSteps ||
          (!spec.inner.empty() && map.isFunctionOfDim(spec.inner.back().dim)));
}

/// Bits of a cache line on the machines we know.
static constexpr int64_t kLineBits = 64 * 8;

/// The panels that follow those which stay the same in the innermost loop
/// around. Iteration i of that loop asks for the i-th share: as many lines as
/// the reduction has steps. When all shares are asked for, the last is again,
/// which costs less than a branch.
void TileEmitter::findNextPanels() {
  auto around = op->getParentOfType<scf::ForOp>();
  if (!around || spec.inner.size() != 1)
    return;
  std::optional<int64_t> step = getConstantIntValue(around.getStep());
  for (OpOperand *operand : op.getDpsInputOperands()) {
    memref::SubViewOp view = getPanelView(operand->get());
    if (!view || !step)
      continue;
    OpFoldResult panel = view.getMixedOffsets().front();
    auto apply = dyn_cast<Value>(panel)
                     ? cast<Value>(panel).getDefiningOp<affine::AffineApplyOp>()
                     : affine::AffineApplyOp();
    // A constant: there is one panel only.
    if (!apply ||
        llvm::is_contained(apply.getOperands(), around.getInductionVar()))
      continue;
    MemRefType type = view.getSourceType();
    ArrayRef<int64_t> shape = type.getShape();
    int64_t whole = type.getNumElements() / shape.front();
    int64_t line =
        std::max<int64_t>(1, kLineBits / type.getElementTypeBitWidth());
    // Rows of whole lines only: no share reaches beyond its panel.
    if (shape.back() % line)
      continue;
    int64_t share = whole / shape.back() * line;
    int64_t shares = shape.back() / line;
    AffineExpr d0 = b.getAffineDimExpr(0), d1 = b.getAffineDimExpr(1);
    auto least = [&](AffineExpr expr, int64_t bound, OpFoldResult of) {
      return affine::makeComposedFoldedAffineMin(
          b, loc,
          AffineMap::get(1, 0, {expr, b.getAffineConstantExpr(bound)},
                         b.getContext()),
          {of});
    };
    OpFoldResult next = least(d0 + 1, shape.front() - 1, panel);
    OpFoldResult turn = least(d0.floorDiv(*step), shares - 1,
                              OpFoldResult(around.getInductionVar()));
    SmallVector<ReassociationIndices> all(1);
    for (unsigned i = 0; i < shape.size(); ++i)
      all.front().push_back(i);
    nextPanels.push_back(
        {memref::CollapseShapeOp::create(b, loc, view.getSource(), all),
         applyExprValue(b, loc, d0 * whole + d1 * share, {next, turn}), line});
  }
}

/// Asks for each cache line of the tile that a vector starts in.
void TileEmitter::prefetch(const Access &where) {
  int64_t bits =
      getElementTypeOrSelf(where.source.getType()).getIntOrFloatBitWidth();
  for (const Point &point : points) {
    if (point[vectorDim] * bits % kLineBits)
      continue;
    Address at = address(where, point, origin);
    if (!at.empty)
      memref::PrefetchOp::create(b, loc, where.source, at.indices,
                                 /*isWrite=*/true, /*localityHint=*/3,
                                 /*isDataCache=*/true);
  }
}

/// Asks for the vectors of unpacked inputs that a later step of the innermost
/// loop or a later tile along the lanes reads. The last steps ask for the last
/// row again, which costs less than a branch; beyond the last tile the address
/// is only a hint.
void TileEmitter::prefetchLater(ArrayRef<OpFoldResult> ivs) {
  AffineExpr d0 = b.getAffineDimExpr(0), d1 = b.getAffineDimExpr(1);
  Folds later(ivs);
  if (spec.prefetchSteps) {
    unsigned dim = spec.inner.back().dim;
    int64_t step = spec.inner.back().size;
    later[dim] = affine::makeComposedFoldedAffineMin(
        b, loc,
        AffineMap::get(2, 0, {d0 + spec.prefetchSteps * step, d1 - step},
                       b.getContext()),
        {ivs[dim], extents[dim]});
  }
  for (OpOperand *operand : op.getDpsInputOperands()) {
    const Access &where = accesses[operand->getOperandNumber()];
    if (!isStreamed(op, *operand, spec))
      continue;
    std::set<Point> asked;
    for (Point point : points) {
      for (unsigned other = 0; other < point.size(); ++other)
        if (!where.map.isFunctionOfDim(other))
          point[other] = 0;
      if (!asked.insert(point).second)
        continue;
      Address at = address(where, point, later);
      if (at.empty)
        continue;
      if (int64_t ahead = spec.prefetchTiles * spec.dims.back().size)
        at.indices.back() = applyExprValue(b, loc, d0 + ahead,
                                           {OpFoldResult(at.indices.back())});
      memref::PrefetchOp::create(b, loc, where.source, at.indices,
                                 /*isWrite=*/false, /*localityHint=*/2,
                                 /*isDataCache=*/true);
    }
  }
}

/// As many lines of the next panels as the step has elements.
void TileEmitter::prefetchPanels(ArrayRef<OpFoldResult> ivs) {
  for (const NextPanel &next : nextPanels)
    for (int64_t i = 0; i < spec.inner.back().size; ++i) {
      Value at = applyExprValue(
          b, loc,
          b.getAffineDimExpr(0) + (b.getAffineDimExpr(1) + i) * next.line,
          {OpFoldResult(next.first), ivs[spec.inner.back().dim]});
      // Into the second level: the first one holds the current panel.
      memref::PrefetchOp::create(b, loc, next.buffer, at, /*isWrite=*/false,
                                 /*localityHint=*/2, /*isDataCache=*/true);
    }
}

} // namespace tensorop
