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

/// The argument of `func` that a buffer is, whole; null when it is another.
static BlockArgument findArgument(Value buffer) {
  while (auto cast = buffer.getDefiningOp<memref::CastOp>())
    buffer = cast.getSource();
  auto arg = dyn_cast<BlockArgument>(buffer);
  return arg && isa<func::FuncOp>(arg.getOwner()->getParentOp()) ? arg
                                                                 : nullptr;
}

/// Result number -> the argument that the caller finds it in.
static llvm::SmallDenseMap<int64_t, BlockArgument>
getDestinations(func::FuncOp func) {
  llvm::SmallDenseMap<int64_t, BlockArgument> places;
  for (BlockArgument arg : func.getArguments())
    if (auto number = func.getArgAttrOfType<IntegerAttr>(
            arg.getArgNumber(), tensorop::resultAttrName))
      places[number.getInt()] = arg;
  return places;
}

/// Copies results that lie elsewhere into their destinations. Each is saved
/// before any destination is written: it may be another's.
static void
copyToDestinations(func::ReturnOp ret,
                   ArrayRef<std::pair<Value, BlockArgument>> moved) {
  OpBuilder builder(ret);
  SmallVector<Value> saved;
  for (auto [value, place] : moved) {
    Value copy = value;
    if (moved.size() > 1) {
      copy = memref::AllocOp::create(builder, ret.getLoc(),
                                     cast<MemRefType>(place.getType()));
      memref::CopyOp::create(builder, ret.getLoc(), value, copy);
    }
    saved.push_back(copy);
  }
  for (auto [copy, to] : llvm::zip(saved, moved))
    memref::CopyOp::create(builder, ret.getLoc(), copy, to.second);
}

namespace {
struct DropResults : tensorop::impl::TensorOpDropResultsBase<DropResults> {
  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      if (func.isDeclaration() || func.getNumResults() == 0)
        continue;
      auto ret = cast<func::ReturnOp>(func.back().getTerminator());
      llvm::SmallDenseMap<int64_t, BlockArgument> places =
          getDestinations(func);
      SmallVector<std::pair<Value, BlockArgument>> moved;
      for (OpOperand &operand : ret->getOpOperands()) {
        BlockArgument arg = findArgument(operand.get());
        BlockArgument place = places.lookup(operand.getOperandNumber());
        // Without a number, any argument is a destination.
        if (arg && (!place || arg == place))
          continue;
        if (place && func.isPublic()) {
          moved.emplace_back(operand.get(), place);
          continue;
        }
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
      copyToDestinations(ret, moved);
      ret->setOperands({});
      func.setFunctionType(
          FunctionType::get(&getContext(), func.getArgumentTypes(), {}));
      if (func.getResAttrsAttr())
        func.removeResAttrsAttr();
    }
  }
};
} // namespace
