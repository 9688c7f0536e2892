//===- Events.cpp - A search as JSON lines --------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Events.h"
#include "TensorOp/Runtime/Report.h"
#include <cmath>
#include <ctime>

using namespace tensorop;
namespace json = llvm::json;

/// Raised with each change that a reader of the old form would misunderstand.
static constexpr int64_t kSchema = 2;

void Events::write(json::Object event) {
  if (!out)
    return;
  *out << json::Value(std::move(event)) << "\n";
  out->flush();
}

static json::Object valuesOf(const model::Assignment &values) {
  json::Object object;
  for (const auto &[name, value] : values)
    object[name] = value;
  return object;
}

static std::string now() {
  std::time_t time = std::time(nullptr);
  std::tm utc = {};
  ::gmtime_r(&time, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

void Events::begin(const SpaceSize &size) {
  const SearchSpace &space = tuner.space();
  const HardwareModel &hardware = space.hardware();
  const Job &job = options.job;
  json::Value machine =
      json::Object{{"name", hardware.name}, {"source", hardware.source}};
  if (evaluator == "native") {
    llvm::Expected<json::Value> own = json::parse(runtime::machineToJson());
    if (own)
      machine = std::move(*own);
    else
      llvm::consumeError(own.takeError());
  }
  SearchPoint start = space.start();
  write(
      json::Object{{"event", "begin"},
                   {"schema", kSchema},
                   {"kernel", tuner.kernelName()},
                   {"payload", job.compile.payloadName},
                   {"text", json::fixUTF8(tuner.kernelText())},
                   {"unit", tuner.unit()},
                   {"target", job.compile.target},
                   {"threads", job.compile.threads},
                   {"evaluator", evaluator},
                   {"machine", std::move(machine)},
                   {"versions", options.versions},
                   {"command", json::fixUTF8(command)},
                   {"search", options.algorithm},
                   {"seed", int64_t(options.search.seed)},
                   {"date", now()},
                   {"flops", tuner.flops()},
                   {"start", json::Object{{"plan", space.planOf(start).str()},
                                          {"values", valuesOf(start.values)}}},
                   {"structures", int64_t(space.structures().size())},
                   {"points", int64_t(size.points.count)},
                   {"legal", int64_t(size.legal.count)},
                   {"is_capped", size.points.capped || size.legal.capped}});
}

void Events::writeTrial(const Trial &trial) {
  const Evaluation &evaluation = trial.evaluation;
  write(json::Object{
      {"event", "trial"},
      {"trial", trial.number},
      {"at", trial.at},
      {"structure", tuner.space().structures()[trial.point.structure].what},
      {"values", valuesOf(trial.point.values)},
      {"plan", trial.plan},
      // JSON has no infinity, which a plan without a cost model has.
      {"predicted", std::isfinite(trial.predicted) ? trial.predicted : 0.0},
      {"outcome", getName(evaluation.outcome)},
      {"score", evaluation.score},
      {"samples", json::Array(evaluation.samples)},
      {"diagnostic", json::fixUTF8(evaluation.diagnostic)},
      {"worker", json::fixUTF8(evaluation.worker)},
      {"is_earlier", trial.isEarlier}});
}

/// Trials of the database, which come before those of this search.
void Events::writeEarlier(const TuneResult &result) {
  if (hasEarlier)
    return;
  hasEarlier = true;
  for (int64_t i = 0; i < result.earlier; ++i)
    writeTrial(result.trials[i]);
}

void Events::writeBounds() {
  std::optional<TuneBounds> bounds;
  if (!hasBounds)
    bounds = tuner.bounds();
  if (!bounds)
    return;
  hasBounds = true;
  write(json::Object{{"event", "bounds"},
                     {"flops", bounds->roofline.flops},
                     {"bytes", bounds->roofline.bytes},
                     {"peak", bounds->roofline.peak},
                     {"bandwidth", bounds->roofline.bandwidth},
                     {"is_simulated", bounds->isSimulated},
                     {"machine", tuner.evaluatorMachine()}});
}

void Events::trial(const Trial &trial, const TuneResult &result) {
  writeEarlier(result);
  writeTrial(trial);
  if (trial.evaluation.outcome == Outcome::Measured)
    writeBounds();
}

void Events::comparison(const TuneResult &result) {
  writeEarlier(result);
  json::Array finalists;
  for (const Finalist &one : result.finalists)
    finalists.push_back(json::Object{{"trial", result.trials[one.trial].number},
                                     {"score", one.score},
                                     {"samples", json::Array(one.samples)}});
  writeBounds();
  write(json::Object{{"event", "comparison"},
                     {"best", result.trials[result.best].number},
                     {"best_score", result.bestScore},
                     {"start_score", result.startScore},
                     {"finalists", std::move(finalists)}});
}

void Events::attribution(const Attribution &one) {
  const Evaluation &evaluation = one.evaluation;
  llvm::StringRef outcome = one.isSkipped ? "skipped"
                            : one.ablation.plan.empty()
                                ? "needed"
                                : getName(evaluation.outcome);
  write(json::Object{{"event", "attribution"},
                     {"kind", getName(one.ablation.kind)},
                     {"what", one.ablation.what},
                     {"plan", one.ablation.plan},
                     {"outcome", outcome},
                     {"score", evaluation.score},
                     {"ratio", one.ratio},
                     {"ratios", json::Array(one.ratios)},
                     {"diagnostic", json::fixUTF8(evaluation.diagnostic)}});
}

void Events::end(const TuneResult &result, double attributionSeconds) {
  const Trial &best = result.trials[result.best];
  json::Object counts;
  for (auto [outcome, count] : result.counts())
    counts[getName(outcome)] = count;
  write(json::Object{{"event", "end"},
                     {"trials", int64_t(result.trials.size()) - result.earlier},
                     {"earlier", result.earlier},
                     {"seconds", result.seconds},
                     {"attribution_seconds", attributionSeconds},
                     {"outcomes", std::move(counts)},
                     {"best", best.number},
                     {"best_score", result.bestScore},
                     {"start_score", result.startScore},
                     {"rank_correlation", result.rankCorrelation},
                     {"exhausted", result.isExhausted},
                     {"interrupted", result.isInterrupted},
                     {"plan", best.plan}});
}
