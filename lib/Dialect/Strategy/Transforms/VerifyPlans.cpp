//===- VerifyPlans.cpp - strategy-verify ----------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Dialect/Strategy/IR/StrategyOps.h"
#include "TensorOp/Dialect/Strategy/Transforms/HardwareSpec.h"
#include "TensorOp/Dialect/Strategy/Transforms/Passes.h"
#include "TensorOp/Dialect/Strategy/Transforms/Plans.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace tensorop::strategy {
#define GEN_PASS_DEF_STRATEGYVERIFY
#include "TensorOp/Dialect/Strategy/Transforms/Passes.h.inc"
} // namespace tensorop::strategy

using namespace mlir;
using namespace tensorop;
using namespace tensorop::strategy;

namespace {
class VerifyPlans
    : public tensorop::strategy::impl::StrategyVerifyBase<VerifyPlans> {
public:
  using StrategyVerifyBase::StrategyVerifyBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<HardwareModel> hardware = chooseHardware(module, target);
    if (failed(hardware))
      return signalPassFailure();
    SymbolTable symbols(module);
    llvm::DenseSet<Operation *> attached;
    bool failedAny = false;
    for (auto kernel : module.getOps<FunctionOpInterface>()) {
      auto plans = kernel->getAttrOfType<ArrayAttr>(kPlansAttr);
      if (!plans)
        continue;
      FailureOr<model::KernelInfo> info = describeKernel(kernel);
      if (failed(info))
        return signalPassFailure();
      for (auto symbol : plans.getAsRange<FlatSymbolRefAttr>()) {
        auto plan = symbols.lookup<PlanOp>(symbol.getValue());
        if (!plan) {
          kernel.emitError()
              << "there is no plan " << symbol << " in this module";
          failedAny = true;
          continue;
        }
        attached.insert(plan);
        failedAny |= failed(check(plan, *hardware, &*info));
      }
    }
    for (PlanOp plan : module.getOps<PlanOp>())
      if (!attached.contains(plan))
        failedAny |= failed(check(plan, *hardware, nullptr));
    if (failedAny)
      signalPassFailure();
  }

private:
  LogicalResult check(PlanOp plan, const HardwareModel &hardware,
                      const model::KernelInfo *kernel) {
    FailureOr<model::PlanSource> source = readPlan(plan, hardware, kernel);
    if (failed(source))
      return failure();
    if (std::string why = whyNotCandidate(plan, *source); !why.empty()) {
      emitRemark(plan.getLoc())
          << "not taken" << (kernel ? " for kernel '" + kernel->name + "'" : "")
          << " on " << hardware.name << ": " << why;
      return success();
    }
    FailureOr<model::LoopTree> tree =
        buildTree(plan, *source, closedValues(plan));
    if (failed(tree))
      return failure();
    // An open plan must have a legal point; its trees are checked there.
    if (!tree->isClosed()) {
      llvm::Expected<model::Assignment> wanted =
          model::preferredValues(*source);
      if (!wanted) {
        reportPlanError(plan, wanted.takeError());
        return failure();
      }
      llvm::Expected<model::Assignment> legal =
          model::nearestLegal(*source, *wanted);
      if (!legal) {
        reportPlanError(plan, legal.takeError());
        return failure();
      }
    }
    if (print)
      emitRemark(plan.getLoc()) << "loop tree\n" << tree->str();
    return success();
  }
};
} // namespace
