//===- TrialJSON.cpp - Trials as lines of JSON ----------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Database/Database.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace tensorop;
using namespace tensorop::database;

/// Version of the lines, in their field "schema".
static constexpr int64_t lineSchema = 1;

std::string database::toJSONLine(const Trial &trial) {
  // Provenance was checked when the trial was stored.
  Expected<json::Value> provenance = json::parse(trial.provenance);
  if (!provenance) {
    consumeError(provenance.takeError());
    provenance = json::Value(json::Object());
  }
  json::Object line{{"schema", lineSchema},
                    {"uid", trial.uid},
                    {"fingerprint", trial.fingerprint},
                    {"extents", json::Array(trial.extents)},
                    {"target", trial.target},
                    {"machine_hash", trial.machineHash},
                    {"threads", trial.threads},
                    {"unit", trial.unit},
                    {"evaluator", trial.evaluator},
                    {"versions", trial.versions},
                    {"ops", json::Array(trial.ops)},
                    {"plan", trial.planText},
                    {"plan_hash", trial.planHash},
                    {"outcome", trial.outcome},
                    {"diagnostic", trial.diagnostic},
                    {"samples", json::Array(trial.samples)},
                    {"run", trial.run},
                    {"provenance", std::move(*provenance)},
                    {"created", trial.when}};
  if (trial.outcome == "measured")
    line["score"] = trial.score;
  std::string text;
  raw_string_ostream os(text);
  os << json::Value(std::move(line));
  return text;
}

Expected<Trial> database::trialFromJSON(StringRef line) {
  Expected<json::Value> value = json::parse(line);
  if (!value)
    return value.takeError();
  const json::Object *object = value->getAsObject();
  if (!object)
    return createStringError(inconvertibleErrorCode(),
                             "a trial is a JSON object");
  std::optional<int64_t> schema = object->getInteger("schema");
  if (schema != lineSchema)
    return createStringError(inconvertibleErrorCode(),
                             schema ? "the line has schema " + Twine(*schema) +
                                          ", this program knows " +
                                          Twine(lineSchema)
                                    : Twine("the line has no field 'schema'"));
  json::Path::Root root("trial");
  json::ObjectMapper map(*value, root);
  Trial trial;
  bool ok =
      map && map.map("uid", trial.uid) &&
      map.map("fingerprint", trial.fingerprint) &&
      map.map("extents", trial.extents) && map.map("target", trial.target) &&
      map.map("machine_hash", trial.machineHash) &&
      map.map("threads", trial.threads) && map.map("unit", trial.unit) &&
      map.map("evaluator", trial.evaluator) &&
      map.map("versions", trial.versions) && map.map("ops", trial.ops) &&
      map.map("plan", trial.planText) && map.map("plan_hash", trial.planHash) &&
      map.map("outcome", trial.outcome) &&
      map.map("diagnostic", trial.diagnostic) &&
      map.map("samples", trial.samples) &&
      map.mapOptional("score", trial.score) && map.map("run", trial.run) &&
      map.map("created", trial.when);
  if (!ok)
    return root.getError();
  if (const json::Value *provenance = object->get("provenance")) {
    trial.provenance.clear();
    raw_string_ostream(trial.provenance) << *provenance;
  }
  return trial;
}
