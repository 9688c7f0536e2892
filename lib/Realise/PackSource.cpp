//===- PackSource.cpp - What a packed copy is filled with -----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PackSource.h"
#include "ScalarBody.h"
#include "TensorOp/Support/Mutation.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace tensorop {

PackSource::PackSource(OpBuilder &b, Location loc, Value region,
                       const PackProducer &producer)
    : b(b), loc(loc), region(region), producer(producer),
      element(cast<MemRefType>(region.getType()).getElementType()),
      rank(cast<MemRefType>(region.getType()).getRank()) {
  if (!producer.op || rank == 0)
    return;
  linalg::GenericOp op = producer.op;
  AffineMap place = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  lane = place.getDimPosition(rank - 1);
  end = applyExpr(b, loc, b.getAffineDimExpr(0) + b.getAffineDimExpr(1),
                  {producer.offsets.back(),
                   memref::getMixedSize(b, loc, region, rank - 1)});
}

Value PackSource::broadcast(Value scalar, int64_t count) {
  if (count == 0)
    return scalar;
  return vector::BroadcastOp::create(
      b, loc, VectorType::get({count}, scalar.getType()), scalar);
}

Value PackSource::read(ArrayRef<Value> indices, int64_t count, Value mask) {
  Value zero;
  if (mask)
    zero = arith::ConstantOp::create(
        b, loc, b.getZeroAttr(VectorType::get({count}, element)));
  if (!producer.op) {
    if (count == 0)
      return memref::LoadOp::create(b, loc, region, indices);
    auto type = VectorType::get({count}, element);
    if (!mask)
      return vector::LoadOp::create(b, loc, type, region, indices);
    return vector::MaskedLoadOp::create(b, loc, type, region, indices, mask,
                                        zero);
  }
  linalg::GenericOp op = producer.op;
  Folds dims = dimsAt(indices);
  IRMapping mapping;
  for (OpOperand *input : op.getDpsInputOperands())
    mapping.map(op.getMatchingBlockArgument(input),
                readInput(*input, dims, count, mask));
  SmallVector<int64_t, 1> shape(count ? 1 : 0, count);
  Value value = emitScalarBody(b, loc, op, mapping, shape, /*contract=*/false);
  // The body makes something else of the zeros that stand for what is not
  // there.
  return mask ? arith::SelectOp::create(b, loc, mask, value, zero) : value;
}

void PackSource::prefetch(ArrayRef<Value> indices) {
  auto ask = [&](Value source, ArrayRef<Value> at) {
    memref::PrefetchOp::create(b, loc, source, at, /*isWrite=*/false,
                               /*localityHint=*/2, /*isDataCache=*/true);
  };
  if (!producer.op)
    return ask(region, indices);
  linalg::GenericOp op = producer.op;
  for (OpOperand *input : op.getDpsInputOperands()) {
    AffineMap map = op.getMatchingIndexingMap(input);
    // What lacks a dimension is small, and stays.
    if (isa<MemRefType>(input->get().getType()) &&
        map.getNumResults() == rank && along(map) == Along::Contiguous)
      ask(input->get(), address(map, dimsAt(indices)));
  }
}

PackSource::Folds PackSource::dimsAt(ArrayRef<Value> indices) {
  linalg::GenericOp op = producer.op;
  AffineMap place = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  Folds dims(op.getNumLoops(), b.getIndexAttr(0));
  for (unsigned i = 0; i < rank; ++i) {
    OpFoldResult offset = isMutated(Mutation::ProducerOffset)
                              ? b.getIndexAttr(0)
                              : producer.offsets[i];
    dims[place.getDimPosition(i)] =
        applyExpr(b, loc, b.getAffineDimExpr(0) + b.getAffineDimExpr(1),
                  {offset, OpFoldResult(indices[i])});
  }
  return dims;
}

PackSource::Values PackSource::address(AffineMap map,
                                       ArrayRef<OpFoldResult> dims) {
  Values indices;
  for (AffineExpr expr : map.getResults())
    indices.push_back(applyExprValue(b, loc, expr, dims));
  return indices;
}

PackSource::Along PackSource::along(AffineMap map) const {
  if (!map.isFunctionOfDim(lane))
    return Along::Constant;
  for (AffineExpr expr : map.getResults().drop_back())
    if (expr.isFunctionOfDim(lane))
      return Along::Other;
  return map.getResults().back() == getAffineDimExpr(lane, map.getContext())
             ? Along::Contiguous
             : Along::Other;
}

/// The values of an input of the producer, as many as are computed.
Value PackSource::readInput(OpOperand &input, const Folds &dims, int64_t count,
                            Value mask) {
  Value source = input.get();
  auto type = dyn_cast<MemRefType>(source.getType());
  if (!type)
    return broadcast(source, count);
  linalg::GenericOp op = producer.op;
  AffineMap map = op.getMatchingIndexingMap(&input);
  Along how = along(map);
  if (count == 0 || how == Along::Constant)
    return broadcast(memref::LoadOp::create(b, loc, source, address(map, dims)),
                     count);
  auto vector = VectorType::get({count}, type.getElementType());
  if (how == Along::Other)
    return readEach(source, map, dims, count, mask);
  if (!mask)
    return vector::LoadOp::create(b, loc, vector, source, address(map, dims));
  Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(vector));
  return vector::MaskedLoadOp::create(b, loc, vector, source,
                                      address(map, dims), mask, zero);
}

/// Whether, along dimension `lane`, the index never falls: it is divided only.
static bool growsAlong(AffineMap map, unsigned lane) {
  return llvm::all_of(map.getResults(), [&](AffineExpr expr) {
    if (!expr.isFunctionOfDim(lane) || isa<AffineDimExpr>(expr))
      return true;
    auto quotient = dyn_cast<AffineBinaryOpExpr>(expr);
    return quotient && quotient.getKind() == AffineExprKind::FloorDiv &&
           isa<AffineDimExpr>(quotient.getLHS());
  });
}

/// Reads an input whose elements do not lie beside each other. Where all of
/// them are one, which holds within the groups of a scale, it is read once.
Value PackSource::readEach(Value source, AffineMap map, const Folds &dims,
                           int64_t count, Value mask) {
  auto element = cast<MemRefType>(source.getType()).getElementType();
  auto type = VectorType::get({count}, element);
  auto at = [&](int64_t i) {
    Folds moved(dims);
    AffineExpr d0 = b.getAffineDimExpr(0), d1 = b.getAffineDimExpr(1);
    if (!mask)
      moved[lane] = applyExpr(b, loc, d0 + i, {dims[lane]});
    else
      // The last one that exists stands for those that do not.
      moved[lane] = affine::makeComposedFoldedAffineMin(
          b, loc, AffineMap::get(2, 0, {d0 + i, d1 - 1}, b.getContext()),
          {dims[lane], end});
    return address(map, moved);
  };
  auto each = [&]() -> Value {
    Values elements;
    for (int64_t i = 0; i < count; ++i)
      elements.push_back(memref::LoadOp::create(b, loc, source, at(i)));
    return vector::FromElementsOp::create(b, loc, type, elements);
  };
  if (!growsAlong(map, lane))
    return each();
  Values first = at(0), last = at(count - 1);
  Value same;
  for (auto [from, to] : llvm::zip(first, last)) {
    if (from == to)
      continue;
    Value equal =
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, from, to);
    same =
        same ? arith::AndIOp::create(b, loc, same, equal).getResult() : equal;
  }
  auto once = [&] {
    return broadcast(memref::LoadOp::create(b, loc, source, first), count);
  };
  if (!same)
    return once();
  auto branch = scf::IfOp::create(b, loc, TypeRange(type), same,
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(b, loc, once());
  b.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(b, loc, each());
  return branch.getResult(0);
}

} // namespace tensorop
