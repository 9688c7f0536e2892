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

static void approximate(Operation *op, const tensorop::MathFunction &function) {
  Type type = op->getResult(0).getType();
  Type element = getElementTypeOrSelf(type);
  if (!element.isF32() && !element.isF16() && !element.isBF16())
    return;
  OpBuilder b(op);
  Location loc = op->getLoc();
  Value x = op->getOperand(0);
  // f32 holds more than the digits that the rounding keeps.
  Type wide = b.getF32Type();
  if (auto shaped = dyn_cast<ShapedType>(type))
    wide = shaped.clone(wide);
  if (wide != type)
    x = arith::ExtFOp::create(b, loc, wide, x);
  Value result = function.build(b, loc, x);
  if (wide != type)
    result = arith::TruncFOp::create(b, loc, type, result);
  op->replaceAllUsesWith(ValueRange{result});
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
