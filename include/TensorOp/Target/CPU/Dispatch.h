//===- Dispatch.h - Versions for several vector lengths ---------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TARGET_CPU_DISPATCH_H
#define TENSOROP_TARGET_CPU_DISPATCH_H

#include "llvm/Support/Error.h"
#include <memory>
#include <vector>

namespace llvm {
class Module;
} // namespace llvm

namespace tensorop {
class Codegen;

/// Code for vector registers of `bits` bits and more, with the ABI's entries.
struct CodeVersion {
  unsigned bits = 0;
  std::unique_ptr<llvm::Module> module;
};

/// One module of several `versions`, shortest first, of one LLVMContext. Each
/// exported function is exported again, as one that calls the longest version
/// that the machine's vectors have room for: it compares `vscale`, which counts
/// units of `unitBits` bits. The versions' functions become internal, with
/// names that end in `.v<bits>`. `codegen` is for the machine of any length.
///
/// Fails when the versions export different functions.
llvm::Expected<std::unique_ptr<llvm::Module>>
linkVersions(std::vector<CodeVersion> versions, unsigned unitBits,
             const Codegen &codegen);

} // namespace tensorop

#endif // TENSOROP_TARGET_CPU_DISPATCH_H
