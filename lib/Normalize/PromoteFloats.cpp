//===- PromoteFloats.cpp - The reference computes in f64 ------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Normalize/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/PatternMatch.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPPROMOTEFLOATS
#include "TensorOp/Normalize/Passes.h.inc"
} // namespace tensorop

using namespace mlir;

static Type promote(Type type) {
  if (isa<FloatType>(type))
    return Float64Type::get(type.getContext());
  if (auto shaped = dyn_cast<ShapedType>(type);
      shaped && isa<FloatType>(shaped.getElementType()))
    return shaped.clone(Float64Type::get(type.getContext()));
  if (auto function = dyn_cast<FunctionType>(type)) {
    SmallVector<Type> inputs, results;
    for (Type input : function.getInputs())
      inputs.push_back(promote(input));
    for (Type result : function.getResults())
      results.push_back(promote(result));
    return FunctionType::get(type.getContext(), inputs, results);
  }
  return type;
}

static APFloat toDouble(APFloat value) {
  bool inexact;
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &inexact);
  return value;
}

/// The constant in f64; a null attribute when it has a form that is not known.
static Attribute promoteConstant(Attribute value) {
  Type f64 = Float64Type::get(value.getContext());
  if (auto number = dyn_cast<FloatAttr>(value))
    return FloatAttr::get(f64, toDouble(number.getValue()));
  if (auto dense = dyn_cast<DenseFPElementsAttr>(value)) {
    auto type = cast<ShapedType>(promote(dense.getType()));
    if (dense.isSplat())
      return DenseElementsAttr::get(type,
                                    toDouble(dense.getSplatValue<APFloat>()));
    SmallVector<APFloat> values;
    for (APFloat element : dense.getValues<APFloat>())
      values.push_back(toDouble(element));
    return DenseElementsAttr::get(type, values);
  }
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    auto type = cast<ShapedType>(resource.getType());
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return nullptr;
    DenseElementsAttr dense =
        DenseElementsAttr::getFromRawBuffer(type, blob->getData());
    return promoteConstant(dense);
  }
  return nullptr;
}

/// `value` (f64, or a tensor of it) rounded to `type`, and extended again when
/// `back` is set. Narrow types go through f32: no target converts f64 to them
/// without a library.
static Value roundTo(OpBuilder &builder, Location loc, Value value, Type type,
                     bool back) {
  Type element = getElementTypeOrSelf(type);
  auto like = [&](Type scalar) -> Type {
    if (auto shaped = dyn_cast<ShapedType>(value.getType()))
      return shaped.clone(scalar);
    return scalar;
  };
  if (element.isF64())
    return value;
  if (element.getIntOrFloatBitWidth() < 32)
    value = arith::TruncFOp::create(builder, loc, like(builder.getF32Type()),
                                    value);
  value = arith::TruncFOp::create(builder, loc, like(element), value);
  if (!back)
    return value;
  if (element.getIntOrFloatBitWidth() < 32)
    value =
        arith::ExtFOp::create(builder, loc, like(builder.getF32Type()), value);
  return arith::ExtFOp::create(builder, loc, like(builder.getF64Type()), value);
}

namespace {
struct PromoteFloats
    : tensorop::impl::TensorOpPromoteFloatsBase<PromoteFloats> {
  void runOnOperation() override {
    // Types that an op insists on are noted before they change.
    struct Cast {
      Operation *op;
      Type from, to;
    };
    SmallVector<Cast> casts;
    getOperation().walk([&](Operation *op) {
      if (isa<arith::ExtFOp, arith::TruncFOp, arith::BitcastOp,
              tensor::BitcastOp>(op))
        casts.push_back(
            {op, op->getOperand(0).getType(), op->getResult(0).getType()});
    });
    bool bad = false;
    getOperation().walk([&](Operation *op) {
      for (Region &region : op->getRegions())
        for (Block &block : region)
          for (BlockArgument arg : block.getArguments())
            arg.setType(promote(arg.getType()));
      for (OpResult result : op->getResults())
        result.setType(promote(result.getType()));
      if (auto func = dyn_cast<func::FuncOp>(op))
        func.setFunctionType(
            llvm::cast<FunctionType>(promote(func.getFunctionType())));
      if (auto constant = dyn_cast<arith::ConstantOp>(op))
        if (isa<FloatType>(getElementTypeOrSelf(constant.getType()))) {
          Attribute value = promoteConstant(constant.getValue());
          if (!value) {
            constant.emitError() << "has a constant whose form the reference "
                                    "cannot promote to f64";
            bad = true;
            return;
          }
          constant.setValueAttr(cast<TypedAttr>(value));
        }
      if (auto math = dyn_cast<arith::ArithFastMathInterface>(op))
        op->setAttr(math.getFastMathAttrName(),
                    arith::FastMathFlagsAttr::get(&getContext(),
                                                  arith::FastMathFlags::none));
    });
    if (bad)
      return signalPassFailure();
    for (const Cast &cast : casts) {
      Operation *op = cast.op;
      Type from = cast.from, to = cast.to;
      OpBuilder builder(op);
      Location loc = op->getLoc();
      Value value = op->getOperand(0);
      if (isa<arith::ExtFOp>(op)) {
        // Exact: nothing to do.
      } else if (isa<arith::TruncFOp>(op)) {
        value = roundTo(builder, loc, value, to, /*back=*/true);
      } else {
        if (isa<FloatType>(getElementTypeOrSelf(from)))
          value = roundTo(builder, loc, value, from, /*back=*/false);
        value =
            isa<arith::BitcastOp>(op)
                ? arith::BitcastOp::create(builder, loc, to, value).getResult()
                : tensor::BitcastOp::create(builder, loc, to, value)
                      .getResult();
        if (isa<FloatType>(getElementTypeOrSelf(to)) &&
            !getElementTypeOrSelf(to).isF64()) {
          auto like = [&](Type scalar) -> Type {
            if (auto shaped = dyn_cast<ShapedType>(to))
              return shaped.clone(scalar);
            return scalar;
          };
          if (getElementTypeOrSelf(to).getIntOrFloatBitWidth() < 32)
            value = arith::ExtFOp::create(builder, loc,
                                          like(builder.getF32Type()), value);
          value = arith::ExtFOp::create(builder, loc,
                                        like(builder.getF64Type()), value);
        }
      }
      op->getResult(0).replaceAllUsesWith(value);
      op->erase();
    }
  }
};
} // namespace
