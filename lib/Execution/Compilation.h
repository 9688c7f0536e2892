//===- Compilation.h - A payload's kernel for one machine -------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_EXECUTION_COMPILATION_H
#define TENSOROP_LIB_EXECUTION_COMPILATION_H

#include "Machines.h"
#include "Prepacked.h"
#include "Stopwatch.h"
#include "TensorOp/Execution/ApplyPlans.h"
#include "TensorOp/Execution/Compiler.h"
#include "TensorOp/Runtime/Manifest.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include <optional>

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm
namespace mlir {
class OpPassManager;
} // namespace mlir

namespace tensorop {

/// A payload's kernel as optimized LLVM IR, and what a bundle says of it.
struct KernelCode {
  std::unique_ptr<llvm::Module> module;
  runtime::Manifest manifest;
  /// The kernel calls OpenMP's runtime.
  bool isParallel = false;
  /// The kernel after the plans were applied; where the request has it.
  std::optional<std::string> mlir;
};

/// One request on its way to LLVM IR, for one machine.
class Compilation {
public:
  Compilation(CompileRequest request, const Machine &machine,
              mlir::MLIRContext &context)
      : request(std::move(request)), hardware(machine.hardware),
        codegen(*machine.codegen), context(context) {}

  /// Parses and chooses the function. Fails with an error in the result, as
  /// what follows does, in this order.
  mlir::LogicalResult read();
  /// Everything else up to the LLVM dialect.
  mlir::LogicalResult lower(Compiler::AcceptFn accept);
  /// LLVM IR in `llvmContext`.
  mlir::FailureOr<KernelCode> makeCode(llvm::LLVMContext &llvmContext);

  /// Messages, plans and times so far.
  CompileResult &getResult() { return result; }
  /// The payload with the chosen function as the only public one, on tensors.
  mlir::ModuleOp getPayload() { return *payload; }
  const PlanReport &getPlanReport() const { return planReport; }

  /// Somebody plans: the request, the payload, or a proposer. After `read`.
  bool wantsPlans() { return plans || !request.proposer.empty(); }
  /// Every kernel becomes plain loops.
  void dropPlans();
  /// `lower` failed when the payload itself was fine.
  bool isPlanAtFault() const { return isPlanning; }

  /// Positions of the arguments that the kernel takes packed. After `lower`.
  std::vector<unsigned> getPackedArguments() const;
  /// Size of the packed array number `i`; callers may be asked for more than
  /// is needed.
  int64_t getPackedBytes(size_t i) const { return manifest.prepacked[i].bytes; }
  void setPackedBytes(size_t i, int64_t bytes);

private:
  mlir::LogicalResult readPayload();
  mlir::LogicalResult selectFunction();
  mlir::LogicalResult checkValues();
  mlir::LogicalResult formKernels(Compiler::AcceptFn accept);
  mlir::LogicalResult realise();
  mlir::LogicalResult error(const llvm::Twine &text);
  /// An error of the request, not of the payload or a plan.
  mlir::LogicalResult misuse(const llvm::Twine &text);
  mlir::LogicalResult
  runPasses(mlir::ModuleOp op, llvm::StringRef phase,
            llvm::function_ref<void(mlir::OpPassManager &)> build,
            bool verify = true);

  CompileRequest request;
  const HardwareModel &hardware;
  Codegen &codegen;
  mlir::MLIRContext &context;
  CompileResult result;
  Stopwatch watch{result};
  mlir::OwningOpRef<mlir::ModuleOp> payload, module, plans;
  PlanReport planReport;
  runtime::Manifest manifest;
  std::vector<PrepackEntry> prepacked;
  std::optional<std::string> mlirText;
  /// A plan has made a team of threads.
  bool isParallel = false;
  bool isPlanning = false;
};

} // namespace tensorop

#endif // TENSOROP_LIB_EXECUTION_COMPILATION_H
