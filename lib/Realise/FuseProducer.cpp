//===- FuseProducer.cpp - Producers that packing takes the place of -------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PackSource.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;

namespace tensorop {

/// The buffer under a chain of views.
static Value bufferOf(Value value) {
  while (auto view = value.getDefiningOp<ViewLikeOpInterface>())
    value = view.getViewSource();
  return value;
}

/// The users of `buffer` and of its views, views apart.
static SmallVector<Operation *> usersOf(Value buffer) {
  SmallVector<Operation *> users;
  SmallVector<Value> values{buffer};
  for (size_t i = 0; i < values.size(); ++i)
    for (Operation *user : values[i].getUsers()) {
      if (isa<ViewLikeOpInterface>(user))
        llvm::append_range(values, user->getResults());
      else
        users.push_back(user);
    }
  return users;
}

/// The first op from `producer` to the end of `nest` that writes what
/// `producer` reads; null when there is none.
static Operation *findWriter(linalg::LinalgOp producer, Operation *nest) {
  for (OpOperand *input : producer.getDpsInputOperands()) {
    if (!isa<MemRefType>(input->get().getType()))
      continue;
    for (Operation *user : usersOf(bufferOf(input->get()))) {
      Operation *sibling = producer->getBlock()->findAncestorOpInBlock(*user);
      if (!sibling || sibling->isBeforeInBlock(producer) ||
          nest->isBeforeInBlock(sibling))
        continue;
      auto effects = dyn_cast<MemoryEffectOpInterface>(user);
      if (!effects || llvm::any_of(user->getOperands(), [&](Value used) {
            return isa<MemRefType>(used.getType()) &&
                   bufferOf(used) == bufferOf(input->get()) &&
                   effects.getEffectOnValue<MemoryEffects::Write>(used);
          }))
        return user;
    }
  }
  return nullptr;
}

LogicalResult checkProducer(linalg::LinalgOp producer, linalg::GenericOp op,
                            unsigned operand, Refusal &why) {
  if (!producer.hasPureBufferSemantics())
    return refuse(why, producer, "expects buffer operands");
  if (producer.getNumDpsInits() != 1 ||
      producer.getNumParallelLoops() != producer.getNumLoops() ||
      !producer.getMatchingIndexingMap(producer.getDpsInitOperand(0))
           .isPermutation())
    return refuse(why, producer,
                  "expects an elementwise op with one output, but it has ",
                  producer.getNumDpsInits(), " outputs and ",
                  producer.getNumReductionLoops(), " reduction loops");
  OpOperand *out = producer.getDpsInitOperand(0);
  if (producer.payloadUsesValueFromOperand(out))
    return refuse(why, producer,
                  "expects an op that overwrites its output, but it reads it");
  if (producer.hasIndexSemantics())
    return refuse(why, producer,
                  "its body reads the index of a loop, which "
                  "has no meaning where operands are packed");
  if (!out->get().getDefiningOp<memref::AllocOp>())
    return refuse(why, producer,
                  "its result is no buffer of its own: others may read it");
  if (bufferOf(op->getOperand(operand)) != out->get())
    return refuse(why, producer, "its result is not operand ", operand,
                  " of the op that is packed");
  Operation *nest = producer->getBlock()->findAncestorOpInBlock(*op);
  if (!nest || nest->isBeforeInBlock(producer))
    return refuse(why, producer,
                  "expects an op before the nest in which its "
                  "result is packed, in the same block");
  for (Operation *user : usersOf(out->get()))
    if (user != producer && user != op)
      return refuse(why, user,
                    "this op reads what the fused op computes: it "
                    "must be computed as a whole");
  if (llvm::count_if(op->getOperands(), [&](Value used) {
        return isa<MemRefType>(used.getType()) && bufferOf(used) == out->get();
      }) != 1)
    return refuse(why, producer,
                  "its result is read as two operands: it must "
                  "be computed as a whole");
  if (Operation *writer = findWriter(producer, nest))
    return refuse(why, writer,
                  "this op writes what the fused op reads, before "
                  "the last copy is made");
  return success();
}

SmallVector<OpFoldResult> offsetsOf(OpBuilder &b, Location loc, Value region) {
  unsigned rank = cast<MemRefType>(region.getType()).getRank();
  SmallVector<OpFoldResult> offsets(rank, b.getIndexAttr(0));
  for (Value value = region;
       auto view = value.getDefiningOp<memref::SubViewOp>();
       value = view.getSource())
    for (unsigned i = 0; i < rank; ++i)
      offsets[i] =
          applyExpr(b, loc, b.getAffineDimExpr(0) + b.getAffineDimExpr(1),
                    {offsets[i], view.getMixedOffsets()[i]});
  return offsets;
}

/// Erases views of `value` that nothing uses, views of views first.
static void eraseViews(RewriterBase &rewriter, Value value) {
  for (Operation *user : llvm::make_early_inc_range(value.getUsers()))
    if (isa<ViewLikeOpInterface>(user)) {
      eraseViews(rewriter, user->getResult(0));
      if (user->use_empty())
        rewriter.eraseOp(user);
    }
}

void eraseProducer(RewriterBase &rewriter, linalg::GenericOp producer) {
  Value buffer = producer.getDpsInitOperand(0)->get();
  eraseViews(rewriter, buffer);
  rewriter.eraseOp(producer);
  if (buffer.use_empty())
    rewriter.eraseOp(buffer.getDefiningOp());
}

} // namespace tensorop
