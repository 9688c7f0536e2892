//===- ExportSMT.cpp - strategy-export-smt --------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Conversion/ConstraintsToSMT/ConstraintsToSMT.h"
#include "TensorOp/Conversion/ConstraintsToSMT/Passes.h"
#include "TensorOp/Dialect/Strategy/IR/StrategyOps.h"
#include "TensorOp/Dialect/Strategy/Transforms/HardwareSpec.h"
#include "TensorOp/Dialect/Strategy/Transforms/Plans.h"
#include "mlir/Dialect/SMT/IR/SMTOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace tensorop::strategy {
#define GEN_PASS_DEF_STRATEGYEXPORTSMT
#include "TensorOp/Conversion/ConstraintsToSMT/Passes.h.inc"
} // namespace tensorop::strategy

using namespace mlir;
using namespace tensorop;
using namespace tensorop::strategy;

namespace {
class ExportSMT
    : public tensorop::strategy::impl::StrategyExportSMTBase<ExportSMT> {
public:
  using StrategyExportSMTBase::StrategyExportSMTBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<HardwareModel> hardware = chooseHardware(module, target);
    if (failed(hardware))
      return signalPassFailure();
    SymbolTable symbols(module);
    llvm::DenseSet<Operation *> attached, solvers;
    auto write = [&](PlanOp plan, FunctionOpInterface kernel,
                     const model::KernelInfo *info) {
      FailureOr<smt::SolverOp> solver =
          writePlan(plan, *hardware, kernel, info);
      if (succeeded(solver) && *solver)
        solvers.insert(*solver);
      return succeeded(solver);
    };
    for (auto kernel : llvm::to_vector(module.getOps<FunctionOpInterface>())) {
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
          return signalPassFailure();
        }
        attached.insert(plan);
        if (!write(plan, kernel, &*info))
          return signalPassFailure();
      }
    }
    for (PlanOp plan : llvm::to_vector(module.getOps<PlanOp>()))
      if (!attached.contains(plan) &&
          !write(plan, FunctionOpInterface(), nullptr))
        return signalPassFailure();
    if (!solversOnly)
      return;
    for (Operation &op : llvm::make_early_inc_range(*module.getBody()))
      if (!solvers.contains(&op))
        op.erase();
    module->setDiscardableAttrs(DictionaryAttr::get(&getContext()));
  }

private:
  /// The solver of `plan`; null when the plan cannot serve the kernel.
  FailureOr<smt::SolverOp> writePlan(PlanOp plan, const HardwareModel &hardware,
                                     FunctionOpInterface kernel,
                                     const model::KernelInfo *info) {
    FailureOr<model::PlanSource> source = readPlan(plan, hardware, info);
    if (failed(source))
      return failure();
    if (std::string why = whyNotCandidate(plan, *source); !why.empty()) {
      emitRemark(plan.getLoc())
          << "not exported"
          << (info ? " for kernel '" + info->name + "'" : std::string())
          << ": on " << hardware.name << " " << why;
      return smt::SolverOp();
    }
    model::ConstraintSet set;
    if (llvm::Error error =
            model::numericRules(*source, closedValues(plan), set)) {
      reportPlanError(plan, std::move(error));
      return failure();
    }
    SmallVector<Location> steps;
    for (auto step : plan.getBody().getOps<StrategyStepOpInterface>())
      steps.push_back(step.getLoc());
    OpBuilder builder = OpBuilder::atBlockEnd(getOperation().getBody());
    smt::SolverOp solver = writeConstraints(builder, set, [&](int step) {
      return step >= 0 && size_t(step) < steps.size() ? steps[step]
                                                      : plan.getLoc();
    });
    solver->setAttr("strategy.constraints",
                    FlatSymbolRefAttr::get(plan.getSymNameAttr()));
    if (kernel)
      solver->setAttr("strategy.of",
                      FlatSymbolRefAttr::get(&getContext(), kernel.getName()));
    return solver;
  }
};
} // namespace
