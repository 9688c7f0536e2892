//===- ApproximateMath.cpp - tensorop-approximate-math --------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MathFunctions.h"
#include "TensorOp/Support/Attributes.h"
#include "TensorOp/Target/CPU/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPAPPROXIMATEMATH
#include "TensorOp/Target/CPU/Passes.h.inc"
} // namespace tensorop

using namespace mlir;

/// Whether `op` may be off by `ulp`; `limit`: what its function permits.
static bool permits(Operation *op, IntegerAttr limit, int64_t ulp) {
  if (limit && limit.getInt() >= ulp)
    return true;
  auto flags = dyn_cast<arith::ArithFastMathInterface>(op);
  return flags &&
         arith::bitEnumContainsAll(flags.getFastMathFlagsAttr().getValue(),
                                   arith::FastMathFlags::afn);
}

static bool isOne(Value value) {
  if (auto splat = value.getDefiningOp<vector::BroadcastOp>())
    value = splat.getSource();
  return matchPattern(value, m_OneFloat());
}

/// The sum with one that is all that becomes of `op`, if any.
static Operation *findPlusOne(Operation *op) {
  if (!op->hasOneUse())
    return nullptr;
  auto sum = dyn_cast<arith::AddFOp>(*op->user_begin());
  if (!sum || !(isOne(sum.getLhs()) || isOne(sum.getRhs())))
    return nullptr;
  return sum;
}

static void approximate(Operation *op, const tensorop::MathFunction &function) {
  Type type = op->getResult(0).getType();
  Type element = getElementTypeOrSelf(type);
  if (!element.isF32() && !element.isF16() && !element.isBF16())
    return;
  Operation *plusOne = function.buildPlusOne ? findPlusOne(op) : nullptr;
  OpBuilder b(op);
  Location loc = op->getLoc();
  Value x = op->getOperand(0);
  // f32 holds more than the digits that the rounding keeps.
  Type wide = b.getF32Type();
  if (auto shaped = dyn_cast<ShapedType>(type))
    wide = shaped.clone(wide);
  if (wide != type)
    x = arith::ExtFOp::create(b, loc, wide, x);
  Value result =
      plusOne ? function.buildPlusOne(b, loc, x) : function.build(b, loc, x);
  if (wide != type)
    result = arith::TruncFOp::create(b, loc, type, result);
  Operation *replaced = plusOne ? plusOne : op;
  replaced->replaceAllUsesWith(ValueRange{result});
  replaced->erase();
  if (plusOne)
    op->erase();
}

namespace {
struct ApproximateMath
    : tensorop::impl::TensorOpApproximateMathBase<ApproximateMath> {
  void runOnOperation() override {
    auto limit =
        getOperation()->getAttrOfType<IntegerAttr>(tensorop::approxAttrName);
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (isa<math::MathDialect>(op->getDialect()))
        ops.push_back(op);
    });
    for (Operation *op : ops)
      for (const tensorop::MathFunction &function :
           tensorop::getMathFunctions())
        if (op->getName().getStringRef() == function.op &&
            permits(op, limit, function.ulp)) {
          approximate(op, function);
          break;
        }
  }
};
} // namespace
