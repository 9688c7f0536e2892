//===- TunerState.h - What a tuner keeps during a search --------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_TUNER_TUNERSTATE_H
#define TENSOROP_LIB_TUNER_TUNERSTATE_H

#include "TensorOp/Database/Database.h"
#include "TensorOp/InitAll.h"
#include "TensorOp/Tuner/Tuner.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/MLIRContext.h"
#include <deque>

namespace tensorop {

/// Of one value at least.
double medianOf(std::vector<double> values);

/// Payloads are parsed and described here; passes run in the worker only.
struct Tuner::State {
  explicit State(const TuneOptions &options)
      : worker({thisExecutable(), workerFlag.str()}, options.limits) {
    registerAllDialects(registry);
    context = std::make_unique<mlir::MLIRContext>(
        registry, mlir::MLIRContext::Threading::DISABLED);
  }
  mlir::DialectRegistry registry;
  std::unique_ptr<mlir::MLIRContext> context;
  Worker worker;
  std::unique_ptr<database::TrialDatabase> trials;
  /// What all trials of this search have in common.
  database::Trial common;
  std::unique_ptr<CandidateEvaluator> evaluator;
  /// Of the candidates that were submitted.
  int64_t lastId = 0;
};

/// One run. Candidates may finish in any order; the algorithm hears of them in
/// the order in which it was asked, so that the same measurements give the same
/// search however long each takes.
struct Tuner::Search {
  Search(const SearchSpace &space, const TuneOptions &options)
      : learner(space),
        algorithm(llvm::cantFail(createAlgorithm(options.algorithm, space,
                                                 learner, options.search))) {}

  struct Entry {
    int64_t id = 0;
    Trial trial;
    bool isFinished = false;
    /// Has the same plan as this trial, in `result` or before this entry.
    std::optional<size_t> same;
  };

  /// Teaches algorithm and cost model.
  void tell(const SearchPoint &point, const Evaluation &evaluation);
  /// Puts a trial in the result.
  void append(Trial trial);
  /// Makes the trial at `index` the best when it is.
  void rank(size_t index);
  /// Trials that will be in the result.
  size_t expected() const;

  TuneResult result;
  CostLearner learner;
  std::unique_ptr<SearchAlgorithm> algorithm;
  /// Structures that differ in what a closed plan does not say are one plan:
  /// the index that its trial has, or will have, in `result`.
  std::map<std::string, size_t> known;
  /// Not told yet, in the order of asking.
  std::deque<Entry> window;
  /// Score of the best trial; 0: none.
  double best = 0;
};

} // namespace tensorop

#endif // TENSOROP_LIB_TUNER_TUNERSTATE_H
