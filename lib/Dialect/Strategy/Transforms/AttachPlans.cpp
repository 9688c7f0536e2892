//===- AttachPlans.cpp - strategy-attach-plans ----------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Dialect/Strategy/IR/StrategyOps.h"
#include "TensorOp/Dialect/Strategy/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace tensorop::strategy {
#define GEN_PASS_DEF_STRATEGYATTACHPLANS
#include "TensorOp/Dialect/Strategy/Transforms/Passes.h.inc"
} // namespace tensorop::strategy

using namespace mlir;
using namespace tensorop;
using namespace tensorop::strategy;

namespace {

struct NamedOp {
  unsigned dims = 0;
  /// No iteration at all: bufferization may drop the op.
  bool isEmpty = false;
};
/// The named ops of a kernel.
using NamedOps = llvm::MapVector<StringRef, NamedOp>;

NamedOps namedOps(FunctionOpInterface kernel) {
  NamedOps ops;
  kernel.walk([&](linalg::LinalgOp op) {
    if (auto name = op->getAttrOfType<StringAttr>(kOpNameAttr))
      ops.insert({name.getValue(),
                  {op.getNumLoops(),
                   llvm::is_contained(op.getStaticLoopRanges(), 0)}});
  });
  return ops;
}

/// Why `plan` does not belong to a kernel with these ops; empty when it does.
std::string whyNot(PlanOp plan, const NamedOps &ops) {
  auto check = [&](StringRef name, ArrayAttr dims) -> std::string {
    auto it = ops.find(name);
    if (it == ops.end())
      return "no op '" + name.str() + "'";
    if (it->second.isEmpty)
      return "op '" + name.str() + "' has a dimension of size 0";
    if (it->second.dims != dims.size())
      return "op '" + name.str() + "' has " + std::to_string(it->second.dims) +
             " dimensions, not " + std::to_string(dims.size());
    return "";
  };
  if (std::string why = check(plan.getRoot(), plan.getRootDims()); !why.empty())
    return why;
  if (plan.getWithOps())
    for (auto [name, dims] : llvm::zip(*plan.getWithOps(), *plan.getWithDims()))
      if (std::string why =
              check(cast<StringAttr>(name).getValue(), cast<ArrayAttr>(dims));
          !why.empty())
        return why;
  return "";
}

std::string describe(const NamedOps &ops) {
  std::string text;
  for (const auto &[name, op] : ops)
    text += (text.empty() ? "" : ", ") + name.str() + " with " +
            std::to_string(op.dims) + " dimensions";
  return text;
}

class AttachPlans
    : public tensorop::strategy::impl::StrategyAttachPlansBase<AttachPlans> {
public:
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto plans = llvm::to_vector(module.getOps<PlanOp>());
    /// For each plan, why no kernel took it; no entry when one did.
    llvm::MapVector<Operation *, std::string> unused;
    for (PlanOp plan : plans)
      unused[plan] = "";
    for (auto kernel : module.getOps<FunctionOpInterface>()) {
      if (!kernel->hasAttr("strategy.kernel"))
        continue;
      NamedOps ops = namedOps(kernel);
      SmallVector<Attribute> list;
      for (PlanOp plan : plans) {
        std::string why = whyNot(plan, ops);
        if (why.empty()) {
          list.push_back(FlatSymbolRefAttr::get(plan));
          unused.erase(plan);
        } else if (auto it = unused.find(plan); it != unused.end()) {
          it->second += (it->second.empty() ? "" : "; ");
          it->second += "kernel '" + kernel.getName().str() + "': " + why +
                        " (it has " + describe(ops) + ")";
        }
      }
      if (!list.empty() && !kernel->hasAttr(kPlansAttr))
        kernel->setAttr(kPlansAttr, ArrayAttr::get(&getContext(), list));
    }
    for (auto &[op, why] : unused)
      emitWarning(op->getLoc())
          << "plan '" << cast<PlanOp>(op).getSymName() << "' fits no kernel: "
          << (why.empty() ? "there is no kernel; one is made of each sum of "
                            "products of a payload (matmul, convolution, ...)"
                          : why);
  }
};
} // namespace
