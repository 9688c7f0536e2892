//===- ProposePlans.cpp - strategy-propose --------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Dialect/Strategy/IR/StrategyOps.h"
#include "TensorOp/Dialect/Strategy/Transforms/HardwareSpec.h"
#include "TensorOp/Dialect/Strategy/Transforms/Plans.h"
#include "TensorOp/Proposer/Passes.h"
#include "TensorOp/Proposer/Proposer.h"
#include "TensorOp/Support/Attributes.h"
#include "TensorOp/Support/Unfused.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Parser/Parser.h"

namespace tensorop::strategy {
#define GEN_PASS_DEF_STRATEGYPROPOSE
#include "TensorOp/Proposer/Passes.h.inc"
} // namespace tensorop::strategy

using namespace mlir;
using namespace tensorop;
using namespace tensorop::strategy;

namespace {
class ProposePlans
    : public tensorop::strategy::impl::StrategyProposeBase<ProposePlans> {
public:
  using StrategyProposeBase::StrategyProposeBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<HardwareModel> hardware = chooseHardware(module, target);
    if (failed(hardware))
      return signalPassFailure();
    llvm::Expected<std::unique_ptr<Proposer>> made =
        createProposer(proposer, database);
    if (!made) {
      module.emitError() << llvm::toString(made.takeError());
      return signalPassFailure();
    }
    if (threads < 1) {
      module.emitError() << "threads must be at least 1, but is "
                         << int64_t(threads);
      return signalPassFailure();
    }
    SymbolTable symbols(module);
    for (auto kernel : llvm::to_vector(module.getOps<FunctionOpInterface>()))
      if (kernel->hasAttr("strategy.kernel") && !kernel->hasAttr(kPlansAttr) &&
          !kernel->hasAttr(kNoPlanAttr) &&
          failed(propose(kernel, **made, *hardware, symbols)))
        return signalPassFailure();
  }

private:
  LogicalResult propose(FunctionOpInterface kernel, const Proposer &from,
                        const HardwareModel &hardware, SymbolTable &symbols) {
    FailureOr<model::KernelInfo> info = describeKernel(kernel);
    if (failed(info))
      return failure();
    llvm::Expected<Proposal> proposal = from.propose(*info, hardware, threads);
    if (!proposal) {
      std::string why = llvm::toString(proposal.takeError());
      emitRemark(kernel.getLoc())
          << "proposer '" << from.name() << "' has no plan for kernel '"
          << kernel.getName() << "': " << why;
      kernel->setAttr(kNoPlanAttr, StringAttr::get(&getContext(), why));
      return success();
    }
    for (const std::string &warning : proposal->warnings)
      emitWarning(kernel.getLoc()) << warning;
    if (const auto &unfused = proposal->unfused)
      kernel.walk([&](linalg::LinalgOp op) {
        auto name = op->getAttrOfType<StringAttr>(opAttrName);
        if (name && name.getValue() == unfused->op)
          op->setAttr(unfusedAttrName,
                      StringAttr::get(&getContext(), unfused->why));
      });
    // The text is what a user would see and edit: one way in for all proposers.
    std::string text = proposal->str();
    OwningOpRef<ModuleOp> parsed = parseSourceString<ModuleOp>(
        text, &getContext(), "plan of proposer " + from.name().str());
    if (!parsed)
      return failure();
    auto plan = *(*parsed).getOps<PlanOp>().begin();
    plan->remove();
    plan.setSymName((proposal->header.name + "." + kernel.getName()).str());
    symbols.insert(plan);
    kernel->setAttr(kPlansAttr, ArrayAttr::get(&getContext(),
                                               {FlatSymbolRefAttr::get(plan)}));
    return success();
  }
};
} // namespace
