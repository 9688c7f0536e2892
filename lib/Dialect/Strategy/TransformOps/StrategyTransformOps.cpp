//===- StrategyTransformOps.cpp - transform.strategy.* ops ----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Thin wrappers of the functions in Realise: they find the payload, build the
// spec and turn a refusal into a silenceable error with the reason.
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Dialect/Strategy/TransformOps/StrategyTransformOps.h"
#include "TensorOp/Realise/Realise.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace tensorop;
using namespace tensorop::strategy;

//===----------------------------------------------------------------------===//
// Custom syntax
//===----------------------------------------------------------------------===//

/// A plain integer attribute, printed without its type.
static ParseResult parseInt(OpAsmParser &parser, IntegerAttr &attr) {
  int64_t value;
  if (parser.parseInteger(value))
    return failure();
  attr = parser.getBuilder().getI64IntegerAttr(value);
  return success();
}
static void printInt(OpAsmPrinter &printer, Operation *, IntegerAttr attr) {
  printer << attr.getInt();
}
static ParseResult parseKeyword(OpAsmParser &parser, StringAttr &attr) {
  StringRef keyword;
  if (parser.parseKeyword(&keyword))
    return failure();
  attr = parser.getBuilder().getStringAttr(keyword);
  return success();
}
static void printKeyword(OpAsmPrinter &printer, Operation *, StringAttr attr) {
  printer << attr.getValue();
}

#define GET_OP_CLASSES
#include "TensorOp/Dialect/Strategy/TransformOps/StrategyTransformOps.cpp.inc"

using namespace tensorop::strategy::transform_ops;
using Effects = SmallVectorImpl<MemoryEffects::EffectInstance>;

//===----------------------------------------------------------------------===//
// Helpers
//===----------------------------------------------------------------------===//

static StringRef kindOf(linalg::LinalgOp *) { return "a structured op"; }
static StringRef kindOf(linalg::GenericOp *) { return "a linalg.generic"; }
static StringRef kindOf(scf::ForOp *) { return "an scf.for"; }
static StringRef kindOf(memref::AllocOp *) { return "a memref.alloc"; }

/// The one payload op of `handle`, as an `OpTy`.
template <typename OpTy, typename TransformOp>
static DiagnosedSilenceableFailure single(TransformOp op,
                                          transform::TransformState &state,
                                          Value handle, OpTy &result) {
  auto payload = llvm::to_vector(state.getPayloadOps(handle));
  if (payload.size() != 1)
    return op.emitSilenceableError()
           << "expects one payload op, but the handle has "
           << int64_t(payload.size());
  result = dyn_cast<OpTy>(payload.front());
  if (!result) {
    auto diag = op.emitSilenceableError()
                << "expects " << kindOf(static_cast<OpTy *>(nullptr))
                << ", but the payload op is '" << payload.front()->getName()
                << "'";
    diag.attachNote(payload.front()->getLoc()) << "this is the payload op";
    return diag;
  }
  return DiagnosedSilenceableFailure::success();
}

/// A silenceable error with the reason, and a note at the payload op.
template <typename TransformOp>
static DiagnosedSilenceableFailure refuse(TransformOp op, const Refusal &why) {
  auto diag = op.emitSilenceableError() << why.reason;
  if (why.at)
    diag.attachNote(why.at->getLoc()) << "this is the payload op";
  return diag;
}

static SmallVector<BandLoop> bandLoops(ArrayAttr names, ArrayRef<int64_t> dims,
                                       ArrayRef<int64_t> sizes) {
  SmallVector<BandLoop> loops;
  for (auto [name, dim, size] :
       llvm::zip(names.getAsValueRange<StringAttr>(), dims, sizes))
    loops.push_back({name.str(), unsigned(dim), size});
  return loops;
}

/// Names, dimensions and sizes of loops: as many of each, sizes positive.
static LogicalResult verifyLoops(Operation *op, ArrayAttr names,
                                 ArrayRef<int64_t> dims,
                                 ArrayRef<int64_t> sizes) {
  if (names.size() != dims.size() || names.size() != sizes.size())
    return op->emitOpError("expects as many loops as dims and sizes, but got ")
           << int64_t(names.size()) << ", " << int64_t(dims.size()) << " and "
           << int64_t(sizes.size());
  for (int64_t i = 0, e = dims.size(); i < e; ++i) {
    if (dims[i] < 0)
      return op->emitOpError("expects dims >= 0, but dim #")
             << i << " is " << dims[i];
    if (sizes[i] < 1)
      return op->emitOpError("expects sizes >= 1, but size #")
             << i << " is " << sizes[i];
  }
  return success();
}

//===----------------------------------------------------------------------===//
// find
//===----------------------------------------------------------------------===//

LogicalResult FindOp::verify() {
  if (getKind() != "op" && getKind() != "loop" && getKind() != "buffer" &&
      getKind() != "kernel")
    return emitOpError(
               "expects kind 'op', 'loop', 'buffer' or 'kernel', but got '")
           << getKind() << "'";
  if (int64_t count = getCount(); count < 0)
    return emitOpError("expects a count >= 0, but got ") << count;
  return success();
}

DiagnosedSilenceableFailure FindOp::apply(transform::TransformRewriter &,
                                          transform::TransformResults &results,
                                          transform::TransformState &state) {
  StringRef attribute = getKind() == "op"     ? kOpName
                        : getKind() == "loop" ? kLoopName
                        : getKind() == "buffer"
                            ? kBufferName
                            : SymbolTable::getSymbolAttrName();
  bool isKernel = getKind() == "kernel";
  SmallVector<Operation *> found;
  for (Operation *root : state.getPayloadOps(getRoot()))
    root->walk([&](Operation *op) {
      auto name = op->getAttrOfType<StringAttr>(attribute);
      if (name && name.getValue() == getName() &&
          (!isKernel || isa<FunctionOpInterface>(op)))
        found.push_back(op);
    });
  int64_t count = getCount();
  if (int64_t(found.size()) != count)
    return emitSilenceableError()
           << "expects " << count << " of " << getKind() << " '" << getName()
           << "', but found " << int64_t(found.size());
  results.set(cast<OpResult>(getFound()), found);
  return DiagnosedSilenceableFailure::success();
}

void FindOp::getEffects(Effects &effects) {
  transform::onlyReadsHandle(getRootMutable(), effects);
  transform::producesHandle(getOperation()->getOpResults(), effects);
  transform::onlyReadsPayload(effects);
}

//===----------------------------------------------------------------------===//
// tile_band
//===----------------------------------------------------------------------===//

LogicalResult TileBandOp::verify() {
  if (getMade().size() != getLoops().size())
    return emitOpError("expects one result per loop, but got ")
           << int64_t(getMade().size()) << " for "
           << int64_t(getLoops().size());
  return verifyLoops(*this, getLoops(), getDims(), getSizes());
}

DiagnosedSilenceableFailure
TileBandOp::apply(transform::TransformRewriter &rewriter,
                  transform::TransformResults &results,
                  transform::TransformState &state) {
  linalg::LinalgOp target;
  if (auto diag = single(*this, state, getTarget(), target); !diag.succeeded())
    return diag;
  Refusal why;
  auto band = tileBand(rewriter, target,
                       bandLoops(getLoops(), getDims(), getSizes()), why);
  if (failed(band))
    return refuse(*this, why);
  results.set(cast<OpResult>(getTiled()), {band->op.getOperation()});
  for (auto [result, loop] : llvm::zip(getMade(), band->loops))
    results.set(cast<OpResult>(result), {loop.getOperation()});
  return DiagnosedSilenceableFailure::success();
}

void TileBandOp::getEffects(Effects &effects) {
  transform::consumesHandle(getTargetMutable(), effects);
  transform::producesHandle(getOperation()->getOpResults(), effects);
  transform::modifiesPayload(effects);
}

//===----------------------------------------------------------------------===//
// pack_operand
//===----------------------------------------------------------------------===//

LogicalResult PackOperandOp::verify() {
  int64_t operand = getOperand(), dim = getDim(), size = getSize(),
          lanes = getLanes();
  if (operand < 0 || dim < 0)
    return emitOpError("expects an operand and a dimension >= 0, but got ")
           << operand << " and " << dim;
  if (size < 1 || lanes < 1)
    return emitOpError("expects a size and lanes >= 1, but got ")
           << size << " and " << lanes;
  if (getAtLoad() && (getPlace() || getProducer()))
    return emitOpError("at_load is a place of its own, before anything is "
                       "computed: it takes no other place and no producer");
  if (getGroupDim().has_value() != getGroup().has_value())
    return emitOpError("expects group_dim and group together");
  if (getGroup() && int64_t(*getGroup()) < 1)
    return emitOpError("expects a group >= 1, but got ")
           << int64_t(*getGroup());
  if (int64_t(getStrided().value_or(0)) < 0)
    return emitOpError("expects strided >= 0, but got ")
           << int64_t(*getStrided());
  for (int64_t extent : getExtents())
    if (extent < 0)
      return emitOpError("expects extents >= 0, but got ") << extent;
  return success();
}

DiagnosedSilenceableFailure
PackOperandOp::apply(transform::TransformRewriter &rewriter,
                     transform::TransformResults &results,
                     transform::TransformState &state) {
  linalg::GenericOp target;
  scf::ForOp place;
  if (auto diag = single(*this, state, getTarget(), target); !diag.succeeded())
    return diag;
  if (getPlace())
    if (auto diag = single(*this, state, getPlace(), place); !diag.succeeded())
      return diag;
  PackSpec spec{unsigned(getOperand()), unsigned(getDim()),
                int64_t(getSize()),     llvm::to_vector(getExtents()),
                getName().str(),        int64_t(getLanes())};
  if (getGroupDim())
    spec.groupDim = unsigned(*getGroupDim());
  spec.group = getGroup().value_or(1);
  spec.element = getElement().value_or(nullptr);
  spec.flipSign = getFlipSign();
  spec.shared = getShared();
  spec.atLoad = getAtLoad();
  spec.strided = getStrided().value_or(0);
  if (getProducer())
    if (auto diag = single(*this, state, getProducer(), spec.producer);
        !diag.succeeded())
      return diag;
  Refusal why;
  auto buffer = packOperand(rewriter, target, place, spec, why);
  if (failed(buffer))
    return refuse(*this, why);
  results.set(cast<OpResult>(getBuffer()), {buffer->getOperation()});
  return DiagnosedSilenceableFailure::success();
}

void PackOperandOp::getEffects(Effects &effects) {
  transform::onlyReadsHandle(getTargetMutable(), effects);
  transform::onlyReadsHandle(getPlaceMutable(), effects);
  transform::consumesHandle(getProducerMutable(), effects);
  transform::producesHandle(getOperation()->getOpResults(), effects);
  transform::modifiesPayload(effects);
}

//===----------------------------------------------------------------------===//
// fuse_init, fuse_epilogue
//===----------------------------------------------------------------------===//

template <typename TransformOp, typename Function>
static DiagnosedSilenceableFailure
applyFusion(TransformOp op, transform::TransformRewriter &rewriter,
            transform::TransformResults &results,
            transform::TransformState &state, Value into, Function fuse) {
  linalg::LinalgOp target;
  linalg::GenericOp host;
  if (auto diag = single(op, state, op.getTarget(), target); !diag.succeeded())
    return diag;
  if (auto diag = single(op, state, into, host); !diag.succeeded())
    return diag;
  Refusal why;
  FailureOr<linalg::GenericOp> fused = fuse(rewriter, target, host, why);
  if (failed(fused))
    return refuse(op, why);
  results.set(cast<OpResult>(op.getFused()), {fused->getOperation()});
  return DiagnosedSilenceableFailure::success();
}

DiagnosedSilenceableFailure
FuseInitOp::apply(transform::TransformRewriter &rewriter,
                  transform::TransformResults &results,
                  transform::TransformState &state) {
  return applyFusion(*this, rewriter, results, state, getConsumer(), fuseInit);
}

void FuseInitOp::getEffects(Effects &effects) {
  transform::consumesHandle(getTargetMutable(), effects);
  transform::onlyReadsHandle(getConsumerMutable(), effects);
  transform::producesHandle(getOperation()->getOpResults(), effects);
  transform::modifiesPayload(effects);
}

DiagnosedSilenceableFailure
FuseEpilogueOp::apply(transform::TransformRewriter &rewriter,
                      transform::TransformResults &results,
                      transform::TransformState &state) {
  return applyFusion(*this, rewriter, results, state, getProducer(),
                     fuseEpilogue);
}

void FuseEpilogueOp::getEffects(Effects &effects) {
  transform::consumesHandle(getTargetMutable(), effects);
  transform::onlyReadsHandle(getProducerMutable(), effects);
  transform::producesHandle(getOperation()->getOpResults(), effects);
  transform::modifiesPayload(effects);
}

//===----------------------------------------------------------------------===//
// register_tile
//===----------------------------------------------------------------------===//

LogicalResult RegisterTileOp::verify() {
  if (getDims().empty() || getDims().size() != getSizes().size() ||
      getDims().size() != getEdges().size())
    return emitOpError("expects as many dims as sizes and edges, and at least "
                       "one, but got ")
           << int64_t(getDims().size()) << ", " << int64_t(getSizes().size())
           << " and " << int64_t(getEdges().size());
  for (int64_t i = 0, e = getSizes().size(); i < e; ++i)
    if (int64_t size = getSizes()[i]; size < 1 || getDims()[i] < 0)
      return emitOpError("expects dims >= 0 and sizes >= 1, but #")
             << i << " is " << getDims()[i] << " by " << size;
  for (StringRef edge : getEdges().getAsValueRange<StringAttr>())
    if (!parseEdge(edge))
      return emitOpError("expects edges auto, mask, pad, peel, narrow or "
                         "exact, but got '")
             << edge << "'";
  if (int64_t lanes = getLanes(); lanes < 1)
    return emitOpError("expects lanes >= 1, but got ") << lanes;
  return verifyLoops(*this, getLoops(), getLoopDims(), getLoopSizes());
}

DiagnosedSilenceableFailure
RegisterTileOp::apply(transform::TransformRewriter &rewriter,
                      transform::TransformResults &results,
                      transform::TransformState &state) {
  linalg::GenericOp target;
  if (auto diag = single(*this, state, getTarget(), target); !diag.succeeded())
    return diag;
  RegisterTileSpec spec;
  for (auto [dim, size, edge] : llvm::zip(
           getDims(), getSizes(), getEdges().getAsValueRange<StringAttr>()))
    spec.dims.push_back({unsigned(dim), size, *parseEdge(edge)});
  spec.lanes = getLanes();
  spec.inner = bandLoops(getLoops(), getLoopDims(), getLoopSizes());
  spec.lateInit = getLateInit();
  spec.contract = getContract();
  spec.scalarsInLanes = getScalarsInLanes();
  spec.lanesOfSteps = getLanesOfSteps();
  spec.scalarOperands = getScalarOperands();
  spec.vectorsPass = getVectorsPass();
  spec.prefetchOutput = getPrefetchOutput();
  spec.prefetchPanels = getPrefetchPanels();
  spec.prefetchSteps = getPrefetchSteps().value_or(0);
  spec.prefetchTiles = getPrefetchTiles().value_or(0);
  if (getGroupDim())
    spec.groupDim = unsigned(*getGroupDim());
  spec.dot = getDot().value_or("").str();
  spec.offset = getOffset();
  if (getInit())
    if (auto diag = single(*this, state, getInit(), spec.init);
        !diag.succeeded())
      return diag;
  for (Value handle : getEpilogue())
    if (auto diag = single(*this, state, handle, spec.epilogues.emplace_back());
        !diag.succeeded())
      return diag;
  Refusal why;
  auto tile = registerTile(rewriter, target, spec, why);
  if (failed(tile))
    return refuse(*this, why);
  SmallVector<Operation *> ops(tile->loops.begin(), tile->loops.end());
  results.set(cast<OpResult>(getInner()), ops);
  return DiagnosedSilenceableFailure::success();
}

void RegisterTileOp::getEffects(Effects &effects) {
  transform::consumesHandle(getTargetMutable(), effects);
  transform::consumesHandle(getInitMutable(), effects);
  transform::consumesHandle(getEpilogueMutable(), effects);
  transform::producesHandle(getOperation()->getOpResults(), effects);
  transform::modifiesPayload(effects);
}

//===----------------------------------------------------------------------===//
// unroll
//===----------------------------------------------------------------------===//

LogicalResult UnrollOp::verify() {
  if (int64_t factor = getFactor(); factor < 1)
    return emitOpError("expects a factor >= 1, but got ") << factor;
  return success();
}

DiagnosedSilenceableFailure UnrollOp::apply(transform::TransformRewriter &,
                                            transform::TransformResults &,
                                            transform::TransformState &state) {
  for (Operation *op : llvm::to_vector(state.getPayloadOps(getTarget()))) {
    Refusal why;
    auto loop = dyn_cast<scf::ForOp>(op);
    if (!loop)
      why = {"expects an scf.for, but the payload op is '" +
                 op->getName().getStringRef().str() + "'",
             op};
    if (!loop || failed(unrollLoop(loop, getFactor(), why)))
      return refuse(*this, why);
  }
  return DiagnosedSilenceableFailure::success();
}

void UnrollOp::getEffects(Effects &effects) {
  transform::consumesHandle(getTargetMutable(), effects);
  transform::modifiesPayload(effects);
}

//===----------------------------------------------------------------------===//
// parallelize
//===----------------------------------------------------------------------===//

LogicalResult ParallelizeOp::verify() {
  if (getBand().empty())
    return emitOpError("expects at least one loop");
  if (int64_t threads = getThreads(); threads < 2)
    return emitOpError("expects at least 2 threads, but got ") << threads;
  if (getSchedule() != "static" && getSchedule() != "dynamic")
    return emitOpError("expects schedule static or dynamic, but got '")
           << getSchedule() << "'";
  return success();
}

DiagnosedSilenceableFailure
ParallelizeOp::apply(transform::TransformRewriter &rewriter,
                     transform::TransformResults &,
                     transform::TransformState &state) {
  TeamSpec spec;
  spec.threads = getThreads();
  spec.dynamic = getSchedule() == "dynamic";
  for (Value handle : getBand())
    if (auto diag = single(*this, state, handle, spec.band.emplace_back());
        !diag.succeeded())
      return diag;
  for (Value handle : getPrivates())
    if (auto diag = single(*this, state, handle, spec.privates.emplace_back());
        !diag.succeeded())
      return diag;
  Refusal why;
  if (failed(runOnTeam(rewriter, spec, why)))
    return refuse(*this, why);
  return DiagnosedSilenceableFailure::success();
}

void ParallelizeOp::getEffects(Effects &effects) {
  // Nested loops: consuming the first would invalidate the handles of the
  // others before they are read.
  transform::onlyReadsHandle(getBandMutable(), effects);
  transform::consumesHandle(getPrivatesMutable(), effects);
  transform::modifiesPayload(effects);
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

namespace {
class StrategyTransformExtension
    : public transform::TransformDialectExtension<StrategyTransformExtension> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(StrategyTransformExtension)
  using Base::Base;
  void init() {
    declareGeneratedDialect<affine::AffineDialect>();
    declareGeneratedDialect<arith::ArithDialect>();
    declareGeneratedDialect<memref::MemRefDialect>();
    declareGeneratedDialect<omp::OpenMPDialect>();
    declareGeneratedDialect<scf::SCFDialect>();
    declareGeneratedDialect<vector::VectorDialect>();
    registerTransformOps<
#define GET_OP_LIST
#include "TensorOp/Dialect/Strategy/TransformOps/StrategyTransformOps.cpp.inc"
        >();
  }
};
} // namespace

void tensorop::strategy::registerTransformDialectExtension(
    DialectRegistry &registry) {
  registry.addExtensions<StrategyTransformExtension>();
}
