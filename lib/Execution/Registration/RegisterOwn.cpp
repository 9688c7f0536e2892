//===- RegisterOwn.cpp - What this project adds to upstream ---------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Apart from InitAll.cpp, so that a plugin does not bring upstream's dialects a
// second time to a driver that has them.
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Conversion/ConstraintsToSMT/Passes.h"
#include "TensorOp/Conversion/SolveParams/Passes.h"
#include "TensorOp/Conversion/StrategyToTransform/Passes.h"
#include "TensorOp/Dialect/Strategy/IR/StrategyOps.h"
#include "TensorOp/Dialect/Strategy/TransformOps/StrategyTransformOps.h"
#include "TensorOp/Dialect/Strategy/Transforms/Passes.h"
#include "TensorOp/InitAll.h"
#include "TensorOp/Normalize/Passes.h"
#include "TensorOp/Proposer/Passes.h"
#include "TensorOp/Target/ARM/Passes.h"
#include "TensorOp/Target/CPU/Passes.h"
#include "TensorOp/Target/X86/Passes.h"
#include "mlir/IR/DialectRegistry.h"

void tensorop::registerOwnDialects(mlir::DialectRegistry &registry) {
  registry.insert<strategy::StrategyDialect>();
  strategy::registerTransformDialectExtension(registry);
}

void tensorop::registerOwnPasses() {
  static const bool once = [] {
    registerNormalizePasses();
    strategy::registerStrategyPasses();
    strategy::registerStrategyToTransformPasses();
    strategy::registerConstraintsToSMTPasses();
    registerSolveParamsPasses();
    strategy::registerProposerPasses();
    registerCPUPasses();
    registerARMPasses();
    registerX86Passes();
    return true;
  }();
  (void)once;
}
