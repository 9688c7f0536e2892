//===- FormKernels.cpp - Each contraction becomes a kernel ----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Normalize/Cluster.h"
#include "TensorOp/Normalize/Passes.h"
#include "TensorOp/Support/Attributes.h"
#include "TensorOp/Support/Unfused.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPFORMKERNELS
#include "TensorOp/Normalize/Passes.h.inc"
} // namespace tensorop

using namespace mlir;
using tensorop::Cluster;

/// Values that are cheaper to make again inside a kernel than to pass.
static bool isRemade(Value value) {
  Operation *op = value.getDefiningOp();
  return isa_and_nonnull<arith::ConstantOp, tensor::EmptyOp>(op);
}

/// The ops of the cluster, producers first.
static SmallVector<linalg::LinalgOp> allOps(const Cluster &cluster) {
  SmallVector<linalg::LinalgOp> ops(cluster.producers.begin(),
                                    cluster.producers.end());
  llvm::append_range(ops, cluster.ops);
  return ops;
}

/// Whether the function does nothing but this cluster.
static bool isWholeFunction(func::FuncOp func, const Cluster &cluster) {
  llvm::SmallPtrSet<Operation *, 4> ops;
  for (linalg::LinalgOp op : allOps(cluster))
    ops.insert(op);
  return func.getNumResults() == 1 &&
         llvm::all_of(func.front(), [&](Operation &op) {
           return ops.contains(&op) ||
                  isa<arith::ConstantOp, tensor::EmptyOp,
                      bufferization::MaterializeInDestinationOp,
                      func::ReturnOp>(op);
         });
}

/// Whether the cluster reads `start`, which its first op accumulates in, at
/// another place too.
static bool isReadBeside(const Cluster &cluster, Value start) {
  OpOperand *init = linalg::LinalgOp(cluster.ops.front()).getDpsInitOperand(0);
  for (linalg::LinalgOp op : allOps(cluster))
    if (op->walk([&](Operation *nested) {
            return llvm::any_of(nested->getOpOperands(),
                                [&](OpOperand &operand) {
                                  return operand.get() == start &&
                                         &operand != init;
                                })
                       ? WalkResult::interrupt()
                       : WalkResult::advance();
          }).wasInterrupted())
      return true;
  return false;
}

/// The clusters of the function's body and of the structured control flow in
/// it.
static SmallVector<Cluster> findAllClusters(func::FuncOp func) {
  SmallVector<Cluster> clusters = tensorop::findClusters(func.front());
  func->walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (op == func)
      return WalkResult::advance();
    if (!isa_and_nonnull<scf::SCFDialect>(op->getDialect()))
      return WalkResult::skip();
    for (Region &region : op->getRegions())
      for (Block &block : region)
        llvm::append_range(clusters, tensorop::findClusters(block));
    return WalkResult::advance();
  });
  return clusters;
}

/// Whether the op makes an input of a contraction and nothing else.
static bool feedsContraction(linalg::LinalgOp op) {
  if (!tensorop::isElementwiseProducer(op) || !op->getResult(0).hasOneUse())
    return false;
  OpOperand &use = *op->getResult(0).use_begin();
  auto user = dyn_cast<linalg::LinalgOp>(use.getOwner());
  return user && tensorop::isContraction(user) && user.isDpsInput(&use);
}

/// Gives each structured op below `func` a name; keeps the names it has.
static LogicalResult nameOps(func::FuncOp func) {
  Builder builder(func.getContext());
  llvm::StringMap<Operation *> used;
  SmallVector<linalg::LinalgOp> nameless;
  WalkResult walk = func.walk([&](linalg::LinalgOp op) {
    auto name = op->getAttrOfType<StringAttr>(tensorop::opAttrName);
    if (!name) {
      nameless.push_back(op);
      return WalkResult::advance();
    }
    auto [place, fresh] = used.try_emplace(name.getValue(), op);
    if (fresh)
      return WalkResult::advance();
    InFlightDiagnostic diag = op->emitError()
                              << "the name '" << name.getValue()
                              << "' is given to two structured ops of '"
                              << func.getName() << "'";
    diag.attachNote(place->second->getLoc()) << "the other op is here";
    return WalkResult::interrupt();
  });
  if (walk.wasInterrupted())
    return failure();
  llvm::StringMap<int> counters;
  for (linalg::LinalgOp op : nameless) {
    StringRef base = feedsContraction(op) ? "pre" : tensorop::getClassName(op);
    // The first contraction and the first fill need no number.
    bool plain = base != "pre" && base != "ew" && base != "red" &&
                 base != "pool" && base != "op";
    std::string name;
    do {
      int number = counters[base]++;
      name = plain && number == 0 ? base.str()
                                  : base.str() + std::to_string(number);
    } while (used.contains(name));
    used[name] = op;
    op->setAttr(tensorop::opAttrName, builder.getStringAttr(name));
  }
  return success();
}

/// Moves the cluster into a private function in destination style and calls it.
static LogicalResult outline(func::FuncOp func, Cluster &cluster,
                             SymbolTable &symbols) {
  MLIRContext *context = func.getContext();
  linalg::LinalgOp last = cluster.last();
  Location loc = cluster.contraction.getLoc();
  llvm::SmallPtrSet<Operation *, 4> inside;
  SmallVector<linalg::LinalgOp> ops = allOps(cluster);
  for (linalg::LinalgOp op : ops)
    inside.insert(op);

  // Inputs in the order of first use; captured values count.
  llvm::SetVector<Value> inputs;
  llvm::SetVector<Operation *> remade;
  auto use = [&](Value value) {
    Operation *definer = value.getDefiningOp();
    if (definer && inside.contains(definer))
      return;
    if (isRemade(value))
      remade.insert(definer);
    else
      inputs.insert(value);
  };
  for (linalg::LinalgOp op : ops)
    op->walk([&](Operation *nested) {
      for (Value operand : nested->getOperands()) {
        Region *region = operand.getParentRegion();
        if (!op->getRegion(0).isAncestor(region))
          use(operand);
      }
    });

  Type resultType = last->getResult(0).getType();
  // The accumulated operand, when it is an input of the kernel that nothing
  // else reads there, is computed in place; else the kernel gets a destination.
  Value start = cluster.ops.front().getDpsInitOperand(0)->get();
  bool inPlace = inputs.contains(start) && start.getType() == resultType &&
                 !isReadBeside(cluster, start);
  SmallVector<Type> types;
  for (Value input : inputs)
    types.push_back(input.getType());
  if (!inPlace)
    types.push_back(resultType);

  OpBuilder builder(context);
  builder.setInsertionPointToEnd(func->getParentOfType<ModuleOp>().getBody());
  std::string name =
      (func.getName() + "_" +
       (cluster.contraction->hasAttr(tensorop::opAttrName)
            ? cluster.contraction
                  ->getAttrOfType<StringAttr>(tensorop::opAttrName)
                  .getValue()
            : tensorop::getClassName(cluster.contraction)))
          .str();
  auto kernel = func::FuncOp::create(
      loc, name, FunctionType::get(context, types, resultType));
  kernel.setPrivate();
  symbols.insert(kernel);
  kernel->setAttr(tensorop::kernelAttrName, builder.getUnitAttr());
  Block *body = kernel.addEntryBlock();
  for (unsigned i = 0; i < types.size(); ++i) {
    bool written = inPlace ? inputs[i] == start : i + 1 == types.size();
    // A captured scalar has no memory.
    if (isa<RankedTensorType>(types[i])) {
      kernel.setArgAttr(i,
                        bufferization::BufferizationDialect::kWritableAttrName,
                        builder.getBoolAttr(written));
      kernel.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(),
                        builder.getUnitAttr());
    }
    kernel.setArgAttr(
        i, tensorop::roleAttrName,
        builder.getStringAttr(written ? (inPlace ? "inout" : "out") : "in"));
  }

  builder.setInsertionPointToStart(body);
  IRMapping map;
  for (auto [i, input] : llvm::enumerate(inputs))
    map.map(input, body->getArgument(i));
  for (Operation *op : remade)
    builder.clone(*op, map);
  for (linalg::LinalgOp op : ops)
    builder.clone(*op, map);
  Value result = map.lookup(last->getResult(0));
  if (!inPlace)
    result = bufferization::MaterializeInDestinationOp::create(
                 builder, loc, resultType, result, body->getArguments().back())
                 .getResult();
  func::ReturnOp::create(builder, loc, result);

  builder.setInsertionPoint(last);
  SmallVector<Value> operands(inputs.begin(), inputs.end());
  if (!inPlace) {
    auto tensor = cast<RankedTensorType>(resultType);
    operands.push_back(tensor::EmptyOp::create(builder, loc, tensor.getShape(),
                                               tensor.getElementType()));
  }
  auto call = func::CallOp::create(builder, loc, kernel, operands);
  last->getResult(0).replaceAllUsesWith(call.getResult(0));
  for (linalg::LinalgOp op : llvm::reverse(ops))
    op->erase();
  return success();
}

namespace {
struct FormKernels : tensorop::impl::TensorOpFormKernelsBase<FormKernels> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<func::FuncOp> funcs;
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (!func.isDeclaration() && func.getBody().hasOneBlock() &&
          !func->hasAttr(tensorop::kernelAttrName))
        funcs.push_back(func);
    for (func::FuncOp func : funcs) {
      SmallVector<Cluster> clusters = findAllClusters(func);
      for (Cluster &cluster : clusters) {
        if (linalg::LinalgOp first = cluster.ops.front();
            first != cluster.contraction &&
            !first->hasAttr(tensorop::opAttrName))
          first->setAttr(tensorop::opAttrName,
                         StringAttr::get(&getContext(), "init"));
        for (auto &[op, why] : cluster.unfused)
          op->setAttr(tensorop::unfusedAttrName,
                      StringAttr::get(&getContext(), why));
      }
      if (clusters.size() == 1 && isWholeFunction(func, clusters.front())) {
        func->setAttr(tensorop::kernelAttrName, UnitAttr::get(&getContext()));
        continue;
      }
      for (Cluster &cluster : clusters)
        if (failed(outline(func, cluster, symbols)))
          return signalPassFailure();
    }
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (!func.isDeclaration() && failed(nameOps(func)))
        return signalPassFailure();
  }
};
} // namespace
