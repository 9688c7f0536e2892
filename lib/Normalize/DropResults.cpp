//===- DropResults.cpp - Results that are destinations --------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Normalize/Passes.h"
#include "TensorOp/Support/Attributes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPDROPRESULTS
#include "TensorOp/Normalize/Passes.h.inc"
} // namespace tensorop

using namespace mlir;

namespace {
struct DropResults : tensorop::impl::TensorOpDropResultsBase<DropResults> {
  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      if (func.isDeclaration() || func.getNumResults() == 0)
        continue;
      auto ret = cast<func::ReturnOp>(func.back().getTerminator());
      for (OpOperand &operand : ret->getOpOperands()) {
        Value value = operand.get();
        while (auto cast = value.getDefiningOp<memref::CastOp>())
          value = cast.getSource();
        auto arg = dyn_cast<BlockArgument>(value);
        if (arg && isa<func::FuncOp>(arg.getOwner()->getParentOp()))
          continue;
        func.emitError() << "result #" << operand.getOperandNumber() << " of '"
                         << func.getName()
                         << "' is not computed in its destination: it would "
                            "need an allocation and a copy";
        return signalPassFailure();
      }
      if (!func.isPublic()) {
        // A caller could use the result; bufferization has dropped it there.
        func.emitError() << "private function '" << func.getName()
                         << "' still returns a buffer";
        return signalPassFailure();
      }
      ret->setOperands({});
      func.setFunctionType(
          FunctionType::get(&getContext(), func.getArgumentTypes(), {}));
      if (func.getResAttrsAttr())
        func.removeResAttrsAttr();
    }
  }
};
} // namespace
