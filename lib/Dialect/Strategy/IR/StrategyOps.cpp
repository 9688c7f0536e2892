//===- StrategyOps.cpp - Verifiers of plans and steps ---------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Structure only: what can be said of an op by itself. Names, placement and
// hardware limits are checked on the loop tree.
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Dialect/Strategy/IR/StrategyOps.h"
#include "Syntax.h"
#include "TensorOp/Dialect/Strategy/IR/Bytecode.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace tensorop;
using namespace tensorop::strategy;

#include "TensorOp/Dialect/Strategy/IR/StrategyDialect.cpp.inc"
#include "TensorOp/Dialect/Strategy/IR/StrategyInterfaces.cpp.inc"
#define GET_OP_CLASSES
#include "TensorOp/Dialect/Strategy/IR/StrategyOps.cpp.inc"

void StrategyDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "TensorOp/Dialect/Strategy/IR/StrategyOps.cpp.inc"
      >();
  addBytecodeInterface(*this);
}

LogicalResult
StrategyDialect::verifyOperationAttribute(Operation *op,
                                          NamedAttribute attribute) {
  StringRef name = attribute.getName().getValue();
  if (name == kOpNameAttr) {
    auto text = dyn_cast<StringAttr>(attribute.getValue());
    if (!text || text.getValue().empty())
      return op->emitOpError("expects '")
             << name << "' to be a non-empty string";
  } else if (name == kPlansAttr) {
    auto plans = dyn_cast<ArrayAttr>(attribute.getValue());
    if (!isa<FunctionOpInterface>(op) || !plans ||
        !llvm::all_of(plans, llvm::IsaPred<FlatSymbolRefAttr>))
      return op->emitOpError("expects '")
             << name << "' to be a list of plan symbols on a function";
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Helpers
//===----------------------------------------------------------------------===//

static bool isOneOf(StringRef name, ArrayRef<StringRef> known) {
  return llvm::is_contained(known, name);
}

/// Fails when a name occurs twice in `names`; `what` says what they name.
static LogicalResult verifyUnique(Operation *op, ArrayAttr names,
                                  StringRef what) {
  llvm::StringSet<> seen;
  for (StringRef name : names.getAsValueRange<StringAttr>())
    if (!seen.insert(name).second)
      return op->emitOpError("names ") << what << " '" << name << "' twice";
  return success();
}

static LogicalResult verifyNotEmpty(Operation *op, ArrayAttr list,
                                    StringRef what) {
  if (list.empty())
    return op->emitOpError("expects at least one ") << what;
  return success();
}

static LogicalResult verifyKnown(Operation *op, StringRef what, StringRef name,
                                 ArrayRef<StringRef> known) {
  if (isOneOf(name, known))
    return success();
  return op->emitOpError("unknown ")
         << what << " '" << name << "'; known are " << llvm::join(known, ", ");
}

/// `name` of `name(argument)`.
static std::pair<StringRef, StringRef> splitCall(StringRef text) {
  auto [name, rest] = text.split('(');
  rest.consume_back(")");
  return {name, rest};
}

//===----------------------------------------------------------------------===//
// plan
//===----------------------------------------------------------------------===//

LogicalResult PlanOp::verify() {
  if (failed(verifyNotEmpty(*this, getRootDims(), "dimension of the root")) ||
      failed(verifyUnique(*this, getRootDims(), "dimension")))
    return failure();
  if (getWithOps()) {
    if (!getWithDims() || getWithDims()->size() != getWithOps()->size())
      return emitOpError("expects dimensions for each op of 'with'");
    if (failed(verifyUnique(*this, *getWithOps(), "op")))
      return failure();
    for (auto [name, dims] : llvm::zip(*getWithOps(), *getWithDims())) {
      if (cast<StringAttr>(name).getValue() == getRoot())
        return emitOpError("names the root '") << getRoot() << "' in 'with'";
      auto list = dyn_cast<ArrayAttr>(dims);
      if (!list || !llvm::all_of(list, llvm::IsaPred<StringAttr>))
        return emitOpError("expects a list of dimension names for op ") << name;
      if (failed(verifyUnique(*this, list, "dimension")))
        return failure();
    }
  }
  if (std::optional<ArrayAttr> numerics = getNumerics())
    for (StringRef text : numerics->getAsValueRange<StringAttr>()) {
      auto [name, argument] = splitCall(text);
      if (failed(
              verifyKnown(*this, "permission", name,
                          {"reassoc", "contract", "approx", "nnan", "ninf"})))
        return failure();
      int64_t ulp;
      if ((name == "approx") !=
          (!argument.getAsInteger(10, ulp) && !argument.empty()))
        return emitOpError("expects approx(ulp) with an integer, but got '")
               << text << "'";
    }
  bool afterStep = false;
  for (Operation &op : getBody().front()) {
    if (!isa<StrategyStepOpInterface>(op))
      return op.emitOpError("is no step of a plan");
    if (isa<AlgorithmOp>(op) && afterStep)
      return op.emitOpError("comes after another step; the algorithm is chosen "
                            "first");
    afterStep |= !isa<AlgorithmOp, ParamOp, RequireOp>(op);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

LogicalResult ParamOp::verify() {
  if (getValues() && getRange())
    return emitOpError("expects a list or a range as its domain, not both");
  if (getRange() && getRange()->size() != 3)
    return emitOpError("expects a range of three sizes: low, high and step");
  if (!getValues())
    return success();
  if (failed(verifyNotEmpty(*this, *getValues(), "value in the domain")) ||
      failed(verifyUnique(*this, *getValues(), "value")))
    return failure();
  // A default that is written as one of the values, or as an expression.
  auto isLiteral = [](StringRef text) {
    int64_t value;
    return !text.getAsInteger(10, value) || text == "true" || text == "false";
  };
  auto values = llvm::to_vector(getValues()->getAsValueRange<StringAttr>());
  if (getInit() && isLiteral(*getInit()) && llvm::all_of(values, isLiteral) &&
      !llvm::is_contained(values, *getInit()))
    return emitOpError("default ")
           << *getInit() << " of '" << getName() << "' is not in its domain ["
           << llvm::join(values, ", ") << "]";
  return success();
}

LogicalResult AlgorithmOp::verify() {
  if (failed(verifyKnown(*this, "algorithm", getAlgorithm(),
                         {"direct", "im2col", "winograd", "subpixel",
                          "two_pass", "three_pass"})))
    return failure();
  if ((getAlgorithm() == "winograd") != getSize().has_value())
    return emitOpError(
        "expects an output tile for winograd(m), and for it only");
  return success();
}

LogicalResult TileOp::verify() {
  if (failed(verifyNotEmpty(*this, getLoops(), "loop")) ||
      failed(verifyUnique(*this, getLoops(), "loop")))
    return failure();
  if (getLoops().size() != getDims().size() ||
      getLoops().size() != getSizes().size())
    return emitOpError("expects one dimension and one size for each loop");
  if (getEdgeLoops().has_value() != getEdgePolicies().has_value() ||
      (getEdgeLoops() && getEdgeLoops()->size() != getEdgePolicies()->size()))
    return emitOpError("expects one policy for each loop of 'edge'");
  if (!getEdgeLoops())
    return success();
  if (failed(verifyUnique(*this, *getEdgeLoops(), "edge")))
    return failure();
  for (auto [loop, policy] :
       llvm::zip(getEdgeLoops()->getAsValueRange<StringAttr>(),
                 getEdgePolicies()->getAsValueRange<StringAttr>())) {
    if (!llvm::is_contained(getLoops().getAsValueRange<StringAttr>(), loop))
      return emitOpError("edge names '")
             << loop << "', which is no loop of this step";
    auto [name, argument] = splitCall(policy);
    if (failed(verifyKnown(
            *this, "edge policy", name,
            {"mask", "evl", "pad", "peel", "narrow", "exact", "auto"})))
      return failure();
    if (name != "narrow" && !argument.empty())
      return emitOpError("expects a size for narrow(size) only, but got '")
             << policy << "'";
  }
  return success();
}

LogicalResult ReorderOp::verify() {
  if (getLoops().size() < 2)
    return emitOpError("expects at least two loops");
  return verifyUnique(*this, getLoops(), "loop");
}

LogicalResult FuseOp::verify() {
  if (failed(verifyNotEmpty(*this, getOps(), "op")))
    return failure();
  if (getVisit().has_value() !=
      (getVisitLoops().has_value() && !getVisitLoops()->empty()))
    return emitOpError("expects a loop for 'when'");
  if (getVisitLoops() && failed(verifyUnique(*this, *getVisitLoops(), "loop")))
    return failure();
  return verifyUnique(*this, getOps(), "op");
}

LogicalResult LayoutOp::verify() {
  auto [op, operand] = getOperand().split('.');
  if (op.empty() || operand.empty())
    return emitOpError("expects op.operand, but got '") << getOperand() << "'";
  if (getDims().has_value() != getSizes().has_value() ||
      (getDims() && getDims()->size() != getSizes()->size()))
    return emitOpError("expects one size for each packed dimension");
  if (getDims() &&
      (failed(verifyNotEmpty(*this, *getDims(), "packed dimension")) ||
       failed(verifyUnique(*this, *getDims(), "packed dimension"))))
    return failure();
  if (getSpace())
    return verifyKnown(*this, "space", *getSpace(),
                       {"registers", "shared", "memory", "tmem"});
  return success();
}

LogicalResult VectorizeOp::verify() {
  if (failed(verifyNotEmpty(*this, getDims(), "dimension")) ||
      failed(verifyUnique(*this, getDims(), "dimension")))
    return failure();
  if (getDims().size() != getSizes().size())
    return emitOpError("expects one size for each dimension");
  if (getAcc())
    return verifyKnown(*this, "accumulate type", *getAcc(),
                       {"f16", "bf16", "f32", "f64", "i32", "i64"});
  return success();
}

LogicalResult ParallelizeOp::verify() {
  if (failed(verifyNotEmpty(*this, getLoops(), "loop")) ||
      failed(verifyUnique(*this, getLoops(), "loop")))
    return failure();
  if (getClusterLoop() && !getClusterSize())
    return emitOpError("expects cluster(loop = size)");
  return verifyKnown(*this, "parallel unit", getUnit(),
                     {"threads", "blocks", "warpgroups", "warps", "lanes"});
}

LogicalResult SplitReductionOp::verify() {
  return verifyKnown(*this, "combination", getCombine(),
                     {"dsmem", "workspace", "atomics", "shuffle"});
}

LogicalResult PipelineOp::verify() {
  if (failed(verifyKnown(*this, "kind of copy", getCopies(),
                         {"tma", "cp_async", "prefetch"})))
    return failure();
  if (getProducers().has_value() != getConsumers().has_value())
    return emitOpError("expects two numbers in roles(producers, consumers)");
  if (getSchedule())
    return verifyKnown(*this, "schedule", *getSchedule(),
                       {"cooperative", "pingpong", "inline", "overlap"});
  return success();
}
