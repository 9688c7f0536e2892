//===- Evaluation.h - What becomes of a candidate ---------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TUNER_EVALUATION_H
#define TENSOROP_TUNER_EVALUATION_H

#include "TensorOp/Execution/Job.h"
#include <atomic>
#include <limits>

namespace tensorop {

/// What became of a candidate.
enum class Outcome {
  Measured,
  /// Its timing proves nothing (a busy machine).
  Void,
  /// The compiler has an error for it.
  Refused,
  Wrong,
  Crashed,
  TimedOut,
};
/// "measured", "void", "refused", "wrong", "crashed", "timeout", as the
/// database calls them.
llvm::StringRef getName(Outcome outcome);
/// The outcome of that name; nothing for another text.
std::optional<Outcome> parseOutcome(llvm::StringRef name);

struct Evaluation {
  Outcome outcome = Outcome::Refused;
  /// Seconds, or simulated cycles; 0 when it was not measured.
  double score = 0;
  /// Why it was not.
  std::string diagnostic;
  /// Times that were taken, in order.
  std::vector<double> samples;
  /// The worker of a search on several machines; empty: this machine.
  std::string worker;
};

/// A plan on its way to an evaluator.
struct Candidate {
  /// Unique in the search.
  int64_t id = 0;
  /// The closed plan.
  std::string plan;
  /// Seconds of a first, short measurement; 0: none.
  double quickSeconds = 0;
  /// Seconds of the careful measurement, which is made when there is no short
  /// one, or that gave less than `promisingBelow` or proved nothing. Where
  /// cycles are simulated, one run says all.
  double seconds = 0.3;
  double promisingBelow = std::numeric_limits<double>::infinity();
};

struct Finished {
  int64_t id = 0;
  Evaluation evaluation;
};

/// The machine that candidates run on, as the runtime reports it
/// (Runtime/Report.h); null where that is not known.
struct MachineReport {
  llvm::json::Value machine = nullptr, peaks = nullptr;
};

/// Compiles, checks and times candidates: here, or wherever its other end is.
class CandidateEvaluator {
public:
  virtual ~CandidateEvaluator();
  /// So many candidates, at least 1, may be submitted before the first of them
  /// is finished.
  virtual size_t capacity() const = 0;
  /// Errors say why no candidate can be evaluated any more.
  virtual llvm::Error submit(const Candidate &candidate) = 0;
  /// Waits until some candidate is finished, whichever; nothing when `stop` was
  /// set before.
  virtual llvm::Expected<std::optional<Finished>>
  wait(const std::atomic<bool> &stop) = 0;
  /// Measures `plans` in turns on one machine, `seconds` each time. Returns the
  /// times of each plan, fewer than `rounds` where one failed or `stop` was
  /// set. No candidate may be in flight.
  virtual llvm::Expected<std::vector<std::vector<double>>>
  compare(llvm::ArrayRef<std::string> plans, size_t rounds, double seconds,
          const std::atomic<bool> &stop) = 0;
  /// Known after the first timing, if at all.
  virtual MachineReport machine() const { return {}; }
};

/// Evaluates in a worker process of this machine, one candidate at a time.
class LocalEvaluator : public CandidateEvaluator {
public:
  /// `job`, with a check and a bench, is what a candidate's plan is put in,
  /// after chooseEvaluator.
  LocalEvaluator(Worker &worker, const Job &job) : worker(worker), job(job) {}

  Evaluation evaluate(const Candidate &candidate,
                      const std::atomic<bool> &stop);

  size_t capacity() const override { return 1; }
  llvm::Error submit(const Candidate &candidate) override;
  llvm::Expected<std::optional<Finished>>
  wait(const std::atomic<bool> &stop) override;
  llvm::Expected<std::vector<std::vector<double>>>
  compare(llvm::ArrayRef<std::string> plans, size_t rounds, double seconds,
          const std::atomic<bool> &stop) override;
  MachineReport machine() const override { return report; }

private:
  Evaluation measure(const std::string &plan, double seconds);

  Worker &worker;
  Job job;
  std::optional<Candidate> pending;
  MachineReport report;
};

/// The first error that a job ended with.
std::string firstError(const JobResult &result);

} // namespace tensorop

#endif // TENSOROP_TUNER_EVALUATION_H
