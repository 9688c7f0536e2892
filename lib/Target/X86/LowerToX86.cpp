//===- LowerToX86.cpp - Kernels on memrefs to the LLVM dialect ------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Target/CPU/Passes.h"
#include "TensorOp/Target/X86/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/Dialect/X86Vector/Transforms.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPLOWERTRANSPOSESX86
#define GEN_PASS_REGISTRATION
#include "TensorOp/Target/X86/Passes.h.inc"
} // namespace tensorop

using namespace mlir;

namespace {
struct LowerTransposes
    : tensorop::impl::TensorOpLowerTransposesX86Base<LowerTransposes> {
  using Base::Base;
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    x86vector::avx2::LoweringOptions options;
    options.transposeOptions.lower8x8xf32();
    x86vector::avx2::populateSpecializedTransposeLoweringPatterns(
        patterns, options, /*benefit=*/10);
    if (wide)
      vector::populateVectorTransposeLoweringPatterns(
          patterns, vector::VectorTransposeLowering::Shuffle16x16,
          /*benefit=*/5);
    vector::populateVectorShapeCastLoweringPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

struct LowerToX86Options : PassPipelineOptions<LowerToX86Options> {
  Option<bool> wide{*this, "wide",
                    llvm::cl::desc("the target has 512-bit registers"),
                    llvm::cl::init(false)};
};
} // namespace

void tensorop::buildLowerToX86Pipeline(OpPassManager &pm, bool wide) {
  TensorOpLowerTransposesX86Options options;
  options.wide = wide;
  pm.addNestedPass<func::FuncOp>(createTensorOpLowerTransposesX86(options));
  pm.addNestedPass<func::FuncOp>(createTensorOpLowerDotsX86());
  buildLowerToCPUPipeline(pm);
}

void tensorop::registerX86Passes() {
  static const bool once = [] {
    registerTensorOpX86Passes();
    PassPipelineRegistration<LowerToX86Options>(
        "tensorop-lower-to-x86", "Kernels on memrefs to the LLVM dialect",
        [](OpPassManager &pm, const LowerToX86Options &options) {
          buildLowerToX86Pipeline(pm, options.wide);
        });
    return true;
  }();
  (void)once;
}
