//===- TensorOpPlugin.cpp - Our part of a stock mlir-opt ------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The strategy dialect, its transform ops and all our passes for an mlir-opt of
// the same release:
//
//   mlir-opt-22 --load-dialect-plugin=TensorOpPlugin.so
//               --load-pass-plugin=TensorOpPlugin.so --pass-pipeline='...'
//
// Our passes go into a textual pipeline: mlir-opt makes its flags for single
// passes before it loads a plugin.
//
// In a driver that has all of it already, such as tensorop-opt, it does
// nothing.
//
//===----------------------------------------------------------------------===//

#include "TensorOp/InitAll.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/Compiler.h"

extern "C" LLVM_ATTRIBUTE_WEAK ::mlir::DialectPluginLibraryInfo
mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "TensorOp", LLVM_VERSION_STRING,
          [](mlir::DialectRegistry *registry) {
            if (!llvm::is_contained(registry->getDialectNames(), "strategy"))
              tensorop::registerOwnDialects(*registry);
          }};
}

extern "C" LLVM_ATTRIBUTE_WEAK ::mlir::PassPluginLibraryInfo
mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "TensorOp", LLVM_VERSION_STRING, [] {
            if (!mlir::PassInfo::lookup("strategy-verify"))
              tensorop::registerOwnPasses();
          }};
}
