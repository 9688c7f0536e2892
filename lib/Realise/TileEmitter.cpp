//===- TileEmitter.cpp - Vector code for one version of a tile ------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TileEmitter.h"
#include "PanelView.h"
#include "ScalarBody.h"
#include "TensorOp/Support/Check.h"
#include "TensorOp/Support/Mutation.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include <map>

using namespace mlir;

namespace tensorop {

TileEmitter::TileEmitter(RewriterBase &b, linalg::GenericOp op,
                         const RegisterTileSpec &spec,
                         ArrayRef<OpFoldResult> extents,
                         ArrayRef<VersionDim> version, Value outputBuffer,
                         SmallVectorImpl<scf::ForOp> &loops)
    : b(b), op(op), loc(op.getLoc()), spec(spec), extents(extents),
      version(version), outputBuffer(outputBuffer), loops(loops),
      vectorDim(spec.dims.back().dim), lanes(spec.lanes),
      partialDim(findPartialDim(op, spec)),
      origin(extents.size(), b.getIndexAttr(0)) {}

VectorType TileEmitter::vectorOf(Type element) const {
  return VectorType::get({lanes}, element);
}

void TileEmitter::emit(ValueRange columnSums) {
  for (OpOperand &operand : op->getOpOperands())
    accesses.push_back(accessOf(operand));
  enumeratePoints();
  if (spec.prefetchPanels)
    findNextPanels();
  Values start = startValues();
  Values results =
      emitLoops(0, origin, start,
                [&](ArrayRef<OpFoldResult> ivs, ValueRange accumulators) {
                  return emitBody(ivs, accumulators);
                });
  if (spec.offset)
    results = takeOffset(results, columnSums);
  if (partialDim)
    results = combinePartials(results);
  if (spec.lateInit && !isMutated(Mutation::NoAccumulate)) {
    // One by one: all at once would not fit beside the sums.
    auto read = [&] {
      Values sums;
      for (auto [point, result] : llvm::zip(points, results))
        sums.append(
            addTo({load(accesses.back(), point, origin)}, ValueRange(result)));
      return sums;
    };
    if (!spec.init)
      results = read();
    else if (guardOf(spec.init))
      results = guarded(
          spec.init,
          [&] { return addTo(applyElementwise(spec.init, {}), results); },
          read);
    else if (partialDim)
      results = addTo(applyElementwise(spec.init, {}), results);
  }
  applyEpilogues(results);
}

/// What the accumulators start from.
TileEmitter::Values TileEmitter::startValues() {
  if (partialDim) {
    auto type = vectorOf(getElementTypeOrSelf(accesses.back().source));
    Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
    return Values(points.size(), zero);
  }
  if (spec.prefetchOutput)
    prefetch(accesses.back());
  auto initial = [&] { return applyElementwise(spec.init, {}); };
  if (spec.init && isMutated(Mutation::InitSkipped))
    return loadOutput();
  if (spec.init && !guardOf(spec.init))
    return initial();
  if (spec.lateInit && !isMutated(Mutation::AccumulateTwice)) {
    auto type = vectorOf(getElementTypeOrSelf(accesses.back().source));
    Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
    return Values(points.size(), zero);
  }
  if (!spec.init)
    return loadOutput();
  return guarded(spec.init, initial, [&] { return loadOutput(); });
}

//===----------------------------------------------------------------------===//
// Points and accesses
//===----------------------------------------------------------------------===//

void TileEmitter::enumeratePoints() {
  points.push_back(Point(extents.size(), 0));
  for (const VersionDim &dim : version) {
    int64_t step = dim.dim == vectorDim ? lanes : 1;
    SmallVector<Point> next;
    for (const Point &point : points)
      for (int64_t i = 0; i < dim.covered; i += step) {
        next.push_back(point);
        next.back()[dim.dim] = i;
      }
    points = std::move(next);
  }
}

/// `buffer` without its last `count` dimensions, which have one element each.
static Value dropUnits(OpBuilder &b, Location loc, Value buffer,
                       unsigned count) {
  auto type = cast<MemRefType>(buffer.getType());
  SmallVector<OpFoldResult> sizes = memref::getMixedSizes(b, loc, buffer);
  SmallVector<OpFoldResult> zeros(sizes.size(), b.getIndexAttr(0)),
      ones(sizes.size(), b.getIndexAttr(1));
  MemRefType reduced = memref::SubViewOp::inferRankReducedResultType(
      type.getShape().drop_back(count), type, zeros, sizes, ones);
  return memref::SubViewOp::create(b, loc, reduced, buffer, zeros, sizes, ones);
}

TileEmitter::Access TileEmitter::accessOf(OpOperand &operand) {
  AffineMap map = op.getMatchingIndexingMap(&operand);
  if (op.isDpsInit(&operand) && outputBuffer)
    return {map, outputBuffer, /*readable=*/true};
  memref::SubViewOp view = getPanelView(operand.get());
  if (view && spec.groupDim) {
    SmallVector<AffineExpr> results(map.getResults().drop_back());
    results.back() = results.back() * getGroupSize();
    return {AffineMap::get(map.getNumDims(), 0, results, b.getContext()),
            joinPanelGroups(b, loc, view), /*readable=*/true};
  }
  if (view)
    return {map, widenPanelView(b, loc, view), /*readable=*/true,
            cast<AffineDimExpr>(map.getResults().back()).getPosition()};
  if (isa<MemRefType>(operand.get().getType()) &&
      map.isFunctionOfDim(vectorDim))
    if (auto units = countUnitsBehind(operand.get(), map, vectorDim);
        units && *units > 0)
      return {AffineMap::get(map.getNumDims(), 0,
                             map.getResults().drop_back(*units),
                             b.getContext()),
              dropUnits(b, loc, operand.get(), *units)};
  return {map, operand.get()};
}

TileEmitter::Address TileEmitter::address(const Access &where,
                                          const Point &point,
                                          ArrayRef<OpFoldResult> ivs) {
  Address result;
  Folds coords(ivs);
  Value rowExists;
  OpFoldResult columns;
  for (const VersionDim &dim : version) {
    if (!where.map.isFunctionOfDim(dim.dim))
      continue;
    int64_t at = point[dim.dim];
    // Partial sums walk on from where the loop is.
    coords[dim.dim] =
        dim.dim == partialDim
            ? applyExpr(b, loc, b.getAffineDimExpr(0) + at, {ivs[dim.dim]})
            : OpFoldResult(b.getIndexAttr(at));
    if (where.readable && where.paddedDim.value_or(dim.dim) == dim.dim)
      continue;
    std::optional<int64_t> extent = getConstantIntValue(dim.extent);
    if (extent && dim.dim == vectorDim && isMutated(Mutation::ColumnMask))
      ++*extent;
    if (dim.dim == vectorDim) {
      if (extent && at + lanes <= *extent)
        continue;
      if (extent)
        columns = b.getIndexAttr(std::max<int64_t>(*extent - at, 0));
      else
        columns = applyExpr(b, loc, b.getAffineDimExpr(0) - at, {dim.extent});
      continue;
    }
    if (at == 0 || isMutated(Mutation::RowMask))
      continue;
    if (extent) {
      if (at < *extent)
        continue;
      result.empty = true;
      coords[dim.dim] = b.getIndexAttr(0);
      continue;
    }
    Value index = indexConstant(b, loc, at);
    Value exists = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt,
                                         index, cast<Value>(dim.extent));
    rowExists =
        rowExists ? arith::AndIOp::create(b, loc, rowExists, exists).getResult()
                  : exists;
    // Beyond the edge, address the first row: it is always there.
    coords[dim.dim] =
        arith::SelectOp::create(b, loc, exists, index, indexConstant(b, loc, 0))
            .getResult();
  }
  if (columns && getConstantIntValue(columns) == 0)
    result.empty = true;
  result.rowExists = rowExists;
  for (AffineExpr expr : where.map.getResults())
    result.indices.push_back(applyExprValue(b, loc, expr, coords));
  if (result.empty || (!columns && !rowExists) ||
      !where.map.isFunctionOfDim(vectorDim))
    return result;
  auto type = vectorOf(b.getI1Type());
  std::optional<int64_t> fixed;
  if (columns)
    fixed = getConstantIntValue(columns);
  if (fixed && !rowExists) {
    result.mask =
        vector::ConstantMaskOp::create(b, loc, type, ArrayRef<int64_t>{*fixed});
    return result;
  }
  Value count = columns ? getValueOrCreateConstantIndexOp(b, loc, columns)
                        : indexConstant(b, loc, lanes);
  if (rowExists)
    count = arith::SelectOp::create(b, loc, rowExists, count,
                                    indexConstant(b, loc, 0));
  result.mask = vector::CreateMaskOp::create(b, loc, type, count);
  return result;
}

/// Reads the vector at `point`; an operand without the vectorized dimension is
/// read as a scalar and broadcast. For scalars, what does not exist reads as
/// anything that does.
Value TileEmitter::load(const Access &where, const Point &point,
                        ArrayRef<OpFoldResult> ivs, bool open) {
  auto type = vectorOf(getElementTypeOrSelf(where.source.getType()));
  if (!isa<MemRefType>(where.source.getType()))
    return vector::BroadcastOp::create(b, loc, type, where.source);
  Address at = address(where, point, ivs);
  if (!where.map.isFunctionOfDim(vectorDim)) {
    Value scalar = memref::LoadOp::create(b, loc, where.source, at.indices);
    return vector::BroadcastOp::create(b, loc, type, scalar);
  }
  if (!at.mask && !at.empty)
    return vector::LoadOp::create(b, loc, type, where.source, at.indices);
  Value otherwise;
  if (open && !at.empty)
    otherwise = ub::PoisonOp::create(b, loc, type);
  else
    otherwise = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
  if (at.empty)
    return otherwise;
  return vector::MaskedLoadOp::create(b, loc, type, where.source, at.indices,
                                      at.mask, otherwise);
}

/// Vectors of the last dimension of the operand, as long as a native one or as
/// what is left of the tile; of a padded panel, or where all elements exist.
std::optional<TileEmitter::LaneVector>
TileEmitter::findLaneVector(const Access &where, const Point &point,
                            int64_t unit) {
  auto type = dyn_cast<MemRefType>(where.source.getType());
  if (!spec.scalarsInLanes || !type || where.map.isFunctionOfDim(vectorDim) ||
      where.map.getNumResults() == 0 || !type.isLastDimUnitStride())
    return std::nullopt;
  AffineExpr along = where.map.getResults().back();
  auto *row = llvm::find_if(version, [&](const VersionDim &dim) {
    return along == b.getAffineDimExpr(dim.dim) * unit;
  });
  if (row == version.end() || row->dim == partialDim)
    return std::nullopt;
  // Several rows of one column.
  for (AffineExpr expr : where.map.getResults().drop_back())
    if (expr.isFunctionOfDim(row->dim))
      return std::nullopt;
  bool isPadded =
      where.readable && where.paddedDim.value_or(row->dim) == row->dim;
  int64_t end =
      isPadded ? row->covered : getConstantIntValue(row->extent).value_or(0);
  int64_t whole =
      std::max<int64_t>(1, 128 / type.getElementType().getIntOrFloatBitWidth());
  if (spec.lanesOfSteps && unit == 1 && where.readable && end % whole != 0)
    return std::nullopt;
  int64_t at = point[row->dim], first = at / lanes * lanes, count = lanes;
  while (first + count > end && count > 1) {
    count /= 2;
    if (first + count <= at)
      first += count;
  }
  if (count < 2)
    return std::nullopt;
  LaneVector result{point, count, at - first};
  result.from[row->dim] = first;
  return result;
}

/// The vector of `found`, each element of `unit` neighbours.
Value TileEmitter::loadLaneVector(unsigned operand, const LaneVector &found,
                                  int64_t unit, ArrayRef<OpFoldResult> ivs,
                                  Loaded &loaded) {
  const Access &where = accesses[operand];
  // Apart from single elements at the same place.
  Point key = found.from;
  key.push_back(found.count);
  Value &vector = loaded[{operand, key}];
  if (!vector)
    vector = vector::LoadOp::create(
        b, loc,
        VectorType::get({found.count * unit},
                        getElementTypeOrSelf(where.source.getType())),
        where.source, address(where, found.from, ivs).indices);
  return vector;
}

Value TileEmitter::loadLane(unsigned operand, const Point &point,
                            ArrayRef<OpFoldResult> ivs, Loaded &loaded) {
  auto found = findLaneVector(accesses[operand], point, /*unit=*/1);
  if (!found)
    return nullptr;
  Value vector = loadLaneVector(operand, *found, /*unit=*/1, ivs, loaded);
  Value lane = vector::ExtractOp::create(b, loc, vector, found->lane);
  return vector::BroadcastOp::create(b, loc, vectorOf(lane.getType()), lane);
}

void TileEmitter::store(const Access &where, const Point &point, Value value) {
  Address at = address(where, point, origin);
  if (at.empty)
    return;
  if (vectorDim == kNoDim) {
    auto write = [&] {
      Value scalar =
          vector::ExtractOp::create(b, loc, value, ArrayRef<int64_t>{0});
      memref::StoreOp::create(b, loc, scalar, where.source, at.indices);
    };
    if (!at.rowExists)
      return write();
    auto branch =
        scf::IfOp::create(b, loc, at.rowExists, /*withElseRegion=*/false);
    OpBuilder::InsertionGuard restore(b);
    b.setInsertionPointToStart(branch.thenBlock());
    return write();
  }
  if (at.mask)
    vector::MaskedStoreOp::create(b, loc, where.source, at.indices, at.mask,
                                  value);
  else
    vector::StoreOp::create(b, loc, value, where.source, at.indices);
}

TileEmitter::Values TileEmitter::loadOutput() {
  Values values;
  for (const Point &point : points)
    values.push_back(load(accesses.back(), point, origin));
  return values;
}

//===----------------------------------------------------------------------===//
// Bodies
//===----------------------------------------------------------------------===//

TileEmitter::Values TileEmitter::emitLoops(unsigned depth, Folds ivs,
                                           ValueRange accumulators, Body body,
                                           bool isNamed) {
  if (depth == spec.inner.size())
    return body(ivs, accumulators);
  const BandLoop &inner = spec.inner[depth];
  if (inner.dim == partialDim)
    return emitPartialLoop(inner, ivs, accumulators);
  OpFoldResult end = extents[inner.dim];
  if (isMutated(Mutation::LastStep))
    end = applyExpr(b, loc, b.getAffineDimExpr(0) - 1, {end});
  auto loop =
      scf::ForOp::create(b, loc, indexConstant(b, loc, 0),
                         getValueOrCreateConstantIndexOp(b, loc, end),
                         indexConstant(b, loc, inner.size), accumulators);
  if (isNamed)
    loop->setAttr(kLoopName, b.getStringAttr(inner.name));
  loops.push_back(loop);
  OpBuilder::InsertionGuard restore(b);
  b.setInsertionPointToStart(loop.getBody());
  ivs[inner.dim] = loop.getInductionVar();
  Values results =
      emitLoops(depth + 1, ivs, loop.getRegionIterArgs(), body, isNamed);
  b.setInsertionPointToEnd(loop.getBody());
  scf::YieldOp::create(b, loc, results);
  return Values(loop.getResults());
}

/// The op's scalar body, once per native vector; operands are loaded once per
/// distinct coordinate.
TileEmitter::Values TileEmitter::emitBody(ArrayRef<OpFoldResult> ivs,
                                          ValueRange accumulators) {
  if (spec.groupDim)
    return emitGroup(ivs, accumulators);
  Loaded loaded;
  prefetchPanels(ivs);
  if (spec.prefetchSteps || spec.prefetchTiles)
    prefetchLater(ivs);
  Values results(points.size());
  for (unsigned index : evaluationOrder()) {
    IRMapping mapping;
    for (OpOperand *operand : op.getDpsInputOperands()) {
      unsigned number = operand->getOperandNumber();
      Point at = coordinatesIn(*operand, points[index]);
      Value &value = loaded[{number, at}];
      if (!value)
        value = loadLane(number, at, ivs, loaded);
      if (!value)
        // Lanes that do not exist only meet each other: products and sums of
        // them are not stored.
        value = load(accesses[number], points[index], ivs,
                     /*open=*/spec.inner.size() && partialDim != vectorDim);
      mapping.map(op.getMatchingBlockArgument(operand), value);
    }
    mapping.map(op.getRegionOutputArgs()[0], accumulators[index]);
    results[index] = emitScalarOps(op, mapping);
  }
  return results;
}

/// `point` without the coordinates that `operand` lacks.
TileEmitter::Point TileEmitter::coordinatesIn(OpOperand &operand, Point point) {
  AffineMap map = op.getMatchingIndexingMap(&operand);
  for (unsigned dim = 0; dim < point.size(); ++dim)
    if (!map.isFunctionOfDim(dim) || isMutated(Mutation::StaleRegister))
      point[dim] = 0;
  return point;
}

Value TileEmitter::emitScalarOps(linalg::GenericOp from, IRMapping &mapping) {
  return emitScalarBody(b, loc, from, mapping, {lanes}, spec.contract,
                        spec.scalarOperands);
}

/// Sums, by the kind of addition that the op's body ends with; a zero constant
/// on the left is left out.
TileEmitter::Values TileEmitter::addTo(ValueRange left, ValueRange right) {
  Values sums;
  for (auto [x, y] : llvm::zip(left, right)) {
    Operation *def = x.getDefiningOp();
    if (auto splat = dyn_cast_or_null<vector::BroadcastOp>(def))
      def = splat.getSource().getDefiningOp();
    if (def &&
        (matchPattern(def, m_AnyZeroFloat()) || matchPattern(def, m_Zero())))
      sums.push_back(y);
    else if (isa<FloatType>(getElementTypeOrSelf(x.getType())))
      sums.push_back(arith::AddFOp::create(b, loc, x, y));
    else
      sums.push_back(arith::AddIOp::create(b, loc, x, y));
  }
  return sums;
}

} // namespace tensorop
