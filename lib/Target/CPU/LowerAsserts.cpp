//===- LowerAsserts.cpp - Assertions set the kernel's status --------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Support/Attributes.h"
#include "TensorOp/Target/CPU/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SetVector.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPLOWERASSERTS
#include "TensorOp/Target/CPU/Passes.h.inc"
} // namespace tensorop

using namespace mlir;
using namespace tensorop;

namespace {
struct LowerAsserts : tensorop::impl::TensorOpLowerAssertsBase<LowerAsserts> {
  void runOnOperation() override {
    llvm::SetVector<StringRef> messages;
    if (auto list =
            getOperation()->getAttrOfType<ArrayAttr>(assertionsAttrName))
      for (auto message : list.getAsRange<StringAttr>())
        messages.insert(message.getValue());
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      SmallVector<cf::AssertOp> asserts;
      func.walk([&](cf::AssertOp op) { asserts.push_back(op); });
      if (asserts.empty())
        continue;
      if (!func.isPublic() || func.getNumResults() != 0) {
        asserts.front().emitError()
            << "an assertion is only supported in a public function without "
               "results; it is in '"
            << func.getName() << "'";
        return signalPassFailure();
      }
      OpBuilder builder(&getContext());
      builder.setInsertionPointToStart(&func.front());
      Location loc = func.getLoc();
      auto type = MemRefType::get({}, builder.getI32Type());
      Value status = memref::AllocOp::create(builder, loc, type);
      Value zero = arith::ConstantIntOp::create(builder, loc, 0, 32);
      memref::StoreOp::create(builder, loc, zero, status, ValueRange());
      for (cf::AssertOp op : asserts) {
        builder.setInsertionPoint(op);
        Value yes = arith::ConstantIntOp::create(builder, op.getLoc(), 1, 1);
        Value failed =
            arith::XOrIOp::create(builder, op.getLoc(), op.getArg(), yes);
        auto guard = scf::IfOp::create(builder, op.getLoc(), failed,
                                       /*withElseRegion=*/false);
        builder.setInsertionPointToStart(guard.thenBlock());
        messages.insert(op.getMsg());
        int64_t position = llvm::find(messages, op.getMsg()) - messages.begin();
        Value code = arith::ConstantIntOp::create(builder, op.getLoc(),
                                                  position + 1, 32);
        memref::StoreOp::create(builder, op.getLoc(), code, status,
                                ValueRange());
        op.erase();
      }
      auto ret = cast<func::ReturnOp>(func.back().getTerminator());
      builder.setInsertionPoint(ret);
      Value result =
          memref::LoadOp::create(builder, ret.getLoc(), status, ValueRange());
      ret->setOperands(result);
      func.setFunctionType(FunctionType::get(
          &getContext(), func.getArgumentTypes(), result.getType()));
    }
  }
};
} // namespace
