//===- AskTell.h - A search whose candidates go elsewhere -------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TOOLS_TUNE_ASKTELL_H
#define TENSOROP_TOOLS_TUNE_ASKTELL_H

#include "TensorOp/Tuner/Channel.h"
#include "llvm/Support/raw_ostream.h"

namespace tensorop {

/// Standard input and output of a search as a channel; what is printed for
/// people goes into its messages.
class AskTell {
public:
  AskTell(int64_t inFlight, std::atomic<bool> &stop)
      : inFlight(inFlight), stop(stop), stream(text) {}

  /// Takes standard output. An error when that cannot be done.
  llvm::Error open();
  /// For the tuner; to be called once, after open().
  std::unique_ptr<CandidateEvaluator> makeEvaluator();
  /// Hands out the search, whose `job` is as the user asked for it.
  llvm::Error begin(const Tuner &tuner, const Job &job,
                    const TuneOptions &options);
  /// What is printed here is sent by the next progress() or end().
  llvm::raw_ostream &out() { return stream; }
  /// `isBest`: of a trial that is the best so far.
  void progress(bool isBest);
  llvm::Error end(const TuneResult &result);

private:
  std::string take();

  int64_t inFlight;
  std::atomic<bool> &stop;
  std::string text;
  llvm::raw_string_ostream stream;
  std::unique_ptr<Channel> channel;
  ChannelEvaluator *evaluator = nullptr;
};

/// --evaluate: the other end. Returns the exit code.
int evaluateCandidates(const std::string &versions);

} // namespace tensorop

#endif // TENSOROP_TOOLS_TUNE_ASKTELL_H
