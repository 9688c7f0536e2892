//===- BundleFiles.h - Writes a bundle to its folder ------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_EXECUTION_BUNDLEFILES_H
#define TENSOROP_LIB_EXECUTION_BUNDLEFILES_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>

namespace tensorop {
class Codegen;
struct PlainCode;
namespace runtime {
struct Manifest;
} // namespace runtime

/// What goes into a bundle's folder.
struct BundleFiles {
  std::string directory;
  /// The kernel's object file.
  llvm::ArrayRef<char> object;
  /// The check's entries; null: a bundle that cannot be checked.
  const PlainCode *plain = nullptr;
  /// The kernel calls OpenMP's runtime.
  bool isParallel = false;
  /// With a static runner that has the kernel inside.
  bool runner = false;
  /// Further texts, where they were asked for.
  std::optional<std::string> mlir, llvm, assembly;
};

/// Writes kernel.o, links kernel.so, then writes kernel.h, manifest.json and
/// the rest. Makes the folder. `manifest`, else complete, gets the check's
/// entries. `codegen` is that of the manifest's triple.
llvm::Error writeBundle(const BundleFiles &files, runtime::Manifest &manifest,
                        Codegen &codegen);

} // namespace tensorop

#endif // TENSOROP_LIB_EXECUTION_BUNDLEFILES_H
