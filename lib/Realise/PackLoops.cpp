//===- PackLoops.cpp - What all ways to fill a packed buffer share --------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PackLoops.h"
#include "TensorOp/Support/Mutation.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace tensorop {

PackLoops::PackLoops(OpBuilder &b, Location loc, Value region, Value packed,
                     const PackCode &code)
    : b(b), loc(loc), region(region), packed(packed), code(code),
      from(b, loc, region, this->code.producer),
      rank(cast<MemRefType>(region.getType()).getRank()),
      source(cast<MemRefType>(region.getType()).getElementType()),
      element(cast<MemRefType>(packed.getType()).getElementType()) {
  ArrayRef<int64_t> shape = cast<MemRefType>(packed.getType()).getShape();
  panel = code.groupAt ? shape.drop_back().back() : shape.back();
  bindDims(b.getContext(), d0, d1);
  for (unsigned i = 0; i < rank; ++i)
    sizes.push_back(memref::getMixedSize(b, loc, region, i));
  full = applyExprValue(b, loc, d0.floorDiv(panel), {sizes[code.at]});
}

Type PackLoops::packedType(Type loaded) const {
  auto vector = dyn_cast<VectorType>(loaded);
  return vector ? Type(vector.clone(element)) : element;
}

Value PackLoops::convert(Value loaded) {
  Type type = packedType(loaded.getType());
  if (code.flipSign) {
    auto bits = cast<IntegerType>(element);
    TypedAttr sign =
        b.getIntegerAttr(bits, APInt::getSignMask(bits.getWidth()));
    if (auto vector = dyn_cast<VectorType>(type))
      sign = DenseElementsAttr::get(vector, cast<Attribute>(sign));
    return arith::XOrIOp::create(b, loc, loaded,
                                 arith::ConstantOp::create(b, loc, sign));
  }
  if (type == loaded.getType())
    return loaded;
  if (isa<FloatType>(element))
    return arith::ExtFOp::create(b, loc, type, loaded);
  if (code.isUnsigned)
    return arith::ExtUIOp::create(b, loc, type, loaded);
  return arith::ExtSIOp::create(b, loc, type, loaded);
}

Value PackLoops::read(ArrayRef<Value> indices, int64_t count, Value mask) {
  return convert(from.read(indices, count, mask));
}

void PackLoops::write(Value value, Value to, ArrayRef<Value> indices) {
  Operation *store;
  if (isa<VectorType>(value.getType()))
    store = vector::StoreOp::create(b, loc, value, to, indices);
  else
    store = memref::StoreOp::create(b, loc, value, to, indices);
  nameStore(store);
}

void PackLoops::writeStrided(Value vector, Value to, ArrayRef<Value> indices,
                             int64_t stride) {
  int64_t lanes = cast<VectorType>(vector.getType()).getDimSize(0);
  SmallVector<int64_t> places;
  for (int64_t i = 0; i < lanes; ++i)
    places.push_back(i * stride);
  Value offsets = arith::ConstantOp::create(
      b, loc,
      DenseElementsAttr::get(VectorType::get({lanes}, b.getIndexType()),
                             ArrayRef<int64_t>(places)));
  Value all = mask(lanes, b.getIndexAttr(lanes));
  nameStore(vector::ScatterOp::create(b, loc, Type(), to, indices, offsets, all,
                                      vector));
}

void PackLoops::nameStore(Operation *store) {
  if (code.producer.op)
    if (Attribute name = code.producer.op->getAttr(kOpName))
      store->setAttr(kFusedName, name);
}

void PackLoops::loop(OpFoldResult ub, int64_t step, StringRef name,
                     function_ref<void(Value)> body) {
  if (getConstantIntValue(ub) == 1 && step == 1)
    return body(indexConstant(b, loc, 0));
  auto op = scf::ForOp::create(b, loc, indexConstant(b, loc, 0),
                               getValueOrCreateConstantIndexOp(b, loc, ub),
                               indexConstant(b, loc, step));
  op->setAttr(kLoopName, b.getStringAttr(name));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(op.getBody());
  body(op.getInductionVar());
}

void PackLoops::otherDims(StringRef name, bool last, function_ref<void()> body,
                          unsigned dim) {
  if (dim == 0)
    position.assign(rank, Value());
  if (dim == rank || (!last && dim + 1 == rank))
    return body();
  if (dim == code.at || (code.groupAt && dim == *code.groupAt))
    return otherDims(name, last, body, dim + 1);
  loop(sizes[dim], 1, name, [&](Value iv) {
    position[dim] = iv;
    otherDims(name, last, body, dim + 1);
  });
}

void PackLoops::panels(function_ref<void(Value)> whole,
                       function_ref<void(OpFoldResult)> part) {
  OpFoldResult extent = sizes[code.at];
  if (!code.shared) {
    loop(full, 1, "pack.panel", whole);
    return tails(extent, panel, part);
  }
  Value all = applyExprValue(b, loc, d0.ceilDiv(panel), {extent});
  auto op = scf::ParallelOp::create(
      b, loc, ValueRange{indexConstant(b, loc, 0)}, ValueRange{all},
      ValueRange{indexConstant(b, loc, 1)});
  op->setAttr(kLoopName, b.getStringAttr("pack.panel"));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(op.getBody());
  Value p = op.getInductionVars().front();
  Value isFull =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, p, full);
  auto branch = scf::IfOp::create(b, loc, isFull, /*withElseRegion=*/true);
  b.setInsertionPointToStart(branch.thenBlock());
  whole(p);
  b.setInsertionPointToStart(branch.elseBlock());
  // The panel behind the full ones is the current one: whoever looks for a race
  // sees that each iteration writes its own.
  std::swap(full, p);
  tails(extent, panel, part);
  std::swap(full, p);
}

void PackLoops::tails(OpFoldResult extent, int64_t unit,
                      function_ref<void(OpFoldResult)> body) {
  if (isMutated(Mutation::PackTail))
    return;
  SmallVector<int64_t> found = possibleExtents(extent);
  OpFoldResult rest = applyExpr(b, loc, d0 % unit, {extent});
  llvm::SmallSetVector<int64_t, 4> rests;
  for (int64_t one : found)
    rests.insert(one % unit);
  if (found.empty())
    rests.insert(-1);
  for (int64_t one : rests) {
    if (one == 0)
      continue;
    if (getConstantIntValue(rest) == one) {
      body(rest);
      continue;
    }
    auto predicate =
        one < 0 ? arith::CmpIPredicate::ne : arith::CmpIPredicate::eq;
    Value is = arith::CmpIOp::create(
        b, loc, predicate, getValueOrCreateConstantIndexOp(b, loc, rest),
        indexConstant(b, loc, std::max<int64_t>(one, 0)));
    auto branch = scf::IfOp::create(b, loc, is, /*withElseRegion=*/false);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    body(one < 0 ? rest : OpFoldResult(b.getIndexAttr(one)));
  }
}

Value PackLoops::nextPanel(Value p) {
  OpFoldResult next = affine::makeComposedFoldedAffineMin(
      b, loc, AffineMap::get(2, 0, {d0 + 1, d1 - 1}, b.getContext()),
      {OpFoldResult(p), OpFoldResult(full)});
  return applyExprValue(b, loc, d0 * panel, {next});
}

void PackLoops::prefetchRow(Values indices) {
  int64_t line = std::max<int64_t>(1, 512 / source.getIntOrFloatBitWidth());
  Value along = indices[code.at];
  // From the end: the line of the first element may be that of the panel
  // before.
  for (int64_t i = panel - 1; i >= 0; i -= line) {
    indices[code.at] = applyExprValue(b, loc, d0 + i, {OpFoldResult(along)});
    from.prefetch(indices);
  }
}

Value PackLoops::mask(int64_t size, OpFoldResult exist) {
  auto type = VectorType::get({size}, b.getI1Type());
  if (auto constant = getConstantIntValue(exist))
    return vector::ConstantMaskOp::create(b, loc, type,
                                          ArrayRef<int64_t>{*constant});
  return vector::CreateMaskOp::create(b, loc, type, cast<Value>(exist));
}

} // namespace tensorop
