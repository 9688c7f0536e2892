//===- PartialSums.cpp - Several accumulators of one sum ------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A reduction in the register tile: each of its elements (along lanes or not)
// adds to an accumulator of its own. They are added up behind the loop, those
// in lanes last.
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Support/Mutation.h"
#include "TileEmitter.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/Sequence.h"
#include <map>
#include <set>

using namespace mlir;

namespace tensorop {

std::optional<unsigned> findPartialDim(linalg::GenericOp op,
                                       const RegisterTileSpec &spec) {
  AffineMap outMap = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  for (const RegisterDim &dim : spec.dims)
    if (!outMap.isFunctionOfDim(dim.dim))
      return dim.dim;
  return std::nullopt;
}

std::optional<unsigned> countUnitsBehind(Value operand, AffineMap map,
                                         unsigned dim) {
  auto type = dyn_cast<MemRefType>(operand.getType());
  auto at = map.getResultPosition(getAffineDimExpr(dim, map.getContext()));
  if (!type || !at)
    return std::nullopt;
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(type.getStridesAndOffset(strides, offset)) || strides[*at] != 1 ||
      llvm::any_of(
          type.getShape().slice(*at + 1, map.getNumResults() - *at - 1),
          [](int64_t size) { return size != 1; }))
    return std::nullopt;
  return map.getNumResults() - *at - 1;
}

TileEmitter::Values TileEmitter::emitPartialLoop(const BandLoop &inner,
                                                 Folds ivs,
                                                 ValueRange accumulators) {
  OpFoldResult extent = extents[inner.dim];
  AffineExpr d0 = b.getAffineDimExpr(0), d1 = b.getAffineDimExpr(1);
  OpFoldResult end = applyExpr(b, loc, d0 - d0 % inner.size, {extent});
  if (isMutated(Mutation::LastStep))
    end = applyExpr(b, loc, d0 - inner.size, {end});
  auto makeLoop = [&](OpFoldResult from, OpFoldResult to, int64_t step,
                      const Twine &name, ValueRange start) {
    auto loop = scf::ForOp::create(
        b, loc, getValueOrCreateConstantIndexOp(b, loc, from),
        getValueOrCreateConstantIndexOp(b, loc, to),
        indexConstant(b, loc, step), start);
    loop->setAttr(kLoopName, b.getStringAttr(name));
    OpBuilder::InsertionGuard restore(b);
    b.setInsertionPointToStart(loop.getBody());
    ivs[inner.dim] = loop.getInductionVar();
    Values results = emitBody(ivs, loop.getRegionIterArgs());
    b.setInsertionPointToEnd(loop.getBody());
    scf::YieldOp::create(b, loc, results);
    return loop;
  };
  auto loop =
      makeLoop(b.getIndexAttr(0), end, inner.size, inner.name, accumulators);
  loops.push_back(loop);
  Values results(loop.getResults());

  SmallVector<int64_t> known = possibleExtents(extent);
  if ((!known.empty() &&
       llvm::all_of(known, [&](int64_t e) { return e % inner.size == 0; })) ||
      isMutated(Mutation::PartialRest))
    return results;
  if (inner.dim == vectorDim) {
    // One step more, of the lanes that are left, if any: a full panel ends
    // where they would begin.
    auto step = [&] {
      VersionDim &last = version.back();
      OpFoldResult whole = last.extent;
      last.extent = applyExpr(b, loc, d0 - d1, {extent, end});
      ivs[inner.dim] = end;
      Values sums = emitBody(ivs, results);
      if (!isMutated(Mutation::PartialPast))
        keepDeadLanes(last.extent, results, sums);
      last.extent = whole;
      return sums;
    };
    bool isAlwaysLeft = !known.empty() && llvm::none_of(known, [&](int64_t e) {
      return e % inner.size == 0;
    });
    if (isAlwaysLeft || isMutated(Mutation::PartialPast))
      return step();
    Value isLeft =
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt,
                              getValueOrCreateConstantIndexOp(b, loc, end),
                              getValueOrCreateConstantIndexOp(b, loc, extent));
    auto branch = scf::IfOp::create(b, loc, ValueRange(results).getTypes(),
                                    isLeft, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard restore(b);
    b.setInsertionPointToStart(branch.thenBlock());
    scf::YieldOp::create(b, loc, step());
    b.setInsertionPointToStart(branch.elseBlock());
    scf::YieldOp::create(b, loc, results);
    return Values(branch.getResults());
  }
  // Step by step, all to the first of the accumulators.
  SmallVector<Point> all = points;
  llvm::erase_if(points,
                 [&](const Point &point) { return point[inner.dim] != 0; });
  Values start;
  for (auto [point, value] : llvm::zip(all, results))
    if (point[inner.dim] == 0)
      start.push_back(value);
  auto rest = makeLoop(end, extent, 1, inner.name + kRestSuffix, start);
  points = all;
  unsigned next = 0;
  for (auto [point, value] : llvm::zip(all, results))
    if (point[inner.dim] == 0)
      value = rest.getResult(next++);
  return results;
}

/// Lanes without an element of the reduction keep what they had: what was added
/// there may be no number, zero times infinity.
void TileEmitter::keepDeadLanes(OpFoldResult count, ValueRange before,
                                MutableArrayRef<Value> after) {
  auto type = vectorOf(b.getI1Type());
  std::map<int64_t, Value> masks;
  for (auto [point, old, sum] : llvm::zip(points, before, after)) {
    int64_t at = point[vectorDim];
    Value &mask = masks[at];
    if (!mask) {
      OpFoldResult alive =
          applyExpr(b, loc, b.getAffineDimExpr(0) - at, {count});
      mask = vector::CreateMaskOp::create(
          b, loc, type, getValueOrCreateConstantIndexOp(b, loc, alive));
    }
    sum = arith::SelectOp::create(b, loc, mask, sum, old);
  }
}

/// The operand whose vectors pass by, one after the other, while those of the
/// other one stay: with lanes along the reduction every operand is read in
/// vectors, and it is the one with most; else the spec says whether it is the
/// one without scalars. None: rows take turns.
OpOperand *TileEmitter::findPassing() {
  OpOperand *passing = nullptr;
  if (partialDim == vectorDim) {
    size_t most = 0;
    for (OpOperand *operand : op.getDpsInputOperands()) {
      std::set<Point> vectors;
      for (const Point &point : points)
        vectors.insert(coordinatesIn(*operand, point));
      if (vectors.size() > most) {
        most = vectors.size();
        passing = operand;
      }
    }
    return passing;
  }
  if (!spec.vectorsPass)
    return nullptr;
  for (OpOperand *operand : op.getDpsInputOperands())
    if (op.getMatchingIndexingMap(operand).isFunctionOfDim(vectorDim)) {
      if (passing)
        return nullptr;
      passing = operand;
    }
  return passing;
}

SmallVector<unsigned> TileEmitter::evaluationOrder() {
  auto order = llvm::to_vector(llvm::seq<unsigned>(0, points.size()));
  if (OpOperand *passing = findPassing())
    llvm::stable_sort(order, [&](unsigned a, unsigned b) {
      return coordinatesIn(*passing, points[a]) <
             coordinatesIn(*passing, points[b]);
    });
  return order;
}

TileEmitter::Values TileEmitter::combinePartials(ValueRange partials) {
  llvm::MapVector<Point, Values> sums;
  for (auto [point, value] : llvm::zip(points, partials)) {
    point[*partialDim] = 0;
    if (sums[point].empty() || !isMutated(Mutation::PartialDropped))
      sums[point].push_back(value);
  }
  Values results;
  points.clear();
  for (auto &[point, values] : sums) {
    // Pairs, so that the additions do not wait for each other.
    while (values.size() > 1) {
      Values next;
      for (size_t i = 0; i + 1 < values.size(); i += 2)
        next.append(addTo(values[i], values[i + 1]));
      if (values.size() % 2)
        next.push_back(values.back());
      values = next;
    }
    points.push_back(point);
    results.push_back(values.front());
  }
  if (vectorDim != *partialDim) {
    // What follows has one value for each element of the output.
    if (!isMutated(Mutation::PartialEpilogues))
      llvm::erase_if(version, [&](const VersionDim &dim) {
        return dim.dim == *partialDim;
      });
    return results;
  }
  vectorDim = kNoDim;
  lanes = 1;
  for (Value &result : results) {
    Value sum =
        vector::ReductionOp::create(b, loc, vector::CombiningKind::ADD, result,
                                    arith::FastMathFlags::reassoc);
    result = vector::BroadcastOp::create(b, loc, vectorOf(sum.getType()), sum);
  }
  return results;
}

} // namespace tensorop
