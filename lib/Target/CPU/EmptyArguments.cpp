//===- EmptyArguments.cpp - Arguments without elements --------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Target/CPU/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPEMPTYARGUMENTS
#include "TensorOp/Target/CPU/Passes.h.inc"
} // namespace tensorop

using namespace mlir;

/// The type that takes the place of `type`; null when it has elements.
static MemRefType getReplacement(Type type) {
  auto memref = dyn_cast<MemRefType>(type);
  if (!memref || !memref.hasStaticShape() || memref.getNumElements() != 0)
    return nullptr;
  return MemRefType::get({1}, memref.getElementType());
}

namespace {
struct EmptyArguments
    : tensorop::impl::TensorOpEmptyArgumentsBase<EmptyArguments> {
  void runOnOperation() override {
    OpBuilder builder(&getContext());
    getOperation().walk([&](func::CallOp call) {
      builder.setInsertionPoint(call);
      for (OpOperand &operand : call->getOpOperands())
        if (MemRefType type = getReplacement(operand.get().getType()))
          operand.set(memref::AllocOp::create(builder, call.getLoc(), type));
    });
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      if (func.isDeclaration())
        continue;
      builder.setInsertionPointToStart(&func.front());
      for (BlockArgument arg : func.getArguments()) {
        MemRefType type = getReplacement(arg.getType());
        if (!type)
          continue;
        if (!arg.use_empty())
          arg.replaceAllUsesWith(memref::AllocOp::create(
              builder, arg.getLoc(), cast<MemRefType>(arg.getType())));
        arg.setType(type);
      }
      func.setFunctionType(FunctionType::get(&getContext(),
                                             func.front().getArgumentTypes(),
                                             func.getResultTypes()));
    }
  }
};
} // namespace
