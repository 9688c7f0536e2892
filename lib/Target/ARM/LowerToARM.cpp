//===- LowerToARM.cpp - Kernels on memrefs to the LLVM dialect ------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Target/ARM/Passes.h"
#include "TensorOp/Target/CPU/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

namespace tensorop {
#define GEN_PASS_REGISTRATION
#include "TensorOp/Target/ARM/Passes.h.inc"
} // namespace tensorop

using namespace mlir;

namespace {
struct LowerToARMOptions : PassPipelineOptions<LowerToARMOptions> {
  Option<int64_t> sveBits{
      *this, "sve-bits",
      llvm::cl::desc("length of SVE's registers; 0: there are none"),
      llvm::cl::init(0)};
};
} // namespace

void tensorop::buildLowerToARMPipeline(OpPassManager &pm, int64_t sveBits) {
  TensorOpLowerDotsARMOptions options;
  options.sveBits = sveBits;
  pm.addNestedPass<func::FuncOp>(createTensorOpLowerDotsARM(options));
  buildLowerToCPUPipeline(pm);
}

void tensorop::registerARMPasses() {
  static const bool once = [] {
    registerTensorOpARMPasses();
    PassPipelineRegistration<LowerToARMOptions>(
        "tensorop-lower-to-arm", "Kernels on memrefs to the LLVM dialect",
        [](OpPassManager &pm, const LowerToARMOptions &options) {
          buildLowerToARMPipeline(pm, options.sveBits);
        });
    return true;
  }();
  (void)once;
}
