//===- Operations.cpp - How much a payload computes -----------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operations.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

/// Arithmetic operations of one iteration point; index arithmetic, casts and
/// comparisons are free.
static int64_t countOperations(linalg::LinalgOp op) {
  int64_t count = 0;
  op->walk([&](Operation *inner) {
    if (inner == op.getOperation())
      return;
    if (isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp,
            arith::MaximumFOp, arith::MinimumFOp, arith::MaxNumFOp,
            arith::MinNumFOp, arith::NegFOp>(inner) ||
        isa<math::MathDialect>(inner->getDialect()))
      ++count;
    else if (isa<arith::AddIOp, arith::SubIOp, arith::MulIOp>(inner) &&
             !inner->getResult(0).getType().isIndex())
      ++count;
  });
  return count;
}

std::optional<int64_t> tensorop::countRuns(Operation *op, func::FuncOp func) {
  int64_t runs = 1;
  for (Operation *parent = op->getParentOp(); parent != func;
       parent = parent->getParentOp()) {
    auto loop = dyn_cast<scf::ForOp>(parent);
    std::optional<APInt> trips =
        loop ? loop.getStaticTripCount() : std::nullopt;
    if (!trips || trips->getActiveBits() > 62 ||
        llvm::MulOverflow(runs, int64_t(trips->getZExtValue()), runs))
      return std::nullopt;
  }
  return runs;
}

std::optional<int64_t> tensorop::countFlops(linalg::LinalgOp op) {
  int64_t count = countOperations(op);
  for (int64_t extent : op.getStaticLoopRanges())
    if (llvm::MulOverflow(count, extent, count))
      return std::nullopt;
  return count;
}

std::optional<int64_t> tensorop::countFlops(func::FuncOp func) {
  int64_t total = 0;
  WalkResult walk = func.walk([&](Operation *op) {
    std::optional<int64_t> flops = 0;
    if (auto structured = dyn_cast<linalg::LinalgOp>(op))
      flops = countFlops(structured);
    else if (auto call = dyn_cast<func::CallOp>(op))
      if (auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
              op, call.getCalleeAttr()))
        flops = countFlops(callee);
    if (flops && *flops == 0)
      return WalkResult::advance();
    std::optional<int64_t> runs = countRuns(op, func);
    return flops && runs && !llvm::MulOverflow(*flops, *runs, *flops) &&
                   !llvm::AddOverflow(total, *flops, total)
               ? WalkResult::advance()
               : WalkResult::interrupt();
  });
  if (walk.wasInterrupted())
    return std::nullopt;
  return total;
}
