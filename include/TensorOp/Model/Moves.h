//===- Moves.h - Plans next to a plan ---------------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Structural edits: another order of loops, a loop more or less, another copy
// or another place for one, another edge policy. They are made from the plan's
// own steps and loop tree, whatever the kernel is; which of them are legal, the
// loop tree of the edited plan says. Sizes are not edited here: they are
// parameters of an open plan.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_MODEL_MOVES_H
#define TENSOROP_MODEL_MOVES_H

#include "TensorOp/Model/LoopTree.h"

namespace tensorop::model {

/// An edited list of steps.
struct Move {
  /// "interchange jr and ir", "pack mm.lhs at pc".
  std::string what;
  std::vector<Step> steps;
};

/// The plans one edit away from that of `tree`, a closed tree with payload
/// whose root has a register tile (TENSOROP_CHECK); legal or not.
std::vector<Move> movesOf(const LoopTree &tree);

/// Those of them that take away a loop of blocks; copies that are filled there
/// move to the loop around it.
std::vector<Move> dissolvingMovesOf(const LoopTree &tree);

} // namespace tensorop::model

#endif // TENSOROP_MODEL_MOVES_H
