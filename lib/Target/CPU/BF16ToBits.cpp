//===- BF16ToBits.cpp - bf16 without the backend's help -------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Target/CPU/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPBF16TOBITS
#define GEN_PASS_DEF_TENSOROPSPLITCASTS
#include "TensorOp/Target/CPU/Passes.h.inc"
} // namespace tensorop

using namespace mlir;

static bool isBF16(Type type) { return getElementTypeOrSelf(type).isBF16(); }

/// `type` with bf16 elements as i16; other types as they are.
static Type toBits(Type type) {
  Type bits = IntegerType::get(type.getContext(), 16);
  if (type.isBF16())
    return bits;
  if (auto memref = dyn_cast<MemRefType>(type); memref && isBF16(memref))
    return MemRefType::get(memref.getShape(), bits, memref.getLayout(),
                           memref.getMemorySpace());
  if (auto shaped = dyn_cast<ShapedType>(type); shaped && isBF16(shaped))
    return shaped.clone(bits);
  if (auto function = dyn_cast<FunctionType>(type)) {
    SmallVector<Type> inputs, results;
    for (Type input : function.getInputs())
      inputs.push_back(toBits(input));
    for (Type result : function.getResults())
      results.push_back(toBits(result));
    return FunctionType::get(type.getContext(), inputs, results);
  }
  return type;
}

static Attribute toBits(Attribute value) {
  if (auto number = dyn_cast<FloatAttr>(value);
      number && number.getType().isBF16())
    return IntegerAttr::get(toBits(number.getType()),
                            number.getValue().bitcastToAPInt());
  if (auto dense = dyn_cast<DenseElementsAttr>(value);
      dense && dense.getElementType().isBF16())
    return dense.bitcast(IntegerType::get(value.getContext(), 16));
  return value;
}

/// Whether the op computes in bf16; moving, choosing and reinterpreting do not.
static bool computesInBF16(Operation *op) {
  if (!isa<arith::ArithDialect, math::MathDialect>(op->getDialect()) ||
      isa<arith::ConstantOp, arith::SelectOp, arith::BitcastOp>(op))
    return false;
  return llvm::any_of(op->getOperandTypes(), isBF16) ||
         llvm::any_of(op->getResultTypes(), isBF16);
}

namespace {
struct SplitCasts : tensorop::impl::TensorOpSplitCastsBase<SplitCasts> {
  void runOnOperation() override {
    getOperation().walk([](Operation *op) {
      if (!isa<arith::ExtFOp, arith::TruncFOp>(op))
        return;
      Type from = op->getOperand(0).getType(), to = op->getResult(0).getType();
      if (!(isBF16(from) && getElementTypeOrSelf(to).isF64()) &&
          !(isBF16(to) && getElementTypeOrSelf(from).isF64()))
        return;
      OpBuilder builder(op);
      Type middle = builder.getF32Type();
      if (auto shaped = dyn_cast<ShapedType>(to))
        middle = shaped.clone(middle);
      Value value = op->getOperand(0);
      op->setOperand(
          0, isa<arith::ExtFOp>(op)
                 ? arith::ExtFOp::create(builder, op->getLoc(), middle, value)
                       .getResult()
                 : arith::TruncFOp::create(builder, op->getLoc(), middle, value)
                       .getResult());
    });
  }
};

struct BF16ToBits : tensorop::impl::TensorOpBF16ToBitsBase<BF16ToBits> {
  void runOnOperation() override {
    WalkResult walk = getOperation().walk([](Operation *op) {
      if (!computesInBF16(op))
        return WalkResult::advance();
      op->emitError() << "computes in bf16, for which there is no expansion";
      return WalkResult::interrupt();
    });
    if (walk.wasInterrupted())
      return signalPassFailure();
    SmallVector<arith::BitcastOp> casts;
    getOperation().walk([&](Operation *op) {
      for (Region &region : op->getRegions())
        for (Block &block : region)
          for (BlockArgument arg : block.getArguments())
            arg.setType(toBits(arg.getType()));
      // What is in LLVM's dialect already is meant as it is.
      if (!isa_and_nonnull<LLVM::LLVMDialect>(op->getDialect()))
        for (OpResult result : op->getResults())
          result.setType(toBits(result.getType()));
      if (auto func = dyn_cast<func::FuncOp>(op)) {
        func.setFunctionType(
            llvm::cast<FunctionType>(toBits(func.getFunctionType())));
      } else if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
        constant.setValueAttr(
            llvm::cast<TypedAttr>(toBits(constant.getValue())));
      } else if (auto global = dyn_cast<memref::GlobalOp>(op)) {
        global.setType(llvm::cast<MemRefType>(toBits(global.getType())));
        if (std::optional<Attribute> value = global.getInitialValue())
          global.setInitialValueAttr(toBits(*value));
      } else if (auto cast = dyn_cast<arith::BitcastOp>(op)) {
        casts.push_back(cast);
      }
    });
    // A bitcast between bf16 and i16 has nothing left to do.
    for (arith::BitcastOp cast : casts)
      if (cast.getIn().getType() == cast.getType()) {
        cast.replaceAllUsesWith(cast.getIn());
        cast.erase();
      }
  }
};
} // namespace
