//===- TileGroups.cpp - Several products of a lane in one step ------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What is emitted is plain arithmetic: extensions, products, sums of
// neighbours. It has its meaning on any target; where the target has an
// instruction for the whole, its lowering finds it by the name on the last op.
//
//===----------------------------------------------------------------------===//

#include "TileEmitter.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace tensorop {

int64_t TileEmitter::getGroupSize() const {
  return *getConstantIntValue(extents[*spec.groupDim]);
}

int64_t TileEmitter::getNumColumns() const {
  return llvm::divideCeil(version.back().covered, spec.lanes);
}

/// Elements of one group for each lane; those of an operand without the
/// vectorized dimension are the same for all.
Value TileEmitter::loadGroup(const Access &where, const Point &point,
                             ArrayRef<OpFoldResult> ivs) {
  Type element = getElementTypeOrSelf(where.source.getType());
  int64_t group = getGroupSize();
  Address at = address(where, point, ivs);
  if (where.map.isFunctionOfDim(vectorDim))
    return vector::LoadOp::create(
        b, loc, VectorType::get({spec.lanes * group}, element), where.source,
        at.indices);
  Value one = vector::LoadOp::create(b, loc, VectorType::get({group}, element),
                                     where.source, at.indices);
  return broadcastWord(one, 0);
}

/// Group number `lane` of `groups` for all lanes.
Value TileEmitter::broadcastWord(Value groups, int64_t lane) {
  auto type = cast<VectorType>(groups.getType());
  Type word = b.getIntegerType(getGroupSize() * type.getElementTypeBitWidth());
  Value words = vector::BitCastOp::create(
      b, loc, VectorType::get({type.getNumElements() / getGroupSize()}, word),
      groups);
  Value one = vector::ExtractOp::create(b, loc, words, lane);
  one = vector::BroadcastOp::create(b, loc, vectorOf(word), one);
  return vector::BitCastOp::create(
      b, loc,
      VectorType::get({spec.lanes * getGroupSize()}, type.getElementType()),
      one);
}

Value TileEmitter::loadGroupLane(unsigned operand, const Point &point,
                                 ArrayRef<OpFoldResult> ivs, Loaded &loaded) {
  int64_t group = getGroupSize();
  auto found = findLaneVector(accesses[operand], point, group);
  if (!found)
    return nullptr;
  return broadcastWord(loadLaneVector(operand, *found, group, ivs, loaded),
                       found->lane);
}

/// sum + the products of each lane's group.
Value TileEmitter::emitDot(Value sum, Value left, bool leftUnsigned,
                           Value right, bool rightUnsigned) {
  auto type = cast<VectorType>(sum.getType());
  auto wide = cast<VectorType>(left.getType()).clone(type.getElementType());
  bool isFloat = isa<FloatType>(type.getElementType());
  auto extend = [&](Value value, bool isUnsigned) -> Value {
    if (isFloat)
      return arith::ExtFOp::create(b, loc, wide, value);
    if (isUnsigned)
      return arith::ExtUIOp::create(b, loc, wide, value);
    return arith::ExtSIOp::create(b, loc, wide, value);
  };
  auto add = [&](Value x, Value y) -> Value {
    if (isFloat)
      return arith::AddFOp::create(b, loc, x, y);
    return arith::AddIOp::create(b, loc, x, y);
  };
  left = extend(left, leftUnsigned);
  right = extend(right, rightUnsigned);
  Value products = isFloat
                       ? arith::MulFOp::create(b, loc, left, right).getResult()
                       : arith::MulIOp::create(b, loc, left, right).getResult();
  for (int64_t n = wide.getDimSize(0); n > spec.lanes; n /= 2) {
    SmallVector<int64_t> even, odd;
    for (int64_t i = 0; i < n; i += 2) {
      even.push_back(i);
      odd.push_back(i + 1);
    }
    products = add(vector::ShuffleOp::create(b, loc, products, products, even),
                   vector::ShuffleOp::create(b, loc, products, products, odd));
  }
  Value result = add(products, sum);
  result.getDefiningOp()->setAttr(kDotName, b.getStringAttr(spec.dot));
  return result;
}

bool TileEmitter::isUnsigned(unsigned number) {
  OpOperand *operand = op.getDpsInputOperand(number);
  return llvm::any_of(op.getMatchingBlockArgument(operand).getUsers(),
                      llvm::IsaPred<arith::ExtUIOp>);
}

TileEmitter::Values TileEmitter::emitGroup(ArrayRef<OpFoldResult> ivs,
                                           ValueRange accumulators) {
  Loaded loaded;
  auto get = [&](unsigned number, const Point &point) {
    const Access &where = accesses[number];
    Point key = point;
    for (unsigned dim = 0; dim < key.size(); ++dim)
      if (!where.map.isFunctionOfDim(dim))
        key[dim] = 0;
    Value &value = loaded[{number, key}];
    if (!value)
      value = loadGroupLane(number, key, ivs, loaded);
    if (!value)
      value = loadGroup(where, key, ivs);
    return value;
  };
  // The operand that is the same for all lanes comes first.
  unsigned scalar = accesses[0].map.isFunctionOfDim(vectorDim) ? 1 : 0;
  unsigned lanes = 1 - scalar;
  Values results;
  for (auto [point, accumulator] : llvm::zip(points, accumulators))
    results.push_back(emitDot(accumulator, get(scalar, point),
                              isUnsigned(scalar), get(lanes, point),
                              isUnsigned(lanes)));
  return results;
}

TileEmitter::Values TileEmitter::emitColumnSums() {
  for (OpOperand &operand : op->getOpOperands())
    accesses.push_back(accessOf(operand));
  unsigned lanes = accesses[0].map.isFunctionOfDim(vectorDim) ? 0 : 1;
  auto sum = [&](ArrayRef<OpFoldResult> ivs, ValueRange accumulators) {
    Values results;
    for (auto [column, accumulator] : llvm::enumerate(accumulators)) {
      Point point(extents.size(), 0);
      point[vectorDim] = int64_t(column) * spec.lanes;
      Value right = loadGroup(accesses[lanes], point, ivs);
      auto type = cast<VectorType>(right.getType());
      unsigned bits = type.getElementTypeBitWidth();
      Value half = arith::ConstantOp::create(
          b, loc, DenseElementsAttr::get(type, APInt::getSignMask(bits)));
      results.push_back(emitDot(accumulator, half, /*leftUnsigned=*/true, right,
                                isUnsigned(lanes)));
    }
    return results;
  };
  auto type = vectorOf(getElementTypeOrSelf(accesses.back().source));
  Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
  return emitLoops(0, origin, Values(getNumColumns(), zero), sum,
                   /*isNamed=*/false);
}

TileEmitter::Values TileEmitter::takeOffset(ValueRange sums,
                                            ValueRange columnSums) {
  Values results;
  for (auto [point, sum] : llvm::zip(points, sums)) {
    int64_t column = point[vectorDim] / spec.lanes;
    results.push_back(arith::SubIOp::create(b, loc, sum, columnSums[column]));
  }
  return results;
}

} // namespace tensorop
