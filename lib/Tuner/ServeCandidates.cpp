//===- ServeCandidates.cpp - The evaluator's side of a channel ------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Database/Keys.h"
#include "TensorOp/Execution/Evaluator.h"
#include "TensorOp/Execution/TemporaryFolder.h"
#include "TensorOp/Execution/TextFile.h"
#include "TensorOp/Tuner/Channel.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace tensorop;
namespace json = llvm::json;

namespace {

/// The search whose candidates come, and what evaluates them.
struct Served {
  TemporaryFolder folder;
  std::string machineHash;
  /// Hash of this machine where it times kernels itself; else empty.
  std::string ranOn;
  std::unique_ptr<Worker> worker;
  std::unique_ptr<LocalEvaluator> evaluator;
};

class Server {
public:
  Server(Channel &channel, const std::string &versions)
      : channel(channel), versions(versions) {}
  int run();

private:
  llvm::Error introduce();
  llvm::Expected<std::unique_ptr<Served>> begin(const json::Value &message);
  llvm::Expected<json::Object> ask(const json::Value &message);
  llvm::Expected<json::Object> compare(const json::Value &message);
  json::Object answer(int64_t id) const;

  Channel &channel;
  std::string versions;
  /// This machine's.
  std::string hostHash;
  std::unique_ptr<Served> served;
  /// A signal ends this process.
  std::atomic<bool> stop{false};
};

} // namespace

/// Says what this machine is: who hands out candidates decides whether it is
/// one for the search.
llvm::Error Server::introduce() {
  llvm::Expected<HardwareModel> host = resolveTarget("native");
  if (!host)
    return host.takeError();
  hostHash = database::machineHashOf(*host);
  return channel.send(json::Object{{"event", "machine"},
                                   {"schema", channelSchema},
                                   {"versions", versions},
                                   {"machine_hash", hostHash},
                                   {"hardware", toJSON(*host)}});
}

llvm::Expected<std::unique_ptr<Served>>
Server::begin(const json::Value &message) {
  json::Path::Root root("search");
  json::ObjectMapper map(message, root);
  int64_t schema = 0, memory = 0;
  std::string theirs;
  WorkerLimits limits;
  if (!map || !map.map("schema", schema) || !map.map("versions", theirs) ||
      !map.map("time_limit", limits.seconds) ||
      !map.map("memory_limit", memory))
    return root.getError();
  if (schema != channelSchema)
    return llvm::createStringError("search: its schema is " +
                                   llvm::Twine(schema) + ", here it is " +
                                   llvm::Twine(channelSchema));
  if (theirs != versions)
    return llvm::createStringError("the search is of " + theirs +
                                   ", this machine has " + versions +
                                   ": their plans and scores are not mixed");
  const json::Object *fields = message.getAsObject();
  const json::Object *request = fields->getObject("job");
  const json::Value *hardware = fields->get("hardware");
  if (!request || !hardware)
    return llvm::createStringError("search: it has no 'job' or no 'hardware'");
  llvm::Expected<Job> job = parseJob(*request);
  if (!job)
    return job.takeError();
  if (!job->check || !job->bench)
    return llvm::createStringError("search: its job has no check or no bench");
  std::string text;
  llvm::raw_string_ostream(text) << *hardware;
  llvm::Expected<HardwareModel> machine = parseHardwareModel(text);
  if (!machine)
    return machine.takeError();

  auto made = std::make_unique<Served>();
  // untested: needs a folder for temporary files that cannot be written.
  if (std::error_code code = made->folder.make("tensorop-tune"))
    return llvm::createStringError("cannot make a temporary folder: " +
                                   code.message());
  made->machineHash = database::machineHashOf(*machine);
  // The machine of the search, whatever files there are here.
  std::string path = made->folder.path + "/target.json";
  if (llvm::Error error = writeTextFile(path, text))
    return std::move(error);
  job->compile.target = path;
  job->compile.directory = made->folder.path + "/bundle";
  bool isGiven = !job->evaluator.empty();
  if (llvm::Error error = chooseEvaluator(*job))
    return std::move(error);
  if (!isGiven && job->evaluator.empty() && !job->simulate)
    made->ranOn = hostHash;
  limits.memoryBytes = uint64_t(std::max<int64_t>(memory, 0));
  made->worker = std::make_unique<Worker>(
      std::vector<std::string>{thisExecutable(), workerFlag.str()}, limits);
  made->evaluator = std::make_unique<LocalEvaluator>(*made->worker, *job);
  return std::move(made);
}

/// What all answers have.
json::Object Server::answer(int64_t id) const {
  json::Object object{
      {"event", "tell"}, {"id", id}, {"machine_hash", served->machineHash}};
  if (!served->ranOn.empty())
    object["ran_on"] = served->ranOn;
  return object;
}

llvm::Expected<json::Object> Server::ask(const json::Value &message) {
  json::Path::Root root("ask");
  json::ObjectMapper map(message, root);
  Candidate candidate;
  std::optional<double> below;
  if (!map || !map.map("id", candidate.id) ||
      !map.map("plan", candidate.plan) ||
      !map.map("quick_seconds", candidate.quickSeconds) ||
      !map.map("seconds", candidate.seconds) ||
      !map.map("promising_below", below))
    return root.getError();
  if (below)
    candidate.promisingBelow = *below;
  llvm::Expected<Evaluation> evaluated = served->evaluator->evaluate(candidate);
  if (!evaluated)
    return evaluated.takeError();
  Evaluation &evaluation = *evaluated;
  json::Object told = answer(candidate.id);
  told["outcome"] = getName(evaluation.outcome);
  told["score"] = evaluation.outcome == Outcome::Measured
                      ? json::Value(evaluation.score)
                      : json::Value(nullptr);
  told["samples"] = json::Array(evaluation.samples);
  told["diagnostic"] = json::fixUTF8(evaluation.diagnostic);
  MachineReport report = served->evaluator->machine();
  if (report.machine.getAsObject())
    told["machine"] = std::move(report.machine);
  if (report.peaks.getAsObject())
    told["peaks"] = std::move(report.peaks);
  return told;
}

llvm::Expected<json::Object> Server::compare(const json::Value &message) {
  json::Path::Root root("compare");
  json::ObjectMapper map(message, root);
  int64_t id = 0, rounds = 0;
  double seconds = 0;
  std::vector<std::string> plans;
  if (!map || !map.map("id", id) || !map.map("plans", plans) ||
      !map.map("rounds", rounds) || !map.map("seconds", seconds))
    return root.getError();
  llvm::Expected<std::vector<std::vector<double>>> samples =
      served->evaluator->compare(plans, size_t(std::max<int64_t>(rounds, 0)),
                                 seconds, stop);
  if (!samples)
    return samples.takeError();
  json::Array all;
  for (const std::vector<double> &of : *samples)
    all.push_back(json::Array(of));
  json::Object told = answer(id);
  told["samples"] = std::move(all);
  return told;
}

int Server::run() {
  auto fail = [](llvm::Error error) {
    llvm::errs() << "error: " << llvm::toString(std::move(error)) << "\n";
    return 1;
  };
  if (llvm::Error error = introduce())
    return fail(std::move(error));
  while (true) {
    llvm::Expected<std::optional<Channel::Received>> received =
        channel.receive(stop);
    if (!received)
      return fail(received.takeError());
    if (!*received)
      return 0;
    std::string event = std::move((*received)->event);
    // What a search says to people, where it is connected directly.
    if (event == "progress" || event == "refused" || event == "end")
      continue;
    json::Value message = std::move((*received)->message);
    llvm::Expected<json::Object> reply = json::Object();
    if (event == "search") {
      llvm::Expected<std::unique_ptr<Served>> begun = begin(message);
      served = begun ? std::move(*begun) : nullptr;
      if (begun) {
        (*reply)["event"] = "ready";
        (*reply)["machine_hash"] = served->machineHash;
        (*reply)["ran_on"] = served->ranOn;
      } else {
        reply = begun.takeError();
      }
    } else if (event != "ask" && event != "compare") {
      reply = llvm::createStringError(
          "event '" + event + "' is none of 'search', 'ask' and 'compare'");
    } else if (!served) {
      reply =
          llvm::createStringError("event '" + event + "' came before a search");
    } else {
      reply = event == "ask" ? ask(message) : compare(message);
    }
    llvm::Error error = reply
                            ? channel.send(std::move(*reply))
                            : channel.refuse(llvm::toString(reply.takeError()));
    if (error) {
      // The search has gone while this was measured.
      llvm::consumeError(std::move(error));
      return 0;
    }
  }
}

int tensorop::serveCandidates(Channel &channel, const std::string &versions) {
  return Server(channel, versions).run();
}
