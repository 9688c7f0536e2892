//===- KernelFacts.cpp - What the manifest says about a kernel ------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelFacts.h"
#include "Names.h"
#include "Operations.h"
#include "TensorOp/Normalize/Cluster.h"
#include "TensorOp/Support/Attributes.h"
#include "TensorOp/Support/Check.h"
#include "mlir/Analysis/FlatLinearValueConstraints.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace tensorop;

runtime::ElementType tensorop::getElementType(Type type) {
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

namespace {
/// A kernel that does one contraction and nothing else.
struct PureContraction {
  linalg::LinalgOp op;
  /// The argument whose values the accumulator starts from; null: from 0. It is
  /// the destination, or copied to it.
  BlockArgument start;

  bool isInPlace() { return start && start == op.getDpsInitOperand(0)->get(); }
};
} // namespace

static std::optional<PureContraction> findPureContraction(func::FuncOp func) {
  if (!func->hasAttr(kernelAttrName))
    return std::nullopt;
  linalg::LinalgOp contraction, first;
  for (auto op : func.front().getOps<linalg::LinalgOp>()) {
    if (isContraction(op) && !contraction)
      contraction = op;
    else if (isa<linalg::FillOp, linalg::CopyOp>(op.getOperation()) && !first)
      first = op;
    else
      return std::nullopt;
  }
  // What is read may not be the array that the result is written to.
  auto isInput = [&](Value value) {
    auto argument = dyn_cast<BlockArgument>(value);
    if (!argument)
      return false;
    auto role = func.getArgAttrOfType<StringAttr>(argument.getArgNumber(),
                                                  roleAttrName);
    return role && role.getValue() == "in";
  };
  if (!contraction || !llvm::all_of(contraction.getDpsInputs(), isInput))
    return std::nullopt;
  Value init = contraction.getDpsInitOperand(0)->get();
  if (first && init != first->getResult(0))
    return std::nullopt;
  if (auto fill = dyn_cast_or_null<linalg::FillOp>(first.getOperation())) {
    Value start = fill.value();
    if (!matchPattern(start, m_AnyZeroFloat()) &&
        !matchPattern(start, m_Zero()))
      return std::nullopt;
    return PureContraction{contraction, nullptr};
  }
  // An argument, or its copy; anything else is computed by other ops.
  auto start = dyn_cast<BlockArgument>(
      first ? first.getDpsInputOperand(0)->get() : init);
  if (!start || start.getType() != init.getType())
    return std::nullopt;
  return PureContraction{contraction, start};
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
static void describeLoops(func::FuncOp func, PureContraction &pure,
                          runtime::Manifest &manifest) {
  linalg::LinalgOp op = pure.op;
  unsigned result =
      pure.isInPlace() ? pure.start.getArgNumber() : func.getNumArguments() - 1;
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
  contraction.accumulate = bool(pure.start);
  if (pure.start && !pure.isInPlace())
    contraction.start = pure.start.getArgNumber();
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
  // The sum of magnitudes is computed on operands without signs, which integers
  // do not have: the most negative one would keep its sign.
  for (Value operand : op->getOperands())
    if (!isa<FloatType>(getElementTypeOrSelf(operand.getType())))
      return;
  int64_t k = 1;
  SmallVector<int64_t> extents = op.getStaticLoopRanges();
  for (auto [kind, extent] :
       llvm::zip_equal(op.getIteratorTypesArray(), extents))
    if (kind == utils::IteratorType::reduction)
      k *= extent;
  manifest.bound.kind = runtime::Bound::Kind::Contraction;
  manifest.bound.k = k + (pure.start ? 1 : 0);
  manifest.bound.unit = getElementType(type);
}

/// The call of a library that does the same: two matrices of one type, whose
/// sums are formed in the result's type, and which adds in place.
static void describeLibraryCall(func::FuncOp func, PureContraction &pure,
                                runtime::Manifest &manifest) {
  linalg::LinalgOp op = pure.op;
  StringRef name = getClassName(op);
  if ((pure.start && !pure.isInPlace()) || changesSign(op) ||
      (name != "mm" && name != "mv" && name != "vm"))
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
  // The operand with the rows of the result is BLAS's A, in whatever order the
  // op has them; without rows (or columns) there is one.
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  ArrayRef<unsigned> m = dims->m, n = dims->n;
  unsigned left = 0, k = dims->k[0];
  if (!m.empty() && !n.empty() && maps[2].getDimPosition(0) != m[0]) {
    std::swap(m, n);
    left = 1;
  }
  runtime::GemmEquivalent gemm;
  gemm.m = m.empty() ? 1 : extents[m[0]];
  gemm.n = n.empty() ? 1 : extents[n[0]];
  gemm.k = extents[k];
  gemm.type = getElementType(input);
  gemm.result = getElementType(result);
  gemm.transA = maps[left].getDimPosition(0) == k && !m.empty();
  gemm.transB = maps[1 - left].getDimPosition(0) != k;
  gemm.accumulate = pure.isInPlace();
  auto number = [](Value value) {
    return cast<BlockArgument>(value).getArgNumber();
  };
  gemm.a = number(op.getDpsInputOperand(left)->get());
  gemm.b = number(op.getDpsInputOperand(1 - left)->get());
  gemm.c =
      pure.isInPlace() ? pure.start.getArgNumber() : func.getNumArguments() - 1;
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
