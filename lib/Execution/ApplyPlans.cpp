//===- ApplyPlans.cpp - Where plans meet kernels --------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Execution/ApplyPlans.h"
#include "TensorOp/Conversion/StrategyToTransform/Passes.h"
#include "TensorOp/Dialect/Strategy/IR/StrategyOps.h"
#include "TensorOp/Dialect/Strategy/Transforms/Passes.h"
#include "TensorOp/Proposer/Passes.h"
#include "TensorOp/Support/Attributes.h"
#include "TensorOp/Support/Check.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Transform/Transforms/Passes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;
using namespace tensorop;

static LogicalResult copyPlans(ModuleOp plans, ModuleOp module) {
  SymbolTable symbols(module);
  for (Operation &op : plans.getBody()->getOperations()) {
    auto plan = dyn_cast<strategy::PlanOp>(op);
    if (!plan)
      return op.emitError()
             << "expects plans only in a file of plans, but found '"
             << op.getName() << "'";
    // Gives the copy a free name where the payload has that symbol.
    StringAttr name = symbols.insert(plan.clone());
    if (name != plan.getSymNameAttr())
      plan.emitRemark() << "plan '" << plan.getSymName() << "' is called '"
                        << name.getValue()
                        << "' here: the payload has that name";
  }
  return success();
}

/// The chosen values and the reason that the plan gives.
static std::string describeChoice(strategy::PlanOp plan) {
  std::string text;
  for (auto param : plan.getBody().getOps<strategy::ParamOp>())
    text += (text.empty() ? "" : ", ") + param.getName().str() + " = " +
            param.getInit().value_or("?").str();
  if (auto why = plan->getAttrOfType<StringAttr>("why"))
    text += (text.empty() ? "" : "; ") + why.str();
  return text;
}

static LogicalResult run(ModuleOp module,
                         llvm::function_ref<void(OpPassManager &)> build) {
  PassManager pm(module.getContext());
  build(pm);
  return pm.run(module);
}

/// Erases the plans that no kernel lists.
static void dropUnlisted(ModuleOp module) {
  llvm::SmallDenseSet<StringAttr> listed;
  for (auto kernel : module.getOps<func::FuncOp>())
    if (auto list = kernel->getAttrOfType<ArrayAttr>(strategy::kPlansAttr))
      for (auto symbol : list.getAsRange<FlatSymbolRefAttr>())
        listed.insert(symbol.getAttr());
  for (auto plan :
       llvm::make_early_inc_range(module.getOps<strategy::PlanOp>()))
    if (!listed.contains(plan.getSymNameAttr()))
      plan.erase();
}

/// Asks the proposer for plans of the kernels that have none; says so when
/// other plans were given.
static LogicalResult proposeRest(ModuleOp module,
                                 const tensorop::PlanOptions &options,
                                 bool arePlansGiven,
                                 tensorop::PlanReport &report) {
  SmallVector<func::FuncOp> rest;
  for (auto kernel : module.getOps<func::FuncOp>()) {
    auto list = kernel->getAttrOfType<ArrayAttr>(strategy::kPlansAttr);
    if (!kernel->hasAttr(kernelAttrName) || (list && !list.empty()))
      continue;
    kernel->removeAttr(strategy::kPlansAttr);
    if (llvm::is_contained(options.unproposed, kernel.getName())) {
      kernel->setAttr(strategy::kNoPlanAttr,
                      StringAttr::get(module.getContext(),
                                      "the plan of proposer '" +
                                          options.proposer + "' is left out"));
      continue;
    }
    rest.push_back(kernel);
    report.proposed.push_back(kernel.getName().str());
  }
  if (rest.empty())
    return success();
  if (failed(run(module, [&](OpPassManager &pm) {
        strategy::StrategyProposeOptions propose;
        propose.proposer = options.proposer;
        propose.database = options.database;
        propose.target = options.target;
        propose.threads = options.threads;
        pm.addPass(strategy::createStrategyPropose(propose));
      })))
    return failure();
  for (func::FuncOp kernel : rest)
    if (arePlansGiven && kernel->hasAttr(strategy::kPlansAttr))
      emitRemark(kernel.getLoc())
          << "no given plan fits kernel '" << kernel.getName()
          << "': proposer '" << options.proposer << "' plans it";
  return success();
}

LogicalResult tensorop::planKernels(ModuleOp module, ModuleOp plans,
                                    const PlanOptions &options,
                                    PlanReport &report) {
  if (plans && failed(copyPlans(plans, module)))
    return failure();
  // A payload may bring its own.
  if (module.getOps<strategy::PlanOp>().empty() && options.proposer.empty()) {
    if (options.values.empty() && options.phases == 0)
      return success();
    return emitError(UnknownLoc::get(module.getContext()))
           << "values or phases of a plan are given, but there is no plan";
  }
  bool arePlansGiven = !module.getOps<strategy::PlanOp>().empty();
  if (failed(run(module, [&](OpPassManager &pm) {
        pm.addPass(strategy::createStrategyAttachPlans());
      })))
    return failure();
  // A plan that fits no kernel was reported; nothing else about it matters.
  dropUnlisted(module);
  if (failed(run(module, [&](OpPassManager &pm) {
        strategy::StrategyAssignOptions assign;
        assign.target = options.target;
        assign.values = llvm::to_vector(options.values);
        pm.addPass(strategy::createStrategyAssign(assign));
      }))) {
    report.isIllegal = true;
    return failure();
  }
  if (!options.proposer.empty() &&
      failed(proposeRest(module, options, arePlansGiven, report)))
    return failure();
  SymbolTable symbols(module);
  for (auto kernel : module.getOps<func::FuncOp>()) {
    auto list = kernel->getAttrOfType<ArrayAttr>(strategy::kPlansAttr);
    if (!list || list.empty())
      continue;
    auto plan = symbols.lookup<strategy::PlanOp>(
        cast<FlatSymbolRefAttr>(list[0]).getValue());
    // The copy is called <plan>.<kernel>.
    StringRef name = plan.getSymName();
    name.consume_back(("." + kernel.getName()).str());
    std::string text;
    llvm::raw_string_ostream stream(text);
    plan.print(stream);
    llvm::Expected<model::PlanHeader> header = plan.toHeader();
    TENSOROP_CHECK(bool(header), "a plan that was assigned is readable");
    report.applied.push_back({kernel.getName().str(), name.str(),
                              describeChoice(plan), text, header->numerics});
  }
  return run(module, [&](OpPassManager &pm) {
    strategy::ConvertStrategyToTransformOptions convert;
    convert.target = options.target;
    if (options.phases)
      convert.phases = options.phases;
    convert.threads = options.threads;
    pm.addPass(strategy::createConvertStrategyToTransform(convert));
  });
}

LogicalResult tensorop::realisePlans(ModuleOp module,
                                     const PlanReport &report) {
  if (report.applied.empty())
    return success();
  if (failed(run(module, [](OpPassManager &pm) {
        pm.addPass(transform::createInterpreterPass());
        pm.addPass(strategy::createStrategyCheckRealised());
      })))
    return failure();
  for (const PlanReport::Entry &entry : report.applied)
    if (auto kernel = module.lookupSymbol<func::FuncOp>(entry.kernel))
      kernel->setAttr(plannedAttrName,
                      StringAttr::get(module.getContext(), entry.plan));
  return success();
}
