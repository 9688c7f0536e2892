//===- DescribeKernel.cpp - Structured ops as plain data ------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Dialect/Strategy/IR/StrategyOps.h"
#include "TensorOp/Dialect/Strategy/Transforms/Plans.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace tensorop;

/// How `expr` of an indexing map indexes an operand's dimension.
static model::Access describeAccess(AffineExpr expr) {
  model::Access access;
  if (auto quotient = dyn_cast<AffineBinaryOpExpr>(expr);
      quotient && expr.getKind() == AffineExprKind::FloorDiv)
    if (auto divisor = dyn_cast<AffineConstantExpr>(quotient.getRHS());
        divisor && divisor.getValue() > 1) {
      model::Access sum = describeAccess(quotient.getLHS());
      if (sum.affine) {
        sum.affine = false;
        sum.divisor = divisor.getValue();
        sum.reason = "a division of dimensions";
        return sum;
      }
    }
  llvm::SmallDenseMap<unsigned, int64_t> terms;
  SmallVector<std::pair<AffineExpr, int64_t>> work{{expr, 1}};
  while (!work.empty()) {
    auto [e, factor] = work.pop_back_val();
    if (auto dim = dyn_cast<AffineDimExpr>(e)) {
      terms[dim.getPosition()] += factor;
    } else if (auto constant = dyn_cast<AffineConstantExpr>(e)) {
      access.constant += factor * constant.getValue();
    } else if (auto binary = dyn_cast<AffineBinaryOpExpr>(e);
               binary && e.getKind() == AffineExprKind::Add) {
      work.push_back({binary.getRHS(), factor});
      work.push_back({binary.getLHS(), factor});
    } else if (binary && e.getKind() == AffineExprKind::Mul &&
               isa<AffineConstantExpr>(binary.getRHS())) {
      work.push_back(
          {binary.getLHS(),
           factor * cast<AffineConstantExpr>(binary.getRHS()).getValue()});
    } else {
      access.affine = false;
      access.reason = "a division or remainder of dimensions";
      return access;
    }
  }
  for (auto [dim, coefficient] : terms)
    if (coefficient != 0)
      access.terms.push_back({dim, coefficient});
  llvm::sort(access.terms);
  return access;
}

/// out = out + a * b (or the integer ops), nothing else.
static bool isMultiplyAdd(linalg::LinalgOp op) {
  Block *body = op.getBlock();
  if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1 ||
      body->getTerminator()->getNumOperands() != 1)
    return false;
  Operation *add = body->getTerminator()->getOperand(0).getDefiningOp();
  if (!isa_and_nonnull<arith::AddFOp, arith::AddIOp>(add))
    return false;
  Value acc = body->getArguments().back();
  Value product = add->getOperand(0) == acc   ? add->getOperand(1)
                  : add->getOperand(1) == acc ? add->getOperand(0)
                                              : Value();
  if (!product)
    return false;
  Operation *mul = product.getDefiningOp();
  if (!isa_and_nonnull<arith::MulFOp, arith::MulIOp>(mul))
    return false;
  // Inputs may be widened on their way to the product.
  return llvm::all_of(mul->getOperands(), [&](Value factor) {
    while (Operation *def = factor.getDefiningOp()) {
      if (!isa<arith::ExtFOp, arith::ExtSIOp, arith::ExtUIOp>(def))
        return false;
      factor = def->getOperand(0);
    }
    return isa<BlockArgument>(factor) && factor != acc;
  });
}

static model::BodyClass classify(linalg::LinalgOp op) {
  if (isa<linalg::FillOp>(op))
    return model::BodyClass::Fill;
  if (op.getNumReductionLoops() == 0)
    return model::BodyClass::Elementwise;
  return isMultiplyAdd(op) ? model::BodyClass::Contraction
                           : model::BodyClass::Reduction;
}

static std::string typeName(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

static model::OpInfo describeOp(linalg::LinalgOp op, StringRef name) {
  model::OpInfo info;
  info.name = name.str();
  for (int64_t extent : op.getStaticLoopRanges())
    info.extents.push_back(extent);
  for (utils::IteratorType type : op.getIteratorTypesArray())
    info.iterators.push_back(type == utils::IteratorType::parallel
                                 ? model::IteratorKind::Parallel
                                 : model::IteratorKind::Reduction);
  info.body = classify(op);
  for (Operation &scalar : op.getBlock()->without_terminator())
    if (!isa<arith::ConstantOp>(scalar) &&
        !OpTrait::hasElementwiseMappableTraits(&scalar))
      info.scalarOnly = scalar.getName().getStringRef().str();
  bool convolution = linalg::isaConvolutionOpInterface(op);
  unsigned input = 0;
  for (OpOperand &operand : op->getOpOperands()) {
    model::OperandInfo desc;
    desc.isOutput = op.isDpsInit(&operand);
    if (desc.isOutput)
      desc.name = "out";
    else if (info.body == model::BodyClass::Contraction && convolution)
      desc.name = input == 0 ? "in0" : "filter";
    else if (info.body == model::BodyClass::Contraction)
      desc.name = input == 0 ? "lhs" : "rhs";
    else
      desc.name = "in" + std::to_string(input);
    input += !desc.isOutput;
    Type element = getElementTypeOrSelf(operand.get().getType());
    desc.type = typeName(element);
    desc.bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
    desc.isUnsigned =
        llvm::any_of(op.getMatchingBlockArgument(&operand).getUsers(),
                     llvm::IsaPred<arith::ExtUIOp>);
    for (AffineExpr expr : op.getMatchingIndexingMap(&operand).getResults())
      desc.access.push_back(describeAccess(expr));
    if (Operation *def = operand.get().getDefiningOp())
      if (auto producer = def->getAttrOfType<StringAttr>(strategy::kOpNameAttr))
        desc.producer = producer.str();
    info.operands.push_back(std::move(desc));
  }
  if (op.getNumDpsInits() > 0) {
    const model::OperandInfo &out = info.operands[op.getNumDpsInputs()];
    info.accType = out.type;
    info.accBits = out.bits;
    info.isFloat = isa<FloatType>(
        getElementTypeOrSelf(op.getDpsInits().front().getType()));
  }
  info.flopsPerPoint = 0;
  for (Operation &scalar : op.getBlock()->without_terminator())
    info.flopsPerPoint +=
        !isa<arith::ConstantOp, linalg::IndexOp, arith::ExtFOp, arith::ExtSIOp,
             arith::ExtUIOp, arith::TruncFOp>(scalar);
  return info;
}

FailureOr<model::KernelInfo>
strategy::describeKernel(FunctionOpInterface kernel) {
  model::KernelInfo info;
  info.name = kernel.getName().str();
  llvm::StringMap<Operation *> seen;
  WalkResult result = kernel.walk([&](linalg::LinalgOp op) {
    auto name = op->getAttrOfType<StringAttr>(kOpNameAttr);
    if (!name)
      return WalkResult::advance();
    auto [it, inserted] = seen.try_emplace(name.getValue(), op);
    if (!inserted) {
      InFlightDiagnostic diag = op->emitError()
                                << "another op of this kernel is also named '"
                                << name.getValue() << "'";
      diag.attachNote(it->second->getLoc()) << "this op";
      return WalkResult::interrupt();
    }
    for (auto [dim, extent] : llvm::enumerate(op.getStaticLoopRanges()))
      if (ShapedType::isDynamic(extent)) {
        op->emitError() << "dimension " << int64_t(dim) << " of op '"
                        << name.getValue()
                        << "' is dynamic; plans need static sizes";
        return WalkResult::interrupt();
      }
    info.ops.push_back(describeOp(op, name.getValue()));
    return WalkResult::advance();
  });
  if (result.wasInterrupted())
    return failure();
  return info;
}
