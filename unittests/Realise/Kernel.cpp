//===- Kernel.cpp - Payloads that tests rewrite and run -------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernel.h"
#include "TensorOp/Support/Check.h"
#include "mlir/IR/Verifier.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/TargetSelect.h"

using namespace mlir;

namespace tensorop::test {

MLIRContext &context() {
  static MLIRContext *shared = [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    registerAllPasses();
    DialectRegistry registry;
    registerAllDialects(registry);
    registerAllExtensions(registry);
    registerAllToLLVMIRTranslations(registry);
    auto *made = new MLIRContext(registry, MLIRContext::Threading::DISABLED);
    made->loadAllAvailableDialects();
    return made;
  }();
  return *shared;
}

Kernel::Kernel(const std::string &text)
    : module(parseSourceString<ModuleOp>(text, &context())) {
  TENSOROP_CHECK(module, "the test's payload parses");
}

func::FuncOp Kernel::func() { return *module->getOps<func::FuncOp>().begin(); }

linalg::LinalgOp Kernel::find(StringRef name) {
  linalg::LinalgOp found;
  module->walk([&](linalg::LinalgOp op) {
    auto attr = op->getAttrOfType<StringAttr>(kOpName);
    if (attr && attr.getValue() == name)
      found = op;
  });
  return found;
}

bool Kernel::verifies() { return succeeded(verify(*module)); }

std::string Kernel::print() {
  std::string text;
  llvm::raw_string_ostream os(text);
  module->print(os);
  return text;
}

std::string Kernel::run(ArrayRef<void *> arguments) {
  OwningOpRef<ModuleOp> copy(module->clone());
  auto entry = *copy->getOps<func::FuncOp>().begin();
  entry.setName("kernel");
  std::vector<std::unique_ptr<Guarded<char>>> buffers;
  SmallVector<void *> all(arguments);
  for (auto alloc :
       llvm::make_early_inc_range(entry.getOps<memref::AllocOp>())) {
    MemRefType type = alloc.getType();
    // Up to a whole number of cache lines, so that its start is aligned.
    int64_t bytes = type.getNumElements() * type.getElementTypeBitWidth() / 8;
    buffers.push_back(std::make_unique<Guarded<char>>((bytes + 63) / 64 * 64));
    std::fill(buffers.back()->begin(), buffers.back()->end(), char(0x7f));
    all.push_back(buffers.back()->data());
    if (failed(entry.insertArgument(entry.getNumArguments(), type,
                                    DictionaryAttr(), alloc.getLoc())))
      return "cannot pass a buffer";
    alloc.replaceAllUsesWith(entry.getArguments().back());
    alloc.erase();
  }
  PassManager pm(&context());
  if (failed(parsePassPipeline(
          "convert-linalg-to-loops,expand-strided-metadata,lower-affine,"
          "canonicalize,cse,convert-scf-to-cf,convert-vector-to-llvm,"
          "finalize-memref-to-llvm,convert-math-to-llvm,convert-arith-to-llvm,"
          "convert-index-to-llvm,convert-func-to-llvm{use-bare-ptr-memref-call-"
          "conv=1},convert-cf-to-llvm,convert-ub-to-llvm,reconcile-unrealized-"
          "casts",
          pm)) ||
      failed(pm.run(*copy)))
    return "cannot lower";
  auto llvmContext = std::make_unique<llvm::LLVMContext>();
  auto llvmModule = translateModuleToLLVMIR(*copy, *llvmContext);
  if (!llvmModule)
    return "cannot translate";
  auto jit = llvm::orc::LLJITBuilder().create();
  if (!jit)
    return toString(jit.takeError());
  if (auto error = (*jit)->addIRModule(llvm::orc::ThreadSafeModule(
          std::move(llvmModule), std::move(llvmContext))))
    return toString(std::move(error));
  auto symbol = (*jit)->lookup("kernel");
  if (!symbol)
    return toString(symbol.takeError());
  auto *code = symbol->toPtr<void *>();
  all.resize(std::max<size_t>(all.size(), 8));
  if (all.size() > 8)
    return "expects at most eight arguments and buffers";
  // More arguments than a function has do no harm in the C convention.
  reinterpret_cast<void (*)(void *, void *, void *, void *, void *, void *,
                            void *, void *)>(code)(
      all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7]);
  return "";
}

} // namespace tensorop::test
