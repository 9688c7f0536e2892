//===- Tuner.cpp - Searches a plan for one kernel -------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Database/Keys.h"
#include "TensorOp/Dialect/Strategy/IR/StrategyOps.h"
#include "TensorOp/Dialect/Strategy/Transforms/Plans.h"
#include "TensorOp/Execution/Evaluator.h"
#include "TensorOp/Hardware/Catalogue.h"
#include "TensorOp/Support/Attributes.h"
#include "TunerState.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace mlir;
using namespace tensorop;
namespace json = llvm::json;

Tuner::Tuner(TuneOptions options, std::unique_ptr<CandidateEvaluator> evaluator)
    : options(std::move(options)),
      state(std::make_unique<State>(this->options)) {
  state->evaluator =
      evaluator ? std::move(evaluator)
                : std::make_unique<LocalEvaluator>(
                      state->worker, this->options.job, this->options.inFlight);
}
Tuner::~Tuner() = default;

llvm::StringRef Tuner::unit() const {
  return options.job.simulate ? "cycles" : "seconds";
}

/// Arithmetic of a contraction, from its shape.
static double workOf(const model::KernelInfo &info) {
  double work = 0;
  for (const model::OpInfo &op : info.ops) {
    double points = double(op.flopsPerPoint);
    for (const std::optional<int64_t> &extent : op.extents)
      points *= double(extent.value_or(1));
    work += op.body == model::BodyClass::Contraction ? points : 0;
  }
  return work;
}

llvm::Error Tuner::findKernel(const std::string &kernels) {
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(
      kernels, state->context.get(), "normalized payload");
  if (!module)
    return llvm::createStringError(
        "internal error: the normalized payload cannot be read");
  llvm::Expected<HardwareModel> hardware =
      resolveTarget(options.job.compile.target);
  if (!hardware)
    return hardware.takeError();
  std::optional<model::KernelInfo> chosen;
  double most = 0;
  std::string names, why;
  for (auto func : module->getOps<func::FuncOp>()) {
    if (!func->hasAttr(kernelAttrName))
      continue;
    names += (names.empty() ? "'" : ", '") + func.getName().str() + "'";
    FailureOr<model::KernelInfo> info = strategy::describeKernel(func);
    if (failed(info))
      return llvm::createStringError("internal error: kernel '" +
                                     func.getName() + "' is not described");
    this->kernels.push_back(*info);
    if (!options.kernel.empty() && func.getName() != options.kernel)
      continue;
    if (!options.kernel.empty() || workOf(*info) > most) {
      most = workOf(*info);
      chosen = std::move(*info);
      kernel = func.getName().str();
      text.clear();
      llvm::raw_string_ostream stream(text);
      func.print(stream, OpPrintingFlags().elideLargeElementsAttrs());
    }
  }
  if (!chosen)
    return llvm::createStringError(
        options.kernel.empty()
            ? "the payload has no kernel with a contraction"
            : "the payload has no kernel '" + options.kernel +
                  "'; its kernels are " + (names.empty() ? "none" : names));
  llvm::Expected<Proposal> seed = createAnalyticProposer()->propose(
      *chosen, *hardware, options.job.compile.threads);
  if (!seed)
    return llvm::createStringError("kernel '" + kernel +
                                   "' has no analytic plan to start from: " +
                                   llvm::toString(seed.takeError()));
  llvm::Expected<SearchSpace> made = SearchSpace::create(
      *chosen, *hardware, *seed, options.job.compile.threads, options.space);
  if (!made)
    return llvm::createStringError(
        "the analytic plan of kernel '" + kernel +
        "' opens no space: " + llvm::toString(made.takeError()));
  points = std::make_unique<SearchSpace>(std::move(*made));
  return llvm::Error::success();
}

llvm::Error Tuner::prepare() {
  Job job = options.job;
  job.compile.kernels = true;
  job.check.reset();
  job.bench.reset();
  JobResult result = runJob(state->worker, job, [](llvm::StringRef) {});
  if (!result.compile.ok)
    return llvm::createStringError(firstError(result));
  operations = 0;
  for (const ContractionReport &report : result.compile.contractions)
    operations += report.flops;
  if (llvm::Error error = findKernel(result.compile.kernels))
    return error;
  if (options.database.empty())
    return llvm::Error::success();
  llvm::Expected<std::unique_ptr<database::TrialDatabase>> opened =
      database::TrialDatabase::open(options.database);
  if (!opened)
    return opened.takeError();
  state->trials = std::move(*opened);
  database::Trial &common = state->common;
  common.fingerprint = database::fingerprintOf(points->kernel());
  common.extents = database::extentsOf(points->kernel());
  common.ops = database::opNamesOf(points->kernel());
  common.target = points->hardware().name;
  common.machineHash = database::machineHashOf(points->hardware());
  common.threads = options.job.compile.threads;
  common.unit = unit().str();
  common.evaluator = options.job.simulate            ? "simulated"
                     : options.job.evaluator.empty() ? "native"
                                                     : options.job.evaluator;
  common.versions = options.versions;
  return llvm::Error::success();
}

llvm::Error Tuner::store(const Trial &trial) {
  if (!state->trials)
    return llvm::Error::success();
  database::Trial row = state->common;
  row.planText = trial.plan;
  row.planHash = database::hashOf(trial.plan);
  row.outcome = getName(trial.evaluation.outcome).str();
  row.diagnostic = json::fixUTF8(trial.evaluation.diagnostic);
  row.samples = {};
  if (trial.evaluation.outcome == Outcome::Measured)
    // The last one counts: those before it were short.
    row.samples = {trial.evaluation.score};
  row.score = trial.evaluation.score;
  json::Object values;
  for (const auto &[name, value] : trial.point.values)
    values[name] = value;
  std::string text;
  json::Object origin{
      {"by", "tensorop-tune"},
      {"search", options.algorithm},
      {"seed", int64_t(options.search.seed)},
      {"structure", points->structures()[trial.point.structure].what},
      {"values", std::move(values)}};
  if (!trial.evaluation.worker.empty())
    origin["worker"] = json::fixUTF8(trial.evaluation.worker);
  if (trial.evaluation.outcome == Outcome::TimedOut)
    origin["limit"] = options.limits.seconds;
  if (trial.evaluation.outcome == Outcome::OutOfMemory)
    origin["limit"] = double(options.limits.memoryBytes);
  llvm::raw_string_ostream(text) << json::Value(std::move(origin));
  row.provenance = text;
  return state->trials->add(row);
}

/// Earlier trials of the same kernel on the same machine by the same evaluator
/// and compiler, as far as their points are in this space.
llvm::Error Tuner::recall(Search &search) {
  TuneResult &result = search.result;
  if (!state->trials)
    return llvm::Error::success();
  const database::Trial &own = state->common;
  std::map<std::string, unsigned> structures;
  for (auto [number, structure] : llvm::enumerate(points->structures()))
    structures[structure.what] = unsigned(number);
  return state->trials->forEach(
      {"", own.fingerprint, ""}, [&](const database::Trial &row) {
        if (row.extents != own.extents || row.target != own.target ||
            row.machineHash != own.machineHash || row.threads != own.threads ||
            row.unit != own.unit || row.evaluator != own.evaluator ||
            row.versions != own.versions || row.ops != own.ops)
          return llvm::Error::success();
        llvm::Expected<json::Value> parsed = json::parse(row.provenance);
        const json::Object *origin = parsed ? parsed->getAsObject() : nullptr;
        const json::Object *values =
            origin ? origin->getObject("values") : nullptr;
        auto structure =
            origin ? structures.find(
                         origin->getString("structure").value_or("?").str())
                   : structures.end();
        if (!parsed)
          llvm::consumeError(parsed.takeError());
        Trial trial;
        if (!values || structure == structures.end())
          return llvm::Error::success();
        trial.point.structure = structure->second;
        for (const auto &[name, value] : *values)
          trial.point.values[name.str()] = value.getAsInteger().value_or(0);
        Proposal plan;
        if (points->isLegal(trial.point))
          plan = points->planOf(trial.point);
        trial.plan = plan.str();
        // Written by a program that means something else by these values, or
        // void, which says nothing; or it may do with a larger limit.
        double limit = origin->getNumber("limit").value_or(INFINITY);
        if (trial.plan != row.planText || row.outcome == "void" ||
            (row.outcome == "timeout" && limit < options.limits.seconds) ||
            (row.outcome == "memory" &&
             limit < double(options.limits.memoryBytes)))
          return llvm::Error::success();
        if (std::optional<Outcome> outcome = parseOutcome(row.outcome))
          trial.evaluation.outcome = *outcome;
        trial.evaluation.score = row.score;
        trial.evaluation.samples = row.samples;
        trial.evaluation.diagnostic = row.diagnostic;
        trial.isEarlier = true;
        plan.why.clear();
        auto [same, isNew] =
            search.known.try_emplace(plan.str(), result.trials.size());
        search.tell(trial.point, trial.evaluation);
        if (trial.evaluation.outcome == Outcome::Measured)
          search.learner.learn(trial.point, trial.evaluation.score);
        if (!isNew) {
          // Tried again since.
          trial.number = result.trials[same->second].number;
          result.trials[same->second] = std::move(trial);
          return llvm::Error::success();
        }
        if (trial.point == points->start())
          result.start = result.trials.size();
        search.append(std::move(trial));
        return llvm::Error::success();
      });
}

llvm::Expected<std::string> Tuner::writeTuned(const Trial &trial) const {
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(
      options.job.compile.payload, state->context.get(),
      options.job.compile.payloadName);
  OwningOpRef<ModuleOp> plan = parseSourceString<ModuleOp>(
      trial.plan, state->context.get(), "tuned plan");
  if (!module || !plan)
    return llvm::createStringError(
        "internal error: payload or plan cannot be read again");
  SymbolTable symbols(*module);
  // An earlier result is replaced.
  if (Operation *old = symbols.lookup("tuned"))
    if (isa<strategy::PlanOp>(old))
      old->erase();
  auto op = *(*plan).getOps<strategy::PlanOp>().begin();
  op->remove();
  // First: plans that the payload brings itself come after it.
  module->getBody()->push_front(op);
  std::string text;
  llvm::raw_string_ostream stream(text);
  module->print(stream);
  stream << "\n";
  return text;
}
