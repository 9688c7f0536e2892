//===- Algorithm.h - Who chooses the next candidate -------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TUNER_ALGORITHM_H
#define TENSOROP_TUNER_ALGORITHM_H

#include "TensorOp/Tuner/CostLearner.h"

namespace tensorop {

struct AlgorithmOptions {
  uint64_t seed = 1;
  /// Ask for the point that the space was made from first.
  bool warmStart = true;
};

/// Proposes points and hears what became of them; any number may be asked for
/// before the first is told, and points that were not asked for may be told (of
/// earlier runs). The same answers in the same order give the same points.
class SearchAlgorithm {
public:
  SearchAlgorithm(const SearchSpace &space, const AlgorithmOptions &options)
      : space(space), options(options), random(options.seed) {}
  virtual ~SearchAlgorithm();
  /// A legal point that was neither asked for nor told before; nothing when
  /// there is none left, or none was found.
  std::optional<SearchPoint> ask();
  /// Lower scores are better; nothing: the candidate failed.
  void tell(const SearchPoint &point, std::optional<double> score);

protected:
  /// A legal point, which may have been seen; nothing: there are no more.
  virtual std::optional<SearchPoint> choose() = 0;
  /// A point that was chosen is on its way.
  virtual void expect(const SearchPoint &point) {}
  virtual void hear(const SearchPoint &point, std::optional<double> score) {}
  bool isKnown(const SearchPoint &point) const { return seen.count(point) > 0; }

  const SearchSpace &space;
  AlgorithmOptions options;
  Random random;

private:
  std::set<SearchPoint> seen;
};

/// exhaustive: all points, structure by structure; random; evolutionary:
/// mutations of the best few; mcts: a tree over the structure and then the
/// parameters, in whose nodes measured rewards and the cost model's prior
/// decide (PUCT; Rosin, "Multi-armed bandits with episode context", 2011).
llvm::ArrayRef<llvm::StringRef> algorithmNames();

/// `learner`, which the caller teaches, gives the priors of those that have
/// some; it and the space must outlive the algorithm. An unknown name is an
/// error that lists the known ones.
llvm::Expected<std::unique_ptr<SearchAlgorithm>>
createAlgorithm(llvm::StringRef name, const SearchSpace &space,
                CostLearner &learner, const AlgorithmOptions &options);

} // namespace tensorop

#endif // TENSOROP_TUNER_ALGORITHM_H
