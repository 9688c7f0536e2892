//===- Codegen.h - LLVM dialect to an object file ---------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TARGET_CPU_CODEGEN_H
#define TENSOROP_TARGET_CPU_CODEGEN_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace llvm {
class Function;
class LLVMContext;
class Module;
class TargetMachine;
} // namespace llvm
namespace mlir {
class ModuleOp;
} // namespace mlir

namespace tensorop {

/// The range of `vscale`, the unknown factor of scalable vectors.
struct VectorScale {
  unsigned min = 1, max = 1;
};

/// What the backend needs to know about a machine, in LLVM's words.
struct CodegenTarget {
  /// An empty cpu is the architecture's generic one.
  std::string triple, cpu;
  /// "+avx2,+fma,..."; may be empty.
  std::string attributes;
  /// Of a machine with scalable vectors; where both ends are equal, the
  /// backend may use the length.
  std::optional<VectorScale> vscale = std::nullopt;
  /// Instructions start in the order of the code, so that LLVM has to move each
  /// load away from its use, even where that makes it spill.
  bool inOrder = false;
};

/// One argument of a kernel, dense and row-major.
struct AbiArgument {
  /// Size and required alignment of one element, a power of two.
  int64_t elementBytes = 1;
  llvm::SmallVector<int64_t> shape;
  /// The kernel writes it, so that no other array may overlap it.
  bool written = false;
  /// Required alignment, when it is more than an element's.
  int64_t alignment = 0;
  /// The array was packed before: its first bytes (prepackHeaderBytes) begin
  /// with this number, its elements lie behind them. An entry that writes the
  /// array puts it there, any other one refuses an array without it.
  std::optional<uint64_t> tag = std::nullopt;
};

/// A function with bare pointers (one per argument, then the workspace when it
/// needs one) and the entries that the kernel ABI gives it.
struct AbiEntry {
  std::string implementation;
  /// Exported name of the entry that takes one descriptor per argument; none
  /// when empty.
  std::string typed;
  /// Exported name of the entry that takes an array of descriptors.
  std::string packed;
  std::vector<AbiArgument> arguments;
  int64_t workspaceBytes = 0;
  /// The typed entry takes the workspace as its last argument, also when it
  /// needs none.
  bool takesWorkspace = true;
};

/// Makes code for one target; holds the target machine, so keep it. Not for
/// several threads at once.
class Codegen {
public:
  /// Fails for a triple or cpu that LLVM does not know.
  static llvm::Expected<std::unique_ptr<Codegen>>
  create(const CodegenTarget &target);
  ~Codegen();

  /// Translates a module of the LLVM dialect, adds the ABI's entries and makes
  /// every other function internal.
  llvm::Expected<std::unique_ptr<llvm::Module>>
  translate(mlir::ModuleOp module, llvm::ArrayRef<AbiEntry> entries,
            llvm::LLVMContext &context);

  /// Makes a function of this target: cpu, features, range of `vscale`.
  void setTarget(llvm::Function &function) const;

  /// LLVM's O2 pipeline, and passes of ours that find the target's
  /// instructions.
  void optimize(llvm::Module &module);
  /// LLVM's pipeline, and what its backend would get wrong, only: what kernels
  /// are compared with must not share errors of ours.
  void optimizeReference(llvm::Module &module);

  /// The object file's bytes.
  llvm::Expected<llvm::SmallVector<char, 0>>
  emitObject(const llvm::Module &module);
  /// An object with the table of entries (Runtime/LinkedKernels.h) for a
  /// program that has them inside: `object` is the hash of the shared object
  /// with the same entries, `names` are theirs.
  llvm::Expected<llvm::SmallVector<char, 0>>
  emitEntryTable(llvm::StringRef object, llvm::ArrayRef<std::string> names);
  /// Assembly text.
  llvm::Expected<std::string> emitAssembly(const llvm::Module &module);

private:
  void runPipeline(llvm::Module &module, bool isKernel);
  Codegen(std::unique_ptr<llvm::TargetMachine> machine,
          std::optional<VectorScale> vscale, bool avoidSpills);
  std::unique_ptr<llvm::TargetMachine> machine;
  std::optional<VectorScale> vscale;
  /// See Emission.h.
  bool avoidSpills;
};

/// Adds the entries of the kernel ABI to `module`. They check each descriptor
/// (sizes, dense row-major strides, alignment) and the workspace, then call the
/// implementation: 0, i + 1 for argument i, -1 for the workspace, -2 when an
/// assertion of the payload failed.
llvm::Error addAbiEntry(llvm::Module &module, const AbiEntry &entry);

/// A shared library of the system that code depends on.
struct NeededLibrary {
  std::string file;
  /// Who needs it and what to install, for the error when it is not there.
  std::string purpose;
};

/// LLVM's OpenMP runtime, on which kernels with threads depend.
NeededLibrary openMPLibrary();

/// Links object files of `triple` to a shared object. Symbols of that
/// architecture's libm, libgcc, libc and the `needed` libraries may be left for
/// the loader; any other undefined symbol is an error that names it, and so is
/// a needed library that is not there.
llvm::Error linkSharedObject(llvm::ArrayRef<std::string> objects,
                             const std::string &output, llvm::StringRef triple,
                             llvm::ArrayRef<NeededLibrary> needed = {});

/// Links object files and `archive`, which has `main`, to a static program for
/// Linux with that architecture's C and C++ library inside.
llvm::Error linkStaticProgram(llvm::ArrayRef<std::string> objects,
                              const std::string &archive,
                              const std::string &output,
                              llvm::StringRef triple);

} // namespace tensorop

#endif // TENSOROP_TARGET_CPU_CODEGEN_H
