//===- AssignParameters.cpp - strategy-assign -----------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Dialect/Strategy/IR/StrategyOps.h"
#include "TensorOp/Dialect/Strategy/Transforms/HardwareSpec.h"
#include "TensorOp/Dialect/Strategy/Transforms/Passes.h"
#include "TensorOp/Dialect/Strategy/Transforms/Plans.h"
#include "TensorOp/Z3/Z3.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/StringSet.h"

namespace tensorop::strategy {
#define GEN_PASS_DEF_STRATEGYASSIGN
#include "TensorOp/Dialect/Strategy/Transforms/Passes.h.inc"
} // namespace tensorop::strategy

using namespace mlir;
using namespace tensorop;
using namespace tensorop::strategy;

namespace {
class AssignParameters
    : public tensorop::strategy::impl::StrategyAssignBase<AssignParameters> {
public:
  using StrategyAssignBase::StrategyAssignBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<HardwareModel> hardware = chooseHardware(module, target);
    if (failed(hardware))
      return signalPassFailure();
    if (failed(readValues()) || failed(chooseSolver()))
      return signalPassFailure();
    SymbolTable symbols(module);
    llvm::DenseSet<Operation *> attached;
    for (auto kernel : llvm::to_vector(module.getOps<FunctionOpInterface>())) {
      auto plans = kernel->getAttrOfType<ArrayAttr>(kPlansAttr);
      if (!plans)
        continue;
      FailureOr<model::KernelInfo> info = describeKernel(kernel);
      if (failed(info))
        return signalPassFailure();
      FailureOr<PlanOp> taken =
          assignFirst(kernel, plans, symbols, attached, *hardware, *info);
      if (failed(taken))
        return signalPassFailure();
      if (*taken)
        kernel->setAttr(
            kPlansAttr,
            ArrayAttr::get(&getContext(), {FlatSymbolRefAttr::get(*taken)}));
      else
        kernel->removeAttr(kPlansAttr);
    }
    for (PlanOp plan : module.getOps<PlanOp>())
      if (!attached.contains(plan) &&
          failed(assign(plan, *hardware, /*kernel=*/nullptr)))
        return signalPassFailure();
    if (failed(checkAllUsed()))
      return signalPassFailure();
  }

private:
  LogicalResult readValues() {
    for (const std::string &text : values) {
      auto [name, number] = StringRef(text).split('=');
      int64_t value;
      if (name.empty() || number.getAsInteger(10, value))
        return getOperation().emitError()
               << "option values: expects name=integer, but got '" << text
               << "'";
      given[name.str()] = value;
    }
    return success();
  }

  LogicalResult chooseSolver() {
    if (solver == "own")
      return success();
    if (solver != "z3")
      return getOperation().emitError() << "option solver: '" << solver
                                        << "' is unknown; known are own, z3";
    llvm::Expected<std::unique_ptr<model::ConstraintSolver>> made =
        z3::createSolver();
    if (!made)
      return getOperation().emitError()
             << "option solver: " << llvm::toString(made.takeError());
    other = std::move(*made);
    return success();
  }

  FailureOr<model::PlanSource> read(PlanOp plan, const HardwareModel &hardware,
                                    const model::KernelInfo *kernel) {
    FailureOr<model::PlanSource> source = readPlan(plan, hardware, kernel);
    if (succeeded(source) && other)
      source->solver = other.get();
    return source;
  }

  /// A value that no plan knows is a mistake of the one who gave it.
  LogicalResult checkAllUsed() {
    std::string known;
    llvm::StringSet<> names;
    for (PlanOp plan : getOperation().getOps<PlanOp>())
      for (ParamOp param : plan.getBody().getOps<ParamOp>()) {
        given.erase(param.getName().str());
        if (names.insert(param.getName()).second)
          known += (known.empty() ? "" : ", ") + param.getName().str();
      }
    if (given.empty())
      return success();
    return getOperation().emitError()
           << "option values: no plan has a parameter '" << given.begin()->first
           << "'; parameters are " << (known.empty() ? "none" : known);
  }

  /// A closed copy, private to `kernel`, of the first plan that fits it; null
  /// when none does.
  FailureOr<PlanOp> assignFirst(FunctionOpInterface kernel, ArrayAttr plans,
                                SymbolTable &symbols,
                                llvm::DenseSet<Operation *> &attached,
                                const HardwareModel &hardware,
                                const model::KernelInfo &info) {
    std::string reasons;
    for (auto symbol : plans.getAsRange<FlatSymbolRefAttr>()) {
      auto plan = symbols.lookup<PlanOp>(symbol.getValue());
      if (!plan) {
        kernel.emitError() << "there is no plan " << symbol
                           << " in this module";
        return failure();
      }
      attached.insert(plan);
      FailureOr<model::PlanSource> source = read(plan, hardware, &info);
      if (failed(source))
        return failure();
      std::string why = whyNotCandidate(plan, *source);
      if (why.empty())
        why = whyUnsuited(*source, symbol == plans.getValue().back());
      if (!why.empty()) {
        reasons += "\n  @" + plan.getSymName().str() + ": " + why;
        continue;
      }
      std::string name = (plan.getSymName() + "." + kernel.getName()).str();
      PlanOp copy = plan;
      if (!plan.getSymName().ends_with("." + kernel.getName().str())) {
        copy = plan.clone();
        copy.setSymName(name);
        symbols.insert(copy, std::next(plan->getIterator()));
        attached.insert(copy);
      }
      if (failed(assign(copy, hardware, &info)))
        return failure();
      return copy;
    }
    emitWarning(kernel.getLoc())
        << "no plan fits kernel '" << kernel.getName() << "':" << reasons;
    return PlanOp();
  }

  /// Why the next plan should be tried instead; empty when this one is legal
  /// or is refused for something that is its own mistake. Types, and how an
  /// operand lies, are properties of the kernel that no guard can name: a plan
  /// for other types never serves it, one that needs another order leaves it to
  /// the next one.
  static std::string whyUnsuited(const model::PlanSource &source, bool isLast) {
    llvm::Expected<model::Assignment> wanted = model::preferredValues(source);
    if (!wanted)
      return textOfRule(wanted.takeError(), "V-TYPE");
    if (isLast)
      return "";
    llvm::Expected<model::Assignment> legal =
        model::nearestLegal(source, *wanted);
    return legal ? "" : textOfRule(legal.takeError(), "V-CONTIG");
  }

  /// The errors' text when all of them are of the rule `label`, else nothing.
  static std::string textOfRule(llvm::Error error, StringRef label) {
    std::string text;
    bool others = false;
    llvm::handleAllErrors(
        std::move(error),
        [&](const model::PlanError &problem) {
          others |= problem.label != label;
          text += (text.empty() ? "" : "; ") + problem.message + " [" +
                  problem.label + "]";
        },
        [&](const llvm::ErrorInfoBase &) { others = true; });
    return others ? "" : text;
  }

  static std::string domainText(const model::PlanSource &source,
                                StringRef param) {
    for (const model::Step &step : source.steps)
      if (auto *data = std::get_if<model::ParamStep>(&step.body);
          data && data->name == param && data->domain)
        return data->domain->str();
    return "what the other steps leave";
  }

  LogicalResult assign(PlanOp plan, const HardwareModel &hardware,
                       const model::KernelInfo *kernel) {
    FailureOr<model::PlanSource> source = read(plan, hardware, kernel);
    if (failed(source))
      return failure();
    llvm::Expected<model::Assignment> wanted = model::preferredValues(*source);
    if (!wanted) {
      reportPlanError(plan, wanted.takeError());
      return failure();
    }
    for (const auto &[name, value] : closedValues(plan))
      (*wanted)[name] = value;
    for (ParamOp param : plan.getBody().getOps<ParamOp>())
      if (auto it = given.find(param.getName().str()); it != given.end()) {
        (*wanted)[it->first] = it->second;
      }
    llvm::Expected<model::Assignment> legal =
        model::nearestLegal(*source, *wanted);
    if (!legal) {
      reportPlanError(plan, legal.takeError());
      return failure();
    }
    OpBuilder b(&getContext());
    for (ParamOp param : plan.getBody().getOps<ParamOp>()) {
      std::string name = param.getName().str();
      auto chosen = legal->find(name);
      if (chosen == legal->end())
        continue;
      if (auto it = wanted->find(name);
          it != wanted->end() && it->second != chosen->second) {
        // A default may give way; a value that somebody asked for may not.
        if (given.count(name))
          return param.emitOpError()
                 << "value " << it->second << " of '" << name
                 << "' is not legal here; the domain is "
                 << domainText(*source, name) << ", the nearest legal value is "
                 << chosen->second;
        emitRemark(param.getLoc())
            << "default " << it->second << " of '" << name
            << "' is not legal here; took the nearest legal value "
            << chosen->second;
      }
      bool boolean = param.getInit() == "true" || param.getInit() == "false";
      StringAttr text =
          b.getStringAttr(boolean ? (chosen->second ? "true" : "false")
                                  : std::to_string(chosen->second));
      param.setInitAttr(text);
      param.setValuesAttr(b.getArrayAttr({text}));
      param.removeRangeAttr();
    }
    return success();
  }

  std::map<std::string, int64_t> given;
  /// Null: our own.
  std::shared_ptr<model::ConstraintSolver> other;
};
} // namespace
