//===- Request.cpp - What tensorop-run asks of a runner -------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Request.h"
#include <fstream>
#include <nlohmann/json.hpp>

using namespace tensorop;
using namespace tensorop::runtime;
using nlohmann::json;

static CheckOptions readCheck(const json &fields) {
  CheckOptions check;
  fields.at("seed").get_to(check.seed);
  fields.at("generators").get_to(check.generators);
  fields.at("argument_generators").get_to(check.argumentGenerators);
  fields.at("inputs").get_to(check.inputs);
  fields.at("expect").get_to(check.expect);
  fields.at("expect_tolerance").get_to(check.expectTolerance);
  fields.at("outputs").get_to(check.outputs);
  return check;
}

static MeasureOptions readBench(const json &fields) {
  MeasureOptions bench;
  fields.at("seconds").get_to(bench.seconds);
  fields.at("short_seconds").get_to(bench.shortSeconds);
  if (const json &below = fields.at("worth_below"); !below.is_null())
    below.get_to(bench.worthBelow);
  fields.at("baselines").get_to(bench.baselines);
  fields.at("seed").get_to(bench.seed);
  fields.at("threads").get_to(bench.threads);
  return bench;
}

Result<RunnerRequest> tensorop::readRequest(const std::string &path) {
  std::ifstream file(path);
  if (!file)
    return Status::failure("cannot read '" + path + "'");
  try {
    json document = json::parse(file);
    if (document.at("schema") != 1)
      return Status::failure(path + ": field 'schema' must be 1, but is " +
                             document.at("schema").dump());
    RunnerRequest request;
    if (document.contains("check"))
      request.check = readCheck(document.at("check"));
    if (document.contains("bench"))
      request.bench = readBench(document.at("bench"));
    return request;
  } catch (const json::exception &error) {
    return Status::failure(path + ": " + error.what());
  }
}
