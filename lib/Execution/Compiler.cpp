//===- Compiler.cpp - A payload becomes a bundle --------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Execution/Compiler.h"
#include "BundleFiles.h"
#include "Messages.h"
#include "Permissions.h"
#include "PlainCode.h"
#include "Proposals.h"
#include "Stopwatch.h"
#include "TensorOp/Hardware/Backend.h"
#include "TensorOp/InitAll.h"
#include "TensorOp/Runtime/CpuFeatures.h"
#include "Versions.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace tensorop;

struct Compiler::State {
  DialectRegistry registry;
  std::unique_ptr<MLIRContext> context;
  int uses = 0;
  Machines machines;
  /// The plain code of the last few payloads, oldest first.
  std::vector<std::pair<std::string, PlainCode>> references;

  MLIRContext &getContext() {
    // Types and attributes of all payloads stay in a context for good.
    if (!context || ++uses > 256) {
      context = std::make_unique<MLIRContext>(registry,
                                              MLIRContext::Threading::DISABLED);
      // The op's text, after many passes, is not what the user wrote.
      context->printOpOnDiagnostic(false);
      uses = 0;
    }
    return *context;
  }

  CompileResult compile(const CompileRequest &request,
                        Compiler::AcceptFn accept);
  /// The code that checks the kernel of `versions`; `manifest` says what it
  /// takes.
  llvm::Expected<const PlainCode *>
  getPlainCode(const CompileRequest &request, const Machine &machine,
               Versions &versions, const runtime::Manifest &manifest);
};

Compiler::Compiler() : state(std::make_unique<State>()) {
  registerAllDialects(state->registry);
}

Compiler::~Compiler() = default;

static void addError(CompileResult &result, llvm::Error error) {
  result.messages.push_back({"error", "", llvm::toString(std::move(error))});
}

/// The texts that the request wants, then the object.
static llvm::Error emitCode(const CompileRequest &request, KernelCode &code,
                            Codegen &codegen, BundleFiles &files,
                            llvm::SmallVector<char, 0> &object) {
  files.mlir = std::move(code.mlir);
  if (request.llvm) {
    llvm::raw_string_ostream stream(files.llvm.emplace());
    stream << *code.module;
  }
  if (request.assembly) {
    llvm::Expected<std::string> text = codegen.emitAssembly(*code.module);
    if (!text)
      return text.takeError();
    files.assembly = std::move(*text);
  }
  llvm::Expected<llvm::SmallVector<char, 0>> bytes =
      codegen.emitObject(*code.module);
  if (!bytes)
    return bytes.takeError();
  object = std::move(*bytes);
  return llvm::Error::success();
}

/// What code for `hardware` needs of a machine.
static void describeMachine(const CompileRequest &request,
                            const HardwareModel &hardware,
                            runtime::Manifest &manifest) {
  manifest.triple = hardware.triple;
  manifest.target = request.target;
  manifest.cpu = hardware.cpu;
  StringRef architecture = StringRef(hardware.triple).split('-').first;
  for (const std::string &feature : hardware.features)
    if (runtime::isKnownCpuFeature(architecture, feature))
      manifest.features.push_back(feature);
  // What the cpu brings along would stop the kernel where it is not there.
  for (std::string &feature : listBackendFeatures(hardware))
    if (runtime::isOfPlainCode(architecture, feature) &&
        !llvm::is_contained(manifest.features, feature))
      manifest.features.push_back(std::move(feature));
  if (hardware.scalable)
    manifest.vectorBits = {hardware.vectorBits, hardware.vectorBitsMax};
}

llvm::Expected<const PlainCode *>
Compiler::State::getPlainCode(const CompileRequest &request,
                              const Machine &machine, Versions &versions,
                              const runtime::Manifest &manifest) {
  Permissions permissions =
      collectPermissions(versions.getPayload(), versions.getPlanReport());
  permissions.wideSums = !request.narrowSums;
  std::string key = request.target + '\0' + request.function + '\0' +
                    request.payloadName + '\0' + request.payload + '\0' +
                    std::to_string(permissions.loose) + '\0' +
                    std::to_string(permissions.functionUlp) + '\0' +
                    std::to_string(permissions.wideSums);
  auto known = llvm::find_if(
      references, [&](const auto &entry) { return entry.first == key; });
  if (known == references.end()) {
    llvm::Expected<PlainCode> code =
        makePlainCode(versions.getPayload(), manifest, permissions,
                      machine.hardware, *machine.codegen);
    if (!code)
      return code.takeError();
    if (references.size() >= 8)
      references.erase(references.begin());
    references.emplace_back(key, std::move(*code));
    known = std::prev(references.end());
  }
  return &known->second;
}

CompileResult Compiler::State::compile(const CompileRequest &request,
                                       Compiler::AcceptFn accept) {
  llvm::Expected<const Machine *> machine = machines.get(request.target);
  if (!machine) {
    CompileResult result;
    result.misused = machine.errorIsA<UnknownTarget>();
    addError(result, machine.takeError());
    return result;
  }
  Codegen &codegen = *(*machine)->codegen;
  MLIRContext &mlirContext = getContext();
  llvm::LLVMContext llvmContext;
  Versions versions(request, **machine, machines, mlirContext);
  FailureOr<KernelCode> code = failure();
  if (succeeded(versions.lower(accept)))
    code = versions.makeCode(llvmContext);
  CompileResult result = std::move(versions.getResult());
  if (failed(code))
    return result;

  MessageCollector collector(mlirContext, result.messages);
  Stopwatch watch(result);
  BundleFiles files;
  llvm::SmallVector<char, 0> object;
  if (llvm::Error error = emitCode(request, *code, codegen, files, object)) {
    addError(result, std::move(error));
    return result;
  }
  watch.record("codegen");
  runtime::Manifest &manifest = code->manifest;
  if (request.reference) {
    llvm::Expected<const PlainCode *> plain =
        getPlainCode(request, **machine, versions, manifest);
    if (!plain) {
      addError(result, plain.takeError());
      return result;
    }
    files.plain = *plain;
    watch.record("reference");
  }
  describeMachine(request, (*machine)->hardware, manifest);
  for (const Message &message : result.messages)
    manifest.diagnostics.push_back(toString(message));
  files.directory = request.directory;
  files.object = object;
  files.isParallel = code->isParallel;
  files.runner = request.runner;
  if (llvm::Error error = tensorop::writeBundle(files, manifest, codegen)) {
    addError(result, std::move(error));
    return result;
  }
  watch.record("link");
  result.ok = true;
  return result;
}

CompileResult Compiler::compile(const CompileRequest &request,
                                AcceptFn accept) {
  return compileWithProposals(request, [&](const CompileRequest &one) {
    return state->compile(one, accept);
  });
}
