//===- TreeBuilder.h - Applies the steps of a plan to a tree ----*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_MODEL_TREEBUILDER_H
#define TENSOROP_LIB_MODEL_TREEBUILDER_H

#include "TensorOp/Model/LoopTree.h"
#include "TreeDiagnostics.h"

namespace tensorop::model {

/// Applies one step. Each operator() diagnoses what it can and applies the
/// rest.
class TreeBuilder {
public:
  TreeBuilder(LoopTree &tree, int step) : t(tree), step(step), diags(step) {}

  llvm::Error apply(const Step &s);
  /// Matches the header with the payload: extents, unified names, guard. Called
  /// before the first step that needs them.
  void resolve();

  void operator()(const ParamStep &s);
  void operator()(const RequireStep &s);
  void operator()(const AlgorithmStep &s);
  void operator()(const SplitStep &s);
  void operator()(const TileStep &s);
  void operator()(const ReorderStep &s);
  void operator()(const FuseStep &s);
  void operator()(const OnlineStep &s);
  void operator()(const LayoutStep &s);
  void operator()(const VectorizeStep &s);
  void operator()(const ParallelizeStep &s);
  void operator()(const SplitReductionStep &s);
  void operator()(const UnrollStep &s);
  void operator()(const PipelineStep &s);
  void operator()(const ApplyStep &s);

  llvm::Error take() { return diags.take(); }

private:
  LoopTree &t;
  int step;
  Diagnostics diags;

  /// \name Names: nothing and a diagnostic when they do not exist
  /// @{
  std::optional<unsigned> op(llvm::StringRef name);
  std::optional<unsigned> loop(llvm::StringRef name);
  /// A dimension of `op`.
  std::optional<unsigned> dimOf(unsigned op, llvm::StringRef name);
  bool isParam(llvm::StringRef name) const;
  /// Diagnoses a loop or parameter name that means something already.
  bool isFresh(llvm::StringRef what, llvm::StringRef name);
  /// @}

  /// Diagnoses names that do not exist and vectors that the target lacks.
  /// `at`: the step that errors name, else the one being applied.
  bool checkExpr(const Expr &expr, llvm::StringRef what,
                 std::optional<int> at = std::nullopt);
  /// As checkExpr, and the number of parts.
  bool checkSize(const Size &size, unsigned dim, llvm::StringRef what);
  void checkCondition(llvm::StringRef name);

  void unifyAccesses(unsigned consumer);
  std::shared_ptr<OpInfo> im2col(const OpInfo &info, llvm::StringRef name);

  /// Appends a loop to the chains that it extends; false when the chain is
  /// full (diagnosed).
  bool addLoop(Loop loop, const TileStep *tile, unsigned target,
               bool onlyTarget);
  /// Reduction loops of `producer` around `consumer`, as a list of names.
  std::string lastLoops(unsigned consumer, unsigned producer) const;
  /// Loops whose tiles `op` would read unfinished, see the fuse step.
  void checkFinished(unsigned consumer);
  void checkInstruction(const VectorizeStep &s, unsigned op,
                        RegisterTile &tile);
  bool pickInstruction(const VectorizeStep &s, unsigned op, RegisterTile &tile);
};

} // namespace tensorop::model

#endif // TENSOROP_LIB_MODEL_TREEBUILDER_H
