//===- Channel.cpp - Candidates for other machines, by JSON ---------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Tuner/Channel.h"
#include "TensorOp/Execution/JsonLines.h"
#include <cerrno>
#include <cmath>
#include <cstring>
#include <poll.h>
#include <unistd.h>

using namespace tensorop;
namespace json = llvm::json;

/// Bytes of a line: a payload has its constants in it.
static constexpr size_t kLongestLine = size_t(1) << 28;

//===----------------------------------------------------------------------===//
// Lines
//===----------------------------------------------------------------------===//

llvm::Error Channel::send(json::Object message) {
  if (writeAll(out, toLine(std::move(message))))
    return llvm::Error::success();
  return llvm::createStringError("the channel was closed by its other end");
}

llvm::Error Channel::refuse(const std::string &diagnostic) {
  return send(json::Object{{"event", "refused"},
                           {"diagnostic", json::fixUTF8(diagnostic)}});
}

llvm::Expected<std::optional<Channel::Received>>
Channel::receive(const std::atomic<bool> &stop) {
  while (true) {
    while (std::optional<std::string> line = takeLine(pending)) {
      llvm::Expected<json::Value> value = json::parse(*line);
      std::string why;
      if (!value) {
        why = llvm::toString(value.takeError());
      } else if (json::Object *message = value->getAsObject()) {
        if (std::optional<llvm::StringRef> event = message->getString("event"))
          return Received{std::move(*message), event->str()};
        why = "it has no text 'event'";
      } else {
        why = "it is no object";
      }
      if (llvm::Error error = refuse("line '" + line->substr(0, 60) +
                                     "' is no message: " + why))
        return std::move(error);
    }
    if (pending.size() > kLongestLine)
      // untested: needs a line of 256 MiB.
      return llvm::createStringError("the channel has a line of more than " +
                                     llvm::Twine(kLongestLine) + " bytes");
    // poll ends with a signal, read would go on.
    pollfd wait{in, POLLIN, 0};
    int ready = stop ? 0 : ::poll(&wait, 1, 1000);
    if (stop)
      return std::nullopt;
    if (ready <= 0)
      continue;
    char buffer[65536];
    ssize_t count = ::read(in, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0) {
      closed = true;
      return std::nullopt;
    }
    pending.append(buffer, count);
  }
}

json::Object tensorop::toJson(const SearchDescription &search) {
  return json::Object{{"event", "search"},
                      {"schema", channelSchema},
                      {"kernel", json::fixUTF8(search.kernel)},
                      {"unit", search.unit},
                      {"versions", search.versions},
                      {"machine_hash", search.machineHash},
                      {"hardware", toJSON(search.hardware)},
                      {"time_limit", search.limits.seconds},
                      {"memory_limit", int64_t(search.limits.memoryBytes)},
                      {"in_flight", search.inFlight},
                      {"job", toJson(search.job)}};
}

//===----------------------------------------------------------------------===//
// The search's side
//===----------------------------------------------------------------------===//

/// What became of something that was handed out.
struct ChannelEvaluator::Told {
  int64_t id = 0;
  Evaluation evaluation;
  std::vector<std::vector<double>> compared;
};

llvm::Error ChannelEvaluator::submit(const Candidate &candidate) {
  waiting[candidate.id] = 0;
  lastId = std::max(lastId, candidate.id);
  json::Value below = nullptr;
  if (std::isfinite(candidate.promisingBelow))
    below = candidate.promisingBelow;
  return channel.send(json::Object{{"event", "ask"},
                                   {"id", candidate.id},
                                   {"plan", json::fixUTF8(candidate.plan)},
                                   {"quick_seconds", candidate.quickSeconds},
                                   {"seconds", candidate.seconds},
                                   {"promising_below", std::move(below)}});
}

/// Times that were measured are positive numbers.
static bool areTimes(llvm::ArrayRef<double> values) {
  return llvm::all_of(
      values, [](double value) { return std::isfinite(value) && value > 0; });
}

namespace {
/// The fields of a message `tell`.
struct TellFields {
  int64_t id = 0;
  std::string machineHash, ranOn, worker, outcome, diagnostic;
  std::optional<double> score;
};
} // namespace

static bool read(const json::Value &message, TellFields &fields,
                 json::Path path) {
  json::ObjectMapper map(message, path);
  return map && map.map("id", fields.id) &&
         map.map("machine_hash", fields.machineHash) &&
         map.mapOptional("ran_on", fields.ranOn) &&
         map.mapOptional("worker", fields.worker);
}

/// What became of a candidate; `why` it is not acceptable.
static Evaluation readEvaluation(const json::Value &message, TellFields &fields,
                                 json::Path::Root &root, std::string &why) {
  Evaluation evaluation;
  json::ObjectMapper map(message, root);
  if (!map || !map.map("outcome", fields.outcome) ||
      !map.map("samples", evaluation.samples) ||
      !map.map("score", fields.score) ||
      !map.map("diagnostic", evaluation.diagnostic)) {
    why = llvm::toString(root.getError());
    return evaluation;
  }
  std::optional<Outcome> outcome = parseOutcome(fields.outcome);
  if (!outcome) {
    why = "unknown outcome '" + fields.outcome + "'";
    return evaluation;
  }
  evaluation.outcome = *outcome;
  evaluation.worker = fields.worker;
  evaluation.score = fields.score.value_or(0);
  bool isMeasured = *outcome == Outcome::Measured;
  if (!areTimes(evaluation.samples))
    why = "a sample is no positive number";
  else if (isMeasured && !areTimes({evaluation.score}))
    why = "a measured candidate has a positive score";
  else if (!isMeasured && evaluation.score != 0)
    why = "a candidate that is '" + fields.outcome + "' has no score";
  else if (!isMeasured && evaluation.diagnostic.empty())
    why = "a candidate that is '" + fields.outcome + "' has a diagnostic";
  return evaluation;
}

/// The times of each plan of a comparison; `why` they are not acceptable.
static std::vector<std::vector<double>>
readComparison(const json::Value &message, size_t plans, json::Path::Root &root,
               std::string &why) {
  std::vector<std::vector<double>> samples;
  json::ObjectMapper map(message, root);
  if (!map || !map.map("samples", samples))
    why = llvm::toString(root.getError());
  else if (samples.size() != plans)
    why = "samples of " + std::to_string(samples.size()) + " plans, but " +
          std::to_string(plans) + " were handed out";
  else if (!llvm::all_of(samples, [](const std::vector<double> &of) {
             return areTimes(of);
           }))
    why = "a sample is no positive number";
  return samples;
}

/// The next answer that can be taken; the others are refused, and what they
/// were about stays with the other end.
llvm::Expected<std::optional<ChannelEvaluator::Told>> ChannelEvaluator::next() {
  while (true) {
    llvm::Expected<std::optional<Channel::Received>> received =
        channel.receive(stop);
    if (!received)
      return received.takeError();
    if (!*received) {
      if (!channel.isClosed())
        return std::nullopt;
      return llvm::createStringError(
          "the channel was closed with " + llvm::Twine(waiting.size()) +
          " candidates in flight; the trials before them are kept");
    }
    llvm::StringRef event = (*received)->event;
    // An evaluator's greetings, where it is connected directly.
    if (event == "machine" || event == "ready")
      continue;
    if (event == "refused")
      return llvm::createStringError(
          "the other end of the channel refused a message: " +
          (*received)->message.getString("diagnostic").value_or(""));
    if (event == "stop") {
      stop = true;
      return std::nullopt;
    }
    std::string why;
    TellFields fields;
    Told told;
    json::Value message = std::move((*received)->message);
    json::Path::Root root("tell");
    auto found = waiting.end();
    if ((*received)->event != "tell") {
      why = "event '" + (*received)->event + "' is neither 'tell' nor 'stop'";
    } else if (!read(message, fields, root)) {
      why = llvm::toString(root.getError());
    } else if ((found = waiting.find(fields.id)) == waiting.end()) {
      why =
          "nothing with the id " + std::to_string(fields.id) + " is in flight";
    } else if (fields.machineHash != machineHash) {
      why = "it is of machine " + fields.machineHash + ", the search is for " +
            machineHash + ": scores of different machines are not compared";
    } else if (!fields.ranOn.empty() && !ranOn.empty() &&
               fields.ranOn != ranOn) {
      why = "it ran on machine " + fields.ranOn + ", those before on " + ranOn +
            ": scores of different machines are not compared";
    } else if (found->second > 0) {
      told.compared = readComparison(message, found->second, root, why);
    } else {
      told.evaluation = readEvaluation(message, fields, root, why);
    }
    if (why.empty()) {
      if (ranOn.empty())
        ranOn = fields.ranOn;
      // The same machine says the same each time.
      for (auto [name, value] : {std::pair("machine", &report.machine),
                                 std::pair("peaks", &report.peaks)})
        if (const json::Value *said = message.getAsObject()->get(name);
            said && said->getAsObject() && !value->getAsObject())
          *value = *said;
      told.id = fields.id;
      waiting.erase(found);
      return told;
    }
    std::string what = found == waiting.end()
                           ? ""
                           : "answer for " + std::to_string(fields.id) + ": ";
    if (llvm::Error error = channel.refuse(what + why))
      return std::move(error);
  }
}

llvm::Expected<std::optional<Finished>>
ChannelEvaluator::wait(const std::atomic<bool> &) {
  llvm::Expected<std::optional<Told>> told = next();
  if (!told)
    return told.takeError();
  if (!*told)
    return std::nullopt;
  return Finished{(*told)->id, std::move((*told)->evaluation)};
}

llvm::Expected<std::vector<std::vector<double>>>
ChannelEvaluator::compare(llvm::ArrayRef<std::string> plans, size_t rounds,
                          double seconds, const std::atomic<bool> &) {
  int64_t id = ++lastId;
  waiting[id] = plans.size();
  json::Array texts;
  for (const std::string &plan : plans)
    texts.push_back(json::fixUTF8(plan));
  if (llvm::Error error = channel.send(json::Object{{"event", "compare"},
                                                    {"id", id},
                                                    {"plans", std::move(texts)},
                                                    {"rounds", int64_t(rounds)},
                                                    {"seconds", seconds}}))
    return std::move(error);
  llvm::Expected<std::optional<Told>> told = next();
  if (!told)
    return told.takeError();
  if (!*told)
    return std::vector<std::vector<double>>(plans.size());
  return std::move((*told)->compared);
}
