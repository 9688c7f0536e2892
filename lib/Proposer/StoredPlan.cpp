//===- StoredPlan.cpp - A plan's text back to plain data ------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StoredPlan.h"
#include "TensorOp/Dialect/Strategy/IR/StrategyOps.h"
#include "TensorOp/Dialect/Strategy/Transforms/Plans.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace tensorop;

static std::string whyOf(mlir::Operation *op) {
  auto why = op->getAttrOfType<mlir::StringAttr>("why");
  return why ? why.str() : "";
}

Expected<StoredPlan> tensorop::readStoredPlan(StringRef text,
                                              mlir::MLIRContext &context) {
  std::string problems;
  mlir::ScopedDiagnosticHandler keep(&context, [&](mlir::Diagnostic &problem) {
    if (problem.getSeverity() == mlir::DiagnosticSeverity::Error)
      problems += (problems.empty() ? "" : "; ") + problem.str();
    return mlir::success();
  });
  mlir::OwningOpRef<mlir::ModuleOp> module =
      mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  if (!module)
    return createStringError(inconvertibleErrorCode(), problems);
  auto plans = to_vector(module->getOps<strategy::PlanOp>());
  if (plans.size() != 1)
    return createStringError(inconvertibleErrorCode(), "the text holds " +
                                                           Twine(plans.size()) +
                                                           " plans, not one");
  strategy::PlanOp plan = plans.front();
  StoredPlan result;
  Expected<model::PlanHeader> header = plan.toHeader();
  if (!header)
    return header.takeError();
  result.proposal.header = std::move(*header);
  result.proposal.why = whyOf(plan);
  for (auto step : plan.getBody().getOps<strategy::StrategyStepOpInterface>()) {
    Expected<model::Step> data = step.toStep();
    if (!data)
      return data.takeError();
    result.proposal.steps.push_back({std::move(*data), whyOf(step)});
  }
  result.values = strategy::closedValues(plan);
  return result;
}

namespace {
/// Renames what a step calls an op.
struct Renamer {
  ArrayRef<std::string> from, to;

  void operator()(std::string &name) const {
    const auto *found = find(from, name);
    if (found != from.end())
      name = to[found - from.begin()];
  }

  void operator()(model::AlgorithmStep &step) const { (*this)(step.op); }
  void operator()(model::TileStep &step) const { (*this)(step.on); }
  void operator()(model::FuseStep &step) const {
    for (std::string &op : step.ops)
      (*this)(op);
  }
  void operator()(model::OnlineStep &step) const { (*this)(step.op); }
  void operator()(model::LayoutStep &step) const { (*this)(step.op); }
  void operator()(model::VectorizeStep &step) const { (*this)(step.op); }
  void operator()(model::ApplyStep &step) const { (*this)(step.on); }
  // These speak of parameters, dimensions and loops alone.
  void operator()(model::ParamStep &) const {}
  void operator()(model::RequireStep &) const {}
  void operator()(model::SplitStep &) const {}
  void operator()(model::ReorderStep &) const {}
  void operator()(model::ParallelizeStep &) const {}
  void operator()(model::SplitReductionStep &) const {}
  void operator()(model::UnrollStep &) const {}
  void operator()(model::PipelineStep &) const {}
};
} // namespace

void tensorop::renameOps(Proposal &plan, ArrayRef<std::string> from,
                         ArrayRef<std::string> to) {
  Renamer rename{from, to};
  rename(plan.header.root.op);
  for (model::OpHeader &op : plan.header.with)
    rename(op.op);
  for (Proposal::ReasonedStep &step : plan.steps)
    std::visit(rename, step.step.body);
}
