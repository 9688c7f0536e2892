//===- Plans.cpp - From a plan in IR to its loop tree ---------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Dialect/Strategy/Transforms/Plans.h"
#include "TensorOp/Dialect/Strategy/IR/StrategyOps.h"
#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using namespace tensorop;
using namespace tensorop::strategy;

FailureOr<model::PlanSource>
strategy::readPlan(PlanOp plan, const HardwareModel &hardware,
                   const model::KernelInfo *kernel) {
  model::PlanSource source;
  source.hardware = hardware;
  source.kernel = kernel;
  llvm::Expected<model::PlanHeader> header = plan.toHeader();
  if (!header) {
    plan.emitOpError() << llvm::toString(header.takeError());
    return failure();
  }
  source.header = std::move(*header);
  for (auto step : plan.getBody().getOps<StrategyStepOpInterface>()) {
    llvm::Expected<model::Step> data = step.toStep();
    if (!data) {
      step.emitOpError() << llvm::toString(data.takeError());
      return failure();
    }
    source.steps.push_back(std::move(*data));
  }
  return source;
}

void strategy::reportPlanError(PlanOp plan, llvm::Error error) {
  auto steps =
      llvm::to_vector(plan.getBody().getOps<StrategyStepOpInterface>());
  llvm::handleAllErrors(
      std::move(error),
      [&](const model::PlanError &problem) {
        Operation *at = plan;
        if (problem.step >= 0 && size_t(problem.step) < steps.size())
          at = steps[problem.step];
        InFlightDiagnostic diag = at->emitOpError() << problem.message;
        if (!problem.label.empty() &&
            !StringRef(problem.message).starts_with(problem.label))
          diag << " [" << problem.label << "]";
      },
      [&](const llvm::ErrorInfoBase &other) {
        plan.emitOpError() << other.message();
      });
}

FailureOr<model::LoopTree>
strategy::buildTree(PlanOp plan, const model::PlanSource &source,
                    const model::Assignment &chosen) {
  llvm::Expected<model::LoopTree> tree = model::LoopTree::build(
      source.header, source.steps, source.hardware, source.kernel, chosen);
  if (tree)
    return std::move(*tree);
  reportPlanError(plan, tree.takeError());
  return failure();
}

model::Assignment strategy::closedValues(PlanOp plan) {
  model::Assignment values;
  for (ParamOp param : plan.getBody().getOps<ParamOp>()) {
    std::optional<ArrayAttr> list = param.getValues();
    if (!list || list->size() != 1)
      continue;
    StringRef text = cast<StringAttr>((*list)[0]).getValue();
    int64_t value;
    if (text == "true" || text == "false")
      values[param.getName().str()] = text == "true";
    else if (!text.getAsInteger(10, value))
      values[param.getName().str()] = value;
  }
  return values;
}

std::string strategy::whyNotCandidate(PlanOp plan,
                                      const model::PlanSource &source) {
  // The header is checked without any step. What else may be wrong with it is
  // an error of the plan, not a reason to take another one.
  llvm::Expected<model::LoopTree> tree =
      model::LoopTree::build(source.header, /*steps=*/{}, source.hardware,
                             source.kernel, closedValues(plan));
  if (tree)
    return "";
  std::string why;
  llvm::handleAllErrors(
      tree.takeError(),
      [&](const model::PlanError &problem) {
        if (problem.label == "H-GUARD" || problem.label == "H-REQUIRES")
          why += (why.empty() ? "" : "; ") + problem.message;
      },
      [](const llvm::ErrorInfoBase &) {});
  return why;
}
