//===- Results.h - Tables and JSON of tensorop-bench ------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TOOLS_BENCH_RESULTS_H
#define TENSOROP_TOOLS_BENCH_RESULTS_H

#include "Suite.h"
#include <iosfwd>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace tensorop::bench {

/// What became of one case.
struct CaseResult {
  Case benchCase;
  /// "timed"; "simulated"; "void": timed, but the run proves nothing; "wrong";
  /// "refused": not compiled, or not run.
  std::string state = "refused";
  /// Why it is neither "timed" nor "simulated".
  std::string reason;
  /// Name of the plan that was taken; empty for none.
  std::string plan;
  /// The runtime's reports (Report.h); null when they were not made.
  nlohmann::json check, bench;
  /// What an evaluator says about its machine; null for this one.
  nlohmann::json machine;
  /// Compilation by part, in seconds; null when it was not compiled.
  nlohmann::json compile;
  std::vector<std::string> diagnostics;
  /// How often it was timed; more than once when runs were void.
  int64_t attempts = 0;
};

/// Geometric mean and minimum of ratios of the cases that were timed.
struct Summary {
  double geomeanToBest = 0, minToBest = 0;
  double geomeanToOpenblas = 0, minToOpenblas = 0;
  /// Cases with a ratio to the best counted library, and to OpenBLAS.
  int64_t compared = 0, comparedToOpenblas = 0;
};

Summary summarize(const std::vector<CaseResult> &results);

/// The entry of a library in a result's bench report; null when absent or not
/// timed.
const nlohmann::json *findBaseline(const CaseResult &result,
                                   const std::string &name);

/// Whether `result` has the cycles of the simulator (docs/simulation.md)
/// instead of times.
bool isSimulated(const CaseResult &result);

/// The lines above the table: what each column means.
void printHeader(std::ostream &out, const std::vector<std::string> &baselines);

/// One line, as soon as a case is done.
void printRow(std::ostream &out, const CaseResult &result,
              const std::vector<std::string> &baselines);

/// What stands below: machine, peaks, libraries, summary, reasons.
void printFooter(std::ostream &out, const std::vector<CaseResult> &results,
                 const std::vector<std::string> &baselines,
                 const nlohmann::json &machine);

/// The documented JSON of results, schema 1. `command` is what was
/// run, `target` and `threads` the same for all cases.
nlohmann::ordered_json makeJson(const std::vector<CaseResult> &results,
                                const nlohmann::json &machine,
                                const std::string &command,
                                const std::string &target, int64_t threads);

} // namespace tensorop::bench

#endif // TENSOROP_TOOLS_BENCH_RESULTS_H
