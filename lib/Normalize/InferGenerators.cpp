//===- InferGenerators.cpp - Arguments that must be positive --------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Normalize/Passes.h"
#include "TensorOp/Support/Attributes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/SmallPtrSet.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPINFERGENERATORS
#include "TensorOp/Normalize/Passes.h.inc"
} // namespace tensorop

using namespace mlir;

/// Whether a copy of `value`, a tensor or an element, meets an op that is only
/// defined for positive numbers.
static bool mustBePositive(Value value,
                           llvm::SmallPtrSetImpl<Operation *> &seen) {
  for (OpOperand &use : value.getUses()) {
    Operation *user = use.getOwner();
    if (isa<math::SqrtOp, math::RsqrtOp, math::LogOp, math::Log2Op,
            math::Log10Op>(user) ||
        (isa<math::PowFOp>(user) && use.getOperandNumber() == 0))
      return true;
    if (isa<arith::AddFOp>(user)) {
      Value other = user->getOperand(1 - use.getOperandNumber());
      // A constant, perhaps cast: whatever is not computed from a tensor.
      while (Operation *cast = other.getDefiningOp())
        if (isa<arith::TruncFOp, arith::ExtFOp>(cast))
          other = cast->getOperand(0);
        else
          break;
      if (!matchPattern(other, m_Constant()))
        continue;
    } else if (auto generic = dyn_cast<linalg::LinalgOp>(user)) {
      if (generic.getNumReductionLoops() == 0 &&
          mustBePositive(generic.getMatchingBlockArgument(&use), seen))
        return true;
      continue;
    } else if (isa<linalg::YieldOp>(user)) {
      Operation *parent = user->getParentOp();
      if (parent->getNumResults() > use.getOperandNumber() &&
          seen.insert(parent).second &&
          mustBePositive(parent->getResult(use.getOperandNumber()), seen))
        return true;
      continue;
    } else if (!isa<arith::TruncFOp, arith::ExtFOp, tensor::ExpandShapeOp,
                    tensor::CollapseShapeOp, tensor::ExtractSliceOp,
                    tensor::ExtractOp>(user)) {
      continue;
    }
    if (mustBePositive(user->getResult(0), seen))
      return true;
  }
  return false;
}

namespace {
struct InferGenerators
    : tensorop::impl::TensorOpInferGeneratorsBase<InferGenerators> {
  void runOnOperation() override {
    auto role = StringAttr::get(&getContext(), "in");
    for (auto func : getOperation().getOps<func::FuncOp>())
      for (BlockArgument arg : func.getArguments()) {
        unsigned i = arg.getArgNumber();
        if (func.getArgAttr(i, tensorop::roleAttrName) != role ||
            func.getArgAttr(i, tensorop::generatorAttrName))
          continue;
        llvm::SmallPtrSet<Operation *, 8> seen;
        if (mustBePositive(arg, seen))
          func.setArgAttr(i, tensorop::generatorAttrName,
                          StringAttr::get(&getContext(), "uniform(0.5, 1.5)"));
      }
  }
};
} // namespace
