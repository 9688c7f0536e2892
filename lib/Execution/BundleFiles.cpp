//===- BundleFiles.cpp - Writes a bundle to its folder --------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BundleFiles.h"
#include "KernelFacts.h"
#include "PlainCode.h"
#include "TensorOp/Execution/TextFile.h"
#include "TensorOp/Execution/Worker.h"
#include "TensorOp/Runtime/Manifest.h"
#include "TensorOp/Target/CPU/Codegen.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace tensorop;
using llvm::Error;
using llvm::StringRef;
using llvm::Twine;

static StringRef toText(llvm::ArrayRef<char> bytes) {
  return StringRef(bytes.data(), bytes.size());
}

/// The static runner of an architecture, without kernels, lies beside the
/// tools.
static std::string getRunnerArchive(StringRef triple) {
  llvm::SmallString<128> path(llvm::sys::path::parent_path(
      llvm::sys::path::parent_path(thisExecutable())));
  llvm::sys::path::append(path, "lib", "tensorop", triple.split('-').first,
                          "libtensorop-runner.a");
  return path.str().str();
}

/// Links `objects` of the bundle with the runner.
static Error linkRunner(const std::string &directory,
                        std::vector<std::string> objects, Codegen &codegen) {
  runtime::Result<runtime::Manifest> manifest =
      runtime::readManifest(directory);
  if (!manifest.ok())
    return llvm::createStringError("internal error: " + manifest.message());
  std::string archive = getRunnerArchive(manifest->triple);
  if (!llvm::sys::fs::exists(archive))
    return llvm::createStringError(
        "there is no static runner for '" + manifest->triple + "': no file '" +
        archive +
        "' (the build makes it for riscv64 and aarch64 where the libraries of "
        "a cross compiler are installed)");
  std::vector<std::string> names = {manifest->packedEntry};
  for (const auto *entry : {&manifest->reference, &manifest->own,
                            &manifest->magnitude, &manifest->perturbed})
    if (*entry)
      names.push_back((*entry)->entry);
  for (const runtime::Prepacked &one : manifest->prepacked)
    names.push_back(one.packedEntry);
  llvm::Expected<llvm::SmallVector<char, 0>> table =
      codegen.emitEntryTable(manifest->objectHash, names);
  if (!table)
    return table.takeError();
  objects.push_back(directory + "/entries.o");
  if (Error error = writeTextFile(objects.back(), toText(*table)))
    return error;
  Error error = linkStaticProgram(objects, archive, directory + "/runner",
                                  manifest->triple);
  llvm::sys::fs::remove(objects.back());
  return error;
}

Error tensorop::writeBundle(const BundleFiles &files,
                            runtime::Manifest &manifest, Codegen &codegen) {
  const std::string &directory = files.directory;
  if (std::error_code code = llvm::sys::fs::create_directories(directory))
    return llvm::createStringError("cannot make the folder '" + directory +
                                   "': " + code.message());
  std::vector<std::string> objects, temporary;
  llvm::scope_exit removeTemporary([&] {
    for (const std::string &path : temporary)
      llvm::sys::fs::remove(path);
  });
  auto add = [&](StringRef name, llvm::ArrayRef<char> object) {
    objects.push_back(directory + "/" + name.str());
    return writeTextFile(objects.back(), toText(object));
  };
  if (Error error = add("kernel.o", files.object))
    return error;
  if (const PlainCode *plain = files.plain) {
    manifest.reference = plain->reference.entry;
    manifest.own = plain->own.entry;
    if (plain->perturbed)
      manifest.perturbed = plain->perturbed->entry;
    // The runner passes absolute values, which makes the reference compute
    // the magnitude.
    if (manifest.bound.kind == runtime::Bound::Kind::Contraction)
      manifest.magnitude = plain->reference.entry;
    for (auto [name, entry] :
         {std::pair("reference.o", &plain->reference),
          {"own.o", &plain->own},
          {"perturbed.o", plain->perturbed ? &*plain->perturbed : nullptr}}) {
      if (!entry)
        continue;
      temporary.push_back(directory + "/" + name);
      if (Error error = add(name, entry->object))
        return error;
    }
  } else {
    // Nothing is there to compute the magnitude.
    manifest.bound = runtime::Bound();
  }
  llvm::SmallVector<NeededLibrary> needed;
  if (files.isParallel)
    needed.push_back(openMPLibrary());
  if (Error error = linkSharedObject(objects, directory + "/kernel.so",
                                     manifest.triple, needed))
    return error;
  if (Error error =
          writeTextFile(directory + "/kernel.h", writeHeader(manifest)))
    return error;
  for (auto [name, text] : {std::pair("kernel.mlir", &files.mlir),
                            {"kernel.ll", &files.llvm},
                            {"kernel.s", &files.assembly}})
    if (*text)
      if (Error error = writeTextFile(directory + "/" + name, **text))
        return error;
  if (runtime::Status status = runtime::writeManifest(manifest, directory);
      !status.ok())
    return llvm::createStringError(status.message());
  return files.runner ? linkRunner(directory, objects, codegen)
                      : Error::success();
}
