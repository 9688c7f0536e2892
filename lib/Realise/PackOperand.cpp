//===- PackOperand.cpp - Private packed copies of operands ----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Helpers.h"
#include "PackCode.h"
#include "PanelView.h"
#include "TensorOp/Support/Mutation.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace tensorop {

namespace {
/// The part of an operand that the loops inside a place touch.
struct Region {
  Value source;
  /// Where the op's tile lies in it, by dimension of the operand.
  SmallVector<OpFoldResult> offsets;
};
} // namespace

/// Whether a loop from 0 has no second iteration.
static bool runsOnce(scf::ForOp loop, int64_t step) {
  SmallVector<int64_t> ends = possibleExtents(loop.getUpperBound());
  return getConstantIntValue(loop.getLowerBound()) == 0 && !ends.empty() &&
         ends.front() <= step;
}

/// A tile must not start inside a panel, nor inside a group.
static LogicalResult checkAligned(memref::SubViewOp view, unsigned at,
                                  int64_t size, StringRef what, Refusal &why) {
  for (Value iv : view.getOffsets()) {
    if (view.getMixedOffsets()[at] != OpFoldResult(iv))
      continue;
    auto arg = dyn_cast<BlockArgument>(iv);
    auto owner =
        arg ? dyn_cast<scf::ForOp>(arg.getOwner()->getParentOp()) : nullptr;
    std::optional<int64_t> step =
        owner ? getConstantIntValue(owner.getStep()) : std::nullopt;
    if (step && (*step % size == 0 || runsOnce(owner, *step)))
      continue;
    auto name = owner ? owner->getAttrOfType<StringAttr>(kLoopName) : nullptr;
    if (step)
      return refuse(why, view, "loop '", name ? name.getValue() : "",
                    "' steps by ", *step, ", which is no multiple of the ",
                    what, " size ", size);
    return refuse(why, view,
                  "the tile's offset in the packed dimension is "
                  "not a loop's induction variable");
  }
  return success();
}

/// Walks the views of the operand from the op up to the place, without changing
/// the IR; `views` receives those inside, innermost first.
static LogicalResult findViews(linalg::GenericOp op, scf::ForOp place,
                               const PackSpec &spec, unsigned at,
                               std::optional<unsigned> groupAt,
                               SmallVectorImpl<memref::SubViewOp> &views,
                               Refusal &why) {
  Value value = op->getOperand(spec.operand);
  while (auto view = value.getDefiningOp<memref::SubViewOp>()) {
    auto loop = view->getParentOfType<scf::ForOp>();
    if (!loop || (place && !place->isProperAncestor(loop)))
      break;
    if (!view.hasUnitStride() ||
        view.getType().getRank() != view.getSourceType().getRank())
      return refuse(why, view,
                    "expects views of unit strides and full rank between the "
                    "place and the op");
    if (failed(checkAligned(view, at, spec.size, "panel", why)) ||
        (groupAt &&
         failed(checkAligned(view, *groupAt, spec.group, "group", why))))
      return failure();
    views.push_back(view);
    value = view.getSource();
  }
  return success();
}

/// The operand's map with the dimension of groups where another operand was
/// packed with groups before.
static AffineMap mapWithoutGroups(linalg::GenericOp op, OpOperand &operand) {
  AffineMap map = op.getMatchingIndexingMap(&operand);
  auto groups = op->getAttrOfType<IntegerAttr>(kGroupName);
  if (!groups)
    return map;
  SmallVector<AffineExpr> results;
  for (AffineExpr expr : map.getResults())
    results.push_back(expr.isFunctionOfDim(groups.getInt()) &&
                              !isa<AffineDimExpr>(expr)
                          ? getAffineDimExpr(groups.getInt(), op.getContext())
                          : expr);
  return AffineMap::get(map.getNumDims(), 0, results, op.getContext());
}

/// Whether the body only extends the operand, to `element` or more.
static bool isExtended(linalg::GenericOp op, OpOperand &operand, Type element) {
  return llvm::all_of(
      op.getMatchingBlockArgument(&operand).getUsers(), [&](Operation *user) {
        return isa<arith::ExtFOp, arith::ExtSIOp, arith::ExtUIOp>(user) &&
               user->getResult(0).getType().getIntOrFloatBitWidth() >=
                   element.getIntOrFloatBitWidth();
      });
}

static LogicalResult check(linalg::GenericOp op, scf::ForOp place,
                           const PackSpec &spec, Refusal &why) {
  if (spec.operand >= op->getNumOperands())
    return refuse(why, op, "operand ", spec.operand,
                  " does not exist; the op has ", op->getNumOperands());
  OpOperand &operand = op->getOpOperand(spec.operand);
  if (op.isDpsInit(&operand))
    return refuse(why, op, "operand ", spec.operand,
                  " is the output; only inputs are packed");
  auto type = dyn_cast<MemRefType>(operand.get().getType());
  AffineMap map = mapWithoutGroups(op, operand);
  if (!type || !map.isProjectedPermutation() || map.getNumResults() == 0)
    return refuse(why, op, "operand ", spec.operand,
                  " is not a buffer read by a projected permutation");
  if (getPanelView(operand.get()))
    return refuse(why, op, "operand ", spec.operand, " is packed already");
  if (spec.dim >= op.getNumLoops() || !map.isFunctionOfDim(spec.dim))
    return refuse(why, op, "operand ", spec.operand, " lacks dimension ",
                  spec.dim);
  if (spec.extents.size() != map.getNumResults())
    return refuse(why, op, "operand ", spec.operand, " has ",
                  map.getNumResults(), " dimensions, but ", spec.extents.size(),
                  " extents are given");
  if (spec.size < 1 || spec.lanes < 1 || spec.group < 1)
    return refuse(why, op, "expects a size, lanes and a group >= 1, but got ",
                  spec.size, ", ", spec.lanes, " and ", spec.group);
  if (spec.strided < 0)
    return refuse(why, op, "expects strided stores of >= 0 elements, but got ",
                  spec.strided);
  if (spec.groupDim &&
      (*spec.groupDim == spec.dim || !map.isFunctionOfDim(*spec.groupDim) ||
       op.getIteratorTypesArray()[*spec.groupDim] !=
           utils::IteratorType::reduction))
    return refuse(why, op, "dimension ", *spec.groupDim,
                  " is not another, reduced dimension of operand ",
                  spec.operand, ": it cannot be grouped");
  if ((spec.element && spec.element != type.getElementType()) || spec.flipSign)
    if (Type element = spec.element ? spec.element : type.getElementType();
        !isExtended(op, operand, element))
      return refuse(why, op, "operand ", spec.operand, " of type ",
                    type.getElementType(), " is not extended to ", element,
                    " by the op's body: its copy cannot be of that type");
  if (place && !place->isProperAncestor(op))
    return refuse(why, place, "the place is not a loop around the op");
  return success();
}

/// Makes the body take elements of the copy's type.
static void retype(RewriterBase &rewriter, linalg::GenericOp op,
                   OpOperand &operand, const PackSpec &spec, Type element) {
  BlockArgument arg = op.getMatchingBlockArgument(&operand);
  bool isWider = element != arg.getType();
  if (!isWider && !spec.flipSign)
    return;
  OpBuilder::InsertionGuard guard(rewriter);
  SmallVector<Operation *> users(arg.getUsers());
  rewriter.modifyOpInPlace(op, [&] { arg.setType(element); });
  for (Operation *user : users) {
    Type type = user->getResult(0).getType();
    Location loc = user->getLoc();
    rewriter.setInsertionPoint(user);
    if (type == element) {
      rewriter.replaceOp(user, arg);
    } else if (spec.flipSign) {
      Value wide = arith::ExtUIOp::create(rewriter, loc, type, arg);
      Value half = arith::ConstantOp::create(
          rewriter, loc,
          rewriter.getIntegerAttr(
              type, int64_t(1) << (element.getIntOrFloatBitWidth() - 1)));
      rewriter.replaceOpWithNewOp<arith::SubIOp>(user, wide, half);
    } else if (isa<arith::ExtUIOp>(user)) {
      // Of more bits than the value has, so the sign is that of the value.
      rewriter.replaceOpWithNewOp<arith::ExtSIOp>(user, type, arg);
    }
  }
}

/// Makes one dimension of `op` two: over groups, in its place, and within a
/// group, behind all others.
static void splitGroups(RewriterBase &rewriter, linalg::GenericOp op,
                        unsigned dim, int64_t group) {
  if (op->hasAttr(kGroupName))
    return;
  unsigned within = op.getNumLoops();
  AffineExpr whole = rewriter.getAffineDimExpr(dim) * group +
                     rewriter.getAffineDimExpr(within);
  SmallVector<AffineMap> maps;
  for (AffineMap map : op.getIndexingMapsArray()) {
    SmallVector<AffineExpr> results;
    for (AffineExpr expr : map.getResults())
      results.push_back(expr.replace(rewriter.getAffineDimExpr(dim), whole));
    maps.push_back(
        AffineMap::get(within + 1, 0, results, rewriter.getContext()));
  }
  SmallVector<Attribute> kinds(op.getIteratorTypes().begin(),
                               op.getIteratorTypes().end());
  kinds.push_back(linalg::IteratorTypeAttr::get(
      rewriter.getContext(), utils::IteratorType::reduction));
  rewriter.modifyOpInPlace(op, [&] {
    op.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
    op.setIteratorTypesAttr(rewriter.getArrayAttr(kinds));
    op->setAttr(kGroupName, rewriter.getI64IntegerAttr(dim));
  });
}

FailureOr<memref::AllocOp> packOperand(RewriterBase &rewriter,
                                       linalg::GenericOp op, scf::ForOp place,
                                       const PackSpec &spec, Refusal &why) {
  if (failed(check(op, place, spec, why)) ||
      (spec.producer &&
       failed(checkProducer(spec.producer, op, spec.operand, why))))
    return failure();
  Location loc = op.getLoc();
  OpOperand &operand = op->getOpOperand(spec.operand);
  AffineMap map = mapWithoutGroups(op, operand);
  unsigned rank = map.getNumResults();
  unsigned at = *map.getResultPosition(rewriter.getAffineDimExpr(spec.dim));
  std::optional<unsigned> groupAt;
  if (spec.groupDim)
    groupAt = *map.getResultPosition(rewriter.getAffineDimExpr(*spec.groupDim));
  SmallVector<memref::SubViewOp> views;
  if (failed(findViews(op, place, spec, at, groupAt, views, why)))
    return failure();
  Value source = views.empty() ? operand.get() : views.back().getSource();

  // The tile must lie in one panel, the region in the buffer.
  OpBuilder::InsertionGuard guard(rewriter);
  auto sizeOf = [&](Value value, unsigned dim) -> OpFoldResult {
    auto type = cast<MemRefType>(value.getType());
    if (!type.isDynamicDim(dim))
      return rewriter.getIndexAttr(type.getDimSize(dim));
    if (auto view = value.getDefiningOp<memref::SubViewOp>())
      return view.getMixedSizes()[dim];
    return {};
  };
  OpFoldResult tile = sizeOf(operand.get(), at);
  SmallVector<int64_t> tiles =
      tile ? possibleExtents(tile) : SmallVector<int64_t>();
  if (tiles.empty())
    return refuse(why, op,
                  "the op's tile has an unknown number of elements of "
                  "dimension ",
                  spec.dim, "; a panel has ", spec.size);
  if (tiles.front() > spec.size)
    return refuse(why, op, "the op's tile takes ", tiles.front(),
                  " elements of dimension ", spec.dim,
                  ", more than the panel size ", spec.size);
  for (unsigned i = 0; i < rank; ++i) {
    OpFoldResult size = sizeOf(source, i);
    SmallVector<int64_t> found =
        size ? possibleExtents(size) : SmallVector<int64_t>();
    if (found.empty())
      return refuse(why, op, "the extent of dimension ", i, " of operand ",
                    spec.operand, " at the place is not known");
    if (found.front() > spec.extents[i])
      return refuse(why, op, "dimension ", i, " of operand ", spec.operand,
                    " has extent ", found.front(), " at the place, but ",
                    spec.extents[i], " was given");
  }

  linalg::GenericOp producer;
  if (spec.producer)
    producer = asGeneric(rewriter, spec.producer);

  // The sum of the views' offsets.
  rewriter.setInsertionPoint(op);
  SmallVector<OpFoldResult> offsets(rank, rewriter.getIndexAttr(0));
  AffineExpr d0 = rewriter.getAffineDimExpr(0),
             d1 = rewriter.getAffineDimExpr(1);
  for (memref::SubViewOp view : views)
    for (unsigned i = 0; i < rank; ++i)
      offsets[i] = applyExpr(rewriter, loc, d0 + d1,
                             {offsets[i], view.getMixedOffsets()[i]});

  // The buffer, at the entry of the function.
  SmallVector<int64_t> shape{
      int64_t(llvm::divideCeil(spec.extents[at], spec.size))};
  if (groupAt)
    shape.push_back(llvm::divideCeil(spec.extents[*groupAt], spec.group));
  for (unsigned i = 0; i < rank; ++i)
    if (i != at && i != groupAt)
      shape.push_back(spec.extents[i]);
  shape.push_back(spec.size);
  if (groupAt)
    shape.push_back(spec.group);
  Type element = spec.element
                     ? spec.element
                     : cast<MemRefType>(source.getType()).getElementType();
  bool isUnsigned =
      llvm::any_of(op.getMatchingBlockArgument(&operand).getUsers(),
                   llvm::IsaPred<arith::ExtUIOp>);
  memref::AllocOp buffer;
  {
    OpBuilder::InsertionGuard inner(rewriter);
    Block &entry = op->getParentOfType<func::FuncOp>().getBody().front();
    rewriter.setInsertionPointToStart(&entry);
    buffer =
        memref::AllocOp::create(rewriter, loc, MemRefType::get(shape, element),
                                rewriter.getI64IntegerAttr(64));
    buffer->setAttr(kBufferName, rewriter.getStringAttr(spec.name));
    if (spec.atLoad)
      buffer->setAttr(atLoadAttrName, rewriter.getUnitAttr());
    Block *block = place ? place.getBody() : &entry;
    if (!place)
      rewriter.setInsertionPoint(entry.findAncestorOpInBlock(*op));
    else if (source.getDefiningOp() && source.getParentBlock() == block)
      rewriter.setInsertionPointAfterValue(source);
    else
      rewriter.setInsertionPointToStart(block);
    if (place && isMutated(Mutation::StalePanel)) {
      Value first =
          arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::eq,
                                place.getInductionVar(), place.getLowerBound());
      auto branch = scf::IfOp::create(rewriter, loc, first,
                                      /*withElseRegion=*/false);
      rewriter.setInsertionPointToStart(branch.thenBlock());
    }
    PackCode code{at,         spec.lanes,    groupAt,
                  isUnsigned, spec.flipSign, spec.shared};
    code.strided = spec.strided;
    if (producer)
      code.producer = {producer, offsetsOf(rewriter, loc, source)};
    emitPackCode(rewriter, loc, source, buffer, code);
  }

  // The op's view of it: one panel, [groups][other dims][packed][group], of the
  // exact size.
  if (groupAt)
    splitGroups(rewriter, op, *spec.groupDim, spec.group);
  SmallVector<OpFoldResult> where{
      applyExpr(rewriter, loc, d0.floorDiv(spec.size), {offsets[at]})};
  if (isMutated(Mutation::FirstPanel))
    where.front() = rewriter.getIndexAttr(0);
  SmallVector<OpFoldResult> sizes{rewriter.getIndexAttr(1)};
  SmallVector<AffineExpr> results;
  if (groupAt) {
    where.push_back(
        applyExpr(rewriter, loc, d0.floorDiv(spec.group), {offsets[*groupAt]}));
    sizes.push_back(applyExpr(rewriter, loc, d0.ceilDiv(spec.group),
                              {sizeOf(operand.get(), *groupAt)}));
    results.push_back(rewriter.getAffineDimExpr(*spec.groupDim));
  }
  for (unsigned i = 0; i < rank; ++i) {
    if (i == at || i == groupAt)
      continue;
    where.push_back(offsets[i]);
    sizes.push_back(sizeOf(operand.get(), i));
    results.push_back(map.getResult(i));
  }
  where.push_back(rewriter.getIndexAttr(0));
  sizes.push_back(tile);
  results.push_back(map.getResult(at));
  if (groupAt) {
    where.push_back(rewriter.getIndexAttr(0));
    sizes.push_back(rewriter.getIndexAttr(spec.group));
    results.push_back(rewriter.getAffineDimExpr(op.getNumLoops() - 1));
  }
  retype(rewriter, op, operand, spec, element);
  Value view = panelView(rewriter, loc, buffer, where, sizes);
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  maps[spec.operand] =
      AffineMap::get(op.getNumLoops(), 0, results, rewriter.getContext());
  rewriter.modifyOpInPlace(op, [&] {
    operand.set(view);
    op.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
  });
  if (producer)
    eraseProducer(rewriter, producer);
  return buffer;
}

} // namespace tensorop
