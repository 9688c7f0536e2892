//===- Evaluation.h - What becomes of a candidate ---------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TUNER_EVALUATION_H
#define TENSOROP_TUNER_EVALUATION_H

#include "TensorOp/Execution/Job.h"
#include "llvm/Support/ThreadPool.h"
#include <atomic>
#include <condition_variable>
#include <deque>
#include <limits>
#include <mutex>

namespace tensorop {

/// What became of a candidate.
enum class Outcome {
  Measured,
  /// Its timing proves nothing (a busy machine).
  Void,
  /// The loop tree refuses it.
  Illegal,
  /// The compiler has another error for it.
  Refused,
  Wrong,
  Crashed,
  TimedOut,
  OutOfMemory,
};
/// "measured", "void", "illegal", "refused", "wrong", "crashed", "timeout",
/// "memory", as the database calls them.
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
  /// Seconds of the measurement, which ends after `quickSeconds` (0: never)
  /// when the score until then is not less than `promisingBelow`. Where cycles
  /// are simulated, one run says all.
  double seconds = 0.3;
  double quickSeconds = 0;
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

/// Evaluates in worker processes of this machine: one candidate is timed while
/// others are compiled and checked.
class LocalEvaluator : public CandidateEvaluator {
public:
  /// `job`, with a check and a bench, is what a candidate's plan is put in,
  /// after chooseEvaluator; in its folder each of `capacity` candidates gets
  /// one. `worker` outlives this, others are made alike.
  LocalEvaluator(Worker &worker, const Job &job, size_t capacity = 1);
  /// Waits for what is in flight.
  ~LocalEvaluator() override;

  /// Nothing may be in flight. Fails when the evaluator's machine is not there,
  /// or when files cannot be written.
  llvm::Expected<Evaluation> evaluate(const Candidate &candidate);

  size_t capacity() const override { return slots.size(); }
  llvm::Error submit(const Candidate &candidate) override;
  llvm::Expected<std::optional<Finished>>
  wait(const std::atomic<bool> &stop) override;
  llvm::Expected<std::vector<std::vector<double>>>
  compare(llvm::ArrayRef<std::string> plans, size_t rounds, double seconds,
          const std::atomic<bool> &stop) override;
  MachineReport machine() const override;

private:
  /// Where a candidate is compiled.
  struct Slot {
    Worker *worker;
    std::unique_ptr<Worker> own;
    std::string folder;
    /// The last candidate found the evaluator's machine not there.
    bool isUnreachable = false;
  };
  Evaluation measure(Slot &slot, const std::string &plan, double seconds,
                     double shortSeconds, double worthBelow);
  Evaluation evaluate(Slot &slot, const Candidate &candidate);
  llvm::Error checkReachable() const;

  Job job;
  std::vector<Slot> slots;
  /// Guards what follows.
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::vector<Slot *> free;
  std::deque<Finished> done;
  size_t inFlight = 0;
  MachineReport report;
  /// Why no candidate can be evaluated here; empty: they can.
  std::string unreachable;
  /// Last: ends before what its threads use. A worker process ends with the
  /// thread that started it, so they stay.
  std::unique_ptr<llvm::DefaultThreadPool> threads;
};

/// The first error that a job ended with.
std::string firstError(const JobResult &result);

} // namespace tensorop

#endif // TENSOROP_TUNER_EVALUATION_H
