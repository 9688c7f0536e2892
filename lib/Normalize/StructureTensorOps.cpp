//===- StructureTensorOps.cpp - Tensor ops as loops over elements ---------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Normalize/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPSTRUCTURETENSOROPS
#include "TensorOp/Normalize/Passes.h.inc"
} // namespace tensorop

using namespace mlir;

static Value createEmpty(OpBuilder &builder, Location loc,
                         RankedTensorType type) {
  return tensor::EmptyOp::create(builder, loc, type.getShape(),
                                 type.getElementType());
}

static void structureBitcast(RewriterBase &rewriter, tensor::BitcastOp op) {
  auto type = cast<RankedTensorType>(op.getType());
  SmallVector<AffineMap> maps(2,
                              rewriter.getMultiDimIdentityMap(type.getRank()));
  SmallVector<utils::IteratorType> kinds(type.getRank(),
                                         utils::IteratorType::parallel);
  Value empty = createEmpty(rewriter, op.getLoc(), type);
  rewriter.replaceOpWithNewOp<linalg::GenericOp>(
      op, TypeRange(type), op.getSource(), empty, maps, kinds,
      [&](OpBuilder &builder, Location loc, ValueRange args) {
        Value bits = arith::BitcastOp::create(builder, loc,
                                              type.getElementType(), args[0]);
        linalg::YieldOp::create(builder, loc, bits);
      });
}

/// Where an element of the small side of a gather or scatter lies in the large
/// one: the coordinates that `indices` has for its batch at `dims`, its place
/// in the slice elsewhere. `place` is its place in the small side, whose slice
/// has the dimensions `dims` with size 1 or lacks them.
static SmallVector<Value> locate(OpBuilder &builder, Location loc,
                                 TypedValue<RankedTensorType> indices,
                                 ArrayRef<int64_t> dims, int64_t rank,
                                 ArrayRef<Value> place) {
  int64_t batches = indices.getType().getRank() - 1;
  ArrayRef<Value> batch = place.take_front(batches);
  ArrayRef<Value> slice = place.drop_front(batches);
  bool reduced = int64_t(slice.size()) != rank;
  SmallVector<Value> result;
  for (int64_t dim = 0; dim < rank; ++dim) {
    const int64_t *found = llvm::find(dims, dim);
    if (found == dims.end()) {
      result.push_back(slice.front());
      slice = slice.drop_front();
      continue;
    }
    if (!reduced)
      slice = slice.drop_front();
    SmallVector<Value> at(batch);
    at.push_back(
        arith::ConstantIndexOp::create(builder, loc, found - dims.begin()));
    Value coordinate = tensor::ExtractOp::create(builder, loc, indices, at);
    if (!coordinate.getType().isIndex())
      coordinate = arith::IndexCastOp::create(
          builder, loc, builder.getIndexType(), coordinate);
    result.push_back(coordinate);
  }
  return result;
}

static void structureGather(RewriterBase &rewriter, tensor::GatherOp op) {
  RankedTensorType type = op.getResultType();
  SmallVector<utils::IteratorType> kinds(type.getRank(),
                                         utils::IteratorType::parallel);
  Value empty = createEmpty(rewriter, op.getLoc(), type);
  rewriter.replaceOpWithNewOp<linalg::GenericOp>(
      op, TypeRange(type), ValueRange(), empty,
      rewriter.getMultiDimIdentityMap(type.getRank()), kinds,
      [&](OpBuilder &builder, Location loc, ValueRange) {
        SmallVector<Value> place;
        for (int64_t dim = 0; dim < type.getRank(); ++dim)
          place.push_back(linalg::IndexOp::create(builder, loc, dim));
        Value element = tensor::ExtractOp::create(
            builder, loc, op.getSource(),
            locate(builder, loc, op.getIndices(), op.getGatherDims(),
                   op.getSourceType().getRank(), place));
        linalg::YieldOp::create(builder, loc, element);
      });
}

static void structureScatter(RewriterBase &rewriter, tensor::ScatterOp op) {
  Location loc = op.getLoc();
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(rewriter, loc, value);
  };
  SmallVector<Value> low, high, step;
  for (int64_t size : op.getSourceType().getShape()) {
    low.push_back(constant(0));
    high.push_back(constant(size));
    step.push_back(constant(1));
  }
  scf::LoopNest nest = scf::buildLoopNest(
      rewriter, loc, low, high, step, op.getDest(),
      [&](OpBuilder &builder, Location loc, ValueRange place,
          ValueRange carried) -> scf::ValueVector {
        Value element =
            tensor::ExtractOp::create(builder, loc, op.getSource(), place);
        return {tensor::InsertOp::create(
            builder, loc, element, carried[0],
            locate(builder, loc, op.getIndices(), op.getScatterDims(),
                   op.getDestType().getRank(), llvm::to_vector(place)))};
      });
  rewriter.replaceOp(op, nest.results);
}

namespace {
struct StructureTensorOps
    : tensorop::impl::TensorOpStructureTensorOpsBase<StructureTensorOps> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      // Sizes that are not static are refused later.
      if (isa<tensor::BitcastOp, tensor::GatherOp, tensor::ScatterOp>(op) &&
          llvm::all_of(llvm::concat<const Type>(op->getOperandTypes(),
                                                op->getResultTypes()),
                       [](Type type) {
                         auto tensor = dyn_cast<RankedTensorType>(type);
                         return tensor && tensor.hasStaticShape();
                       }))
        ops.push_back(op);
    });
    for (Operation *op : ops) {
      rewriter.setInsertionPoint(op);
      if (auto bitcast = dyn_cast<tensor::BitcastOp>(op))
        structureBitcast(rewriter, bitcast);
      else if (auto gather = dyn_cast<tensor::GatherOp>(op))
        structureGather(rewriter, gather);
      else
        structureScatter(rewriter, cast<tensor::ScatterOp>(op));
    }
  }
};
} // namespace
