//===- Progress.h - What a search shows while it runs -----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TOOLS_TUNE_PROGRESS_H
#define TENSOROP_TOOLS_TUNE_PROGRESS_H

#include "Events.h"

namespace tensorop {

/// Progress for people on standard output: one line that is written over on a
/// terminal, a line for each improvement elsewhere.
class Progress {
public:
  struct Settings {
    bool quiet = false;
    /// A line for each trial, whatever `out` is.
    bool everyTrial = false;
    int64_t trials = 0;
    double seconds = 0;
  };
  Progress(const Tuner &tuner, Settings settings, llvm::raw_ostream &out);

  void begin(const SpaceSize &size);
  void show(const Trial &trial, const TuneResult &result);
  void end(const TuneResult &result);
  /// After a search that ended before its time: `database` may be empty.
  void sayHowToResume(const TuneResult &result, const std::string &database);
  void show(const SelfComparison &comparison);
  /// Before the first part, which take `seconds` at most.
  void beginAttribution(double seconds);
  void show(const Attribution &one);

private:
  std::string format(double score) const;

  const Tuner &tuner;
  Settings settings;
  llvm::raw_ostream &out;
  bool isTerminal;
  size_t shown = 0;
};

} // namespace tensorop

#endif // TENSOROP_TOOLS_TUNE_PROGRESS_H
