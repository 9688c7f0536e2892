//===- tensorop-translate.cpp - Plans from and to JSON --------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../LLVMVersion.h"
#include "TensorOp/Dialect/Strategy/IR/PlanJSON.h"
#include "TensorOp/InitAll.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Target/SMTLIB/ExportSMTLIB.h"
#include "mlir/Tools/mlir-translate/MlirTranslateMain.h"
#include "mlir/Tools/mlir-translate/Translation.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;

static void registerToJSON() {
  static TranslateFromMLIRRegistration registration(
      "plans-to-json", "the plans of a module as JSON",
      [](ModuleOp module, raw_ostream &os) -> LogicalResult {
        FailureOr<llvm::json::Value> value =
            tensorop::strategy::writePlans(module);
        if (failed(value))
          return failure();
        os << llvm::formatv("{0:2}", *value) << "\n";
        return success();
      },
      tensorop::registerAllDialects);
}

static void registerFromJSON() {
  static TranslateToMLIRRegistration registration(
      "json-to-plans", "plans that were written as JSON",
      [](llvm::SourceMgr &sources,
         MLIRContext *context) -> OwningOpRef<Operation *> {
        const llvm::MemoryBuffer *buffer =
            sources.getMemoryBuffer(sources.getMainFileID());
        return tensorop::strategy::readPlans(
            buffer->getBuffer(), buffer->getBufferIdentifier(), *context);
      },
      tensorop::registerAllDialects);
}

/// Upstream's, on modules that have plans beside their solvers.
static void registerToSMTLIB() {
  static TranslateFromMLIRRegistration registration(
      "export-smtlib", "the smt.solver ops of a module as SMT-LIB",
      [](Operation *module, raw_ostream &os) {
        return smt::exportSMTLIB(module, os);
      },
      tensorop::registerAllDialects);
}

int main(int argc, char **argv) {
  tensorop::setVersion();
  registerToJSON();
  registerFromJSON();
  registerToSMTLIB();
  return failed(mlirTranslateMain(argc, argv, "TensorOp's translations\n"));
}
