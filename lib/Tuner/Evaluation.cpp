//===- Evaluation.cpp - What becomes of a candidate -----------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Tuner/Evaluation.h"

using namespace tensorop;
namespace json = llvm::json;

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

std::optional<Outcome> tensorop::parseOutcome(llvm::StringRef name) {
  for (Outcome outcome : {Outcome::Measured, Outcome::Void, Outcome::Refused,
                          Outcome::Wrong, Outcome::Crashed, Outcome::TimedOut})
    if (getName(outcome) == name)
      return outcome;
  return std::nullopt;
}

std::string tensorop::firstError(const JobResult &result) {
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

CandidateEvaluator::~CandidateEvaluator() = default;

Evaluation LocalEvaluator::measure(const std::string &plan, double seconds) {
  Job one = job;
  one.compile.plans = plan;
  one.compile.plansName = "candidate";
  one.bench->seconds = seconds;
  JobResult result = runJob(worker, one, [](llvm::StringRef) {});
  const json::Object *bench = result.bench.getAsObject();
  if (bench && result.status == JobStatus::Done) {
    report.machine = result.machine;
    if (const json::Value *peaks = bench->get("peaks"))
      report.peaks = *peaks;
  }
  return judge(result);
}

Evaluation LocalEvaluator::evaluate(const Candidate &candidate,
                                    const std::atomic<bool> &stop) {
  bool isShort = candidate.quickSeconds > 0 && !job.simulate;
  Evaluation first = measure(candidate.plan, isShort ? candidate.quickSeconds
                                                     : candidate.seconds);
  bool isPromising = isShort && first.outcome == Outcome::Measured &&
                     first.score < candidate.promisingBelow;
  if (stop || job.simulate || !(isPromising || first.outcome == Outcome::Void))
    return first;
  Evaluation again = measure(candidate.plan, candidate.seconds);
  if (again.outcome == Outcome::Measured)
    again.samples.insert(again.samples.begin(), first.samples.begin(),
                         first.samples.end());
  else if (first.outcome != Outcome::Void)
    // The short measurement stays true.
    return first;
  return again;
}

llvm::Error LocalEvaluator::submit(const Candidate &candidate) {
  pending = candidate;
  return llvm::Error::success();
}

llvm::Expected<std::optional<Finished>>
LocalEvaluator::wait(const std::atomic<bool> &stop) {
  if (!pending || stop)
    return std::nullopt;
  Finished finished{pending->id, evaluate(*pending, stop)};
  pending.reset();
  return finished;
}

llvm::Expected<std::vector<std::vector<double>>>
LocalEvaluator::compare(llvm::ArrayRef<std::string> plans, size_t rounds,
                        double seconds, const std::atomic<bool> &stop) {
  std::vector<std::vector<double>> samples(plans.size());
  for (size_t round = 0; round < rounds && !stop; ++round)
    for (size_t i = 0; i < plans.size() && !stop; ++i) {
      Evaluation again = measure(plans[i], seconds);
      if (again.outcome == Outcome::Measured)
        samples[i].push_back(again.score);
    }
  return samples;
}
