//===- Job.cpp - What a worker is asked, and what it answers --------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Execution/Job.h"
#include "TensorOp/Execution/Evaluator.h"
#include "TensorOp/Runtime/Bundle.h"
#include "TensorOp/Runtime/CpuFeatures.h"
#include "TensorOp/Runtime/Report.h"
#include "TensorOp/Support/Check.h"
#include "Turn.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace tensorop;
namespace json = llvm::json;

llvm::StringRef tensorop::getName(JobStatus status) {
  switch (status) {
  case JobStatus::Done:
    return "done";
  case JobStatus::Failed:
    return "failed";
  case JobStatus::Wrong:
    return "wrong";
  case JobStatus::Crashed:
    return "crashed";
  case JobStatus::TimedOut:
    return "timed-out";
  case JobStatus::OutOfMemory:
    return "out-of-memory";
  case JobStatus::Missing:
    return "missing";
  }
  return "";
}

static json::Value toValue(const std::vector<std::string> &list) {
  return json::Array(list);
}

/// Text that came from outside may have any bytes; JSON has only UTF-8.
static std::string fix(const std::string &text) {
  return json::isUTF8(text) ? text : json::fixUTF8(text);
}

json::Object tensorop::toJson(const Job &job) {
  const CompileRequest &compile = job.compile;
  json::Object object{
      {"schema", 1},
      {"evaluator", fix(job.evaluator)},
      {"attempts", job.attempts},
      {"turn", fix(job.turn)},
      {"compile", json::Object{{"payload", fix(compile.payload)},
                               {"payload_name", fix(compile.payloadName)},
                               {"function", fix(compile.function)},
                               {"plans", fix(compile.plans)},
                               {"plans_name", fix(compile.plansName)},
                               {"values", toValue(compile.values)},
                               {"phases", compile.phases},
                               {"proposer", compile.proposer},
                               {"database", fix(compile.database)},
                               {"narrow_sums", compile.narrowSums},
                               {"threads", compile.threads},
                               {"target", fix(compile.target)},
                               {"directory", fix(compile.directory)},
                               {"reference", compile.reference},
                               {"assembly", compile.assembly},
                               {"llvm", compile.llvm},
                               {"mlir", compile.mlir},
                               {"kernels", compile.kernels},
                               {"runner", compile.runner}}}};
  if (job.check) {
    json::Object argumentGenerators;
    for (const auto &[name, generator] : job.check->argumentGenerators)
      argumentGenerators[name] = generator;
    object["check"] =
        json::Object{{"seed", int64_t(job.check->seed)},
                     {"generators", toValue(job.check->generators)},
                     {"argument_generators", std::move(argumentGenerators)},
                     {"inputs", toValue(job.check->inputs)},
                     {"expect", toValue(job.check->expect)},
                     {"expect_tolerance", job.check->expectTolerance},
                     {"outputs", toValue(job.check->outputs)}};
  }
  if (job.bench) {
    // JSON has no infinity.
    json::Value worthBelow = nullptr;
    if (std::isfinite(job.bench->worthBelow))
      worthBelow = job.bench->worthBelow;
    object["bench"] = json::Object{{"seconds", job.bench->seconds},
                                   {"short_seconds", job.bench->shortSeconds},
                                   {"worth_below", worthBelow},
                                   {"baselines", toValue(job.bench->baselines)},
                                   {"seed", int64_t(job.bench->seed)},
                                   {"threads", job.bench->threads}};
  }
  return object;
}

llvm::Expected<Job> tensorop::parseJob(const json::Object &object) {
  json::Value value = json::Object(object);
  json::Path::Root root("job");
  Job job;
  CompileRequest &compile = job.compile;
  auto read = [&]() {
    json::ObjectMapper top(value, root);
    int64_t schema = 0;
    if (!top || !top.map("schema", schema) ||
        !top.mapOptional("evaluator", job.evaluator) ||
        !top.mapOptional("attempts", job.attempts) ||
        !top.mapOptional("turn", job.turn))
      return false;
    if (schema != 1) {
      json::Path(root).field("schema").report("expected 1");
      return false;
    }
    const json::Value *part = object.get("compile");
    if (!part) {
      json::Path(root).report("missing 'compile'");
      return false;
    }
    json::ObjectMapper map(*part, json::Path(root).field("compile"));
    if (!map || !map.map("payload", compile.payload) ||
        !map.map("payload_name", compile.payloadName) ||
        !map.map("function", compile.function) ||
        !map.map("plans", compile.plans) ||
        !map.map("plans_name", compile.plansName) ||
        !map.map("values", compile.values) ||
        !map.map("phases", compile.phases) ||
        !map.map("proposer", compile.proposer) ||
        !map.map("database", compile.database) ||
        !map.map("narrow_sums", compile.narrowSums) ||
        !map.map("threads", compile.threads) ||
        !map.map("target", compile.target) ||
        !map.map("directory", compile.directory) ||
        !map.map("reference", compile.reference) ||
        !map.map("assembly", compile.assembly) ||
        !map.map("llvm", compile.llvm) || !map.map("mlir", compile.mlir) ||
        !map.map("kernels", compile.kernels) ||
        !map.map("runner", compile.runner))
      return false;
    if (const json::Value *checkPart = object.get("check")) {
      job.check.emplace();
      int64_t seed = 1;
      json::ObjectMapper check(*checkPart, json::Path(root).field("check"));
      if (!check || !check.map("seed", seed) ||
          !check.map("generators", job.check->generators) ||
          !check.map("argument_generators", job.check->argumentGenerators) ||
          !check.map("inputs", job.check->inputs) ||
          !check.map("expect", job.check->expect) ||
          !check.map("expect_tolerance", job.check->expectTolerance) ||
          !check.map("outputs", job.check->outputs))
        return false;
      job.check->seed = seed;
    }
    if (const json::Value *benchPart = object.get("bench")) {
      job.bench.emplace();
      int64_t seed = 1;
      json::ObjectMapper bench(*benchPart, json::Path(root).field("bench"));
      std::optional<double> worthBelow;
      if (!bench || !bench.map("seconds", job.bench->seconds) ||
          !bench.map("short_seconds", job.bench->shortSeconds) ||
          !bench.map("worth_below", worthBelow) ||
          !bench.map("baselines", job.bench->baselines) ||
          !bench.map("seed", seed) || !bench.map("threads", job.bench->threads))
        return false;
      job.bench->seed = seed;
      if (worthBelow)
        job.bench->worthBelow = *worthBelow;
    }
    return true;
  };
  if (!read())
    return root.getError();
  return job;
}

json::Object tensorop::toJson(const ContractionReport &report) {
  return json::Object{
      {"kernel", report.kernel},
      {"op", fix(report.op)},
      {"kind", report.isConvolution ? "convolution" : "contraction"},
      {"extents", json::Array(report.extents)},
      {"flops", report.flops},
      {"plan", fix(report.plan)},
      {"reason", fix(report.reason)}};
}

json::Object tensorop::toJson(const VersionReport &report) {
  return json::Object{{"vector_bits", report.bits},
                      {"plan", fix(report.planName)},
                      {"plan_reason", fix(report.planReason)}};
}

namespace tensorop {
/// Reads what toJson wrote; found by ObjectMapper.
static bool fromJSON(const json::Value &value, VersionReport &report,
                     json::Path path) {
  json::ObjectMapper map(value, path);
  return map && map.map("vector_bits", report.bits) &&
         map.map("plan", report.planName) &&
         map.map("plan_reason", report.planReason);
}
/// The same.
static bool fromJSON(const json::Value &value, ContractionReport &report,
                     json::Path path) {
  json::ObjectMapper map(value, path);
  std::string kind;
  if (!map || !map.map("kernel", report.kernel) || !map.map("op", report.op) ||
      !map.map("kind", kind) || !map.map("extents", report.extents) ||
      !map.map("flops", report.flops) || !map.map("plan", report.plan) ||
      !map.map("reason", report.reason))
    return false;
  report.isConvolution = kind == "convolution";
  return true;
}
} // namespace tensorop

json::Object tensorop::toJson(const JobResult &result) {
  json::Array messages, seconds;
  for (const Message &message : result.compile.messages)
    messages.push_back(json::Object{{"severity", message.severity},
                                    {"location", fix(message.location)},
                                    {"text", fix(message.text)}});
  for (const auto &[part, time] : result.compile.seconds)
    seconds.push_back(json::Object{{"part", part}, {"seconds", time}});
  json::Array contractions, versions;
  for (const ContractionReport &report : result.compile.contractions)
    contractions.push_back(toJson(report));
  for (const VersionReport &report : result.compile.versions)
    versions.push_back(toJson(report));
  return json::Object{{"status", getName(result.status)},
                      {"compiled", result.compile.ok},
                      {"misused", result.compile.misused},
                      {"illegal", result.compile.illegal},
                      {"kernel", result.compile.kernel},
                      {"plan", fix(result.compile.planName)},
                      {"plan_reason", fix(result.compile.planReason)},
                      {"versions", std::move(versions)},
                      {"contractions", std::move(contractions)},
                      {"rooflines", json::Array(result.compile.rooflines)},
                      {"kernels", fix(result.compile.kernels)},
                      {"messages", std::move(messages)},
                      {"compile_seconds", std::move(seconds)},
                      {"lengths_run", json::Array(result.lengthsRun)},
                      {"check", result.check},
                      {"bench", result.bench},
                      {"check_text", fix(result.checkText)},
                      {"bench_text", fix(result.benchText)}};
}

llvm::Expected<JobResult> tensorop::parseJobResult(const json::Object &object) {
  json::Value value = json::Object(object);
  json::Path::Root root("result");
  JobResult result;
  std::string status;
  json::ObjectMapper map(value, root);
  if (!map || !map.map("status", status) ||
      !map.map("compiled", result.compile.ok) ||
      !map.map("misused", result.compile.misused) ||
      !map.map("illegal", result.compile.illegal) ||
      !map.map("kernel", result.compile.kernel) ||
      !map.map("plan", result.compile.planName) ||
      !map.map("plan_reason", result.compile.planReason) ||
      !map.map("versions", result.compile.versions) ||
      !map.map("contractions", result.compile.contractions) ||
      !map.map("rooflines", result.compile.rooflines) ||
      !map.map("kernels", result.compile.kernels) ||
      !map.map("lengths_run", result.lengthsRun) ||
      !map.map("check_text", result.checkText) ||
      !map.map("bench_text", result.benchText))
    return root.getError();
  bool known = false;
  for (JobStatus each : {JobStatus::Done, JobStatus::Failed, JobStatus::Wrong,
                         JobStatus::OutOfMemory})
    if (getName(each) == status) {
      result.status = each;
      known = true;
    }
  if (!known)
    return llvm::createStringError("result: unknown status '" + status + "'");
  if (const json::Array *messages = object.getArray("messages"))
    for (const json::Value &entry : *messages)
      if (const json::Object *fields = entry.getAsObject())
        result.compile.messages.push_back(
            {fields->getString("severity").value_or("error").str(),
             fields->getString("location").value_or("").str(),
             fields->getString("text").value_or("").str()});
  if (const json::Array *seconds = object.getArray("compile_seconds"))
    for (const json::Value &entry : *seconds)
      if (const json::Object *fields = entry.getAsObject())
        result.compile.seconds.emplace_back(
            fields->getString("part").value_or("").str(),
            fields->getNumber("seconds").value_or(0));
  if (const json::Value *check = object.get("check"))
    result.check = *check;
  if (const json::Value *bench = object.get("bench"))
    result.bench = *bench;
  return result;
}

JobResult tensorop::runJob(Compiler &compiler, const Job &job,
                           llvm::function_ref<void(llvm::StringRef)> progress) {
  JobResult result;
  progress("compile");
  // Better known before the work than after it.
  auto accept = [&](const runtime::Manifest &manifest) {
    return job.check ? runtime::checkArguments(manifest, *job.check).message()
                     : std::string();
  };
  result.compile = compiler.compile(job.compile, accept);
  if (!result.compile.ok)
    return result;
  auto fail = [&](const std::string &text) {
    result.compile.messages.push_back({"error", "", text});
    result.status = JobStatus::Failed;
  };
  auto failAs = [&](const runtime::Status &status) {
    fail(status.message());
    if (status.isOutOfMemory())
      result.status = JobStatus::OutOfMemory;
  };
  auto parse = [](const std::string &text) {
    llvm::Expected<json::Value> value = json::parse(text);
    TENSOROP_CHECK(bool(value), "the runtime's report is JSON");
    return std::move(*value);
  };
  // Another process, which the parent starts, has the rest.
  if (job.evaluator.empty() && (job.check || job.bench)) {
    runtime::Result<runtime::Bundle> bundle =
        runtime::Bundle::load(job.compile.directory);
    if (!bundle.ok()) {
      fail(bundle.message());
      return result;
    }
    if (runtime::Status threads =
            bundle->setThreads(bundle->getManifest().threads);
        !threads.ok()) {
      fail(threads.message());
      return result;
    }
    // untested: needs a machine with RVV or SVE.
    if (const runtime::VersionOfLength *version = runtime::findVersion(
            bundle->getManifest(), runtime::getScalableVectorBits()))
      result.lengthsRun = {version->bits};
    if (job.check) {
      progress("check");
      runtime::Result<runtime::CheckResult> check =
          runtime::checkBundle(*bundle, *job.check);
      if (!check.ok()) {
        failAs(check.status());
        return result;
      }
      result.check = parse(runtime::toJson(*check));
      result.checkText = runtime::toText(*check);
      if (!check->correct) {
        fail("wrong result: " + check->diagnostic);
        result.status = JobStatus::Wrong;
        return result;
      }
    }
    if (job.bench) {
      std::optional<Turn> turn;
      if (!job.turn.empty()) {
        progress(waitingProgress);
        llvm::Expected<Turn> taken = Turn::take(job.turn);
        if (!taken) {
          fail(llvm::toString(taken.takeError()));
          return result;
        }
        turn = std::move(*taken);
      }
      progress("bench");
      runtime::Result<runtime::Measurement> measurement =
          runtime::measureBundle(*bundle, *job.bench);
      for (int64_t attempt = 1; attempt < job.attempts && measurement.ok() &&
                                !measurement->valid && !measurement->isWrong;
           ++attempt) {
        progress("void, bench again");
        measurement = runtime::measureBundle(*bundle, *job.bench);
      }
      if (!measurement.ok()) {
        failAs(measurement.status());
        return result;
      }
      result.bench = parse(runtime::toJson(*measurement));
      result.benchText = runtime::toText(*measurement);
      if (measurement->isWrong) {
        fail("wrong result: " + measurement->reason);
        result.status = JobStatus::Wrong;
        return result;
      }
      if (!measurement->valid) {
        fail("timing is void: " + measurement->reason);
        result.compile.messages.push_back(
            {"note", "", runtime::voidTimingAdvice});
        return result;
      }
    }
  }
  result.status = JobStatus::Done;
  return result;
}

JobResult tensorop::runJob(Worker &worker, const Job &job,
                           llvm::function_ref<void(llvm::StringRef)> progress) {
  std::string step = "start";
  llvm::Expected<json::Object> reply =
      worker.run(toJson(job), [&](llvm::StringRef next) {
        step = next.str();
        progress(next);
      });
  JobResult result;
  auto fail = [&](JobStatus status, const std::string &text) {
    result.status = status;
    result.compile.messages.push_back({"error", "", text});
  };
  if (!reply) {
    llvm::handleAllErrors(
        reply.takeError(),
        [&](const WorkerError &error) {
          JobStatus status =
              error.kind == WorkerError::Kind::Crash     ? JobStatus::Crashed
              : error.kind == WorkerError::Kind::Timeout ? JobStatus::TimedOut
              : error.kind == WorkerError::Kind::Memory ? JobStatus::OutOfMemory
                                                        : JobStatus::Failed;
          fail(status, error.message + " (step '" + step + "')");
          result.isUnreachable = error.kind == WorkerError::Kind::Start;
        },
        [&](const llvm::ErrorInfoBase &error) {
          fail(JobStatus::Failed, error.message());
        });
    return result;
  }
  if (auto error = reply->getString("error")) {
    fail(JobStatus::Failed, error->str());
    return result;
  }
  llvm::Expected<JobResult> parsed = parseJobResult(*reply);
  if (!parsed) {
    fail(JobStatus::Failed,
         "internal error: the worker's answer is malformed: " +
             llvm::toString(parsed.takeError()));
    return result;
  }
  result = std::move(*parsed);
  if (result.status != JobStatus::Done || job.evaluator.empty() ||
      !(job.check || job.bench))
    return result;
  std::optional<Turn> turn;
  // What is simulated disturbs nobody.
  if (!job.turn.empty() && !job.simulate) {
    llvm::Expected<Turn> taken = Turn::take(job.turn);
    if (!taken) {
      fail(JobStatus::Failed, llvm::toString(taken.takeError()));
      return result;
    }
    turn = std::move(*taken);
  }
  evaluate(job, result, worker.getLimits().seconds, progress);
  return result;
}

int tensorop::serveCompileJobs() {
  Compiler compiler;
  return serveJobs([&](const json::Object &object,
                       Worker::ProgressFn progress) -> json::Object {
    llvm::Expected<Job> job = parseJob(object);
    if (!job)
      return json::Object{
          {"error", "malformed job: " + llvm::toString(job.takeError())}};
    return toJson(runJob(compiler, *job, progress));
  });
}
