//===- Tuner.h - Searches a plan for one kernel -----------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TUNER_TUNER_H
#define TENSOROP_TUNER_TUNER_H

#include "TensorOp/Model/CostModel.h"
#include "TensorOp/Tuner/Ablation.h"
#include "TensorOp/Tuner/Algorithm.h"
#include "TensorOp/Tuner/Evaluation.h"

namespace tensorop {

struct Trial {
  int64_t number = 0;
  SearchPoint point;
  /// The closed plan.
  std::string plan;
  Evaluation evaluation;
  /// By the cost model before it was measured.
  double predicted = 0;
  /// Seconds from the start of the search to its end.
  double at = 0;
  /// Read from the database.
  bool isEarlier = false;
};

struct TuneOptions {
  /// Payload, target, threads, evaluator; with a check, and a bench whose
  /// seconds are those of a careful measurement.
  Job job;
  /// The kernel to tune, by its function; empty: the one with most arithmetic.
  std::string kernel;
  std::string algorithm = "mcts";
  AlgorithmOptions search;
  SearchSpaceOptions space;
  /// Trials, and seconds, after which the search ends; 0: no limit.
  int64_t trials = 64;
  double seconds = 0;
  /// Candidates that take this much longer than the best so far are not
  /// measured with care.
  double clearlyWorse = 1.15;
  /// Seconds of the first measurement.
  double quickSeconds = 0.05;
  WorkerLimits limits;
  /// Candidates in flight where this machine evaluates them. Their number
  /// changes what a search with the same seed asks for.
  size_t inFlight = 2;
  /// The database where trials are stored, and earlier ones of this kernel,
  /// machine and evaluator are read from; empty: none.
  std::string database;
  /// Versions of TensorOp and LLVM: trials of others are not taken as known.
  std::string versions;
};

/// A trial that was measured again in the last comparison.
struct Finalist {
  /// Index in TuneResult::trials.
  size_t trial = 0;
  /// Median of the comparison's samples, or the trial's own score.
  double score = 0;
  std::vector<double> samples;
};

/// What a search has found.
struct TuneResult {
  /// Earlier ones first.
  std::vector<Trial> trials;
  int64_t earlier = 0;
  /// Of these, and of what could not be told any more, those that are in the
  /// database.
  int64_t stored = 0;
  /// Index in `trials` of the analytic plan, when it was tried.
  std::optional<size_t> start;
  /// Index of the plan that won the last comparison.
  size_t best = 0;
  std::vector<Finalist> finalists;
  /// Medians of that comparison: of the best and of the analytic plan.
  double bestScore = 0, startScore = 0;
  double rankCorrelation = 0;
  double seconds = 0;
  /// The search ended because there is nothing left to try.
  bool isExhausted = false;
  bool isInterrupted = false;
  /// What ended the search before its time: a trial that could not be stored,
  /// or an evaluator that is gone; empty: nothing did.
  std::string error;
  std::map<Outcome, int64_t> counts() const;
};

/// A part of the best plan, and the plan without it measured in turns with the
/// best.
struct Attribution {
  Ablation ablation;
  /// Of the plan without the part; `Refused` with the rule that needs it. The
  /// score is the median.
  Evaluation evaluation;
  /// Score without the part over that of the best, for each pair of
  /// measurements: above 1 the part makes the plan faster.
  std::vector<double> ratios;
  /// Their median; 0 without any.
  double ratio = 0;
  /// No time was left to measure it.
  bool isSkipped = false;
};

/// A plan measured against itself, as the last comparison of a search measures
/// plans.
struct SelfComparison {
  /// Second over first time of each pair of measurements.
  std::vector<double> ratios;
  /// Their median, and half of what lies between the least and the greatest,
  /// but at least 0.01: further from 1 the comparisons of this machine prove
  /// nothing.
  double ratio = 0, spread = 0;
};

/// What bounds the payload on the machine that measures it.
struct TuneBounds {
  /// Of all kernels of the payload; the peaks are those of one core for the
  /// tuned kernel's types, per second, or per cycle of a simulated machine.
  model::Roofline roofline;
  bool isSimulated = false;
};

class Tuner {
public:
  /// `evaluator` takes the candidates; null: this machine does.
  explicit Tuner(TuneOptions options,
                 std::unique_ptr<CandidateEvaluator> evaluator = nullptr);
  ~Tuner();

  /// Compiles the payload with the analytic plan, makes the space around it,
  /// and opens the database. Errors say why this payload cannot be tuned.
  llvm::Error prepare();

  /// Of the kernel that is tuned. After `prepare`, as what follows.
  const std::string &kernelName() const { return kernel; }
  const SearchSpace &space() const { return *points; }
  /// "seconds" or "cycles".
  llvm::StringRef unit() const;
  /// Arithmetic operations of a call of the payload; 0: unknown.
  int64_t flops() const { return operations; }
  /// The kernel as MLIR, large constants left out.
  const std::string &kernelText() const { return text; }
  /// Known when a candidate has been measured; nothing before, and when extents
  /// are not known.
  std::optional<TuneBounds> bounds() const;
  /// What the evaluator says about its machine; null before it was measured on,
  /// and without one.
  llvm::json::Value evaluatorMachine() const;

  using Observer = llvm::function_ref<void(const Trial &, const TuneResult &)>;
  /// Searches until a limit is reached or `stop` is set; `observe` hears of
  /// each trial. Then the best few and the analytic plan are measured again in
  /// turns; the analytic plan wins unless another one is faster.
  TuneResult run(Observer observe, const std::atomic<bool> &stop);

  using AttributionObserver = llvm::function_ref<void(const Attribution &)>;
  /// Leaves out each part of the best plan alone (Ablation.h) and measures it
  /// in turns with the best one, three times each, fewer when that would take
  /// more than `seconds` in all; what is left then is skipped, as is all of it
  /// when `stop` is set. `observe` hears of each part. Nothing without a
  /// measured best. Returns the seconds it took; errors are those of the
  /// evaluator.
  llvm::Expected<double> attribute(const TuneResult &result, double seconds,
                                   AttributionObserver observe,
                                   const std::atomic<bool> &stop);

  /// Measures the plan that the payload brings, else the analytic one, against
  /// itself. Errors are those of the evaluator, or say that nothing could be
  /// measured.
  llvm::Expected<SelfComparison>
  compareWithItself(size_t pairs, const std::atomic<bool> &stop);

  /// The payload with the plan, as MLIR that tensorop-run takes.
  llvm::Expected<std::string> writeTuned(const Trial &trial) const;

private:
  struct State;
  struct Search;
  llvm::Error measurePart(const TuneResult &result, int pairs, Attribution &one,
                          const std::atomic<bool> &stop);
  llvm::Error store(const Trial &trial);
  llvm::Error recall(Search &search);
  void compare(TuneResult &result, double seconds,
               const std::atomic<bool> &stop);
  llvm::Error findKernel(const std::string &kernels);

  TuneOptions options;
  std::unique_ptr<State> state;
  std::string kernel, text;
  std::unique_ptr<SearchSpace> points;
  int64_t operations = 0;
  /// All kernels of the payload.
  std::vector<model::KernelInfo> kernels;
};

} // namespace tensorop

#endif // TENSOROP_TUNER_TUNER_H
