//===- InitAll.cpp - The one place of registration ------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/InitAll.h"
#include "TensorOp/Conversion/StrategyToTransform/Passes.h"
#include "TensorOp/Dialect/Strategy/IR/StrategyOps.h"
#include "TensorOp/Dialect/Strategy/TransformOps/StrategyTransformOps.h"
#include "TensorOp/Dialect/Strategy/Transforms/Passes.h"
#include "TensorOp/Normalize/Passes.h"
#include "TensorOp/Target/CPU/Passes.h"
#include "TensorOp/Target/X86/Passes.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"

void tensorop::registerAllDialects(mlir::DialectRegistry &registry) {
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::registerAllToLLVMIRTranslations(registry);
  registry.insert<strategy::StrategyDialect>();
  strategy::registerTransformDialectExtension(registry);
}

void tensorop::registerAllPasses() {
  static const bool once = [] {
    mlir::registerAllPasses();
    registerNormalizePasses();
    strategy::registerStrategyPasses();
    strategy::registerStrategyToTransformPasses();
    registerCPUPasses();
    registerX86Passes();
    return true;
  }();
  (void)once;
}
