//===- Events.h - A search as JSON lines ------------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TOOLS_TUNE_EVENTS_H
#define TENSOROP_TOOLS_TUNE_EVENTS_H

#include "TensorOp/Tuner/Tuner.h"
#include "llvm/Support/raw_ostream.h"

namespace tensorop {

/// Points of a space, and legal ones.
struct SpaceSize {
  model::PointCount points, legal;
};

/// Writes the events of docs/tuning.md, each when it is known: what was written
/// stays when the tool is killed.
class Events {
public:
  /// `evaluator`: "native", "simulated", "ask-tell" or the command that runs
  /// candidates. `command` is the tool's own command line, for people. `out`
  /// may be null: nothing is written then.
  Events(const Tuner &tuner, const TuneOptions &options, std::string evaluator,
         std::string command, llvm::raw_ostream *out)
      : tuner(tuner), options(options), evaluator(std::move(evaluator)),
        command(std::move(command)), out(out) {}

  void begin(const SpaceSize &size);
  void trial(const Trial &trial, const TuneResult &result);
  void comparison(const TuneResult &result);
  void attribution(const Attribution &one);
  /// `attributionSeconds`: what the parts of the best plan took to measure.
  void end(const TuneResult &result, double attributionSeconds);

private:
  void write(llvm::json::Object event);
  void writeTrial(const Trial &trial);
  void writeEarlier(const TuneResult &result);
  void writeBounds();

  const Tuner &tuner;
  const TuneOptions &options;
  std::string evaluator, command;
  llvm::raw_ostream *out;
  bool hasEarlier = false, hasBounds = false;
};

} // namespace tensorop

#endif // TENSOROP_TOOLS_TUNE_EVENTS_H
