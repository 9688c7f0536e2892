//===- Channel.h - Candidates for other machines, by JSON -------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The search on one side, evaluators on the other, and between them one JSON
// object a line (docs/distributed.md has the messages). What the search side
// writes first and each candidate can be handed to an evaluator as they are.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TUNER_CHANNEL_H
#define TENSOROP_TUNER_CHANNEL_H

#include "TensorOp/Hardware/HardwareModel.h"
#include "TensorOp/Tuner/Tuner.h"

namespace tensorop {

/// Of the messages; both sides refuse another one.
inline constexpr int64_t channelSchema = 1;

/// One end: a descriptor to read from and one to write to.
class Channel {
public:
  Channel(int in, int out) : in(in), out(out) {}

  /// An error when the other end is closed.
  llvm::Error send(llvm::json::Object message);
  /// Says that a line is not what it should be; the other end goes on.
  llvm::Error refuse(const std::string &diagnostic);

  struct Received {
    llvm::json::Object message;
    std::string event;
  };
  /// Waits for the next message; lines that are none are refused. Nothing when
  /// `stop` was set before it came, or the other end was closed (`isClosed`).
  llvm::Expected<std::optional<Received>>
  receive(const std::atomic<bool> &stop);
  bool isClosed() const { return closed; }

private:
  int in, out;
  std::string pending;
  bool closed = false;
};

/// What an evaluator needs to know of a search.
struct SearchDescription {
  /// As the user asked for it, before chooseEvaluator.
  Job job;
  WorkerLimits limits;
  std::string kernel, unit, versions;
  HardwareModel hardware;
  /// machineHashOf(hardware).
  std::string machineHash;
  int64_t inFlight = 1;
};
llvm::json::Object toJson(const SearchDescription &search);

/// Hands candidates out on a channel and takes what became of them.
class ChannelEvaluator : public CandidateEvaluator {
public:
  /// `inFlight` candidates are handed out at once. Outcomes must come from
  /// `machineHash`, and those that were timed natively from one machine. A
  /// message `stop` of the other end sets `stop`.
  ChannelEvaluator(Channel &channel, int64_t inFlight, std::atomic<bool> &stop)
      : channel(channel), inFlight(inFlight), stop(stop) {}
  void setMachine(std::string hash) { machineHash = std::move(hash); }

  size_t capacity() const override { return size_t(inFlight); }
  llvm::Error submit(const Candidate &candidate) override;
  llvm::Expected<std::optional<Finished>>
  wait(const std::atomic<bool> &stop) override;
  llvm::Expected<std::vector<std::vector<double>>>
  compare(llvm::ArrayRef<std::string> plans, size_t rounds, double seconds,
          const std::atomic<bool> &stop) override;
  MachineReport machine() const override { return report; }

private:
  struct Told;
  llvm::Expected<std::optional<Told>> next();

  Channel &channel;
  int64_t inFlight;
  std::atomic<bool> &stop;
  std::string machineHash;
  /// The machine of the first native timing, and what it says of itself.
  std::string ranOn;
  MachineReport report;
  /// Handed out: the number of plans of a comparison, 0 for a candidate.
  std::map<int64_t, size_t> waiting;
  int64_t lastId = 0;
};

/// The evaluator's side, until the other end closes: compiles, checks and times
/// the candidates of the search that it was told last. Returns the exit code.
int serveCandidates(Channel &channel, const std::string &versions);

} // namespace tensorop

#endif // TENSOROP_TUNER_CHANNEL_H
