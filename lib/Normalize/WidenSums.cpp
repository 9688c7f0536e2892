//===- WidenSums.cpp - Sums of half-precision products in f32 -------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Normalize/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/PatternMatch.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPWIDENSUMS
#include "TensorOp/Normalize/Passes.h.inc"
} // namespace tensorop

using namespace mlir;

/// Whether `op` adds products of its two inputs to its output, all of one type
/// with fewer digits than f32.
static bool isNarrowSum(linalg::LinalgOp op) {
  if (!op.hasPureTensorSemantics() || op.getNumDpsInits() != 1 ||
      op.getNumDpsInputs() != 2 || op.getNumReductionLoops() == 0)
    return false;
  Type type = getElementTypeOrSelf(op->getResult(0).getType());
  if (!type.isBF16() && !type.isF16())
    return false;
  Block *body = op.getBlock();
  for (BlockArgument argument : body->getArguments())
    if (argument.getType() != type)
      return false;
  auto add =
      body->getTerminator()->getOperand(0).getDefiningOp<arith::AddFOp>();
  BlockArgument sum = body->getArguments().back();
  if (!add || (add.getLhs() != sum && add.getRhs() != sum))
    return false;
  Value other = add.getLhs() == sum ? add.getRhs() : add.getLhs();
  auto product = other.getDefiningOp<arith::MulFOp>();
  return product && product->hasOneUse() && sum.hasOneUse() &&
         isa<BlockArgument>(product.getLhs()) &&
         isa<BlockArgument>(product.getRhs()) && product.getLhs() != sum &&
         product.getRhs() != sum;
}

/// `convert` of each element of `from`, in `to`.
template <typename ConvertOp>
static Value convertElements(RewriterBase &b, Location loc, Value from,
                             Value to) {
  auto type = cast<RankedTensorType>(to.getType());
  AffineMap map = b.getMultiDimIdentityMap(type.getRank());
  SmallVector<utils::IteratorType> parallel(type.getRank(),
                                            utils::IteratorType::parallel);
  return linalg::GenericOp::create(
             b, loc, type, from, to, ArrayRef<AffineMap>{map, map}, parallel,
             [](OpBuilder &b, Location loc, ValueRange arguments) {
               Value converted = ConvertOp::create(
                   b, loc, arguments[1].getType(), arguments[0]);
               linalg::YieldOp::create(b, loc, converted);
             })
      .getResult(0);
}

static void widen(linalg::LinalgOp op, RewriterBase &b) {
  Location loc = op.getLoc();
  b.setInsertionPoint(op);
  Value init = op.getDpsInitOperand(0)->get(), destination = init;
  auto type = cast<RankedTensorType>(init.getType());
  RankedTensorType wide = type.clone(b.getF32Type());
  Value start =
      tensor::EmptyOp::create(b, loc, wide.getShape(), wide.getElementType());
  if (auto fill = init.getDefiningOp<linalg::FillOp>()) {
    Value value = arith::ExtFOp::create(b, loc, b.getF32Type(), fill.value());
    start = linalg::FillOp::create(b, loc, value, start).getResult(0);
    destination = fill.output();
  } else {
    start = convertElements<arith::ExtFOp>(b, loc, init, start);
  }
  auto sums = linalg::GenericOp::create(
      b, loc, wide, op.getDpsInputs(), start, op.getIndexingMapsArray(),
      op.getIteratorTypesArray(),
      [](OpBuilder &b, Location loc, ValueRange arguments) {
        auto extend = [&](Value value) -> Value {
          return arith::ExtFOp::create(b, loc, b.getF32Type(), value);
        };
        Value product = arith::MulFOp::create(b, loc, extend(arguments[0]),
                                              extend(arguments[1]));
        Value sum = arith::AddFOp::create(b, loc, arguments[2], product);
        linalg::YieldOp::create(b, loc, sum);
      });
  sums->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  b.replaceOp(op, convertElements<arith::TruncFOp>(b, loc, sums.getResult(0),
                                                   destination));
}

namespace {
struct WidenSums : tensorop::impl::TensorOpWidenSumsBase<WidenSums> {
  using TensorOpWidenSumsBase::TensorOpWidenSumsBase;
  void runOnOperation() override {
    SmallVector<linalg::LinalgOp> ops;
    getOperation().walk([&](linalg::LinalgOp op) {
      if (isNarrowSum(op))
        ops.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    for (linalg::LinalgOp op : ops) {
      if (says)
        op->emitRemark() << "its sums are kept in f32 and rounded to "
                         << getElementTypeOrSelf(op->getResult(0).getType())
                         << " once; --narrow-sums rounds each of them";
      widen(op, rewriter);
    }
  }
};
} // namespace
