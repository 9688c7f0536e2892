//===- CostLearner.h - A cost model that measurements correct ---*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TUNER_COSTLEARNER_H
#define TENSOROP_TUNER_COSTLEARNER_H

#include "TensorOp/Tuner/SearchSpace.h"

namespace tensorop {

/// What the logarithm of a plan's time may depend on, read from its loop tree:
/// the analytic estimate and its parts, the use of registers, lanes and points
/// that edges waste, what lies inside the loops around the register tile
/// against the caches, copies. Nothing when the plan has no tree.
std::optional<std::vector<double>> featuresOf(const SearchSpace &space,
                                              const SearchPoint &point);

/// Predicts scores of points: the analytic estimate, and once there are enough
/// measurements, a ridge regression of what it missed. Learns online.
class CostLearner {
public:
  explicit CostLearner(const SearchSpace &space) : space(&space) {}

  /// Lower is better; in the unit of the scores once it has learned, in cycles
  /// before. Infinity for a point without a tree.
  double predict(const SearchPoint &point);
  /// A measured score, above 0.
  void learn(const SearchPoint &point, double score);
  /// Spearman's correlation of the scores and what was predicted just before
  /// each was learned; 0 with fewer than three.
  double rankCorrelation() const;
  unsigned measurements() const { return unsigned(targets.size()); }

private:
  const std::vector<double> &features(const SearchPoint &point);
  void fit();

  const SearchSpace *space;
  std::map<SearchPoint, std::vector<double>> known;
  std::vector<std::vector<double>> rows;
  std::vector<double> targets;
  std::vector<double> mean, scale, weights;
  double offset = 0;
  bool isStale = false;
  std::vector<std::pair<double, double>> history;
};

/// Spearman's rank correlation of pairs; ties share their mean rank.
double rankCorrelation(llvm::ArrayRef<std::pair<double, double>> pairs);

} // namespace tensorop

#endif // TENSOROP_TUNER_COSTLEARNER_H
