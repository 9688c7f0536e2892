//===- ScalarBody.cpp - An op's scalar body on scalars or vectors ---------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScalarBody.h"
#include "TensorOp/Support/Mutation.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;

namespace tensorop {

namespace {
class BodyEmitter {
public:
  BodyEmitter(OpBuilder &b, Location loc, linalg::GenericOp from,
              IRMapping &mapping, ArrayRef<int64_t> shape, bool scalarOperands)
      : b(b), loc(loc), body(from.getBody()), mapping(mapping), shape(shape),
        scalarOperands(scalarOperands) {}

  Value emit(bool contract) {
    if (contract && !shape.empty())
      findProducts();
    for (Operation &scalar : body->without_terminator()) {
      if (products.contains(&scalar))
        continue;
      if (auto add = dyn_cast<arith::AddFOp>(scalar))
        if (emitFused(add))
          continue;
      for (Value used : scalar.getOperands())
        wide(used);
      if (emitExtension(scalar))
        continue;
      Operation *copy = b.clone(scalar, mapping);
      if (shape.empty())
        continue;
      if (auto constant = dyn_cast<arith::ConstantOp>(copy)) {
        mapping.map(scalar.getResult(0), broadcast(constant));
        continue;
      }
      for (Value result : copy->getResults())
        result.setType(VectorType::get(shape, result.getType()));
    }
    return wide(body->getTerminator()->getOperand(0));
  }

private:
  Value broadcast(Value scalar) {
    return vector::BroadcastOp::create(
        b, loc, VectorType::get(shape, scalar.getType()), scalar);
  }
  Value wide(Value used) {
    if (used.getParentBlock() != body && !mapping.contains(used))
      mapping.map(used, shape.empty() ? used : broadcast(used));
    return mapping.lookup(used);
  }

  /// The products that a sum takes as they are.
  void findProducts() {
    for (auto add : body->getOps<arith::AddFOp>())
      for (Value operand : add->getOperands())
        if (auto mul = operand.getDefiningOp<arith::MulFOp>();
            mul && mul->hasOneUse() && mul->getBlock() == body) {
          products.insert(mul);
          break;
        }
  }

  bool emitFused(arith::AddFOp add) {
    for (bool swap : {false, true}) {
      Operation *mul = add->getOperand(swap).getDefiningOp();
      if (!mul || !products.contains(mul))
        continue;
      Value factor = wide(mul->getOperand(1)),
            addend = wide(add->getOperand(!swap));
      if (isMutated(Mutation::FmaOperands))
        std::swap(factor, addend);
      mapping.map(add.getResult(),
                  vector::FMAOp::create(b, loc, wide(mul->getOperand(0)),
                                        factor, addend));
      return true;
    }
    return false;
  }

  /// What is loaded for all lanes is extended before it is spread: loads of
  /// integers do that, and instructions with a scalar operand take it so. x86
  /// spreads floats while it loads them.
  bool emitExtension(Operation &extension) {
    if (shape.empty() || !(isa<arith::ExtSIOp, arith::ExtUIOp>(extension) ||
                           (scalarOperands && isa<arith::ExtFOp>(extension))))
      return false;
    Value used = extension.getOperand(0);
    auto splat = mapping.lookup(used).getDefiningOp<vector::BroadcastOp>();
    if (!splat || !splat.getSource().getDefiningOp<memref::LoadOp>())
      return false;
    IRMapping one;
    one.map(used, splat.getSource());
    mapping.map(extension.getResult(0),
                broadcast(b.clone(extension, one)->getResult(0)));
    return true;
  }

  OpBuilder &b;
  Location loc;
  Block *body;
  IRMapping &mapping;
  ArrayRef<int64_t> shape;
  bool scalarOperands;
  llvm::SmallPtrSet<Operation *, 4> products;
};
} // namespace

Value emitScalarBody(OpBuilder &b, Location loc, linalg::GenericOp from,
                     IRMapping &mapping, ArrayRef<int64_t> shape, bool contract,
                     bool scalarOperands) {
  return BodyEmitter(b, loc, from, mapping, shape, scalarOperands)
      .emit(contract);
}

} // namespace tensorop
