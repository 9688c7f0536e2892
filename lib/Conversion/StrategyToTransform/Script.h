//===- Script.h - A loop tree as a transform script -------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_CONVERSION_STRATEGYTOTRANSFORM_SCRIPT_H
#define TENSOROP_LIB_CONVERSION_STRATEGYTOTRANSFORM_SCRIPT_H

#include "TensorOp/Model/LoopTree.h"
#include "mlir/IR/Builders.h"

namespace tensorop::strategy {

/// Where the steps of the plan came from; index -1 is the header.
class StepLocations {
public:
  StepLocations(mlir::Location header, mlir::ArrayRef<mlir::Location> steps)
      : header(header), steps(steps) {}
  mlir::Location at(int step) const {
    return step < 0 || size_t(step) >= steps.size() ? header : steps[step];
  }

private:
  mlir::Location header;
  mlir::SmallVector<mlir::Location> steps;
};

/// Refuses, at the step, what this release does not lower for the tree's
/// hardware. True promises of the tree only reach emitScript.
mlir::LogicalResult checkLowerable(const model::LoopTree &tree,
                                   const StepLocations &locations);

/// How far, and for how many threads, a tree is lowered.
struct LoweringOptions {
  /// Last phase.
  unsigned phases;
  /// Most threads of a team; with 1, parallel loops stay as they are.
  int64_t threads;
};

/// Emits the phases of the script of a closed tree at the insertion point;
/// `kernel` is the handle of the kernel's function.
void emitScript(mlir::OpBuilder &b, const model::LoopTree &tree,
                const StepLocations &locations, mlir::Value kernel,
                LoweringOptions options);

/// What the IR must have after the phases, as an attribute of the function.
mlir::Attribute describePromise(mlir::Builder &b, const model::LoopTree &tree,
                                const StepLocations &locations,
                                LoweringOptions options);

/// Loops of the root's chain that a team divides, outermost first.
mlir::SmallVector<unsigned> parallelBand(const model::LoopTree &tree);

/// The type called `name` in the model: "f32", "bf16", "i8" ...
mlir::Type elementType(mlir::Builder &b, llvm::StringRef name);

/// Loops of the root's chain down to the register tile (all of them without
/// one), outermost first: those that tile_band makes.
mlir::ArrayRef<unsigned> outerLoops(const model::LoopTree &tree);

/// The op of the plan whose result `layout` packs and which is fused into the
/// loop where the copy is made: the copy is filled with what it computes.
std::optional<unsigned> fusedProducer(const model::LoopTree &tree,
                                      const model::Layout &layout);

/// The two loops that prefetches can run ahead of: the innermost reduction loop
/// of the root's register tile, and the innermost loop around the tile over the
/// dimension that runs along lanes.
std::optional<unsigned> innermostReduction(const model::LoopTree &tree);
std::optional<unsigned> laneLoop(const model::LoopTree &tree);

} // namespace tensorop::strategy

#endif // TENSOROP_LIB_CONVERSION_STRATEGYTOTRANSFORM_SCRIPT_H
