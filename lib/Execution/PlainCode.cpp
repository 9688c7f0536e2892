//===- PlainCode.cpp - The reference's machine code -----------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlainCode.h"
#include "Lowering.h"
#include "Permissions.h"
#include "TensorOp/Normalize/Passes.h"
#include "TensorOp/Target/CPU/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

using namespace mlir;
using namespace tensorop;

llvm::Expected<AbiEntry>
tensorop::makeAbiEntry(ModuleOp lowered, StringRef implementation,
                       const runtime::Manifest &manifest, CodeKind kind,
                       ArrayRef<PrepackEntry> prepacked) {
  bool widen = kind == CodeKind::Reference || kind == CodeKind::Perturbed;
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
  for (const PrepackEntry &one : prepacked) {
    entry.arguments[one.argument] = one.entry.arguments[1];
    entry.arguments[one.argument].written = false;
  }
  if (kind == CodeKind::Perturbed)
    entry.arguments.push_back({8, {}});
  return entry;
}

static llvm::Expected<PlainEntry>
makeOne(ModuleOp payload, const runtime::Manifest &manifest, CodeKind kind,
        const Permissions &permissions, const HardwareModel &hardware,
        Codegen &codegen) {
  OwningOpRef<ModuleOp> module(payload.clone());
  PassManager pm(payload.getContext());
  const char *name = "reference";
  if (kind == CodeKind::Perturbed) {
    name = "perturbed";
    buildPerturbedPipeline(pm, permissions.functionUlp, permissions.wideSums);
  } else {
    if (kind == CodeKind::Own)
      name = "own";
    buildPlainPipeline(pm, /*promote=*/kind == CodeKind::Reference,
                       permissions.wideSums && kind == CodeKind::Own);
  }
  buildLoweringPipeline(pm, hardware);
  if (failed(pm.run(*module)))
    return llvm::createStringError(llvm::Twine("internal error: the ") + name +
                                   " code of '" + manifest.kernel +
                                   "' cannot be made");
  llvm::Expected<AbiEntry> entry =
      makeAbiEntry(*module, manifest.kernel, manifest, kind);
  if (!entry)
    return entry.takeError();
  entry->packed = manifest.kernel + "__" + name + "_packed";
  PlainEntry plain;
  plain.entry.entry = entry->packed;
  plain.entry.workspaceBytes = entry->workspaceBytes;
  llvm::LLVMContext context;
  llvm::Expected<std::unique_ptr<llvm::Module>> code =
      codegen.translate(*module, *entry, context);
  if (!code)
    return code.takeError();
  codegen.optimizeReference(**code);
  llvm::Expected<llvm::SmallVector<char, 0>> bytes = codegen.emitObject(**code);
  if (!bytes)
    return bytes.takeError();
  plain.object = std::move(*bytes);
  return plain;
}

llvm::Expected<PlainCode>
tensorop::makePlainCode(ModuleOp payload, const runtime::Manifest &manifest,
                        const Permissions &permissions,
                        const HardwareModel &hardware, Codegen &codegen) {
  auto make = [&](CodeKind kind) {
    return makeOne(payload, manifest, kind, permissions, hardware, codegen);
  };
  PlainCode code;
  llvm::Expected<PlainEntry> reference = make(CodeKind::Reference);
  if (!reference)
    return reference.takeError();
  code.reference = std::move(*reference);
  llvm::Expected<PlainEntry> own = make(CodeKind::Own);
  if (!own)
    return own.takeError();
  code.own = std::move(*own);
  if (permissions.loose &&
      manifest.bound.kind == runtime::Bound::Kind::Measured) {
    llvm::Expected<PlainEntry> perturbed = make(CodeKind::Perturbed);
    if (!perturbed)
      return perturbed.takeError();
    code.perturbed = std::move(*perturbed);
  }
  return std::move(code);
}
