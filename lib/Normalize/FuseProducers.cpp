//===- FuseProducers.cpp - One op makes each input of a contraction -------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Normalize/Cluster.h"
#include "TensorOp/Normalize/Passes.h"
#include "TensorOp/Realise/Generalize.h"
#include "TensorOp/Support/Attributes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPFUSEPRODUCERS
#include "TensorOp/Normalize/Passes.h.inc"
} // namespace tensorop

using namespace mlir;

/// The elementwise op that makes `value` for its only reader, or null.
static linalg::LinalgOp findProducer(Value value) {
  auto producer = value.getDefiningOp<linalg::LinalgOp>();
  return producer && value.hasOneUse() &&
                 tensorop::isElementwiseProducer(producer)
             ? producer
             : linalg::LinalgOp();
}

/// Whether what `op` reads comes from outside the chain: what another
/// contraction computes is its consumer, and stays one.
static bool startsFromData(linalg::LinalgOp op) {
  return llvm::all_of(op.getDpsInputs(), [](Value input) {
    if (!input.getDefiningOp<linalg::LinalgOp>())
      return true;
    linalg::LinalgOp producer = findProducer(input);
    return producer && startsFromData(producer);
  });
}

/// Takes the producers of `consumer` into it, those of producers first. An op
/// that the payload has named is one that a plan may speak of.
static void takeProducers(RewriterBase &rewriter, linalg::LinalgOp consumer) {
  for (bool changed = true; changed;) {
    changed = false;
    for (OpOperand *input : consumer.getDpsInputOperands()) {
      linalg::LinalgOp producer = findProducer(input->get());
      if (!producer || producer->hasAttr(tensorop::opAttrName) ||
          !startsFromData(producer))
        continue;
      unsigned number = input->getOperandNumber();
      FailureOr<linalg::GenericOp> from =
          tensorop::generalize(rewriter, producer);
      FailureOr<linalg::GenericOp> to =
          tensorop::generalize(rewriter, consumer);
      if (failed(from) || failed(to))
        return;
      consumer = cast<linalg::LinalgOp>(to->getOperation());
      OpOperand &operand = (*to)->getOpOperand(number);
      if (!linalg::areElementwiseOpsFusable(&operand))
        return;
      rewriter.setInsertionPoint(*to);
      FailureOr<linalg::ElementwiseOpFusionResult> fused =
          linalg::fuseElementwiseOps(rewriter, &operand);
      if (failed(fused))
        return;
      fused->fusedOp->setDiscardableAttrs(
          (*to)->getDiscardableAttrDictionary());
      for (auto [value, replacement] : fused->replacements)
        rewriter.replaceUsesWithIf(value, replacement, [&](OpOperand &use) {
          return use.get().getDefiningOp() == to->getOperation();
        });
      rewriter.eraseOp(*to);
      rewriter.eraseOp(*from);
      consumer = cast<linalg::LinalgOp>(fused->fusedOp);
      changed = true;
      break;
    }
  }
}

/// The order of the loops in which the producer reads its largest input as it
/// lies; nothing when it does so already.
static std::optional<AffineMap> findDataOrder(linalg::LinalgOp producer) {
  std::optional<AffineMap> order;
  int64_t most = 0;
  for (OpOperand *input : producer.getDpsInputOperands()) {
    auto type = dyn_cast<RankedTensorType>(input->get().getType());
    AffineMap map = producer.getMatchingIndexingMap(input);
    if (!type || !map.isPermutation())
      continue;
    int64_t bits = type.getElementTypeBitWidth();
    if (bits <= most && order)
      continue;
    most = bits;
    order = map;
  }
  if (order && order->isIdentity())
    return std::nullopt;
  return order;
}

/// Makes the producer of input `number` of a contraction compute its result in
/// the order in which its data lie, and the contraction read it transposed:
/// packing reads either order at the same cost.
static linalg::LinalgOp computeInDataOrder(RewriterBase &rewriter,
                                           linalg::LinalgOp contraction,
                                           unsigned number) {
  Value value = contraction->getOperand(number);
  linalg::LinalgOp producer = findProducer(value);
  std::optional<AffineMap> order =
      producer ? findDataOrder(producer) : std::nullopt;
  if (!order)
    return contraction;
  FailureOr<linalg::GenericOp> from = tensorop::generalize(rewriter, producer);
  FailureOr<linalg::GenericOp> reader =
      tensorop::generalize(rewriter, contraction);
  if (failed(from) || failed(reader))
    return contraction;
  // Dimension j of the new result is dimension order[j] of the old one.
  auto type = cast<RankedTensorType>(from->getResult(0).getType());
  AffineMap inverse = inversePermutation(*order);
  SmallVector<AffineMap> maps;
  SmallVector<int64_t> shape;
  for (OpOperand *input : from->getDpsInputOperands())
    maps.push_back(from->getMatchingIndexingMap(input).compose(inverse));
  maps.push_back(rewriter.getMultiDimIdentityMap(type.getRank()));
  for (unsigned j = 0; j < order->getNumResults(); ++j)
    shape.push_back(type.getDimSize(order->getDimPosition(j)));
  rewriter.setInsertionPoint(*from);
  Value empty = tensor::EmptyOp::create(rewriter, from->getLoc(), shape,
                                        type.getElementType());
  auto moved = linalg::GenericOp::create(
      rewriter, from->getLoc(), empty.getType(), from->getInputs(), empty, maps,
      from->getIteratorTypesArray());
  moved->setDiscardableAttrs((*from)->getDiscardableAttrDictionary());
  rewriter.inlineRegionBefore(from->getRegion(), moved.getRegion(),
                              moved.getRegion().begin());
  SmallVector<AffineMap> read = reader->getIndexingMapsArray();
  SmallVector<AffineExpr> indices;
  for (unsigned j = 0; j < order->getNumResults(); ++j)
    indices.push_back(read[number].getResult(order->getDimPosition(j)));
  read[number] = AffineMap::get(read[number].getNumDims(), 0, indices,
                                rewriter.getContext());
  rewriter.modifyOpInPlace(*reader, [&] {
    reader->setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(read));
    // A mere transpose has become a mere copy.
    Value result = moved.getResult(0);
    auto yielded = dyn_cast<BlockArgument>(
        moved.getBody()->getTerminator()->getOperand(0));
    if (yielded && moved
                       .getMatchingIndexingMap(
                           &moved->getOpOperand(yielded.getArgNumber()))
                       .isIdentity())
      result = moved->getOperand(yielded.getArgNumber());
    (*reader)->setOperand(number, result);
  });
  rewriter.eraseOp(*from);
  if (moved->use_empty())
    rewriter.eraseOp(moved);
  return cast<linalg::LinalgOp>(reader->getOperation());
}

namespace {
struct FuseProducers
    : tensorop::impl::TensorOpFuseProducersBase<FuseProducers> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<linalg::LinalgOp> contractions;
    getOperation().walk([&](linalg::LinalgOp op) {
      if (tensorop::isContraction(op) && op.hasPureTensorSemantics())
        contractions.push_back(op);
    });
    for (linalg::LinalgOp &contraction : contractions)
      for (unsigned number = 0; number < 2; ++number)
        if (linalg::LinalgOp producer =
                findProducer(contraction->getOperand(number));
            producer && startsFromData(producer)) {
          takeProducers(rewriter, producer);
          contraction = computeInDataOrder(rewriter, contraction, number);
        }
  }
};
} // namespace
