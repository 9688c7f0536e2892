//===- StrategyToTransform.cpp - convert-strategy-to-transform ------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Script.h"
#include "TensorOp/Conversion/StrategyToTransform/Passes.h"
#include "TensorOp/Conversion/StrategyToTransform/Promise.h"
#include "TensorOp/Dialect/Strategy/IR/StrategyOps.h"
#include "TensorOp/Dialect/Strategy/TransformOps/StrategyTransformOps.h"
#include "TensorOp/Dialect/Strategy/Transforms/HardwareSpec.h"
#include "TensorOp/Dialect/Strategy/Transforms/Plans.h"
#include "TensorOp/Support/Attributes.h"
#include "mlir/Dialect/Transform/IR/TransformDialect.h"
#include "mlir/Dialect/Transform/IR/TransformOps.h"
#include "mlir/Dialect/Transform/IR/TransformTypes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace tensorop::strategy {
#define GEN_PASS_DEF_CONVERTSTRATEGYTOTRANSFORM
#include "TensorOp/Conversion/StrategyToTransform/Passes.h.inc"
} // namespace tensorop::strategy

using namespace mlir;
using namespace tensorop;
using namespace tensorop::strategy;

/// Each has its own workspace.
static constexpr int64_t maxThreads = 1024;

namespace {
class ConvertStrategyToTransform
    : public tensorop::strategy::impl::ConvertStrategyToTransformBase<
          ConvertStrategyToTransform> {
public:
  using ConvertStrategyToTransformBase::ConvertStrategyToTransformBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<HardwareModel> hardware = chooseHardware(module, target);
    if (failed(hardware))
      return signalPassFailure();
    if (threads < 1 || threads > maxThreads) {
      module.emitError() << "threads must be between 1 and " << maxThreads
                         << ", but is " << int64_t(threads);
      return signalPassFailure();
    }
    SymbolTable symbols(module);
    SmallVector<FunctionOpInterface> kernels;
    for (auto kernel : module.getOps<FunctionOpInterface>())
      if (kernel->hasAttr(kPlansAttr))
        kernels.push_back(kernel);
    OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
    SmallVector<std::pair<FunctionOpInterface, transform::NamedSequenceOp>>
        scripts;
    for (FunctionOpInterface kernel : kernels) {
      auto script = convert(b, kernel, symbols, *hardware);
      if (failed(script))
        return signalPassFailure();
      scripts.push_back({kernel, *script});
    }
    for (PlanOp plan : llvm::make_early_inc_range(module.getOps<PlanOp>()))
      plan.erase();
    if (scripts.empty())
      return;
    emitMain(b, module.getLoc(), scripts);
    module->setAttr(transform::TransformDialect::kWithNamedSequenceAttrName,
                    b.getUnitAttr());
  }

private:
  FailureOr<transform::NamedSequenceOp> convert(OpBuilder &b,
                                                FunctionOpInterface kernel,
                                                SymbolTable &symbols,
                                                const HardwareModel &hardware) {
    auto plans = kernel->getAttrOfType<ArrayAttr>(kPlansAttr);
    if (plans.size() != 1)
      return kernel.emitError()
             << "expects one plan chosen by strategy-assign, "
                "but the kernel lists "
             << plans.size();
    auto symbol = cast<FlatSymbolRefAttr>(plans[0]);
    auto plan = symbols.lookup<PlanOp>(symbol.getValue());
    if (!plan)
      return kernel.emitError()
             << "there is no plan " << symbol << " in this module";
    FailureOr<model::KernelInfo> info = describeKernel(kernel);
    if (failed(info))
      return failure();
    FailureOr<model::PlanSource> source = readPlan(plan, hardware, &*info);
    if (failed(source))
      return failure();
    FailureOr<model::LoopTree> tree =
        buildTree(plan, *source, closedValues(plan));
    if (failed(tree))
      return failure();
    SmallVector<Location> steps;
    for (auto step : plan.getBody().getOps<StrategyStepOpInterface>())
      steps.push_back(step.getLoc());
    StepLocations locations(plan.getLoc(), steps);
    if (!tree->isClosed()) {
      std::string open;
      for (const model::ParamStep &param : tree->params())
        if (!tree->chosen().count(param.name))
          open += (open.empty() ? "" : ", ") + param.name;
      return plan.emitOpError() << "is open: no value for " << open
                                << "; run strategy-assign first";
    }
    if (failed(checkLowerable(*tree, locations)))
      return failure();
    for (const model::Remark &remark : tree->remarks())
      emitRemark(locations.at(remark.step))
          << "plan '" << plan.getSymName() << "': " << remark.message << " ["
          << remark.label << "]";
    LoweringOptions options{phases, threads};
    kernel->setAttr(kPromiseAttr,
                    describePromise(b, *tree, locations, options));
    kernel->removeAttr(kPlansAttr);
    if (std::optional<int64_t> ulp = tree->header().numerics.approx)
      kernel->setAttr(approxAttrName, b.getI64IntegerAttr(*ulp));
    return createSequence(b, plan.getLoc(),
                          ("strategy." + kernel.getName()).str(),
                          [&](OpBuilder &b, Location loc, BlockArgument root) {
                            emitScript(b, *tree, locations, root, options);
                            transform::YieldOp::create(b, loc);
                          });
  }

  /// Each script on its kernel.
  void
  emitMain(OpBuilder &b, Location loc,
           ArrayRef<std::pair<FunctionOpInterface, transform::NamedSequenceOp>>
               scripts) {
    Type any = transform::AnyOpType::get(b.getContext());
    createSequence(
        b, loc, transform::TransformDialect::kTransformEntryPointSymbolName,
        [&](OpBuilder &b, Location loc, BlockArgument root) {
          for (auto [kernel, script] : scripts) {
            Value found = transform_ops::FindOp::create(
                b, script.getLoc(), any, root, "kernel", kernel.getName(), 1);
            transform::IncludeOp::create(
                b, script.getLoc(), TypeRange(),
                FlatSymbolRefAttr::get(script.getSymNameAttr()),
                transform::FailurePropagationMode::Propagate, ValueRange{found},
                /*arg_attrs=*/ArrayAttr(),
                /*res_attrs=*/ArrayAttr());
          }
          transform::YieldOp::create(b, loc);
        });
  }

  /// A sequence that reads its only argument's handle.
  static transform::NamedSequenceOp createSequence(
      OpBuilder &b, Location loc, StringRef name,
      function_ref<void(OpBuilder &, Location, BlockArgument)> body) {
    auto sequence = transform::NamedSequenceOp::create(
        b, loc, name, transform::AnyOpType::get(b.getContext()), TypeRange(),
        body);
    sequence.setArgAttr(0, transform::TransformDialect::kArgReadOnlyAttrName,
                        b.getUnitAttr());
    return sequence;
  }
};
} // namespace
