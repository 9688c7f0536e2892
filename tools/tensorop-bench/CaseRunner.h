//===- CaseRunner.h - Compiles, checks and times one case -------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TOOLS_BENCH_CASERUNNER_H
#define TENSOROP_TOOLS_BENCH_CASERUNNER_H

#include "Results.h"
#include "Suite.h"
#include "TensorOp/Runtime/Status.h"
#include <memory>
#include <string>
#include <vector>

namespace tensorop::bench {

struct RunOptions {
  std::string target = "native", proposer = "analytic";
  /// File of the proposer `database`.
  std::string database;
  /// As of tensorop-run: empty, a command or "simulated".
  std::string evaluator;
  int64_t threads = 1;
  /// Seconds for one measurement; how often one that is void is repeated.
  double seconds = 1;
  int64_t attempts = 3;
  std::vector<std::string> baselines;
  /// Folder for bundles; empty: they are not kept.
  std::string keep;
};

/// Sends cases to a worker process.
class CaseRunner {
public:
  /// Makes the folder for bundles; the worker starts with the first case.
  static runtime::Result<std::unique_ptr<CaseRunner>>
  create(const RunOptions &options);
  ~CaseRunner();

  /// Never fails as a whole: what goes wrong is the result's state and reason.
  CaseResult run(const Case &benchCase);

private:
  struct Implementation;
  explicit CaseRunner(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation;
};

} // namespace tensorop::bench

#endif // TENSOROP_TOOLS_BENCH_CASERUNNER_H
