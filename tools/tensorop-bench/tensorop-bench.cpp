//===- tensorop-bench.cpp - Tables of our speed beside libraries ----------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Makes the payload of each case, compiles, checks and times it in a worker,
// and prints a table, with JSON when asked.
//
//===----------------------------------------------------------------------===//

#include "../CommandLine.h"
#include "../Targets.h"
#include "CaseRunner.h"
#include "Results.h"
#include "SimulatedTable.h"
#include "Suite.h"
#include "TensorOp/Execution/Evaluator.h"
#include "TensorOp/Execution/Job.h"
#include "TensorOp/Hardware/HardwareModel.h"
#include "TensorOp/Proposer/Proposer.h"
#include "TensorOp/Runtime/Baselines.h"
#include "TensorOp/Runtime/Report.h"
#include "TensorOp/Simulate/Emulator.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>

using namespace tensorop;
using namespace tensorop::bench;
using runtime::Result;
using runtime::Status;

namespace {

struct Options {
  std::string op = "gemm", types = "f32", shapes, suite, plan, json;
  std::optional<std::string> baselines;
  RunOptions run;
};

/// The cases that the options ask for, or what contradicts.
Result<std::vector<Case>> makeCases(const Options &options) {
  if (options.shapes.empty() == options.suite.empty())
    return Status::failure("exactly one of --shapes and --suite is needed");
  Status op = checkOp(options.op);
  if (!op.ok())
    return op;
  if (!options.suite.empty()) {
    Result<std::vector<Case>> cases = readSuite(options.suite);
    if (cases.ok() && !options.plan.empty())
      for (Case &benchCase : *cases)
        benchCase.plan = options.plan;
    return cases;
  }
  Result<std::vector<runtime::ElementType>> types = parseTypes(options.types);
  if (!types.ok())
    return types.status();
  Result<std::vector<GemmShape>> shapes = parseShapes(options.shapes);
  if (!shapes.ok())
    return shapes.status();
  std::vector<Case> cases;
  for (runtime::ElementType type : *types)
    for (const GemmShape &shape : *shapes)
      cases.push_back({options.op, type, shape, options.plan});
  return cases;
}

Status checkRunOptions(const RunOptions &options) {
  if (!(options.seconds > 0) || options.seconds > 3600)
    return Status::failure(
        "--seconds must be above 0 and at most 3600, but is " +
        std::to_string(options.seconds));
  if (options.proposer != "none" &&
      !llvm::is_contained(proposerNames(), options.proposer))
    return Status::failure("--proposer knows " +
                           llvm::join(proposerNames(), ", ") +
                           " and none, but not '" + options.proposer + "'");
  if (std::string why = whyNoDatabase(options.proposer, options.database);
      !why.empty())
    return Status::failure(why);
  if (options.proposer != "none")
    if (llvm::Error error =
            createProposer(options.proposer, options.database).takeError())
      return Status::failure(llvm::toString(std::move(error)));
  if (llvm::Error unknown = resolveTarget(options.target).takeError())
    return Status::failure(llvm::toString(std::move(unknown)));
  if (options.threads < 1 || options.threads > runtime::maxThreads)
    return Status::failure("--threads must be from 1 to " +
                           std::to_string(runtime::maxThreads) + ", but is " +
                           std::to_string(options.threads));
  if (options.attempts < 1 || options.attempts > 100)
    return Status::failure("--attempts must be from 1 to 100, but is " +
                           std::to_string(options.attempts));
  return Status();
}

Status reportFile(const std::string &what, const std::string &path) {
  return Status::failure("cannot " + what + " " + path + ": " +
                         std::strerror(errno));
}

/// A file that cannot be written is better known before the measurements.
Status checkWritable(const std::string &path) {
  if (path.empty() || path == "-")
    return Status();
  std::FILE *file = std::fopen(path.c_str(), "a");
  if (!file)
    return reportFile("write the results to", path);
  std::fclose(file);
  return Status();
}

Status checkReadable(const std::vector<Case> &cases) {
  for (const Case &benchCase : cases)
    if (!benchCase.plan.empty() && !std::ifstream(benchCase.plan))
      return reportFile("read the plan", benchCase.plan);
  return Status();
}

int fail(ExitCode code, const std::string &message) {
  std::cerr << "error: " << message << "\n";
  return code;
}

int run(const Options &options, const std::string &command) {
  Status status = checkRunOptions(options.run);
  if (!status.ok())
    return fail(Usage, status.message());
  // What runs elsewhere has no libraries beside it unless they are asked for.
  std::string names = options.baselines.value_or(
      options.run.evaluator.empty() ? "openblas,blis,onednn" : "none");
  Result<std::vector<std::string>> baselines = runtime::parseBaselines(names);
  if (!baselines.ok())
    return fail(Usage, baselines.message());
  Result<std::vector<Case>> cases = makeCases(options);
  if (!cases.ok())
    return fail(Usage, cases.message());
  status = checkReadable(*cases);
  if (!status.ok())
    return fail(Usage, status.message());
  // Better known before the first case than with each.
  Job probe;
  probe.compile.target = options.run.target;
  probe.evaluator = options.run.evaluator;
  probe.bench.emplace();
  probe.bench->baselines = *baselines;
  probe.bench->threads = options.run.threads;
  if (llvm::Error error = chooseEvaluator(probe)) {
    ExitCode code = error.isA<MissingEmulator>() ? MissingDevice : Usage;
    return fail(code, llvm::toString(std::move(error)));
  }
  status = checkWritable(options.json);
  if (!status.ok())
    return fail(Failed, status.message());

  // JSON on the terminal has it for itself.
  std::ostream &out = options.json == "-" ? std::cerr : std::cout;
  RunOptions runOptions = options.run;
  runOptions.baselines = *baselines;
  Result<std::unique_ptr<CaseRunner>> runner = CaseRunner::create(runOptions);
  if (!runner.ok())
    return fail(Failed, runner.message());
  bool simulated = runOptions.evaluator == simulatedEvaluator;
  if (simulated)
    printSimulatedHeader(out);
  else
    printHeader(out, *baselines);
  std::vector<CaseResult> results;
  int code = Done;
  for (const Case &benchCase : *cases) {
    results.push_back((*runner)->run(benchCase));
    const CaseResult &result = results.back();
    if (simulated)
      printSimulatedRow(out, result);
    else
      printRow(out, result, *baselines);
    bool isDone = result.state == (simulated ? "simulated" : "timed");
    if (!isDone)
      for (const std::string &text : result.diagnostics)
        std::cerr << text << "\n";
    if (result.state == "wrong")
      code = Wrong;
    else if (!isDone)
      code = std::max<int>(code, Failed);
  }
  nlohmann::json machine = nlohmann::json::parse(runtime::machineToJson());
  if (simulated)
    printSimulatedFooter(out, results);
  else
    printFooter(out, results, *baselines, machine);
  if (options.json.empty())
    return code;
  std::string text = makeJson(results, machine, command, options.run.target,
                              options.run.threads)
                         .dump(2) +
                     "\n";
  if (options.json == "-") {
    std::cout << text << std::flush;
    return code;
  }
  std::ofstream file(options.json);
  file << text << std::flush;
  if (!file)
    return fail(Failed,
                reportFile("write the results to", options.json).message());
  return code;
}

/// The command as it was typed, but for the program's folder.
std::string getCommand(int argc, char **argv) {
  std::string command = "tensorop-bench";
  for (int i = 1; i < argc; ++i)
    command += std::string(" ") + argv[i];
  return command;
}

int runTool(int argc, char **argv) {
  if (argc == 2 && argv[1] == workerFlag)
    return serveCompileJobs();
  Options options;
  CLI::App app("Compiles operators, checks them and times them beside "
               "libraries. Exit codes: 0 done; 1 a case was refused or its "
               "timing is void; 2 usage; 3 wrong result.");
  app.add_option("--op", options.op, "Operator: gemm");
  app.add_option("--types", options.types,
                 "Element types of both factors: f32,f64,f16,bf16,i8 (f32)");
  app.add_option("--shapes", options.shapes, "Shapes: MxNxK,...");
  app.add_option("--suite", options.suite, "JSON file with cases");
  app.add_option("--plan", options.plan,
                 "File with plans, for cases of a suite that name one, too");
  app.add_option("--proposer", options.run.proposer,
                 "Who plans cases without a file: analytic, database or none "
                 "(analytic)");
  app.add_option("--db", options.run.database,
                 "File of --proposer=database, a database of measured plans "
                 "(that of TENSOROP_DB)");
  app.add_option("--target", options.run.target,
                 "Machine to compile for: native, a name that --list-targets "
                 "shows, or a hardware file (native)");
  addTargetList(app);
  app.add_option("--threads", options.run.threads,
                 "Most threads of a kernel whose plan has parallel loops, and "
                 "threads of the libraries beside it (1)");
  app.add_option("--baseline", options.baselines,
                 "Libraries to compare with, or none (openblas,blis,onednn; "
                 "none with --evaluator)");
  app.add_option("--evaluator", options.run.evaluator,
                 "Where kernels are checked and timed: a way to a board (\"ssh "
                 "board\"), or simulated: checked by QEMU, with a model's "
                 "cycles instead of times (this process)");
  app.add_option("--seconds", options.run.seconds,
                 "Time for each case's measurement (1)");
  app.add_option("--attempts", options.run.attempts,
                 "How often a void measurement is tried (3)");
  app.add_option("--keep", options.run.keep,
                 "Folder that receives each case's bundle");
  app.add_option("--json", options.json,
                 "Write results as JSON to this file, or to the terminal when "
                 "none is named")
      ->expected(0, 1)
      ->default_str("-");
  if (std::optional<ExitCode> code = parseCommandLine(app, argc, argv))
    return *code;
  return run(options, getCommand(argc, argv));
}

} // namespace

int main(int argc, char **argv) {
  try {
    return runTool(argc, argv);
  } catch (const std::exception &error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return Failed;
  }
}
