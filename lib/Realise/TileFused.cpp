//===- TileFused.cpp - Elementwise ops in the code of a tile --------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScalarBody.h"
#include "TensorOp/Support/Mutation.h"
#include "TileEmitter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;

namespace tensorop {

scf::IfOp guardOf(linalg::GenericOp fused) {
  auto branch = dyn_cast<scf::IfOp>(fused->getParentOp());
  return branch && branch->hasAttr(kGuardName) ? branch : nullptr;
}

TileEmitter::Values TileEmitter::guarded(linalg::GenericOp fused,
                                         function_ref<Values()> then,
                                         function_ref<Values()> otherwise) {
  scf::IfOp guard = guardOf(fused);
  if (!guard)
    return then();
  auto type =
      vectorOf(getElementTypeOrSelf(op.getDpsInitOperand(0)->get().getType()));
  auto branch =
      scf::IfOp::create(b, loc, SmallVector<Type>(points.size(), type),
                        guard.getCondition(), /*withElseRegion=*/true);
  OpBuilder::InsertionGuard restore(b);
  b.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(b, loc, then());
  b.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(b, loc, otherwise());
  return Values(branch.getResults());
}

/// `vectors` as the rows of one value; one vector as it is.
static Value stack(OpBuilder &b, Location loc, ValueRange vectors) {
  if (vectors.size() == 1)
    return vectors.front();
  auto row = cast<VectorType>(vectors.front().getType());
  Value all = ub::PoisonOp::create(
      b, loc,
      VectorType::get({int64_t(vectors.size()), row.getNumElements()},
                      row.getElementType()));
  for (auto [i, vector] : llvm::enumerate(vectors))
    all = vector::InsertOp::create(b, loc, vector, all, int64_t(i));
  return all;
}

TileEmitter::Values TileEmitter::applyElementwise(linalg::GenericOp fused,
                                                  ValueRange current,
                                                  unsigned together) {
  // Its dimensions, as dimensions of the op, through the shared output.
  AffineMap own = fused.getMatchingIndexingMap(fused.getDpsInitOperand(0));
  AffineMap outMap = accesses.back().map;
  SmallVector<AffineExpr> dims(own.getNumDims(), b.getAffineConstantExpr(0));
  for (auto [mine, root] : llvm::zip(own.getResults(), outMap.getResults()))
    dims[cast<AffineDimExpr>(mine).getPosition()] = root;
  Values results;
  for (size_t first = 0; first < points.size(); first += together) {
    size_t count = std::min<size_t>(together, points.size() - first);
    IRMapping mapping;
    for (OpOperand *operand : fused.getDpsInputOperands()) {
      AffineMap map = fused.getMatchingIndexingMap(operand);
      Access where{map.replaceDimsAndSymbols(dims, {}, outMap.getNumDims(), 0),
                   operand->get()};
      Values loaded;
      for (const Point &point : ArrayRef(points).slice(first, count))
        loaded.push_back(load(where, point, origin));
      mapping.map(fused.getMatchingBlockArgument(operand),
                  stack(b, loc, loaded));
    }
    if (!current.empty())
      mapping.map(fused.getRegionOutputArgs()[0],
                  stack(b, loc, current.slice(first, count)));
    SmallVector<int64_t, 2> shape{lanes};
    if (count > 1)
      shape.insert(shape.begin(), count);
    Value result = emitScalarBody(b, loc, fused, mapping, shape, spec.contract);
    for (size_t i = 0; i < count; ++i)
      results.push_back(
          count == 1 ? result
                     : vector::ExtractOp::create(b, loc, result, int64_t(i)));
  }
  return results;
}

/// Whether `fused` computes an elementary function: dozens of instructions and
/// as many constants, or a call.
static bool isLong(linalg::GenericOp fused) {
  return llvm::any_of(fused.getBody()->without_terminator(), [](Operation &op) {
    return isa<math::MathDialect>(op.getDialect()) &&
           !isa<math::AbsFOp, math::AbsIOp, math::CeilOp, math::CopySignOp,
                math::FloorOp, math::FmaOp, math::RoundOp, math::RoundEvenOp,
                math::RsqrtOp, math::SqrtOp, math::TruncOp>(op);
  });
}

/// A tile on the stack, which is each thread's own. Its rows are neighbours and
/// stay in the nearest cache, those of the output are pages apart.
TileEmitter::Access TileEmitter::makeTileOnStack() {
  AffineMap map = accesses.back().map;
  SmallVector<int64_t> shape;
  for (AffineExpr expr : map.getResults()) {
    int64_t size = 1;
    for (const VersionDim &dim : version)
      if (expr.isFunctionOfDim(dim.dim))
        size = dim.dim == vectorDim ? llvm::alignTo(dim.covered, lanes)
                                    : dim.covered;
    shape.push_back(size);
  }
  Type element = getElementTypeOrSelf(accesses.back().source);
  OpBuilder::InsertionGuard restore(b);
  b.setInsertionPointToStart(
      &op->getParentOfType<func::FuncOp>().getBody().front());
  return {map,
          memref::AllocaOp::create(b, loc, MemRefType::get(shape, element),
                                   b.getI64IntegerAttr(64)),
          /*readable=*/true};
}

/// How many vectors of a row a long epilogue computes side by side, operation
/// by operation: their chains of operations hide each other's latency, for
/// which a processor looks only so far ahead. Each needs some four registers.
unsigned TileEmitter::countTogether() const {
  int64_t accumulators = 1;
  for (const RegisterDim &dim : spec.dims)
    accumulators *= dim.size;
  accumulators /= lanes;
  int64_t most = std::max<int64_t>(accumulators / 4, 1);
  int64_t row = llvm::divideCeil(version.back().covered, lanes);
  return llvm::divideCeil(row, llvm::divideCeil(row, most));
}

/// Short epilogues take the sums from their registers. A long one would need
/// the registers itself: from there on sums lie in memory, and are taken from
/// it row by row.
void TileEmitter::applyEpilogues(Values results) {
  // Those that share a guard, or have none, are applied together.
  SmallVector<ArrayRef<linalg::GenericOp>> groups;
  for (ArrayRef<linalg::GenericOp> left = spec.epilogues; !left.empty();
       left = left.drop_front(groups.back().size()))
    groups.push_back(left.take_while([&](linalg::GenericOp one) {
      return guardOf(one) == guardOf(left.front());
    }));
  auto apply = [&](ArrayRef<linalg::GenericOp> group, Values values,
                   unsigned together) {
    return guarded(
        group.front(),
        [&] {
          Values applied = values;
          for (linalg::GenericOp epilogue : group)
            applied = applyElementwise(epilogue, applied, together);
          return applied;
        },
        [&] { return values; });
  };
  auto storeAll = [&](const Access &where, ValueRange values) {
    for (auto [point, value] : llvm::zip(points, values))
      store(where, point, value);
  };
  auto *firstLong = llvm::find_if(groups, [&](auto group) {
    return vectorDim != kNoDim && llvm::any_of(group, isLong);
  });
  for (auto *group = groups.begin(); group != firstLong; ++group)
    results = apply(*group, results, /*together=*/1);
  if (firstLong == groups.end())
    return storeAll(accesses.back(), results);
  Access tile = makeTileOnStack();
  storeAll(tile, results);
  unsigned together = countTogether();
  forEachRow(0, origin, [&] {
    Values values;
    for (const Point &point : points)
      values.push_back(load(tile, point, origin));
    for (auto *group = firstLong; group != groups.end(); ++group)
      values = apply(*group, values, together);
    storeAll(accesses.back(), values);
  });
}

/// Emits `row` in loops over the dimensions of the tile from `depth` on, but
/// the vectorized one: there `points` are those of one row, and `origin` is
/// where it starts.
void TileEmitter::forEachRow(unsigned depth, Folds ivs,
                             function_ref<void()> row) {
  OpBuilder::InsertionGuard restore(b);
  if (depth + 1 < version.size()) {
    const VersionDim &dim = version[depth];
    OpFoldResult end = dim.extent;
    if (isMutated(Mutation::LongLastRow))
      end = applyExpr(b, loc, b.getAffineDimExpr(0) - 1, {end});
    auto loop = scf::ForOp::create(b, loc, indexConstant(b, loc, 0),
                                   getValueOrCreateConstantIndexOp(b, loc, end),
                                   indexConstant(b, loc, 1));
    b.setInsertionPointToStart(loop.getBody());
    ivs[dim.dim] = loop.getInductionVar();
    return forEachRow(depth + 1, ivs, row);
  }
  // A version of one row, which is where the loops are.
  llvm::SaveAndRestore<SmallVector<VersionDim>> one(version, {version.back()});
  llvm::SaveAndRestore<SmallVector<Point>> columns(points, {});
  llvm::SaveAndRestore<Folds> here(origin, ivs);
  enumeratePoints();
  row();
}

} // namespace tensorop
