//===- OpenPlan.h - A plan whose sizes are parameters -----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TUNER_OPENPLAN_H
#define TENSOROP_TUNER_OPENPLAN_H

#include "TensorOp/Model/LoopTree.h"

namespace tensorop {

/// The sizes of a closed plan, opened: the register tile, blocks as multiples
/// of what lies inside them, unrolling, the distance of prefetches. Sizes of
/// one dimension that are equal stay equal.
class OpenPlan {
public:
  /// Of the steps of `tree`, a closed tree with payload whose root has a
  /// register tile.
  explicit OpenPlan(const model::LoopTree &tree);

  const model::PlanHeader &header() const { return plan; }
  /// Params first, each with its domain and the seed's value.
  std::vector<model::Step> openSteps() const;
  /// The steps with the values of `point`, which has one for each parameter,
  /// and no params.
  std::vector<model::Step> closedSteps(const model::Assignment &point) const;
  /// The values of the plan that was opened.
  const model::Assignment &seed() const { return values; }

private:
  /// The size of a tile or block: a multiple of `inner`, or of native vectors.
  struct SizeSlot {
    std::string param;
    /// Index of the slot inside, or -1.
    int inner = -1;
    /// Without inner slot: the parameter counts native vectors, or this many
    /// elements.
    bool vectors = false;
    int64_t unit = 1;
  };
  using Lookup = llvm::function_ref<model::Expr(llvm::StringRef param)>;

  std::string addParam(llvm::StringRef name, int64_t seed,
                       llvm::ArrayRef<int64_t> domain);
  void openTile(unsigned dim);
  void openBlocks(unsigned dim);
  void openFactors();
  model::Size sizeOf(int slot, Lookup lookup) const;
  std::vector<model::Step> write(Lookup lookup) const;

  const model::LoopTree *tree;
  model::PlanHeader plan;
  std::vector<model::Step> steps;
  std::vector<model::ParamStep> params;
  model::Assignment values;
  std::vector<SizeSlot> slots;
  /// Slot of the register tile by dimension, and the size that it replaces.
  std::map<std::string, std::pair<int, std::string>> tiles;
  /// Slots of blocks by loop.
  std::map<std::string, int> blocks;
  /// Parameters of factors, by index of the step.
  std::map<size_t, std::string> factors;
};

} // namespace tensorop

#endif // TENSOROP_TUNER_OPENPLAN_H
