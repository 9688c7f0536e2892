//===- PlainCode.cpp - The reference's machine code -----------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlainCode.h"
#include "TensorOp/Normalize/Passes.h"
#include "TensorOp/Target/CPU/Passes.h"
#include "TensorOp/Target/X86/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

using namespace mlir;
using namespace tensorop;

llvm::Expected<AbiEntry>
tensorop::makeAbiEntry(ModuleOp lowered, StringRef implementation,
                       const runtime::Manifest &manifest, bool widen) {
  auto func = lowered.lookupSymbol<LLVM::LLVMFuncOp>(implementation);
  if (!func)
    return llvm::createStringError("internal error: no lowered function '" +
                                   implementation + "'");
  AbiEntry entry;
  entry.implementation = implementation.str();
  if (auto bytes = func->getAttrOfType<IntegerAttr>(workspaceAttrName))
    entry.workspaceBytes = bytes.getInt();
  for (const runtime::Argument &argument : manifest.arguments) {
    bool wide = widen && runtime::isFloat(argument.type);
    entry.arguments.push_back(
        {wide ? 8 : runtime::getByteSize(argument.type),
         SmallVector<int64_t>(argument.shape.begin(), argument.shape.end()),
         argument.role != runtime::Role::In});
  }
  return entry;
}

static llvm::Error makeOne(ModuleOp payload, const runtime::Manifest &manifest,
                           bool promote, bool wide, Codegen &codegen,
                           runtime::CheckEntry &check,
                           llvm::SmallVector<char, 0> &object) {
  OwningOpRef<ModuleOp> module(payload.clone());
  PassManager pm(payload.getContext());
  buildPlainPipeline(pm, promote);
  buildLowerToX86Pipeline(pm, wide);
  const char *kind = promote ? "reference" : "own";
  if (failed(pm.run(*module)))
    return llvm::createStringError(llvm::Twine("internal error: the ") + kind +
                                   " code of '" + manifest.kernel +
                                   "' cannot be made");
  llvm::Expected<AbiEntry> entry =
      makeAbiEntry(*module, manifest.kernel, manifest, /*widen=*/promote);
  if (!entry)
    return entry.takeError();
  entry->packed = manifest.kernel + "__" + kind + "_packed";
  check.entry = entry->packed;
  check.workspaceBytes = entry->workspaceBytes;
  llvm::LLVMContext context;
  llvm::Expected<std::unique_ptr<llvm::Module>> code =
      codegen.translate(*module, *entry, context);
  if (!code)
    return code.takeError();
  codegen.optimize(**code);
  llvm::Expected<llvm::SmallVector<char, 0>> bytes = codegen.emitObject(**code);
  if (!bytes)
    return bytes.takeError();
  object = std::move(*bytes);
  return llvm::Error::success();
}

llvm::Expected<PlainCode>
tensorop::makePlainCode(ModuleOp payload, const runtime::Manifest &manifest,
                        bool wide, Codegen &codegen) {
  PlainCode code;
  if (llvm::Error error =
          makeOne(payload, manifest, /*promote=*/true, wide, codegen,
                  code.reference, code.referenceObject))
    return std::move(error);
  if (llvm::Error error = makeOne(payload, manifest, /*promote=*/false, wide,
                                  codegen, code.own, code.ownObject))
    return std::move(error);
  return std::move(code);
}
