//===- Tuner.cpp - Searches a plan for one kernel -------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Tuner/Tuner.h"
#include "TensorOp/Database/Database.h"
#include "TensorOp/Database/Keys.h"
#include "TensorOp/Dialect/Strategy/IR/StrategyOps.h"
#include "TensorOp/Dialect/Strategy/Transforms/Plans.h"
#include "TensorOp/Execution/Evaluator.h"
#include "TensorOp/Hardware/Catalogue.h"
#include "TensorOp/InitAll.h"
#include "TensorOp/Support/Attributes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <chrono>
#include <cmath>

using namespace mlir;
using namespace tensorop;
namespace json = llvm::json;

/// Of the search's best, so many are measured again beside the analytic plan,
/// in so many rounds.
static constexpr size_t kFinalists = 3, kRounds = 3;

llvm::StringRef tensorop::getName(Outcome outcome) {
  switch (outcome) {
  case Outcome::Measured:
    return "measured";
  case Outcome::Void:
    return "void";
  case Outcome::Refused:
    return "refused";
  case Outcome::Wrong:
    return "wrong";
  case Outcome::Crashed:
    return "crashed";
  case Outcome::TimedOut:
    return "timeout";
  }
  return "";
}

std::map<Outcome, int64_t> TuneResult::counts() const {
  std::map<Outcome, int64_t> numbers;
  for (const Trial &trial : trials)
    ++numbers[trial.evaluation.outcome];
  return numbers;
}

/// Payloads are parsed and described here; passes run in the worker only.
struct Tuner::State {
  explicit State(const TuneOptions &options)
      : worker({thisExecutable(), workerFlag.str()}, options.limits) {
    registerAllDialects(registry);
    context = std::make_unique<MLIRContext>(registry,
                                            MLIRContext::Threading::DISABLED);
  }
  DialectRegistry registry;
  std::unique_ptr<MLIRContext> context;
  Worker worker;
  std::unique_ptr<database::TrialDatabase> trials;
  /// What all trials of this search have in common.
  database::Trial common;
};

Tuner::Tuner(TuneOptions options)
    : options(std::move(options)),
      state(std::make_unique<State>(this->options)) {}
Tuner::~Tuner() = default;

llvm::StringRef Tuner::unit() const {
  return options.job.simulate ? "cycles" : "seconds";
}

/// The first error that a job ended with.
static std::string firstError(const JobResult &result) {
  for (const Message &message : result.compile.messages)
    if (message.severity == "error")
      return message.location.empty() ? message.text
                                      : message.location + ": " + message.text;
  return "no reason was given";
}

static Evaluation judge(const JobResult &result) {
  Evaluation evaluation;
  switch (result.status) {
  case JobStatus::Done:
    evaluation.outcome = Outcome::Measured;
    break;
  case JobStatus::Wrong:
    evaluation.outcome = Outcome::Wrong;
    break;
  case JobStatus::Crashed:
    evaluation.outcome = Outcome::Crashed;
    break;
  case JobStatus::TimedOut:
    evaluation.outcome = Outcome::TimedOut;
    break;
  case JobStatus::Failed:
  case JobStatus::Missing:
    // Compiled, checked and timed, but the timing proves nothing.
    evaluation.outcome = result.compile.ok && result.bench.getAsObject()
                             ? Outcome::Void
                             : Outcome::Refused;
    break;
  }
  if (evaluation.outcome != Outcome::Measured) {
    evaluation.diagnostic = firstError(result);
    return evaluation;
  }
  const json::Object *bench = result.bench.getAsObject();
  std::optional<double> score;
  if (bench) {
    if (const json::Object *seconds = bench->getObject("seconds"))
      score = seconds->getNumber("median");
    else
      score = bench->getNumber("cycles");
  }
  if (!score || !(*score > 0)) {
    evaluation.outcome = Outcome::Refused;
    evaluation.diagnostic = "the evaluator gave no time";
    return evaluation;
  }
  evaluation.score = *score;
  evaluation.samples.push_back(*score);
  return evaluation;
}

Evaluation Tuner::evaluate(const std::string &plan, double seconds) {
  Job job = options.job;
  job.compile.plans = plan;
  job.compile.plansName = "candidate";
  job.bench->seconds = seconds;
  return judge(runJob(state->worker, job, [](llvm::StringRef) {}));
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
    if (!options.kernel.empty() && func.getName() != options.kernel)
      continue;
    FailureOr<model::KernelInfo> info = strategy::describeKernel(func);
    if (failed(info))
      return llvm::createStringError("internal error: kernel '" +
                                     func.getName() + "' is not described");
    if (!options.kernel.empty() || workOf(*info) > most) {
      most = workOf(*info);
      chosen = std::move(*info);
      kernel = func.getName().str();
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
  llvm::raw_string_ostream(text) << json::Value(json::Object{
      {"by", "tensorop-tune"},
      {"search", options.algorithm},
      {"seed", int64_t(options.search.seed)},
      {"structure", points->structures()[trial.point.structure].what},
      {"values", std::move(values)}});
  row.provenance = text;
  return state->trials->add(row);
}

/// Earlier trials of the same kernel on the same machine by the same evaluator
/// and compiler, as far as their points are in this space.
llvm::Error Tuner::recall(TuneResult &result, SearchAlgorithm &algorithm,
                          CostLearner &learner,
                          std::map<std::string, size_t> &known) {
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
        // void, which says nothing.
        if (trial.plan != row.planText || row.outcome == "void")
          return llvm::Error::success();
        for (Outcome outcome :
             {Outcome::Measured, Outcome::Refused, Outcome::Wrong,
              Outcome::Crashed, Outcome::TimedOut})
          if (getName(outcome) == row.outcome)
            trial.evaluation.outcome = outcome;
        trial.evaluation.score = row.score;
        trial.evaluation.samples = row.samples;
        trial.evaluation.diagnostic = row.diagnostic;
        trial.isEarlier = true;
        plan.why.clear();
        auto [same, isNew] =
            known.try_emplace(plan.str(), result.trials.size());
        bool isMeasured = trial.evaluation.outcome == Outcome::Measured;
        algorithm.tell(trial.point, isMeasured
                                        ? std::optional(trial.evaluation.score)
                                        : std::nullopt);
        if (isMeasured)
          learner.learn(trial.point, trial.evaluation.score);
        if (!isNew) {
          // Tried again since.
          trial.number = result.trials[same->second].number;
          result.trials[same->second] = std::move(trial);
          return llvm::Error::success();
        }
        trial.number = int64_t(result.trials.size()) + 1;
        if (trial.point == points->start())
          result.start = result.trials.size();
        result.trials.push_back(std::move(trial));
        return llvm::Error::success();
      });
}

static double medianOf(std::vector<double> values) {
  llvm::sort(values);
  size_t half = values.size() / 2;
  return values.size() % 2 ? values[half]
                           : (values[half - 1] + values[half]) / 2;
}

TuneResult Tuner::run(Observer observe, const std::atomic<bool> &stop) {
  using Clock = std::chrono::steady_clock;
  Clock::time_point start = Clock::now();
  auto elapsed = [&] {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  TuneResult result;
  CostLearner learner(*points);
  std::unique_ptr<SearchAlgorithm> algorithm = llvm::cantFail(
      createAlgorithm(options.algorithm, *points, learner, options.search));
  // Structures that differ in what a closed plan does not say are one plan.
  std::map<std::string, size_t> known;
  double best = 0;
  double careful = options.job.bench->seconds;
  if (llvm::Error error = recall(result, *algorithm, learner, known)) {
    result.storeError = llvm::toString(std::move(error));
    return result;
  }
  result.earlier = int64_t(result.trials.size());
  for (auto [index, trial] : llvm::enumerate(result.trials))
    if (trial.evaluation.outcome == Outcome::Measured &&
        (best == 0 || trial.evaluation.score < best)) {
      best = trial.evaluation.score;
      result.best = index;
    }
  auto isOver = [&] {
    return stop || !result.storeError.empty() ||
           (options.trials > 0 &&
            int64_t(result.trials.size()) - result.earlier >= options.trials) ||
           (options.seconds > 0 && elapsed() >= options.seconds);
  };
  while (!isOver()) {
    std::optional<SearchPoint> point = algorithm->ask();
    if (!point) {
      result.isExhausted = true;
      break;
    }
    Trial trial;
    trial.number = int64_t(result.trials.size()) + 1;
    trial.point = *point;
    Proposal plan = points->planOf(*point);
    trial.plan = plan.str();
    plan.why.clear();
    auto [same, isNew] = known.try_emplace(plan.str(), result.trials.size());
    if (!isNew) {
      const Evaluation &earlier = result.trials[same->second].evaluation;
      algorithm->tell(*point, earlier.outcome == Outcome::Measured
                                  ? std::optional(earlier.score)
                                  : std::nullopt);
      continue;
    }
    trial.predicted = learner.predict(*point);
    bool isFirst = *point == points->start();
    if (isFirst)
      result.start = result.trials.size();
    Evaluation &evaluation = trial.evaluation;
    evaluation = evaluate(trial.plan, isFirst ? careful : options.quickSeconds);
    bool isPromising =
        evaluation.outcome == Outcome::Measured && !isFirst &&
        (best == 0 || evaluation.score < best * options.clearlyWorse);
    // A simulation says the same each time.
    if ((isPromising || evaluation.outcome == Outcome::Void) &&
        !options.job.simulate && !stop) {
      Evaluation again = evaluate(trial.plan, careful);
      if (again.outcome == Outcome::Measured)
        again.samples.insert(again.samples.begin(), evaluation.samples.begin(),
                             evaluation.samples.end());
      if (again.outcome == Outcome::Measured ||
          evaluation.outcome == Outcome::Void)
        evaluation = std::move(again);
    }
    bool isMeasured = evaluation.outcome == Outcome::Measured;
    algorithm->tell(*point, isMeasured ? std::optional(evaluation.score)
                                       : std::nullopt);
    if (isMeasured) {
      learner.learn(*point, evaluation.score);
      if (best == 0 || evaluation.score < best) {
        best = evaluation.score;
        result.best = result.trials.size();
      }
    }
    trial.at = elapsed();
    if (llvm::Error error = store(trial))
      result.storeError = llvm::toString(std::move(error));
    result.trials.push_back(std::move(trial));
    observe(result.trials.back(), result);
  }
  result.isInterrupted = stop;
  result.rankCorrelation = learner.rankCorrelation();
  if (best > 0)
    compare(result, careful, stop);
  result.seconds = elapsed();
  return result;
}

/// The best few and the first trial in turns, with care.
void Tuner::compare(TuneResult &result, double seconds,
                    const std::atomic<bool> &stop) {
  std::vector<size_t> order;
  for (size_t i = 0; i < result.trials.size(); ++i)
    if (result.trials[i].evaluation.outcome == Outcome::Measured)
      order.push_back(i);
  auto scoreOf = [&](size_t i) { return result.trials[i].evaluation.score; };
  llvm::stable_sort(
      order, [&](size_t a, size_t b) { return scoreOf(a) < scoreOf(b); });
  if (order.size() > kFinalists)
    order.resize(kFinalists);
  bool hasStart =
      result.start &&
      result.trials[*result.start].evaluation.outcome == Outcome::Measured;
  if (hasStart && !llvm::is_contained(order, *result.start))
    order.push_back(*result.start);
  std::vector<std::vector<double>> samples(order.size());
  size_t rounds = options.job.simulate ? 0 : kRounds;
  for (size_t round = 0; round < rounds && !stop; ++round)
    for (size_t i = 0; i < order.size() && !stop; ++i) {
      Evaluation again = evaluate(result.trials[order[i]].plan, seconds);
      if (again.outcome == Outcome::Measured)
        samples[i].push_back(again.score);
    }
  std::optional<size_t> winner, first;
  std::vector<double> scores(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    scores[i] = samples[i].empty() ? scoreOf(order[i]) : medianOf(samples[i]);
    if (!winner || scores[i] < scores[*winner])
      winner = i;
    if (hasStart && order[i] == *result.start)
      first = i;
  }
  result.startScore = first ? scores[*first] : 0;
  result.best = order[*winner];
  result.bestScore = scores[*winner];
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
