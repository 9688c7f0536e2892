//===- Ablation.h - A plan with one thing left out --------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a part of a plan is worth is what the plan loses without it. Each part
// is left out alone: a step, a loop of blocks, an edge policy, a move away from
// the seed's structure, a parameter's value. What the others need stays, and
// the loop tree's rule says why.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TUNER_ABLATION_H
#define TENSOROP_TUNER_ABLATION_H

#include "TensorOp/Tuner/SearchSpace.h"

namespace tensorop {

struct Ablation {
  enum class Kind { Step, Loop, Edges, Move, Parameter };
  Kind kind = Kind::Step;
  /// What is left out: a step as it is written, the move that takes a loop
  /// away, "edges of jr, ir", a move of the structure, "tm = 4, not 8".
  std::string what;
  /// The closed plan without it; empty: refused.
  std::string plan;
  /// Label and message of the rule that refuses it.
  std::string diagnostic;
};

/// "step", "loop", "edges", "move", "parameter".
llvm::StringRef getName(Ablation::Kind kind);

/// All parts of the plan at `point`, a legal one, that can be left out or that
/// the rules keep; plans that another part's absence gives already, or that are
/// that of `point`, only once. Parameters take the values of the seed.
std::vector<Ablation> ablationsOf(const SearchSpace &space,
                                  const SearchPoint &point);

} // namespace tensorop

#endif // TENSOROP_TUNER_ABLATION_H
