//===- Extents.cpp - The extents that a tile takes ------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// tileBand clamps a tile of size s to min(s, bound - iv), where the bound is
// the extent of the tile around it. In all iterations but the last of a loop,
// bound - iv is at least s, so the first and the last iteration of each loop
// give every value that occurs.
//
//===----------------------------------------------------------------------===//

#include "Helpers.h"
#include <set>

using namespace mlir;

namespace tensorop {

namespace {
/// Values of index expressions under a choice of one iteration for each loop.
class Evaluator {
public:
  /// The value, or nullopt when it depends on anything but constants and
  /// induction variables; a loop without a choice is noted in `pending`.
  std::optional<int64_t> get(Value value) {
    if (std::optional<int64_t> constant = getConstantIntValue(value))
      return constant;
    if (auto it = chosen.find(value); it != chosen.end())
      return it->second;
    if (auto arg = dyn_cast<BlockArgument>(value)) {
      auto loop = dyn_cast<scf::ForOp>(arg.getOwner()->getParentOp());
      if (loop && arg == loop.getInductionVar() && !pending)
        pending = loop;
      return std::nullopt;
    }
    if (auto min = value.getDefiningOp<affine::AffineMinOp>())
      return evaluate(min.getAffineMap(), min.getOperands());
    if (auto apply = value.getDefiningOp<affine::AffineApplyOp>())
      return evaluate(apply.getAffineMap(), apply.getMapOperands());
    return std::nullopt;
  }

  llvm::DenseMap<Value, int64_t> chosen;
  scf::ForOp pending;

private:
  /// The smallest result of `map` (an affine.apply has one).
  std::optional<int64_t> evaluate(AffineMap map, ValueRange operands) {
    SmallVector<Attribute> values;
    Builder b(map.getContext());
    for (Value operand : operands) {
      std::optional<int64_t> value = get(operand);
      if (!value)
        return std::nullopt;
      values.push_back(b.getIndexAttr(*value));
    }
    SmallVector<Attribute> results;
    if (failed(map.constantFold(values, results)))
      return std::nullopt;
    std::optional<int64_t> least;
    for (Attribute result : results) {
      int64_t value = cast<IntegerAttr>(result).getInt();
      least = least ? std::min(*least, value) : value;
    }
    return least;
  }
};
} // namespace

/// Adds to `found` all values of `extent` that agree with `evaluator`'s
/// choices; false when one is not known.
static bool collect(Value extent, Evaluator evaluator,
                    std::set<int64_t> &found) {
  evaluator.pending = nullptr;
  if (std::optional<int64_t> value = evaluator.get(extent)) {
    found.insert(*value);
    return true;
  }
  // An iteration can only be chosen once the loop's bounds are known.
  scf::ForOp loop = evaluator.pending;
  std::optional<int64_t> bound;
  while (loop) {
    evaluator.pending = nullptr;
    bound = evaluator.get(loop.getUpperBound());
    if (bound || !evaluator.pending)
      break;
    loop = evaluator.pending;
  }
  if (!loop || !bound)
    return false;
  std::optional<int64_t> lower = getConstantIntValue(loop.getLowerBound()),
                         step = getConstantIntValue(loop.getStep());
  if (lower != 0 || !step || *step < 1)
    return false;
  if (*bound < 1)
    return true;
  for (int64_t iv : std::set<int64_t>{0, (*bound - 1) / *step * *step}) {
    evaluator.chosen[loop.getInductionVar()] = iv;
    if (!collect(extent, evaluator, found))
      return false;
  }
  return true;
}

SmallVector<int64_t> possibleExtents(OpFoldResult extent) {
  if (std::optional<int64_t> constant = getConstantIntValue(extent))
    return {*constant};
  std::set<int64_t> found;
  if (!collect(cast<Value>(extent), Evaluator(), found))
    return {};
  return SmallVector<int64_t>(found.rbegin(), found.rend());
}

} // namespace tensorop
