//===- RegisterTile.cpp - Register tiles and their versions ---------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Checks, the choice of versions and their dispatch; TileEmitter writes the
// code of one version.
//
//===----------------------------------------------------------------------===//

#include "PanelView.h"
#include "TensorOp/Support/Check.h"
#include "TensorOp/Support/Mutation.h"
#include "TileEmitter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "mlir/Transforms/LoopInvariantCodeMotionUtils.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace tensorop {

static constexpr std::pair<Edge, const char *> kEdges[] = {
    {Edge::Auto, "auto"}, {Edge::Mask, "mask"},     {Edge::Pad, "pad"},
    {Edge::Peel, "peel"}, {Edge::Narrow, "narrow"}, {Edge::Exact, "exact"}};

std::optional<Edge> parseEdge(StringRef name) {
  for (auto [edge, text] : kEdges)
    if (name == text)
      return edge;
  return std::nullopt;
}

StringRef edgeName(Edge edge) {
  for (auto [known, text] : kEdges)
    if (known == edge)
      return text;
  return "";
}

namespace {
/// Tiles of one dimension that share code. `value` is the extent they have;
/// absent for all that no class before has.
struct ExtentClass {
  std::optional<int64_t> value;
  int64_t covered = 0;
  bool pad = false;
  bool peel = false;
};

class Tiler {
public:
  Tiler(RewriterBase &b, linalg::GenericOp op, const RegisterTileSpec &spec,
        Refusal &why)
      : b(b), op(op), spec(spec), why(why) {}

  LogicalResult check();
  RegisterTile rewrite();

private:
  LogicalResult checkDims();
  LogicalResult checkGroups();
  LogicalResult checkOperands(linalg::GenericOp from, unsigned vectorDim);
  LogicalResult checkFused(linalg::GenericOp fused);
  LogicalResult checkBody(linalg::GenericOp from);
  LogicalResult classify(const RegisterDim &dim);
  void dispatch(unsigned depth, SmallVector<VersionDim> version, bool pad,
                bool peel);
  void emitPadded(ArrayRef<VersionDim> version);
  void emitColumnSums();
  void emitPeeled();

  RewriterBase &b;
  linalg::GenericOp op;
  const RegisterTileSpec &spec;
  Refusal &why;
  SmallVector<OpFoldResult> extents;
  SmallVector<SmallVector<ExtentClass>> classes;
  RegisterTile result;
  Value edgeBuffer;
  TileEmitter::Values columnSums;
};
} // namespace

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

/// The extent of each dimension, by the operand that has it, without new ops.
static SmallVector<OpFoldResult> currentExtents(linalg::GenericOp op) {
  SmallVector<OpFoldResult> extents(op.getNumLoops());
  Builder b(op.getContext());
  for (OpOperand &operand : op->getOpOperands()) {
    auto type = dyn_cast<MemRefType>(operand.get().getType());
    if (!type)
      continue;
    for (auto [i, expr] :
         llvm::enumerate(op.getMatchingIndexingMap(&operand).getResults())) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      if (!dim || extents[dim.getPosition()])
        continue;
      if (!type.isDynamicDim(i)) {
        extents[dim.getPosition()] = b.getIndexAttr(type.getDimSize(i));
        continue;
      }
      auto view = operand.get().getDefiningOp<memref::SubViewOp>();
      if (!view)
        continue;
      SmallVector<OpFoldResult> sizes = view.getMixedSizes();
      // Views that drop dimensions are ours, and drop leading ones.
      extents[dim.getPosition()] =
          sizes[i + sizes.size() - size_t(type.getRank())];
    }
  }
  return extents;
}

LogicalResult Tiler::checkDims() {
  if (op.getNumDpsInits() != 1 || !op.hasPureBufferSemantics())
    return refuse(why, op, "expects one output buffer");
  AffineMap outMap = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (!outMap.isProjectedPermutation())
    return refuse(why, op, "the output is not written by a permutation");
  SmallVector<StringRef> role(op.getNumLoops());
  std::optional<unsigned> partial = findPartialDim(op, spec);
  for (const RegisterDim &dim : spec.dims) {
    if (dim.dim >= role.size())
      return refuse(why, op, "register tile over dimension ", dim.dim,
                    ", but the op has ", role.size());
    if (!role[dim.dim].empty())
      return refuse(why, op, "dimension ", dim.dim,
                    " occurs twice in the register tile");
    if (!outMap.isFunctionOfDim(dim.dim) &&
        (dim.dim != partial || spec.inner.empty() ||
         spec.inner.back().dim != dim.dim ||
         spec.inner.back().size != dim.size || !spec.lateInit || spec.groupDim))
      return refuse(why, op, "dimension ", dim.dim,
                    " is a reduction; partial sums expect one, the innermost "
                    "loop, its step, and the output added last");
    role[dim.dim] = "tile";
  }
  for (const BandLoop &loop : spec.inner) {
    if (loop.dim >= role.size())
      return refuse(why, op, "inner loop '", loop.name, "' is over dimension ",
                    loop.dim, ", but the op has ", role.size());
    if (loop.dim == partial && &loop == &spec.inner.back())
      continue;
    if (!role[loop.dim].empty())
      return refuse(why, op, "inner loop '", loop.name, "' is over dimension ",
                    loop.dim, ", which another loop or the tile has");
    if (outMap.isFunctionOfDim(loop.dim))
      return refuse(why, op, "inner loop '", loop.name,
                    "' is over a dimension of the output; accumulators can "
                    "only be carried through reductions");
    if (loop.size != 1)
      return refuse(why, op, "inner loop '", loop.name, "' steps by ",
                    loop.size, "; only steps of 1 are supported");
    role[loop.dim] = loop.name;
  }
  if (spec.groupDim) {
    if (*spec.groupDim >= role.size() || !role[*spec.groupDim].empty() ||
        outMap.isFunctionOfDim(*spec.groupDim))
      return refuse(why, op, "dimension ", *spec.groupDim,
                    " is no reduction that is left: it cannot be grouped");
    role[*spec.groupDim] = "group";
  }
  extents = currentExtents(op);
  if (spec.groupDim && failed(checkGroups()))
    return failure();
  for (auto [dim, extent] : llvm::enumerate(extents)) {
    if (!extent)
      return refuse(why, op, "the extent of dimension ", dim, " is not known");
    if (role[dim].empty() && getConstantIntValue(extent) != 1)
      return refuse(why, op, "dimension ", dim,
                    " is neither in the register tile nor an inner loop; its "
                    "extent must be 1 here");
  }
  int64_t width = spec.dims.back().size;
  if (spec.lanes < 1 || width % spec.lanes)
    return refuse(why, op, "the vectorized size ", width, " is no multiple of ",
                  spec.lanes, " lanes");
  return success();
}

/// A sum of products of two inputs in panels with groups.
LogicalResult Tiler::checkGroups() {
  Operation *add = op.getBody()->getTerminator()->getOperand(0).getDefiningOp();
  bool isSum =
      isa_and_nonnull<arith::AddFOp, arith::AddIOp>(add) &&
      llvm::is_contained(add->getOperands(), op.getRegionOutputArgs()[0]) &&
      op.getNumDpsInputs() == 2;
  if (isSum) {
    Value product =
        add->getOperand(add->getOperand(0) == op.getRegionOutputArgs()[0]);
    isSum =
        isa_and_nonnull<arith::MulFOp, arith::MulIOp>(product.getDefiningOp());
  }
  if (!isSum)
    return refuse(why, op,
                  "expects a sum of products of two operands, of which "
                  "groups are added up");
  std::optional<int64_t> size = getConstantIntValue(extents[*spec.groupDim]);
  if (!size || !llvm::isPowerOf2_64(*size))
    return refuse(why, op, "expects groups of a known power of two");
  for (OpOperand *operand : op.getDpsInputOperands()) {
    AffineMap map = op.getMatchingIndexingMap(operand);
    if (!getPanelView(operand->get()) || map.getNumResults() < 2 ||
        map.getResults().back() != b.getAffineDimExpr(*spec.groupDim))
      return refuse(why, op, "operand ", operand->getOperandNumber(),
                    " is not packed with groups");
  }
  return success();
}

/// Whether `expr` grows by 1 with `dim`, whatever else is in it.
static bool hasUnitStep(AffineExpr expr, unsigned dim, unsigned numDims) {
  AffineExpr d = getAffineDimExpr(dim, expr.getContext());
  AffineExpr step = simplifyAffineExpr(expr.replace(d, d + 1) - expr, numDims,
                                       /*numSymbols=*/0);
  auto constant = dyn_cast<AffineConstantExpr>(step);
  return constant && constant.getValue() == 1;
}

/// Whether each operand that has the vectorized dimension is contiguous in it.
LogicalResult Tiler::checkOperands(linalg::GenericOp from, unsigned vectorDim) {
  for (OpOperand &operand : from->getOpOperands()) {
    auto type = dyn_cast<MemRefType>(operand.get().getType());
    AffineMap map = from.getMatchingIndexingMap(&operand);
    // Behind the vectorized dimension there are only groups.
    if (from == op && spec.groupDim && map.isFunctionOfDim(*spec.groupDim)) {
      ArrayRef<AffineExpr> results = map.getResults().drop_back();
      if (type && type.isLastDimUnitStride() && !results.empty() &&
          (results.back() == b.getAffineDimExpr(vectorDim) ||
           !map.isFunctionOfDim(vectorDim)))
        continue;
    }
    for (AffineExpr expr : map.getResults())
      if (expr.isFunctionOfDim(vectorDim) &&
          (!type || (!countUnitsBehind(operand.get(), map, vectorDim) &&
                     (expr != map.getResults().back() ||
                      !hasUnitStep(expr, vectorDim, map.getNumDims()) ||
                      !type.isLastDimUnitStride()))))
        return refuse(why, from, "operand ", operand.getOperandNumber(),
                      " is not contiguous in the vectorized dimension ",
                      vectorDim, "; pack it");
  }
  return success();
}

LogicalResult Tiler::checkBody(linalg::GenericOp from) {
  for (Operation &scalar : from.getBody()->without_terminator()) {
    bool constant = isa<arith::ConstantOp>(scalar);
    if (!constant && !OpTrait::hasElementwiseMappableTraits(&scalar))
      return refuse(why, from, "its body has '",
                    scalar.getName().getStringRef(),
                    "', which has no form on vectors");
  }
  for (Type type : from.getBody()->getArgumentTypes())
    if (!type.isIntOrFloat())
      return refuse(why, from, "expects integers or floats");
  return success();
}

LogicalResult Tiler::checkFused(linalg::GenericOp fused) {
  scf::IfOp guard = guardOf(fused);
  Operation *sibling = guard ? guard.getOperation() : fused.getOperation();
  if (sibling->getBlock() != op->getBlock() ||
      fused.getDpsInitOperand(0)->get() != op.getDpsInitOperand(0)->get())
    return refuse(why, fused, "expects an op fused into the same tile");
  AffineMap outMap = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  AffineMap own = fused.getMatchingIndexingMap(fused.getDpsInitOperand(0));
  // Sums of lanes are fused into element by element.
  if (std::optional<unsigned> at =
          outMap.getResultPosition(b.getAffineDimExpr(spec.dims.back().dim))) {
    unsigned vectorDim = cast<AffineDimExpr>(own.getResult(*at)).getPosition();
    if (failed(checkOperands(fused, vectorDim)))
      return failure();
  }
  return checkBody(fused);
}

LogicalResult Tiler::classify(const RegisterDim &dim) {
  // The loop over partial sums has their rest behind it.
  if (dim.dim == findPartialDim(op, spec)) {
    classes.emplace_back().push_back({dim.size, dim.size});
    return success();
  }
  SmallVector<int64_t> found = possibleExtents(extents[dim.dim]);
  auto &out = classes.emplace_back();
  SmallVector<int64_t> rests;
  bool full = found.empty();
  for (int64_t extent : found) {
    if (extent > dim.size)
      return refuse(why, op, "dimension ", dim.dim, " has extent ", extent,
                    " here, more than its size ", dim.size,
                    " in the register tile");
    full |= extent == dim.size;
    if (extent < dim.size)
      rests.push_back(extent);
  }
  bool known = !found.empty();
  if (full)
    out.push_back({dim.size, dim.size});
  if (known && rests.empty())
    return success();
  Edge edge = dim.edge;
  if (edge == Edge::Auto)
    edge = known && rests.size() == 1 ? Edge::Narrow : Edge::Mask;
  if (!known && (edge == Edge::Narrow || edge == Edge::Exact))
    return refuse(why, op, "the remainders of dimension ", dim.dim,
                  " are not known, which edge '", edgeName(edge), "' needs");
  switch (edge) {
  case Edge::Exact:
    return refuse(why, op, "dimension ", dim.dim, " leaves a remainder of ",
                  rests.front(), " at size ", dim.size,
                  ", but its edge is 'exact'");
  case Edge::Narrow:
    for (int64_t rest : rests)
      out.push_back(
          {rest, rest - (rest > 1 && isMutated(Mutation::NarrowRest))});
    break;
  case Edge::Peel:
    out.push_back({std::nullopt, dim.size, /*pad=*/false, /*peel=*/true});
    break;
  default: {
    std::optional<int64_t> only;
    if (known && rests.size() == 1)
      only = rests.front();
    if (isMutated(Mutation::EdgeIsFull))
      only = dim.size;
    out.push_back({only, dim.size, /*pad=*/edge == Edge::Pad});
  }
  }
  return success();
}

LogicalResult Tiler::check() {
  if (failed(checkDims()) || failed(checkOperands(op, spec.dims.back().dim)) ||
      failed(checkBody(op)))
    return failure();
  if (spec.lateInit) {
    // Adding the output last is only right for a body that adds to it.
    Operation *add =
        op.getBody()->getTerminator()->getOperand(0).getDefiningOp();
    if (!isa_and_nonnull<arith::AddFOp, arith::AddIOp>(add) ||
        !llvm::is_contained(add->getOperands(), op.getRegionOutputArgs()[0]) ||
        !op.getRegionOutputArgs()[0].hasOneUse())
      return refuse(why, op,
                    "'late_init' expects a body that adds to its "
                    "output");
  }
  if (spec.prefetchSteps < 0 || spec.prefetchTiles < 0)
    return refuse(why, op, "expects prefetch distances >= 0, but got ",
                  spec.prefetchSteps, " steps and ", spec.prefetchTiles,
                  " tiles");
  if ((spec.prefetchSteps || spec.prefetchTiles) &&
      llvm::none_of(op.getDpsInputOperands(), [&](OpOperand *operand) {
        return isStreamed(op, *operand, spec);
      }))
    return refuse(why, op,
                  "there is nothing to prefetch: no unpacked input "
                  "is read in vectors along the loop");
  for (const RegisterDim &dim : spec.dims)
    if (failed(classify(dim)))
      return failure();
  if (spec.init && failed(checkFused(spec.init)))
    return failure();
  for (linalg::GenericOp epilogue : spec.epilogues)
    if (failed(checkFused(epilogue)))
      return failure();
  // A packed panel is read as a whole: it must hold the tile.
  for (OpOperand *operand : op.getDpsInputOperands())
    if (memref::SubViewOp view = getPanelView(operand->get())) {
      AffineMap map = op.getMatchingIndexingMap(operand);
      bool grouped = spec.groupDim.has_value();
      unsigned packed =
          cast<AffineDimExpr>(map.getResults().drop_back(grouped).back())
              .getPosition();
      int64_t panel = view.getSourceType().getShape().drop_back(grouped).back();
      for (const RegisterDim &dim : spec.dims)
        if (dim.dim == packed && dim.size > panel)
          return refuse(why, op, "the register tile takes ", dim.size,
                        " elements of dimension ", packed, ", but operand ",
                        operand->getOperandNumber(), " is packed by ", panel);
    }
  return success();
}

//===----------------------------------------------------------------------===//
// Versions
//===----------------------------------------------------------------------===//

void Tiler::dispatch(unsigned depth, SmallVector<VersionDim> version, bool pad,
                     bool peel) {
  if (peel)
    return emitPeeled();
  if (depth == spec.dims.size()) {
    ++result.versions;
    if (pad)
      return emitPadded(version);
    TileEmitter(b, op, spec, extents, version, /*outputBuffer=*/nullptr,
                result.loops)
        .emit(columnSums);
    return;
  }
  unsigned dim = spec.dims[depth].dim;
  Location loc = op.getLoc();
  OpBuilder::InsertionGuard restore(b);
  for (auto [i, one] : llvm::enumerate(classes[depth])) {
    SmallVector<VersionDim> next = version;
    OpFoldResult extent = extents[dim];
    if (one.value)
      extent = b.getIndexAttr(*one.value);
    next.push_back({dim, one.covered, extent});
    bool isLast = i + 1 == classes[depth].size();
    if (isLast)
      return dispatch(depth + 1, next, pad || one.pad, one.peel);
    Value is = arith::CmpIOp::create(
        b, loc, arith::CmpIPredicate::eq,
        getValueOrCreateConstantIndexOp(b, loc, extents[dim]),
        indexConstant(b, loc, *one.value));
    auto branch = scf::IfOp::create(b, loc, is, /*withElseRegion=*/true);
    b.setInsertionPointToStart(branch.thenBlock());
    dispatch(depth + 1, next, pad || one.pad, one.peel);
    b.setInsertionPointToStart(branch.elseBlock());
  }
}

/// The op as it is, with what is fused into it: plain loops later.
void Tiler::emitPeeled() {
  auto copy = [&](linalg::GenericOp fused) {
    OpBuilder::InsertionGuard restore(b);
    Operation *what =
        guardOf(fused) ? guardOf(fused).getOperation() : fused.getOperation();
    b.clone(*what)->walk([](Operation *op) { op->removeAttr(kOpName); });
  };
  if (spec.init)
    copy(spec.init);
  b.clone(*op)->removeAttr(kOpName);
  // One guard holds several epilogues.
  llvm::SmallPtrSet<Operation *, 4> guards;
  for (linalg::GenericOp epilogue : spec.epilogues)
    if (!guardOf(epilogue) || guards.insert(guardOf(epilogue)).second)
      copy(epilogue);
}

/// A version whose output is a full-size tile buffer, copied from and to the
/// part of the output that exists.
void Tiler::emitPadded(ArrayRef<VersionDim> version) {
  Location loc = op.getLoc();
  OpOperand *out = op.getDpsInitOperand(0);
  AffineMap outMap = op.getMatchingIndexingMap(out);
  auto type = cast<MemRefType>(out->get().getType());
  if (!edgeBuffer) {
    SmallVector<int64_t> shape;
    for (AffineExpr expr : outMap.getResults()) {
      int64_t size = 1;
      for (const RegisterDim &dim : spec.dims)
        if (expr.isFunctionOfDim(dim.dim))
          size = dim.size;
      shape.push_back(size);
    }
    OpBuilder::InsertionGuard restore(b);
    b.setInsertionPointToStart(
        &op->getParentOfType<func::FuncOp>().getBody().front());
    auto buffer = memref::AllocOp::create(
        b, loc, MemRefType::get(shape, type.getElementType()),
        b.getI64IntegerAttr(64));
    auto name = op->getAttrOfType<StringAttr>(kOpName);
    buffer->setAttr(
        kBufferName,
        b.getStringAttr((name ? name.getValue() : "op").str() + ".edge"));
    edgeBuffer = buffer;
  }
  SmallVector<OpFoldResult> sizes = memref::getMixedSizes(b, loc, out->get());
  SmallVector<OpFoldResult> zeros(sizes.size(), b.getIndexAttr(0)),
      ones(sizes.size(), b.getIndexAttr(1));
  Value part =
      memref::SubViewOp::create(b, loc, edgeBuffer, zeros, sizes, ones);
  if (!isMutated(Mutation::PadNotRead))
    linalg::CopyOp::create(b, loc, out->get(), part);
  TileEmitter(b, op, spec, extents, version, edgeBuffer, result.loops)
      .emit(columnSums);
  if (!isMutated(Mutation::PadNotWritten))
    linalg::CopyOp::create(b, loc, part, out->get());
}

/// Whether something in `loop` may write to the buffer that `view` is of.
static bool isWrittenIn(scf::ForOp loop, memref::SubViewOp view) {
  SmallVector<Value> parts{view.getSource()};
  while (!parts.empty()) {
    Value part = parts.pop_back_val();
    for (Operation *user : part.getUsers()) {
      if (isa<ViewLikeOpInterface>(user))
        parts.push_back(user->getResult(0));
      else if (loop->isProperAncestor(user) &&
               (!isa<MemoryEffectOpInterface>(user) ||
                hasEffect<MemoryEffects::Write>(user, part)))
        return true;
    }
  }
  return false;
}

/// The sums of the columns that an offset adds, before the loops around the
/// tile that read the same panel again.
void Tiler::emitColumnSums() {
  SmallVector<VersionDim> full;
  for (const RegisterDim &dim : spec.dims)
    full.push_back({dim.dim, dim.size, b.getIndexAttr(dim.size)});
  SmallVector<scf::ForOp> loops;
  columnSums = TileEmitter(b, op, spec, extents, full,
                           /*outputBuffer=*/nullptr, loops)
                   .emitColumnSums();
  if (loops.empty())
    return;
  Operation *sums = loops.front();
  memref::SubViewOp panel;
  for (OpOperand *operand : op.getDpsInputOperands())
    if (op.getMatchingIndexingMap(operand).isFunctionOfDim(
            spec.dims.back().dim))
      panel = getPanelView(operand->get());
  for (auto around = dyn_cast<scf::ForOp>(sums->getParentOp());
       around && !isWrittenIn(around, panel);
       around = dyn_cast<scf::ForOp>(sums->getParentOp())) {
    moveLoopInvariantCode(
        {&around.getRegion()},
        [&](Value value, Region *) {
          return around.isDefinedOutsideOfLoop(value);
        },
        [&](Operation *one, Region *) {
          return one == sums ||
                 (isMemoryEffectFree(one) && isSpeculatable(one));
        },
        [&](Operation *one, Region *) { b.moveOpBefore(one, around); });
    if (around->isProperAncestor(sums))
      return;
  }
}

RegisterTile Tiler::rewrite() {
  OpBuilder::InsertionGuard restore(b);
  b.setInsertionPoint(op);
  if (spec.offset)
    emitColumnSums();
  dispatch(0, {}, /*pad=*/false, /*peel=*/false);
  b.eraseOp(op);
  SmallVector<linalg::GenericOp> fused(spec.epilogues);
  if (spec.init)
    fused.push_back(spec.init);
  for (linalg::GenericOp one : fused) {
    scf::IfOp guard = guardOf(one);
    b.eraseOp(one);
    if (guard && guard.thenBlock()->without_terminator().empty())
      b.eraseOp(guard);
  }
  return std::move(result);
}

FailureOr<RegisterTile> registerTile(RewriterBase &rewriter,
                                     linalg::GenericOp op,
                                     const RegisterTileSpec &spec,
                                     Refusal &why) {
  Tiler tiler(rewriter, op, spec, why);
  if (failed(tiler.check()))
    return failure();
  return tiler.rewrite();
}

} // namespace tensorop
