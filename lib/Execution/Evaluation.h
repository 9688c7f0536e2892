//===- Evaluation.h - One bundle through a command --------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_EXECUTION_EVALUATION_H
#define TENSOROP_LIB_EXECUTION_EVALUATION_H

#include "TensorOp/Execution/Job.h"

namespace tensorop {

/// Words of a command, as a shell would split them; none where a quote is not
/// closed.
std::vector<std::string> splitWords(llvm::StringRef text);

/// Copies the bundle of `job` where `job.evaluator` runs it, unless that sees
/// our files, checks and times it there and fetches what came out. Each command
/// may take `seconds`. Sets reports, status and messages of `result`; the error
/// is one of the way there or back.
llvm::Error evaluateThere(const Job &job, JobResult &result, double seconds,
                          llvm::function_ref<void(llvm::StringRef)> progress);

} // namespace tensorop

#endif // TENSOROP_LIB_EXECUTION_EVALUATION_H
