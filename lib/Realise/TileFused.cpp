//===- TileFused.cpp - Elementwise ops in the code of a tile --------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Support/Mutation.h"
#include "TileEmitter.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;

namespace tensorop {

scf::IfOp guardOf(linalg::GenericOp fused) {
  auto branch = dyn_cast<scf::IfOp>(fused->getParentOp());
  return branch && branch->hasAttr(kGuardName) ? branch : nullptr;
}

TileEmitter::Values TileEmitter::guarded(linalg::GenericOp fused,
                                         function_ref<Values()> then,
                                         function_ref<Values()> otherwise) {
  scf::IfOp guard = guardOf(fused);
  if (!guard)
    return then();
  auto type =
      vectorOf(getElementTypeOrSelf(op.getDpsInitOperand(0)->get().getType()));
  auto branch =
      scf::IfOp::create(b, loc, SmallVector<Type>(points.size(), type),
                        guard.getCondition(), /*withElseRegion=*/true);
  OpBuilder::InsertionGuard restore(b);
  b.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(b, loc, then());
  b.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(b, loc, otherwise());
  return Values(branch.getResults());
}

TileEmitter::Values TileEmitter::applyElementwise(linalg::GenericOp fused,
                                                  ValueRange current) {
  // Its dimensions, as dimensions of the op, through the shared output.
  AffineMap own = fused.getMatchingIndexingMap(fused.getDpsInitOperand(0));
  AffineMap outMap = accesses.back().map;
  SmallVector<AffineExpr> dims(own.getNumDims(), b.getAffineConstantExpr(0));
  for (auto [mine, root] : llvm::zip(own.getResults(), outMap.getResults()))
    dims[cast<AffineDimExpr>(mine).getPosition()] = root;
  Values results;
  for (auto [i, point] : llvm::enumerate(points)) {
    IRMapping mapping;
    for (OpOperand *operand : fused.getDpsInputOperands()) {
      AffineMap map = fused.getMatchingIndexingMap(operand);
      Access where{map.replaceDimsAndSymbols(dims, {}, outMap.getNumDims(), 0),
                   operand->get()};
      mapping.map(fused.getMatchingBlockArgument(operand),
                  load(where, point, origin));
    }
    if (!current.empty())
      mapping.map(fused.getRegionOutputArgs()[0], current[i]);
    results.push_back(emitScalarOps(fused, mapping));
  }
  return results;
}

/// Whether `fused` computes an elementary function: dozens of instructions and
/// as many constants, or a call.
static bool isLong(linalg::GenericOp fused) {
  return llvm::any_of(fused.getBody()->without_terminator(), [](Operation &op) {
    return isa<math::MathDialect>(op.getDialect()) &&
           !isa<math::AbsFOp, math::AbsIOp, math::CeilOp, math::CopySignOp,
                math::FloorOp, math::FmaOp, math::RoundOp, math::RoundEvenOp,
                math::RsqrtOp, math::SqrtOp, math::TruncOp>(op);
  });
}

/// Short epilogues take the sums from their registers. A long one would need
/// the registers itself: from there on sums are stored, and read again row by
/// row, from the nearest cache.
void TileEmitter::applyEpilogues(Values results) {
  ArrayRef<linalg::GenericOp> left = spec.epilogues;
  auto storeResults = [&] {
    for (auto [point, result] : llvm::zip(points, results))
      store(accesses.back(), point, result);
  };
  bool isStored = false;
  while (!left.empty()) {
    // Those that share a guard, or have none, are applied together.
    scf::IfOp branch = guardOf(left.front());
    size_t count = 1;
    while (count < left.size() && guardOf(left[count]) == branch)
      ++count;
    ArrayRef<linalg::GenericOp> group = left.take_front(count);
    left = left.drop_front(count);
    auto apply = [&](Values values) {
      for (linalg::GenericOp epilogue : group)
        values = applyElementwise(epilogue, values);
      return values;
    };
    if (!isStored && vectorDim != kNoDim && llvm::any_of(group, isLong)) {
      storeResults();
      isStored = true;
    }
    if (isStored) {
      OpBuilder::InsertionGuard restore(b);
      if (branch) {
        auto copy = scf::IfOp::create(b, loc, branch.getCondition(),
                                      /*withElseRegion=*/false);
        b.setInsertionPointToStart(copy.thenBlock());
      }
      applyRowByRow(0, origin, apply);
    } else {
      results = guarded(
          group.front(), [&] { return apply(results); },
          [&] { return results; });
    }
  }
  if (!isStored)
    storeResults();
}

/// Replaces the stored output by `apply` of it, in loops over the dimensions of
/// the tile from `depth` on, but the vectorized one.
void TileEmitter::applyRowByRow(unsigned depth, Folds ivs,
                                function_ref<Values(Values)> apply) {
  OpBuilder::InsertionGuard restore(b);
  if (depth + 1 < version.size()) {
    const VersionDim &dim = version[depth];
    OpFoldResult end = dim.extent;
    if (isMutated(Mutation::LongLastRow))
      end = applyExpr(b, loc, b.getAffineDimExpr(0) - 1, {end});
    auto loop = scf::ForOp::create(b, loc, indexConstant(b, loc, 0),
                                   getValueOrCreateConstantIndexOp(b, loc, end),
                                   indexConstant(b, loc, 1));
    b.setInsertionPointToStart(loop.getBody());
    ivs[dim.dim] = loop.getInductionVar();
    return applyRowByRow(depth + 1, ivs, apply);
  }
  // A version of one row, which is where the loops are.
  llvm::SaveAndRestore<SmallVector<VersionDim>> row(version, {version.back()});
  llvm::SaveAndRestore<SmallVector<Point>> columns(points, {});
  llvm::SaveAndRestore<Folds> here(origin, ivs);
  enumeratePoints();
  Values values = apply(loadOutput());
  for (auto [point, value] : llvm::zip(points, values))
    store(accesses.back(), point, value);
}

} // namespace tensorop
