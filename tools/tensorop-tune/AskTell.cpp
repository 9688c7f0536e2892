//===- AskTell.cpp - A search whose candidates go elsewhere ---------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AskTell.h"
#include "TensorOp/Database/Keys.h"
#include "TensorOp/Execution/JsonLines.h"
#include <cerrno>
#include <csignal>
#include <cstring>
#include <unistd.h>

using namespace tensorop;
namespace json = llvm::json;

/// Standard input and, kept from all prints, standard output.
static llvm::Expected<Channel> openChannel() {
  // The other end may go at any time; write says so.
  std::signal(SIGPIPE, SIG_IGN);
  int out = takeStandardOutput();
  if (out < 0)
    // untested: needs a process without free descriptors.
    return llvm::createStringError(
        llvm::Twine("cannot keep standard output for messages: ") +
        std::strerror(errno));
  return Channel(STDIN_FILENO, out);
}

llvm::Error AskTell::open() {
  llvm::Expected<Channel> opened = openChannel();
  if (!opened)
    return opened.takeError();
  channel = std::make_unique<Channel>(std::move(*opened));
  return llvm::Error::success();
}

std::unique_ptr<CandidateEvaluator> AskTell::makeEvaluator() {
  auto made = std::make_unique<ChannelEvaluator>(*channel, inFlight, stop);
  evaluator = made.get();
  return made;
}

llvm::Error AskTell::begin(const Tuner &tuner, const Job &job,
                           const TuneOptions &options) {
  const HardwareModel &hardware = tuner.space().hardware();
  SearchDescription search;
  search.job = job;
  search.limits = options.limits;
  search.kernel = tuner.kernelName();
  search.unit = tuner.unit().str();
  search.versions = options.versions;
  search.hardware = hardware;
  search.machineHash = database::machineHashOf(hardware);
  search.inFlight = inFlight;
  evaluator->setMachine(search.machineHash);
  return channel->send(toJson(search));
}

std::string AskTell::take() {
  stream.flush();
  return std::exchange(text, "");
}

void AskTell::progress(bool isBest) {
  std::string line = take();
  if (line.empty())
    return;
  // A closed channel is noticed where an answer is waited for.
  llvm::consumeError(channel->send(json::Object{
      {"event", "progress"},
      {"best", isBest},
      {"text", json::fixUTF8(llvm::StringRef(line).rtrim().str())}}));
}

llvm::Error AskTell::end(const TuneResult &result) {
  int64_t trials = int64_t(result.trials.size()) - result.earlier;
  return channel->send(json::Object{{"event", "end"},
                                    {"trials", trials},
                                    {"earlier", result.earlier},
                                    {"best_score", result.bestScore},
                                    {"start_score", result.startScore},
                                    {"interrupted", result.isInterrupted},
                                    {"exhausted", result.isExhausted},
                                    {"text", json::fixUTF8(take())}});
}

int tensorop::evaluateCandidates(const std::string &versions) {
  llvm::Expected<Channel> channel = openChannel();
  if (channel)
    return serveCandidates(*channel, versions);
  llvm::errs() << "error: " << llvm::toString(channel.takeError()) << "\n";
  return 1;
}
