//===- ConstraintSolver.cpp - Our search as a solver ----------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Model/ConstraintSolver.h"
#include "ConstraintSearch.h"

namespace tensorop::model {

std::string searchLimitMessage(uint64_t limit) {
  return "no legal point found within " + std::to_string(limit) +
         " points: narrow the domains or give legal defaults";
}

std::string wrongPoint(const ConstraintSolver &solver,
                       const std::vector<Violation> &violations) {
  return "internal error: solver '" + solver.name() +
         "' gave a point that is not legal: " + violations.front().message;
}

namespace {
class OwnSolver : public ConstraintSolver {
public:
  std::string name() const override { return "own"; }
  LimitedSearch first(const ConstraintSet &set) const override {
    return findFirst(set);
  }
  LimitedSearch nearest(const ConstraintSet &set,
                        const Assignment &target) const override {
    return findNearest(set, target);
  }
  std::vector<size_t> unsatCore(const ConstraintSet &set) const override {
    return findUnsatCore(set);
  }
  std::string limitMessage() const override { return searchLimitMessage(); }
};
} // namespace

const ConstraintSolver &ownSolver() {
  static const OwnSolver solver;
  return solver;
}

} // namespace tensorop::model
