//===- Job.h - What a worker is asked, and what it answers ------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_EXECUTION_JOB_H
#define TENSOROP_EXECUTION_JOB_H

#include "TensorOp/Execution/Compiler.h"
#include "TensorOp/Execution/Worker.h"
#include "TensorOp/Runtime/Check.h"
#include "TensorOp/Runtime/Measure.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"
#include <optional>

namespace tensorop {

/// Compile, then check, then time; a step that is not asked for is left out,
/// and nothing is timed that was checked and found wrong.
struct Job {
  CompileRequest compile;
  std::optional<runtime::CheckOptions> check;
  std::optional<runtime::MeasureOptions> bench;
  /// The command that runs the bundle, ours appended (Evaluator.h); empty: this
  /// process does.
  std::string evaluator;
  /// `evaluator` is an emulator that was chosen for the target: a kernel with
  /// code for several vector lengths is checked with each of them.
  bool isChosen = false;
  /// How often this process repeats a timing that is void, one by one.
  int64_t attempts = 1;
  /// A file on which jobs that time kernels on one machine at once take turns
  /// (a lock of the system's); empty: no other one does.
  std::string turn;
  /// Instead of timing it, `bench` asks for the cycles of the simulator.
  bool simulate = false;
};

enum class JobStatus {
  Done,
  /// Refused, or a step could not be made; messages say why.
  Failed,
  /// Compiled, but the result is wrong.
  Wrong,
  /// The worker died, or was ended after its time; messages say where.
  Crashed,
  TimedOut,
  /// The worker's memory, or that of the arrays, is more than there is.
  OutOfMemory,
  /// Compiled, but there is nothing to run it on.
  Missing
};

struct JobResult {
  JobStatus status = JobStatus::Failed;
  CompileResult compile;
  /// What runtime/Report.h writes; null when the step was not made.
  llvm::json::Value check = nullptr, bench = nullptr;
  /// The same for people, one line or more each.
  std::string checkText, benchText;
  /// Of a kernel with code for several vector lengths: those lengths, in bits,
  /// whose code was run. The others were compiled only.
  std::vector<int64_t> lengthsRun;
  /// What an evaluator says about its machine (docs/formats.md); null without.
  llvm::json::Value machine = nullptr;
  /// The evaluator's machine is not there, files cannot be copied to it or
  /// written here, or no worker can be started: the failure says nothing about
  /// the kernel.
  bool isUnreachable = false;
};

/// "done", "failed", "wrong", "crashed", "timed-out", "out-of-memory" or
/// "missing".
llvm::StringRef getName(JobStatus status);

/// The forms that go between a tool and its worker.
llvm::json::Object toJson(const Job &job);
llvm::json::Object toJson(const JobResult &result);
/// As `tensorop-run --json` shows them (docs/formats.md).
llvm::json::Object toJson(const ContractionReport &report);
llvm::json::Object toJson(const VersionReport &report);
llvm::Expected<Job> parseJob(const llvm::json::Object &object);
llvm::Expected<JobResult> parseJobResult(const llvm::json::Object &object);

/// Does the job in this process. `progress` hears "compile", "check" and
/// "bench" before each step.
JobResult runJob(Compiler &compiler, const Job &job,
                 llvm::function_ref<void(llvm::StringRef)> progress);

/// Does the job in `worker`, whose child calls serveCompileJobs. A crash, a
/// hang or a worker that cannot start is a result with a message that names the
/// step.
JobResult runJob(Worker &worker, const Job &job,
                 llvm::function_ref<void(llvm::StringRef)> progress);

/// The child's side: one compiler does all jobs from standard input. Returns
/// the exit code.
int serveCompileJobs();

/// The first argument that starts a tool of ours as its own worker.
inline constexpr llvm::StringLiteral workerFlag = "--worker";

} // namespace tensorop

#endif // TENSOROP_EXECUTION_JOB_H
