//===- Stopwatch.h - Where compile time goes --------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_EXECUTION_STOPWATCH_H
#define TENSOROP_LIB_EXECUTION_STOPWATCH_H

#include "TensorOp/Execution/Compiler.h"
#include <chrono>

namespace tensorop {

/// Adds times to the parts of a result, which outlives it.
class Stopwatch {
public:
  explicit Stopwatch(CompileResult &result) : result(result) {}
  /// Adds the time since the start, or the last call, to `part`.
  void record(const std::string &part) {
    add(part, std::chrono::duration<double>(Clock::now() - start).count());
    start = Clock::now();
  }
  void restart() { start = Clock::now(); }
  void add(const std::string &part, double seconds) {
    for (auto &[name, sum] : result.seconds)
      if (name == part) {
        sum += seconds;
        return;
      }
    result.seconds.emplace_back(part, seconds);
  }

private:
  using Clock = std::chrono::steady_clock;
  CompileResult &result;
  Clock::time_point start = Clock::now();
};

} // namespace tensorop

#endif // TENSOROP_LIB_EXECUTION_STOPWATCH_H
