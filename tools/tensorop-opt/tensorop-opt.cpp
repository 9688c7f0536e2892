//===- tensorop-opt.cpp - Every pass and pipeline, MLIR in and out --------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../LLVMVersion.h"
#include "TensorOp/InitAll.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  tensorop::setVersion();
  tensorop::registerAllPasses();
  mlir::DialectRegistry registry;
  tensorop::registerAllDialects(registry);
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "TensorOp's optimizer driver\n", registry));
}
