//===- ConstraintSolver.h - What finds points of constraint sets *- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Choosing the parameters of a plan asks a solver. Ours searches finite domains
// and is always there; others may be better where its search gives up. Their
// points are checked with ConstraintSet::check by those who ask.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_MODEL_CONSTRAINTSOLVER_H
#define TENSOROP_MODEL_CONSTRAINTSOLVER_H

#include "TensorOp/Model/ConstraintSet.h"

namespace tensorop::model {

struct LimitedSearch {
  /// Nothing: none was found.
  std::optional<Assignment> point;
  /// The limit was reached: without a point there may still be one; `nearest`
  /// may have missed a nearer one.
  bool gaveUp = false;
};

/// What ConstraintSet::nearest sums up: the relative change in thousandths, at
/// least 1 for any change.
int64_t changeDistance(int64_t from, int64_t to);

class ConstraintSolver {
public:
  virtual ~ConstraintSolver() = default;
  /// "own", "z3".
  virtual std::string name() const = 0;
  /// Some legal point.
  virtual LimitedSearch first(const ConstraintSet &set) const = 0;
  /// As ConstraintSet::nearest.
  virtual LimitedSearch nearest(const ConstraintSet &set,
                                const Assignment &target) const = 0;
  /// As ConstraintSet::unsatCore; cut short it has rules that may not be
  /// needed.
  virtual std::vector<size_t> unsatCore(const ConstraintSet &set) const = 0;
  /// "no legal point found within ...: ...", for a search that gave up.
  virtual std::string limitMessage() const = 0;
};

/// What is wrong with a solver whose point has `violations`, which is a fault
/// of ours and never of a plan.
std::string wrongPoint(const ConstraintSolver &solver,
                       const std::vector<Violation> &violations);

/// The searches of ConstraintSet with a limit.
const ConstraintSolver &ownSolver();

} // namespace tensorop::model

#endif // TENSOROP_MODEL_CONSTRAINTSOLVER_H
