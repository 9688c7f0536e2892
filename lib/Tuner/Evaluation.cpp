//===- Evaluation.cpp - What becomes of a candidate -----------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Tuner/Evaluation.h"
#include "TensorOp/Execution/TextFile.h"
#include "llvm/ADT/STLExtras.h"
#include <thread>

using namespace tensorop;
namespace json = llvm::json;

llvm::StringRef tensorop::getName(Outcome outcome) {
  switch (outcome) {
  case Outcome::Measured:
    return "measured";
  case Outcome::Void:
    return "void";
  case Outcome::Illegal:
    return "illegal";
  case Outcome::Refused:
    return "refused";
  case Outcome::Wrong:
    return "wrong";
  case Outcome::Crashed:
    return "crashed";
  case Outcome::TimedOut:
    return "timeout";
  case Outcome::OutOfMemory:
    return "memory";
  }
  return "";
}

std::optional<Outcome> tensorop::parseOutcome(llvm::StringRef name) {
  for (Outcome outcome : {Outcome::Measured, Outcome::Void, Outcome::Illegal,
                          Outcome::Refused, Outcome::Wrong, Outcome::Crashed,
                          Outcome::TimedOut, Outcome::OutOfMemory})
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
  case JobStatus::OutOfMemory:
    evaluation.outcome = Outcome::OutOfMemory;
    break;
  case JobStatus::Failed:
  case JobStatus::Missing:
    // Compiled, checked and timed, but the timing proves nothing.
    evaluation.outcome = result.compile.illegal ? Outcome::Illegal
                         : result.compile.ok && result.bench.getAsObject()
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

/// A failure on a disk without room for a bundle says nothing about the
/// candidate, whoever could not write what.
static void blameFullDisk(const std::string &folder, JobResult &result) {
  constexpr uint64_t bytes = 1 << 20;
  llvm::Error error = checkRoom(folder, bytes);
  if (!error)
    return;
  result.isUnreachable = true;
  result.compile.messages = {{"error", "", llvm::toString(std::move(error))}};
}

CandidateEvaluator::~CandidateEvaluator() = default;

LocalEvaluator::LocalEvaluator(Worker &worker, const Job &job, size_t capacity)
    : job(job), slots(std::max<size_t>(capacity, 1)) {
  this->job.attempts = 2;
  if (slots.size() > 1)
    this->job.turn = job.compile.directory + "/turn";
  for (auto [number, slot] : llvm::enumerate(slots)) {
    if (number > 0)
      slot.own =
          std::make_unique<Worker>(worker.getCommand(), worker.getLimits());
    slot.worker = number > 0 ? slot.own.get() : &worker;
    slot.folder =
        job.compile.directory + "/candidate" + std::to_string(number + 1);
    // The last one is taken first.
    free.insert(free.begin(), &slot);
  }
  // Each is a process that compiles, checks or times.
  size_t cpus = std::max(std::thread::hardware_concurrency(), 1u);
  threads = std::make_unique<llvm::DefaultThreadPool>(
      llvm::hardware_concurrency(unsigned(std::min(slots.size(), cpus))));
}

LocalEvaluator::~LocalEvaluator() { threads->wait(); }

MachineReport LocalEvaluator::machine() const {
  std::lock_guard<std::mutex> lock(mutex);
  return report;
}

Evaluation LocalEvaluator::measure(Slot &slot, const std::string &plan,
                                   double seconds, double shortSeconds,
                                   double worthBelow) {
  Job one = job;
  one.compile.plans = plan;
  one.compile.plansName = "candidate";
  one.compile.directory = slot.folder;
  one.bench->seconds = seconds;
  one.bench->shortSeconds = shortSeconds;
  one.bench->worthBelow = worthBelow;
  JobResult result = runJob(*slot.worker, one, [](llvm::StringRef) {});
  const json::Object *bench = result.bench.getAsObject();
  if (bench && result.status == JobStatus::Done) {
    std::lock_guard<std::mutex> lock(mutex);
    report.machine = result.machine;
    if (const json::Value *peaks = bench->get("peaks"))
      report.peaks = *peaks;
  }
  Evaluation evaluation = judge(result);
  if (evaluation.outcome == Outcome::Refused && !result.isUnreachable)
    blameFullDisk(job.compile.directory, result);
  slot.isUnreachable = result.isUnreachable;
  if (result.isUnreachable) {
    std::lock_guard<std::mutex> lock(mutex);
    unreachable = firstError(result);
  }
  return evaluation;
}

llvm::Error LocalEvaluator::checkReachable() const {
  if (unreachable.empty())
    return llvm::Error::success();
  return llvm::createStringError(unreachable +
                                 "; the candidate in hand is not counted");
}

Evaluation LocalEvaluator::evaluate(Slot &slot, const Candidate &candidate) {
  Evaluation first = measure(slot, candidate.plan, candidate.seconds,
                             candidate.quickSeconds, candidate.promisingBelow);
  if (first.outcome != Outcome::Void || job.evaluator.empty())
    return first;
  return measure(slot, candidate.plan, candidate.seconds,
                 candidate.quickSeconds, candidate.promisingBelow);
}

llvm::Expected<Evaluation>
LocalEvaluator::evaluate(const Candidate &candidate) {
  Evaluation evaluation = evaluate(slots.front(), candidate);
  if (llvm::Error error = checkReachable())
    return std::move(error);
  return evaluation;
}

llvm::Error LocalEvaluator::submit(const Candidate &candidate) {
  {
    std::lock_guard<std::mutex> lock(mutex);
    ++inFlight;
  }
  threads->async([this, candidate] {
    Slot *slot = nullptr;
    {
      std::lock_guard<std::mutex> lock(mutex);
      slot = free.back();
      free.pop_back();
    }
    Finished finished{candidate.id, evaluate(*slot, candidate)};
    {
      std::lock_guard<std::mutex> lock(mutex);
      free.push_back(slot);
      if (!slot->isUnreachable)
        done.push_back(std::move(finished));
      --inFlight;
    }
    changed.notify_all();
  });
  return llvm::Error::success();
}

llvm::Expected<std::optional<Finished>>
LocalEvaluator::wait(const std::atomic<bool> &stop) {
  std::unique_lock<std::mutex> lock(mutex);
  if (done.empty() && stop)
    return std::nullopt;
  changed.wait(lock, [&] {
    return !done.empty() || inFlight == 0 || !unreachable.empty();
  });
  if (done.empty()) {
    if (llvm::Error error = checkReachable())
      return std::move(error);
    return std::nullopt;
  }
  Finished finished = std::move(done.front());
  done.pop_front();
  return finished;
}

llvm::Expected<std::vector<std::vector<double>>>
LocalEvaluator::compare(llvm::ArrayRef<std::string> plans, size_t rounds,
                        double seconds, const std::atomic<bool> &stop) {
  // After an early end.
  threads->wait();
  std::vector<std::vector<double>> samples(plans.size());
  for (size_t round = 0; round < rounds && !stop; ++round)
    for (size_t i = 0; i < plans.size() && !stop; ++i) {
      Evaluation again =
          measure(slots.front(), plans[i], seconds, /*shortSeconds=*/0,
                  std::numeric_limits<double>::infinity());
      if (llvm::Error error = checkReachable())
        return std::move(error);
      if (again.outcome == Outcome::Measured)
        samples[i].push_back(again.score);
    }
  return samples;
}
