//===- Normalize.cpp - Bring structured ops to a plannable form -----------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FoldTransposes.h"
#include "TensorOp/Normalize/Passes.h"
#include "TensorOp/Realise/Generalize.h"
#include "TensorOp/Support/Attributes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPNORMALIZE
#include "TensorOp/Normalize/Passes.h.inc"
} // namespace tensorop

using namespace mlir;

/// Ops without plain loops of their own become ops with them.
static LogicalResult decompose(ModuleOp module) {
  IRRewriter rewriter(module.getContext());
  SmallVector<Operation *> ops;
  module.walk([&](Operation *op) {
    if (isa<linalg::AggregatedOpInterface, linalg::PackOp, linalg::UnPackOp>(
            op))
      ops.push_back(op);
  });
  for (Operation *op : ops) {
    rewriter.setInsertionPoint(op);
    if (auto pack = dyn_cast<linalg::PackOp>(op)) {
      if (failed(linalg::lowerPack(rewriter, pack)))
        return op->emitError()
               << "cannot be decomposed into ops with plain loops";
      continue;
    }
    if (auto unpack = dyn_cast<linalg::UnPackOp>(op)) {
      if (failed(linalg::lowerUnPack(rewriter, unpack)))
        return op->emitError()
               << "cannot be decomposed into ops with plain loops";
      continue;
    }
    auto aggregated = cast<linalg::AggregatedOpInterface>(op);
    FailureOr<SmallVector<Value>> values =
        aggregated.decomposeOperation(rewriter);
    if (failed(values))
      return op->emitError()
             << "cannot be decomposed into ops with plain loops";
    rewriter.replaceOp(op, *values);
  }
  RewritePatternSet patterns(module.getContext());
  tensor::populateDecomposeTensorConcatPatterns(patterns);
  linalg::populateDecomposeWinogradOpsPatterns(patterns);
  linalg::populateEraseUnusedOperandsAndResultsPatterns(patterns);
  return applyPatternsGreedily(module, std::move(patterns));
}

/// Named elementwise ops become `linalg.generic`, the one form that what
/// follows gives a destination, fuses and vectorizes. Names that a user gave
/// stay.
static void generalizeElementwise(ModuleOp module) {
  IRRewriter rewriter(module.getContext());
  SmallVector<linalg::LinalgOp> ops;
  module.walk([&](linalg::LinalgOp op) {
    if (!isa<linalg::GenericOp, linalg::FillOp, linalg::CopyOp,
             linalg::TransposeOp>(op.getOperation()) &&
        op.getNumLoops() == op.getNumParallelLoops() &&
        !linalg::isaContractionOpInterface(op))
      ops.push_back(op);
  });
  // An op that has no such form stays what it is.
  for (linalg::LinalgOp op : ops)
    (void)tensorop::generalize(rewriter, op);
}

/// Whether the op's body reads the current value of init `number`.
static bool readsInit(linalg::LinalgOp op, unsigned number) {
  return op.payloadUsesValueFromOperand(op.getDpsInitOperand(number));
}

/// Gives each destination a value of its own: a fresh empty tensor when the old
/// contents are not read, a copy when a read-only argument would be written.
static void ownDestinations(func::FuncOp func) {
  IRRewriter rewriter(func.getContext());
  SmallVector<linalg::LinalgOp> ops;
  func.walk([&](linalg::LinalgOp op) { ops.push_back(op); });
  for (linalg::LinalgOp op : ops) {
    if (!op.hasPureTensorSemantics())
      continue;
    for (OpOperand &init : op.getDpsInitsMutable()) {
      auto type = cast<RankedTensorType>(init.get().getType());
      auto empty = [&] {
        return tensor::EmptyOp::create(rewriter, op.getLoc(), type.getShape(),
                                       type.getElementType());
      };
      rewriter.setInsertionPoint(op);
      unsigned number =
          init.getOperandNumber() - op.getDpsInitOperand(0)->getOperandNumber();
      if (!readsInit(op, number)) {
        auto arg = dyn_cast<BlockArgument>(init.get());
        auto definer = init.get().getDefiningOp<tensor::EmptyOp>();
        if (!definer || !definer->hasOneUse()) {
          // A writable destination of the function stays where it is.
          if (arg && isa<func::FuncOp>(arg.getOwner()->getParentOp()) &&
              func.getArgAttrOfType<StringAttr>(arg.getArgNumber(),
                                                tensorop::roleAttrName) !=
                  rewriter.getStringAttr("in"))
            continue;
          init.set(empty());
        }
        continue;
      }
      auto arg = dyn_cast<BlockArgument>(init.get());
      bool readOnly = arg && isa<func::FuncOp>(arg.getOwner()->getParentOp()) &&
                      func.getArgAttrOfType<StringAttr>(
                          arg.getArgNumber(), tensorop::roleAttrName) ==
                          rewriter.getStringAttr("in");
      if (readOnly)
        init.set(linalg::CopyOp::create(rewriter, op.getLoc(), init.get(),
                                        Value(empty()))
                     .getResult(0));
    }
  }
}

/// `generic ins(%p, ...) outs(%empty)` becomes `generic ins(...) outs(%p)` when
/// the op is elementwise, %p is the result of a structured op that nothing else
/// reads, and both have the same type and place in the loops.
static void computeInPlace(linalg::GenericOp op, RewriterBase &rewriter) {
  if (!op.hasPureTensorSemantics() || op.getNumDpsInits() != 1 ||
      op.getNumReductionLoops() != 0 || readsInit(op, 0))
    return;
  OpOperand *init = op.getDpsInitOperand(0);
  AffineMap place = op.getMatchingIndexingMap(init);
  if (!place.isPermutation())
    return;
  for (OpOperand *input : op.getDpsInputOperands()) {
    Value value = input->get();
    auto producer = value.getDefiningOp<linalg::LinalgOp>();
    // A fill is cheaper to repeat than to update.
    if (!producer || isa<linalg::FillOp>(producer.getOperation()) ||
        !value.hasOneUse() || value.getType() != init->get().getType() ||
        op.getMatchingIndexingMap(input) != place ||
        producer->getBlock() != op->getBlock())
      continue;
    SmallVector<Value> inputs;
    SmallVector<AffineMap> maps;
    SmallVector<unsigned> kept;
    for (OpOperand *other : op.getDpsInputOperands())
      if (other != input) {
        inputs.push_back(other->get());
        maps.push_back(op.getMatchingIndexingMap(other));
        kept.push_back(other->getOperandNumber());
      }
    maps.push_back(place);
    rewriter.setInsertionPoint(op);
    auto fresh = linalg::GenericOp::create(rewriter, op.getLoc(),
                                           op.getResultTypes(), inputs, value,
                                           maps, op.getIteratorTypesArray());
    for (NamedAttribute attr : op->getDiscardableAttrs())
      fresh->setDiscardableAttr(attr.getName(), attr.getValue());
    fresh.getRegion().takeBody(op.getRegion());
    Block &block = fresh.getRegion().front();
    unsigned old = input->getOperandNumber();
    block.getArgument(old).replaceAllUsesWith(
        block.getArgument(block.getNumArguments() - 1));
    block.eraseArgument(old);
    rewriter.replaceOp(op, fresh);
    return;
  }
}

/// The operand at the start of the destination-style ops and loops that compute
/// the operand's value in one place.
static OpOperand *findStartUse(OpOperand &operand) {
  OpOperand *use = &operand;
  while (Operation *op = use->get().getDefiningOp()) {
    auto result = cast<OpResult>(use->get());
    if (auto inPlace = dyn_cast<DestinationStyleOpInterface>(op))
      use = inPlace.getTiedOpOperand(result);
    else if (auto loop = dyn_cast<scf::ForOp>(op))
      use = loop.getTiedLoopInit(result);
    else
      break;
  }
  return use;
}

/// The value whose place the operand's value is computed in.
static Value findStart(OpOperand &operand) {
  return findStartUse(operand)->get();
}

/// Whether bufferization can compute the operand's value in `place`: the ops on
/// the way work in place, and nothing needs what they overwrite, neither they
/// at another operand nor ops behind them.
static bool isComputedIn(OpOperand &operand, Value place) {
  OpOperand *use = &operand;
  while (use->get() != place) {
    auto result = dyn_cast<OpResult>(use->get());
    if (!result)
      return false;
    Operation *op = result.getOwner();
    if (auto inPlace = dyn_cast<DestinationStyleOpInterface>(op))
      use = inPlace.getTiedOpOperand(result);
    else if (auto loop = dyn_cast<scf::ForOp>(op))
      use = loop.getTiedLoopInit(result);
    else
      return false;
    for (OpOperand &other : use->get().getUses()) {
      if (&other == use)
        continue;
      Operation *reader =
          op->getBlock()->findAncestorOpInBlock(*other.getOwner());
      if (!reader || !reader->isBeforeInBlock(op))
        return false;
    }
  }
  return true;
}

/// Ends each iteration with the carried tensors in the place where the next one
/// expects them.
static void ownCarriedTensors(func::FuncOp func) {
  OpBuilder builder(func.getContext());
  auto carry = [&](MutableArrayRef<OpOperand> operands, ValueRange places) {
    SmallVector<std::pair<OpOperand *, Value>> moved;
    for (auto [operand, place] : llvm::zip(operands, places))
      if (isa<RankedTensorType>(place.getType()) &&
          operand.get().getType() == place.getType() &&
          !isComputedIn(operand, place))
        moved.push_back({&operand, place});
    // What another place still holds is saved before any place is written.
    for (auto [operand, place] : moved) {
      builder.setInsertionPoint(operand->getOwner());
      if (!findStart(*operand).getDefiningOp<tensor::EmptyOp>())
        operand->set(bufferization::AllocTensorOp::create(
            builder, operand->getOwner()->getLoc(),
            cast<RankedTensorType>(place.getType()), ValueRange(),
            operand->get()));
    }
    for (auto [operand, place] : moved) {
      builder.setInsertionPoint(operand->getOwner());
      operand->set(bufferization::MaterializeInDestinationOp::create(
                       builder, operand->getOwner()->getLoc(), place.getType(),
                       operand->get(), place)
                       .getResult());
    }
  };
  // An empty tensor that a loop starts from must not be put in another place
  // when bufferization looks for one: it would not see that the loop ends
  // there.
  auto own = [&](MutableArrayRef<OpOperand> inits) {
    for (OpOperand &init : inits)
      if (OpOperand *use = findStartUse(init);
          auto empty = use->get().getDefiningOp<tensor::EmptyOp>()) {
        builder.setInsertionPoint(empty);
        use->set(bufferization::AllocTensorOp::create(
            builder, empty.getLoc(), empty.getType(), empty.getDynamicSizes()));
      }
  };
  func.walk([&](Operation *op) {
    if (auto loop = dyn_cast<LoopLikeOpInterface>(op))
      own(loop.getInitsMutable());
  });
  func.walk([&](Operation *op) {
    if (auto loop = dyn_cast<scf::ForOp>(op)) {
      carry(loop.getBody()->getTerminator()->getOpOperands(),
            loop.getRegionIterArgs());
    } else if (auto loop = dyn_cast<scf::WhileOp>(op)) {
      carry(loop.getConditionOp()->getOpOperands().drop_front(),
            loop.getBeforeArguments());
      carry(loop.getYieldOp()->getOpOperands(), loop.getAfterArguments());
    }
  });
}

namespace {
struct Normalize : tensorop::impl::TensorOpNormalizeBase<Normalize> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (failed(decompose(module)))
      return signalPassFailure();
    generalizeElementwise(module);
    IRRewriter rewriter(&getContext());
    for (auto func : module.getOps<func::FuncOp>()) {
      if (func.isDeclaration())
        continue;
      tensorop::foldTransposes(rewriter, func);
      ownDestinations(func);
      ownCarriedTensors(func);
      SmallVector<linalg::GenericOp> generics;
      func.walk([&](linalg::GenericOp op) { generics.push_back(op); });
      for (linalg::GenericOp op : generics)
        computeInPlace(op, rewriter);
    }
  }
};
} // namespace
