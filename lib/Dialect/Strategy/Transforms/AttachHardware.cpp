//===- AttachHardware.cpp - strategy-attach-hardware ----------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Dialect/Strategy/Transforms/HardwareSpec.h"
#include "TensorOp/Dialect/Strategy/Transforms/Passes.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/IR/BuiltinOps.h"

namespace tensorop::strategy {
#define GEN_PASS_DEF_STRATEGYATTACHHARDWARE
#include "TensorOp/Dialect/Strategy/Transforms/Passes.h.inc"
} // namespace tensorop::strategy

using namespace mlir;
using namespace tensorop;

namespace {
class AttachHardware
    : public tensorop::strategy::impl::StrategyAttachHardwareBase<
          AttachHardware> {
public:
  using StrategyAttachHardwareBase::StrategyAttachHardwareBase;

  void runOnOperation() override {
    FailureOr<HardwareModel> hardware =
        strategy::chooseHardware(getOperation(), target);
    if (failed(hardware))
      return signalPassFailure();
    strategy::attachHardware(getOperation(), *hardware);
  }
};
} // namespace
