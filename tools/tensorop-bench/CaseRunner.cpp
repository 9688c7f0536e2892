//===- CaseRunner.cpp - Compiles, checks and times one case ---------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CaseRunner.h"
#include "TensorOp/Execution/Evaluator.h"
#include "TensorOp/Execution/Job.h"
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace tensorop;
using namespace tensorop::bench;
using runtime::Result;
using runtime::Status;

struct CaseRunner::Implementation {
  RunOptions options;
  Worker worker;
  /// Where bundles go; removed at the end when it is ours.
  std::string folder;
  bool isTemporary = false;

  Implementation(const RunOptions &options, WorkerLimits limits)
      : options(options), worker({thisExecutable(), workerFlag.str()}, limits) {
  }
  ~Implementation() {
    std::error_code ignored;
    if (isTemporary)
      std::filesystem::remove_all(folder, ignored);
  }
};

CaseRunner::CaseRunner(std::unique_ptr<Implementation> implementation)
    : implementation(std::move(implementation)) {}
CaseRunner::~CaseRunner() = default;

Result<std::unique_ptr<CaseRunner>>
CaseRunner::create(const RunOptions &options) {
  WorkerLimits limits;
  // Compilation and the reference of a large case, besides the measurement.
  limits.seconds = 600 + 10 * options.seconds;
  auto implementation = std::make_unique<Implementation>(options, limits);
  std::error_code error;
  if (options.keep.empty()) {
    std::string pattern =
        (std::filesystem::temp_directory_path(error) / "tensorop-bench-XXXXXX")
            .string();
    if (error || !::mkdtemp(pattern.data()))
      return Status::failure("cannot make a temporary folder " + pattern +
                             ": " +
                             (error ? error.message() : std::strerror(errno)));
    implementation->folder = pattern;
    implementation->isTemporary = true;
  } else {
    implementation->folder = options.keep;
    std::filesystem::create_directories(options.keep, error);
    if (error)
      return Status::failure("cannot make the folder " + options.keep + ": " +
                             error.message());
  }
  return std::unique_ptr<CaseRunner>(new CaseRunner(std::move(implementation)));
}

namespace {

/// Reports travel as LLVM's JSON; the tables use the runtime's.
nlohmann::json convert(const llvm::json::Value &value) {
  std::string text;
  llvm::raw_string_ostream(text) << value;
  return nlohmann::json::parse(text);
}

std::string readText(const std::string &path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The first error of a job, without its place.
std::string getReason(const JobResult &job) {
  for (const Message &message : job.compile.messages)
    if (message.severity == "error")
      return message.text;
  return "status " + getName(job.status).str();
}

/// Adds what one job gave; later jobs of a case repeat the measurement only.
void add(const JobResult &job, CaseResult &result) {
  result.plan = job.compile.planName;
  result.diagnostics.clear();
  for (const Message &message : job.compile.messages)
    result.diagnostics.push_back(toString(message));
  if (result.compile.is_null() && !job.compile.seconds.empty())
    for (const auto &[part, seconds] : job.compile.seconds)
      result.compile[part] = seconds;
  if (nlohmann::json check = convert(job.check); !check.is_null())
    result.check = check;
  result.bench = convert(job.bench);
  result.machine = convert(job.machine);
  if (job.status == JobStatus::Done) {
    result.state = isSimulated(result) ? "simulated" : "timed";
    result.reason.clear();
    return;
  }
  result.reason = getReason(job);
  result.state = "refused";
  if (job.status == JobStatus::Wrong)
    result.state = "wrong";
  else if (result.bench.is_object())
    result.state = "void";
}

} // namespace

CaseResult CaseRunner::run(const Case &benchCase) {
  const RunOptions &options = implementation->options;
  std::string name = benchCase.op + "-" +
                     std::string(runtime::getName(benchCase.type)) + "-" +
                     format(benchCase.shape);
  Job job;
  job.compile.payload = makePayload(benchCase);
  job.compile.payloadName = name + ".mlir";
  if (!benchCase.plan.empty()) {
    job.compile.plans = readText(benchCase.plan);
    job.compile.plansName = benchCase.plan;
  }
  if (benchCase.plan.empty() && options.proposer != "none")
    job.compile.proposer = options.proposer;
  job.compile.database = options.database;
  job.compile.target = options.target;
  job.compile.threads = options.threads;
  job.compile.directory = implementation->folder + "/" + name;
  job.check.emplace();
  job.bench.emplace();
  job.bench->seconds = options.seconds;
  job.bench->threads = options.threads;
  job.bench->baselines = options.baselines;

  CaseResult result;
  result.benchCase = benchCase;
  job.evaluator = options.evaluator;
  if (llvm::Error error = chooseEvaluator(job)) {
    result.reason = llvm::toString(std::move(error));
    return result;
  }
  do {
    ++result.attempts;
    add(runJob(implementation->worker, job, [](llvm::StringRef) {}), result);
    // The same code follows; it was right.
    job.check.reset();
  } while (result.state == "void" && result.attempts < options.attempts);
  return result;
}
