//===- Evaluator.h - Runs bundles on another machine ------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels for another architecture are checked and timed by a command that ours
// is appended to: an emulator ("qemu-riscv64 -cpu ...") or a way to a board
// ("ssh board"). A command that does not see our files gets them as a tar
// archive on its standard input.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_EXECUTION_EVALUATOR_H
#define TENSOROP_EXECUTION_EVALUATOR_H

#include "TensorOp/Execution/Job.h"

namespace tensorop {

/// The evaluator of a request that is a model, not a command: the emulator
/// checks, and cycles are estimated (docs/simulation.md).
inline constexpr llvm::StringLiteral simulatedEvaluator = "simulated";

/// Decides where a job's bundle is checked and timed: `job.evaluator` where the
/// request has one, else this process, else the emulator of the target's
/// architecture. Sets what the bundle needs for it. Fails for a target that
/// does not exist or cannot be simulated when it should be, for a time that an
/// emulator would give and for baselines beside a simulation;
/// with MissingEmulator (Simulate/Emulator.h) when there is nothing to run on.
llvm::Error chooseEvaluator(Job &job);

/// Whether some word of the prefix is one of QEMU's user emulators.
bool isEmulator(llvm::StringRef prefix);

/// Checks and times the bundle in `job.compile.directory` through
/// `job.evaluator`; adds reports and messages to `result`, which has been
/// compiled. Each command of the prefix may take `seconds`.
void evaluate(const Job &job, JobResult &result, double seconds,
              llvm::function_ref<void(llvm::StringRef)> progress);

/// Which of the code for several vector lengths was run, and which compiled
/// only, with the end of the line; empty for a kernel without such a choice, or
/// when nothing was run.
std::string describeVersions(const JobResult &result);

/// "evaluator: ssh board (cortex-a72)" and the end of the line, or "(emulated)"
/// where no processor ran it; empty without an evaluator.
std::string describeEvaluator(const Job &job, const JobResult &result);

} // namespace tensorop

#endif // TENSOROP_EXECUTION_EVALUATOR_H
