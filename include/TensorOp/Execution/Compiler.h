//===- Compiler.h - A payload becomes a bundle ------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_EXECUTION_COMPILER_H
#define TENSOROP_EXECUTION_COMPILER_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tensorop {

namespace runtime {
struct Manifest;
} // namespace runtime

/// A message about the payload, the plan or the request.
struct Message {
  /// "error", "warning", "remark" or "note".
  std::string severity;
  /// "file:line:column", or empty when there is no place.
  std::string location;
  std::string text;
};

/// "file:1:2: error: text", as compilers print it.
std::string toString(const Message &message);

/// What to compile, for which machine, to where.
struct CompileRequest {
  /// MLIR text; the name is for messages.
  std::string payload, payloadName = "payload";
  /// The function to compile; empty: the only public one.
  std::string function;
  /// MLIR text with plans; empty: no plan.
  std::string plans, plansName = "plan";
  /// Who plans the kernels that no plan is for, as createProposer knows it;
  /// empty: nobody, they become plain loops.
  std::string proposer;
  /// File of the proposer `database`.
  std::string database;
  /// Kernels, by function, that the proposer leaves alone.
  std::vector<std::string> unproposed;
  /// Values of the plans' parameters, "name=integer".
  std::vector<std::string> values;
  /// Last phase of the plans' scripts that is run; 0: all.
  int64_t phases = 0;
  /// Sums of products of f16 and bf16 are rounded one by one, as the payload
  /// says, and not kept in f32.
  bool narrowSums = false;
  /// Most threads that a kernel runs on, where its plan has parallel loops.
  int64_t threads = 1;
  /// As HardwareModel's resolveTarget reads it.
  std::string target = "native";
  /// Where the bundle goes; made when it is missing.
  std::string directory;
  /// With reference and own-type code, which a check needs.
  bool reference = true;
  /// Further files beside the bundle: kernel.s, kernel.ll, kernel.mlir (after
  /// the plans were applied).
  bool assembly = false, llvm = false, mlir = false;
  /// The normalized kernels, before any plan, as MLIR text in the result.
  bool kernels = false;
  /// With `runner`, a static program that has the kernel inside and checks and
  /// times it (for machines of other architectures).
  bool runner = false;
};

/// A contraction of the payload, and who computes it.
struct ContractionReport {
  /// The kernel's function, and the op's name in it.
  std::string kernel, op;
  /// An operand is indexed by sums of the op's dimensions.
  bool isConvolution = false;
  /// Of the op's dimensions, in its order.
  std::vector<int64_t> extents;
  /// Multiplications and additions of one call of the payload; 0: unknown.
  int64_t flops = 0;
  /// The plan whose register tiles compute it; empty: plain loops do, for this
  /// reason.
  std::string plan, reason;
};

/// "mm of f: 64x64x64, 524288 operations, plan analytic", or plain loops and
/// why.
std::string toString(const ContractionReport &report);

/// The code for vectors of `bits` bits and more, of a kernel that has several.
struct VersionReport {
  int64_t bits = 0;
  /// The plans that were applied, and why each; empty: plain loops.
  std::string planName, planReason;
};

/// What became of a request.
struct CompileResult {
  bool ok = false;
  /// Not ok because the request contradicts itself or names what does not
  /// exist: a target, a parameter of a plan, the number of files.
  bool misused = false;
  /// Not ok because the loop tree refuses a plan: a step does not fit the
  /// kernel or the machine.
  bool illegal = false;
  /// The kernel's name, a C identifier.
  std::string kernel;
  /// The plans that were applied, and why each; empty when none was.
  std::string planName, planReason;
  /// Shortest first: of a kernel for machines of several vector lengths, with
  /// plans for each; the two above are those of the first that has any.
  std::vector<VersionReport> versions;
  /// Kernels, by function, for which the proposer was asked.
  std::vector<std::string> proposed;
  /// What CompileRequest::kernels asks for.
  std::string kernels;
  /// Every contraction of the payload.
  std::vector<ContractionReport> contractions;
  /// One line for each kernel: what bounds it, and how far it can get.
  std::vector<std::string> rooflines;
  /// Errors, warnings and remarks, in order.
  std::vector<Message> messages;
  /// Seconds by part: parse, normalize, plan, realise, lower, optimize,
  /// codegen, link; reference apart from the candidate's own time.
  std::vector<std::pair<std::string, double>> seconds;
};

/// The plan of each version, or of the kernel: "sgemm (for mm: kc = 256) for
/// vectors of 128 bits", "none, plain loops".
std::vector<std::string> describePlans(const CompileResult &result);

/// Compiles in process. Keeps what candidates share (dialects, target machines,
/// the reference's code), so use one for many requests, from one thread.
class Compiler {
public:
  Compiler();
  ~Compiler();

  /// Never ends the process for what a user can get wrong: `ok` is false then,
  /// and a message says why.
  /// `accept` sees the kernel's arguments before anything is compiled; a text
  /// that is not empty refuses the request as misused.
  using AcceptFn = llvm::function_ref<std::string(const runtime::Manifest &)>;
  CompileResult compile(const CompileRequest &request, AcceptFn accept = {});

private:
  struct State;
  std::unique_ptr<State> state;
};

} // namespace tensorop

#endif // TENSOROP_EXECUTION_COMPILER_H
