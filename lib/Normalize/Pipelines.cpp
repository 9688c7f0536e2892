//===- Pipelines.cpp - From payloads to kernels and to plain loops --------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Normalize/Passes.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/SCF/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace tensorop;

namespace tensorop {
#define GEN_PASS_REGISTRATION
#include "TensorOp/Normalize/Passes.h.inc"
} // namespace tensorop

/// Checks a payload and makes each public function one body of structured ops.
static void buildPreparePipeline(OpPassManager &pm) {
  // What is not called is not looked at.
  pm.addPass(createSymbolDCEPass());
  pm.addPass(tensorop::createTensorOpPreparePayload());
  pm.addPass(createInlinerPass());
  pm.addPass(createSymbolDCEPass());
  pm.addPass(createLowerAffinePass());
  pm.addNestedPass<func::FuncOp>(createConvertElementwiseToLinalgPass());
  pm.addNestedPass<func::FuncOp>(tensorop::createTensorOpStructureTensorOps());
}

void tensorop::buildKernelsPipeline(OpPassManager &pm, bool wideSums) {
  buildPreparePipeline(pm);
  pm.addPass(createTensorOpDestinationParameters());
  pm.addPass(createTensorOpInferGenerators());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  if (wideSums)
    pm.addNestedPass<func::FuncOp>(createTensorOpWidenSums());
  pm.addPass(createTensorOpFuseProducers());
  pm.addPass(createTensorOpNormalize());
  pm.addPass(createTensorOpFormKernels());
}

void tensorop::buildBufferizePipeline(OpPassManager &pm) {
  pm.addPass(bufferization::createEmptyTensorEliminationPass());
  bufferization::OneShotBufferizePassOptions options;
  options.bufferizeFunctionBoundaries = true;
  options.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  pm.addPass(bufferization::createOneShotBufferizePass(options));
  pm.addPass(bufferization::createDropEquivalentBufferResultsPass());
  pm.addPass(createTensorOpDropResults());
  // Folds the copies of a destination to itself. No loop nest with names
  // exists yet, so nothing that a plan refers to can disappear.
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

/// As the kernel does; without saying it again.
static void widenSums(OpPassManager &pm) {
  TensorOpWidenSumsOptions options;
  options.says = false;
  pm.addNestedPass<func::FuncOp>(createTensorOpWidenSums(options));
}

void tensorop::buildPlainPipeline(OpPassManager &pm, bool promote,
                                  bool wideSums) {
  buildPreparePipeline(pm);
  pm.addPass(createTensorOpDestinationParameters());
  if (wideSums)
    widenSums(pm);
  if (promote)
    pm.addPass(createTensorOpPromoteFloats());
  pm.addPass(createTensorOpNormalize());
  pm.addNestedPass<func::FuncOp>(createTensorOpOrderLoops());
  buildBufferizePipeline(pm);
}

void tensorop::buildPerturbedPipeline(OpPassManager &pm, int64_t functionUlp,
                                      bool wideSums) {
  buildPreparePipeline(pm);
  pm.addPass(createTensorOpDestinationParameters());
  if (wideSums)
    widenSums(pm);
  pm.addPass(createTensorOpNormalize());
  pm.addNestedPass<func::FuncOp>(createTensorOpOrderLoops());
  // The types say how large a rounding is, so they change last.
  TensorOpPerturbRoundingsOptions options;
  options.functionUlp = functionUlp;
  pm.addPass(createTensorOpPerturbRoundings(options));
  pm.addPass(createTensorOpPromoteFloats());
  buildBufferizePipeline(pm);
}

void tensorop::registerNormalizePasses() {
  static const bool once = [] {
    registerTensorOpNormalizePasses();
    PassPipelineRegistration<>(
        "tensorop-kernels", "Payload to named kernels on tensors",
        [](OpPassManager &pm) { buildKernelsPipeline(pm); });
    PassPipelineRegistration<>(
        "tensorop-bufferize", "Kernels on tensors to kernels on memrefs",
        [](OpPassManager &pm) { buildBufferizePipeline(pm); });
    PassPipelineRegistration<>(
        "tensorop-reference", "Payload to plain structured ops in f64",
        [](OpPassManager &pm) { buildPlainPipeline(pm, /*promote=*/true); });
    PassPipelineRegistration<>(
        "tensorop-plain", "Payload to plain structured ops in its own types",
        [](OpPassManager &pm) { buildPlainPipeline(pm, /*promote=*/false); });
    PassPipelineRegistration<>(
        "tensorop-perturbed",
        "Payload to plain structured ops in f64 with the largest errors",
        [](OpPassManager &pm) {
          buildPerturbedPipeline(pm, /*functionUlp=*/1);
        });
    return true;
  }();
  (void)once;
}
