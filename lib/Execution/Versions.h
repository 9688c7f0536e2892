//===- Versions.h - One kernel for every vector length ----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_EXECUTION_VERSIONS_H
#define TENSOROP_LIB_EXECUTION_VERSIONS_H

#include "Compilation.h"

namespace tensorop {

/// Lengths, in bits and ascending, that a kernel for `hardware`, whose vector
/// length is not known, is compiled for. The first is the shortest that the
/// machine may have.
std::vector<int64_t> versionLengths(const HardwareModel &hardware);

/// A request's kernel, for one machine. Plans need a known vector length: where
/// the machine's is not, each length of versionLengths becomes a version with
/// plans of its own, whose code runs with longer vectors too, and the kernel's
/// entries choose the longest version that the vectors have room for. A length
/// without a plan, or whose plan is refused, has no version; of the shortest
/// one there is always one, plain loops if need be.
class Versions {
public:
  Versions(const CompileRequest &request, const Machine &machine,
           Machines &machines, mlir::MLIRContext &context)
      : request(request), machine(machine), machines(machines),
        context(context) {}

  /// Everything up to the LLVM dialect. Fails with an error in the result.
  mlir::LogicalResult lower(Compiler::AcceptFn accept);
  /// After that: LLVM IR in `llvmContext`. Fails with an error in the result.
  mlir::FailureOr<KernelCode> makeCode(llvm::LLVMContext &llvmContext);

  CompileResult &getResult() { return result; }
  mlir::ModuleOp getPayload() { return made.front().compilation->getPayload(); }
  /// The plans of all versions.
  PlanReport getPlanReport() const;

private:
  struct Version {
    /// Least length of vectors, in bits.
    int64_t bits;
    std::unique_ptr<Compilation> compilation;
  };

  mlir::LogicalResult error(const llvm::Twine &text);
  mlir::FailureOr<std::unique_ptr<Compilation>> start(int64_t bits);
  mlir::LogicalResult lowerEach(Compiler::AcceptFn accept);
  void merge();
  void reportMissing(llvm::ArrayRef<std::pair<int64_t, CompileResult>> refused,
                     llvm::ArrayRef<int64_t> unplanned);
  mlir::LogicalResult unifyPacked();
  void add(int64_t bits, KernelCode code, KernelCode &all);

  const CompileRequest &request;
  const Machine &machine;
  Machines &machines;
  mlir::MLIRContext &context;
  CompileResult result;
  /// Shortest first; a single one has bits 0 where the length is known.
  std::vector<Version> made;
};

} // namespace tensorop

#endif // TENSOROP_LIB_EXECUTION_VERSIONS_H
