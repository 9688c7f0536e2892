//===- Z3.h - The SMT solver Z3, where the build has it ---------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// CMake looks for Z3 (LLVM's FindZ3). Without it everything here exists and
// says so.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_Z3_Z3_H
#define TENSOROP_Z3_Z3_H

#include "TensorOp/Model/ConstraintSolver.h"
#include "TensorOp/Model/Formula.h"

namespace tensorop::z3 {

/// "4.8.12"; empty: the build has no Z3.
std::string version();
/// "this build has no Z3 (...)".
std::string whyAbsent();

/// Steps (Z3's rlimit) of one question: some seconds. Steps and not time, so
/// that the same question has the same answer on a busy machine. Polynomials
/// over unbounded integers count few steps for much work: time ends those.
inline constexpr unsigned defaultSteps = 20'000'000, maxSeconds = 20;

/// What is known of a formula.
struct Solution {
  enum class Kind { Satisfied, Impossible, Unknown };
  Kind kind = Kind::Unknown;
  /// Satisfied: a value for each variable (Booleans are 0 and 1).
  std::vector<int64_t> values;
  /// Impossible: indices of assertions that cannot hold together, each needed
  /// unless a question in between stayed open.
  std::vector<size_t> core;
  /// Unknown: Z3's reason.
  std::string reason;
};

/// Solves `formula`. An error: there is no Z3, it failed, or a value does not
/// fit 64 bits.
llvm::Expected<Solution> solve(const model::Formula &formula,
                               unsigned steps = defaultSteps);

/// A solver of constraint sets. `nearest` minimises as ConstraintSet::nearest
/// says; domains are no part of a core, as there. An error: there is no Z3.
llvm::Expected<std::unique_ptr<model::ConstraintSolver>>
createSolver(unsigned steps = defaultSteps);

} // namespace tensorop::z3

#endif // TENSOROP_Z3_Z3_H
