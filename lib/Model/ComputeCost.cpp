//===- ComputeCost.cpp - Cycles of register tiles, estimated --------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Estimator.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>

using namespace llvm;

namespace tensorop::model {

/// The tiles of `dim` outside the register tile, or those that it covers.
SmallVector<TileCount> Estimator::tilesOf(unsigned dim) const {
  SmallVector<TileCount> tiles{{*tree.extent(dim), 0, 1}};
  auto inner = tree.innerReductionLoops(0);
  for (unsigned loop : root.chain) {
    if (tree.loops()[loop].dim != dim || is_contained(inner, loop))
      continue;
    SmallVector<TileCount> next;
    for (const TileCount &tile : tiles)
      for (const Segment &segment : tree.segments(loop, tile.extent))
        next.push_back({segment.extent, 0, tile.count * segment.count});
    tiles = std::move(next);
  }
  auto versions = tree.versions(0);
  for (TileCount &tile : tiles) {
    tile.code = tile.extent;
    for (auto [index, entry] : enumerate(root.tile->entries)) {
      if (entry.dim != dim)
        continue;
      // The smallest version that holds the extent.
      int64_t code = INT64_MAX;
      for (const LoopTree::TileVersion &version : versions)
        if (version.sizes[index] >= tile.extent)
          code = std::min(code, version.sizes[index]);
      tile.code = code == INT64_MAX ? tree.tileSize(0, dim) : code;
    }
  }
  return tiles;
}

void Estimator::compute() {
  const RegisterTile &tile = *root.tile;
  unsigned laneDim = tile.entries[tile.vectorEntry].dim;
  double lanes = tree.tileLanes(0);
  bool lanesReduced = tree.isReduction(0, laneDim);
  // Elements of a reduction that have accumulators of their own.
  std::optional<unsigned> partialDim = tree.partialDim(0);
  double partial = partialDim ? tree.tileSize(0, *partialDim) : 1;
  double perPoint = lanesReduced ? partial / lanes : partial;
  // Registers that one instruction spans take their turns.
  double span = std::max(1.0, lanes / double(tree.lanes(0)));
  std::optional<LoopTree::Group> group = tree.group(0);
  // Multiplying and adding are one instruction, or two.
  double instructions = machine.instruction(tile.instr) ? 1 : 2;
  // Rows times vectors, the reduction, and how often each pair occurs.
  struct Shape {
    double rows = 1, vectors = 1, steps = 1, count = 1;
  };
  std::vector<Shape> shapes{Shape()};
  for (unsigned dim : root.dims) {
    std::vector<Shape> next;
    for (const TileCount &one : tilesOf(dim))
      for (Shape shape : shapes) {
        shape.count *= one.count;
        if (dim == partialDim)
          shape.steps *= std::ceil(one.extent / partial);
        else if (dim == laneDim)
          shape.vectors *= std::ceil(one.code / lanes);
        else if (group && dim == group->dim)
          shape.steps *= std::ceil(double(one.extent) / double(group->size));
        else if (tree.isReduction(0, dim))
          shape.steps *= one.extent;
        else
          shape.rows *= one.code;
        next.push_back(shape);
      }
    shapes = std::move(next);
  }
  // Loads of each step: an operand once for each of its own coordinates. And
  // the instructions beside the multiply-adds, in their units.
  struct Operands {
    double loads = 0, others = 0, loadInstructions = 0;
  };
  // One instruction loads two neighbours of a panel where both have a register;
  // rows that are not packed are too far apart for its offsets.
  auto isPaired = [&](const Shape &shape) {
    double scalars =
        tree.takesLanesOfSteps(0)
            ? shape.rows
            : shape.rows / double(machine.scalarLanes(info.accBits));
    return machine.hasPairedLoads() && std::fmod(shape.vectors, 2) == 0 &&
           shape.rows * shape.vectors + std::ceil(scalars) + 2 <
               double(machine.vectorRegisters);
  };
  auto operandsOf = [&](const Shape &shape) {
    Operands result;
    for (unsigned operand = 0; operand < info.operands.size(); ++operand) {
      if (info.operands[operand].isOutput)
        continue;
      double own = depends(operand, laneDim) ? shape.vectors * span : 1;
      if (partialDim && depends(operand, *partialDim))
        own *= perPoint;
      for (const RegisterTile::Entry &entry : tile.entries)
        if (entry.dim != laneDim && entry.dim != partialDim &&
            depends(operand, entry.dim) && !(group && entry.dim == group->dim))
          own *= std::min<double>(shape.rows, tree.tileSize(0, entry.dim));
      // Widened at each use, not by a copy.
      bool widened =
          !bufferOf(operand) && info.operands[operand].bits < info.accBits;
      bool isLane = machine.scalarOperand == ScalarOperand::Lane,
           isScalar = !depends(operand, laneDim);
      // Neighbouring scalars are lanes of one vector; out of order it may reach
      // into the next steps. Long registers have lanes by the whole 128 bits
      // only; other scalars are spread first.
      double single = own, lanesOfOne = machine.scalarLanes(info.accBits);
      if (takesLanes(operand, laneDim)) {
        single = std::fmod(own, lanesOfOne);
        own /= lanesOfOne;
        if (machine.inOrder)
          own = std::ceil(own);
      }
      if (isLane && isScalar &&
          machine.scalarRegisters(info.accBits) < machine.vectorRegisters)
        result.others += single;
      if (isLane && isScalar && widened)
        result.others += own;
      // Asking early, and widening, take an instruction for each vector.
      bool asked = isPrefetched() && depends(operand, laneDim);
      result.loads += own * (1 + asked + widened);
      result.loadInstructions +=
          own * (!isScalar && bufferOf(operand) && isPaired(shape) ? 0.5 : 1) +
          own * (asked + widened);
    }
    return result;
  };
  for (const Shape &shape : shapes) {
    double sums = shape.rows * shape.vectors * span,
           accumulators = sums * perPoint;
    // Broadcasts are narrower than vectors; two start where one vector load
    // does. Lanes come in vectors as long as the others.
    Operands operands = operandsOf(shape);
    double loads = machine.scalarOperand == ScalarOperand::Lane
                       ? operands.loadInstructions
                       : operands.loads / (lanesReduced ? 1 : 2);
    double step =
        cyclesOfStep(machine, int64_t(lanes / span) * info.accBits,
                     instructions * accumulators + operands.others, loads);
    if (machine.issueWidth && !machine.inOrder)
      step += kExposedIssue * (operands.loadInstructions + operands.others) /
              double(machine.issueWidth);
    double ends = kTileCycles + accumulators * kAccumulatorCycles;
    if (lanesReduced)
      ends += sums * 2 * Log2_64_Ceil(uint64_t(lanes));
    cost.compute += shape.count * (shape.steps * step + ends);
    // Each accumulator is cleared or loaded, added to, and stored.
    cost.instructions +=
        shape.count *
        (shape.steps * (instructions * accumulators + operands.others +
                        operands.loadInstructions) +
         3 * accumulators +
         (lanesReduced ? sums * 2 * Log2_64_Ceil(uint64_t(lanes)) : 0));
  }
}

} // namespace tensorop::model
