//===- JobJson.h - What --json writes about one kernel ----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TOOLS_JOBJSON_H
#define TENSOROP_TOOLS_JOBJSON_H

#include "TensorOp/Execution/Job.h"
#include "TensorOp/Runtime/Report.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include <CLI/CLI.hpp>

namespace tensorop {

/// --json of a tool that compiles one kernel; "-" is the terminal.
inline void addJsonOption(CLI::App &app, std::string &path) {
  app.add_option("--json", path,
                 "Write results as JSON to this file, or to the terminal "
                 "when none is named")
      ->expected(0, 1)
      ->default_str("-");
}

/// Why the file cannot be written, which is better known before the work; empty
/// when it can. What was there stays.
inline std::string prepareJson(const std::string &path) {
  std::error_code code;
  if (!path.empty() && path != "-")
    llvm::raw_fd_ostream stream(path, code, llvm::sys::fs::OF_Append);
  return code ? "cannot write '" + path + "': " + code.message() : "";
}

/// Writes the file; why it cannot, or empty.
inline std::string writeJson(const std::string &path,
                             const llvm::json::Value &value) {
  std::error_code code;
  llvm::raw_fd_ostream stream(path, code);
  if (!code) {
    stream << llvm::formatv("{0:2}", value) << "\n";
    stream.close();
    code = stream.error();
    stream.clear_error();
  }
  return code ? "cannot write '" + path + "': " + code.message() : "";
}

/// The job and its result in the form of docs/formats.md.
inline llvm::json::Value describeJob(const Job &job, const JobResult &result) {
  namespace json = llvm::json;
  json::Array diagnostics;
  for (const Message &message : result.compile.messages)
    diagnostics.push_back(json::fixUTF8(toString(message)));
  json::Object seconds;
  for (const auto &[part, time] : result.compile.seconds)
    seconds[part] = time;
  json::Array contractions;
  for (const ContractionReport &report : result.compile.contractions)
    contractions.push_back(toJson(report));
  json::Array versions;
  for (const VersionReport &version : result.compile.versions) {
    json::Object entry = toJson(version);
    entry["run"] = llvm::is_contained(result.lengthsRun, version.bits);
    versions.push_back(std::move(entry));
  }
  json::Value correct = nullptr, error = nullptr, bound = nullptr,
              time = nullptr;
  if (const json::Object *check = result.check.getAsObject()) {
    correct = *check->get("correct");
    error = *check->get("max_error");
    bound = *check->get("error_bound");
  }
  if (const json::Object *bench = result.bench.getAsObject())
    if (const json::Object *statistics = bench->getObject("seconds"))
      time = *statistics->get("median");
  auto machine = json::parse(runtime::machineToJson());
  if (machine && !job.evaluator.empty())
    *machine = result.machine;
  return json::Object{
      {"schema", 1},
      {"input", job.compile.payloadName},
      {"kernel", result.compile.kernel},
      {"status", getName(result.status)},
      {"correct", std::move(correct)},
      {"max_error", std::move(error)},
      {"error_bound", std::move(bound)},
      {"seconds", std::move(time)},
      {"plan", result.compile.planName},
      {"plan_reason", result.compile.planReason},
      {"versions", std::move(versions)},
      {"contractions", std::move(contractions)},
      {"rooflines", json::Array(result.compile.rooflines)},
      {"target", job.compile.target},
      {"evaluator", job.evaluator},
      {"compile_seconds", std::move(seconds)},
      {"check", result.check},
      {"bench", result.bench},
      {"machine", machine ? std::move(*machine) : json::Value(nullptr)},
      {"diagnostics", std::move(diagnostics)}};
}

} // namespace tensorop

#endif // TENSOROP_TOOLS_JOBJSON_H
