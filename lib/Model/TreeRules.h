//===- TreeRules.h - The numeric rules of a tree ----------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_MODEL_TREERULES_H
#define TENSOROP_LIB_MODEL_TREERULES_H

#include "TensorOp/Model/LoopTree.h"
#include "TreeDiagnostics.h"

namespace tensorop::model {

/// Writes the rules of a tree into a ConstraintSet. Each rule names the step
/// that brought it; rules that need an unknown extent are left out.
class TreeRules {
public:
  TreeRules(const LoopTree &tree, ConstraintSet &set)
      : t(tree), set(set), diags(-1) {}
  llvm::Error run();

private:
  const LoopTree &t;
  ConstraintSet &set;
  Diagnostics diags;
  /// Names that expressions of rules may use.
  llvm::StringMap<bool> usable;

  void names();
  void requirements();
  void splits();
  void loops();
  void layouts();
  void registerTile(unsigned op);
  void registers(unsigned op);
  void cover(unsigned op);
  /// True where `elements` is not the size of a vector narrower than a native
  /// one; nothing: the machine has none.
  std::optional<Expr> isNoNarrowVector(unsigned op, const Expr &elements);
  std::optional<Expr> fewestVectors(unsigned op, const Expr &columns);
  void innerSteps(unsigned op);
  void matrixTile(unsigned op, const InstructionClass &instruction);
  void bands();
  void pipelines();

  /// `expr` without v(), [] and full; nothing when it needs an unknown extent
  /// or has no value at all (diagnosed at `step`).
  std::optional<Expr> resolve(const Expr &expr, unsigned op,
                              std::optional<unsigned> dim, unsigned part,
                              int step);
  std::optional<Expr> size(const Size &size, unsigned op, unsigned dim,
                           int step, unsigned part = 0) {
    return resolve(size.part(part), op, dim, part, step);
  }
  /// Extent of one part of a dimension, as an expression.
  std::optional<Expr> extent(unsigned dim, unsigned part = 0);
  /// Extent of `dim` inside the first `depth` loops of the op's chain.
  std::optional<Expr> inside(unsigned op, unsigned dim, size_t depth,
                             unsigned part = 0);
  /// Number of native vectors in a size.
  std::optional<Expr> vectors(const Size &size, unsigned op, unsigned dim,
                              int step);
  void add(llvm::StringRef label, Expr value, Relation relation, Expr limit,
           const llvm::Twine &factor, int step,
           std::optional<Expr> condition = std::nullopt);
};

/// Folds constants and drops neutral operands.
Expr simplify(const Expr &expr);

} // namespace tensorop::model

#endif // TENSOROP_LIB_MODEL_TREERULES_H
