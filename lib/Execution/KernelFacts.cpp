//===- KernelFacts.cpp - What the manifest says about a kernel ------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelFacts.h"
#include "Names.h"
#include "TensorOp/Normalize/Cluster.h"
#include "TensorOp/Support/Attributes.h"
#include "TensorOp/Support/Check.h"
#include "mlir/Analysis/FlatLinearValueConstraints.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace tensorop;

static runtime::ElementType getElementType(Type type) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  type.print(stream);
  std::optional<runtime::ElementType> element = runtime::parseElementType(text);
  TENSOROP_CHECK(element, "element types were checked by normalization");
  return *element;
}

static LogicalResult collectArguments(func::FuncOp func,
                                      runtime::Manifest &manifest) {
  llvm::StringSet<> names;
  unsigned ins = 0, outs = 0;
  unsigned outCount = 0;
  for (BlockArgument arg : func.getArguments())
    outCount +=
        func.getArgAttrOfType<StringAttr>(arg.getArgNumber(), roleAttrName)
            .getValue() == "out";
  for (BlockArgument arg : func.getArguments()) {
    unsigned number = arg.getArgNumber();
    runtime::Argument argument;
    StringRef role =
        func.getArgAttrOfType<StringAttr>(number, roleAttrName).getValue();
    argument.role = role == "in"    ? runtime::Role::In
                    : role == "out" ? runtime::Role::Out
                                    : runtime::Role::InOut;
    auto type = cast<RankedTensorType>(arg.getType());
    argument.type = getElementType(type.getElementType());
    argument.shape.assign(type.getShape().begin(), type.getShape().end());
    argument.alignment = runtime::getByteSize(argument.type);
    if (auto generator =
            func.getArgAttrOfType<StringAttr>(number, generatorAttrName))
      argument.generator = generator.getValue().str();
    if (auto name = func.getArgAttrOfType<StringAttr>(number, nameAttrName)) {
      argument.name = name.getValue().str();
      if (const char *why = whyNotParameterName(argument.name))
        return func.emitError()
               << "argument #" << number << " of '" << func.getName()
               << "' has the name '" << argument.name << "', which " << why;
    } else if (role == "out") {
      argument.name = outCount == 1 ? "out" : "out" + std::to_string(outs);
    } else {
      argument.name = "arg" + std::to_string(ins);
    }
    (role == "out" ? outs : ins)++;
    if (!names.insert(argument.name).second)
      return func.emitError() << "two arguments of '" << func.getName()
                              << "' are named '" << argument.name << "'";
    // Arrays have at most maxArrayBytes; only many of them exceed 64 bits.
    int64_t bytes = runtime::getByteSize(argument.type) * type.getNumElements();
    if (argument.role == runtime::Role::InOut)
      bytes *= 2;
    // untested: needs 2^17 arguments of that size
    if (llvm::AddOverflow(manifest.bytes, bytes, manifest.bytes))
      return func.emitError() << "the arguments of '" << func.getName()
                              << "' have more than 2^63 bytes in all";
    manifest.arguments.push_back(std::move(argument));
  }
  return success();
}

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

/// How often `op` runs in one call of `func`; none when a loop or branch around
/// it leaves that open.
static std::optional<int64_t> countRuns(Operation *op, func::FuncOp func) {
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

/// Operations of one structured op; none beyond 64 bits.
static std::optional<int64_t> countFlops(linalg::LinalgOp op) {
  int64_t count = countOperations(op);
  for (int64_t extent : op.getStaticLoopRanges())
    if (llvm::MulOverflow(count, extent, count))
      return std::nullopt;
  return count;
}

/// Adds up the operations below `func` and the kernels it calls, those in loops
/// once per trip; none when the total is not known.
static std::optional<int64_t> countFlops(func::FuncOp func) {
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

namespace {
/// A kernel that does one contraction and nothing else.
struct PureContraction {
  linalg::LinalgOp op;
  /// The accumulator starts from the destination's old values, not from 0.
  bool accumulates;
};
} // namespace

static std::optional<PureContraction> findPureContraction(func::FuncOp func) {
  if (!func->hasAttr(kernelAttrName))
    return std::nullopt;
  linalg::LinalgOp contraction, fill;
  for (auto op : func.front().getOps<linalg::LinalgOp>()) {
    if (isContraction(op) && !contraction)
      contraction = op;
    else if (isa<linalg::FillOp>(op.getOperation()) && !fill)
      fill = op;
    else
      return std::nullopt;
  }
  if (!contraction ||
      !llvm::all_of(contraction.getDpsInputs(),
                    [](Value value) { return isa<BlockArgument>(value); }))
    return std::nullopt;
  Value init = contraction.getDpsInitOperand(0)->get();
  if (!fill) {
    // In place of an argument; anything else is computed by other ops.
    if (!isa<BlockArgument>(init))
      return std::nullopt;
    return PureContraction{contraction, true};
  }
  Value start = cast<linalg::FillOp>(fill.getOperation()).value();
  if (init != fill->getResult(0) ||
      !(matchPattern(start, m_AnyZeroFloat()) || matchPattern(start, m_Zero())))
    return std::nullopt;
  return PureContraction{contraction, false};
}

/// The steps of the loops in an operand of row-major `type`; empty when an
/// index is no sum of multiples of loops.
static SmallVector<int64_t> getSteps(AffineMap map, RankedTensorType type) {
  SmallVector<int64_t> steps(map.getNumDims(), 0);
  int64_t stride = 1;
  for (int64_t i = type.getRank(); i-- > 0; stride *= type.getDimSize(i)) {
    SmallVector<int64_t> flat;
    if (failed(getFlattenedAffineExpr(map.getResult(i), map.getNumDims(), 0,
                                      &flat)) ||
        flat.size() != map.getNumDims() + 1 || flat.back() != 0)
      return {};
    for (unsigned dim = 0; dim < map.getNumDims(); ++dim)
      steps[dim] += flat[dim] * stride;
  }
  return steps;
}

/// Whether a negative whole number may reach the product as another one.
static bool changesSign(linalg::LinalgOp op) {
  bool changes = false;
  op->walk([&](Operation *inner) {
    changes |= isa<arith::ExtUIOp, arith::UIToFPOp, arith::FPToUIOp>(inner);
  });
  for (OpOperand &operand : op->getOpOperands())
    changes |= getElementTypeOrSelf(operand.get().getType()).isInteger(1);
  return changes;
}

/// The loops of `pure` with their steps, when its result is the function's and
/// whole numbers of both signs keep their value on the way to the product.
static void describeLoops(func::FuncOp func, const PureContraction &pure,
                          runtime::Manifest &manifest) {
  linalg::LinalgOp op = pure.op;
  auto destination = dyn_cast<BlockArgument>(op.getDpsInitOperand(0)->get());
  unsigned result = pure.accumulates ? destination.getArgNumber()
                                     : func.getNumArguments() - 1;
  if (func.getArgument(result).getType() != op->getResult(0).getType() ||
      !llvm::all_of(op->getUsers(), [](Operation *user) {
        return isa<func::ReturnOp, bufferization::MaterializeInDestinationOp>(
            user);
      }))
    return;
  if (changesSign(op))
    return;
  SmallVector<SmallVector<int64_t>> steps;
  for (OpOperand &operand : op->getOpOperands())
    steps.push_back(getSteps(op.getMatchingIndexingMap(&operand),
                             cast<RankedTensorType>(operand.get().getType())));
  runtime::Contraction contraction;
  for (auto [dim, extent] : llvm::enumerate(op.getStaticLoopRanges())) {
    for (const SmallVector<int64_t> &one : steps)
      if (one.empty() || one[dim] < 0)
        return;
    contraction.loops.push_back(
        {extent, steps[0][dim], steps[1][dim], steps[2][dim]});
  }
  auto number = [&](unsigned input) {
    return cast<BlockArgument>(op.getDpsInputOperand(input)->get())
        .getArgNumber();
  };
  contraction.accumulate = pure.accumulates;
  contraction.a = number(0);
  contraction.b = number(1);
  contraction.c = result;
  manifest.contraction = std::move(contraction);
}

/// The bound of a sum of products of floats.
static void describeBound(const PureContraction &pure,
                          runtime::Manifest &manifest) {
  linalg::LinalgOp op = pure.op;
  Type type = getElementTypeOrSelf(op.getDpsInitOperand(0)->get().getType());
  if (!isa<FloatType>(type))
    return;
  int64_t k = 1;
  SmallVector<int64_t> extents = op.getStaticLoopRanges();
  for (auto [kind, extent] :
       llvm::zip_equal(op.getIteratorTypesArray(), extents))
    if (kind == utils::IteratorType::reduction)
      k *= extent;
  manifest.bound.kind = runtime::Bound::Kind::Contraction;
  manifest.bound.k = k + (pure.accumulates ? 1 : 0);
  manifest.bound.unit = getElementType(type);
}

/// The call of a library that does the same: two matrices of one type, whose
/// sums are formed in the result's type.
static void describeLibraryCall(func::FuncOp func, const PureContraction &pure,
                                runtime::Manifest &manifest) {
  linalg::LinalgOp op = pure.op;
  if (getClassName(op) != "mm" || changesSign(op))
    return;
  Type input = getElementTypeOrSelf(op.getDpsInputs()[0].getType());
  Type result = getElementTypeOrSelf(op.getDpsInitOperand(0)->get().getType());
  if (getElementTypeOrSelf(op.getDpsInputs()[1].getType()) != input ||
      isa<FloatType>(input) != isa<FloatType>(result))
    return;
  for (Operation &inner : op.getBlock()->without_terminator())
    if (isa<arith::AddFOp, arith::MulFOp, arith::AddIOp, arith::MulIOp>(
            inner) &&
        inner.getResult(0).getType() != result)
      return;
  SmallVector<int64_t> extents = op.getStaticLoopRanges();
  auto dims = linalg::inferContractionDims(op);
  if (failed(dims))
    return;
  unsigned m = dims->m[0], n = dims->n[0], kk = dims->k[0];
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  auto rows = [&](AffineMap map) { return map.getDimPosition(0); };
  if (maps[2].getNumResults() != 2 || rows(maps[2]) != m)
    return;
  // The operand with m is BLAS's A, in whatever order the op has them.
  unsigned left = maps[0].isFunctionOfDim(m) ? 0 : 1;
  runtime::GemmEquivalent gemm;
  gemm.m = extents[m];
  gemm.n = extents[n];
  gemm.k = extents[kk];
  gemm.type = getElementType(input);
  gemm.result = getElementType(result);
  gemm.transA = rows(maps[left]) != m;
  gemm.transB = rows(maps[1 - left]) != kk;
  gemm.accumulate = pure.accumulates;
  auto number = [](Value value) {
    return cast<BlockArgument>(value).getArgNumber();
  };
  gemm.a = number(op.getDpsInputOperand(left)->get());
  gemm.b = number(op.getDpsInputOperand(1 - left)->get());
  gemm.c = pure.accumulates ? number(op.getDpsInitOperand(0)->get())
                            : func.getNumArguments() - 1;
  manifest.gemm = gemm;
}

static void describeContraction(func::FuncOp func,
                                runtime::Manifest &manifest) {
  std::optional<PureContraction> pure = findPureContraction(func);
  if (!pure)
    return;
  describeLoops(func, *pure, manifest);
  describeBound(*pure, manifest);
  describeLibraryCall(func, *pure, manifest);
}

LogicalResult tensorop::collectFacts(func::FuncOp func,
                                     runtime::Manifest &manifest) {
  if (failed(collectArguments(func, manifest)))
    return failure();
  manifest.flops = countFlops(func).value_or(0);
  describeContraction(func, manifest);
  return success();
}
