//===- tensorop-runner.cpp - Runs bundles without a compiler --------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Loads compiled kernels, checks and times them. Links no LLVM, and libstdc++
// statically, so that it runs where only libc is.
//
//===----------------------------------------------------------------------===//

#include "../CommandLine.h"
#include "Request.h"
#include "TensorOp/Runtime/Baselines.h"
#include "TensorOp/Runtime/Bundle.h"
#include "TensorOp/Runtime/Check.h"
#include "TensorOp/Runtime/CpuFeatures.h"
#include "TensorOp/Runtime/Generators.h"
#include "TensorOp/Runtime/Hardware.h"
#include "TensorOp/Runtime/Measure.h"
#include "TensorOp/Runtime/Npy.h"
#include "TensorOp/Runtime/Repeat.h"
#include "TensorOp/Runtime/Report.h"
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

using namespace tensorop;
using namespace tensorop::runtime;
using nlohmann::ordered_json;

namespace {

struct Options {
  std::vector<std::string> bundles;
  std::string json;
  bool check = true, bench = false, list = false, machine = false;
  std::string baselines;
  /// Its seconds; what is known of a bundle is put in later.
  MeasureOptions measure;
  /// 0: as many as the bundle was compiled for.
  int64_t threads = 0;
  /// Calls without a clock; 0: none.
  int64_t calls = 0;
  CheckOptions inputs;
};

/// What happened to one bundle.
struct Outcome {
  ExitCode code = Done;
  ordered_json json;
};

ordered_json describe(const Manifest &manifest) {
  ordered_json arguments = ordered_json::array();
  for (const Argument &argument : manifest.arguments)
    arguments.push_back({{"name", argument.name},
                         {"role", getName(argument.role)},
                         {"type", getName(argument.type)},
                         {"shape", argument.shape}});
  return arguments;
}

void printList(std::ostream &out, const std::string &path,
               const Manifest &manifest) {
  out << path << ": kernel " << manifest.kernel << ", target "
      << manifest.target << " (" << manifest.cpu << "), plan "
      << (manifest.planName.empty() ? "none" : manifest.planName)
      << ", workspace " << manifest.workspaceBytes << " bytes, threads "
      << manifest.threads << "\n";
  for (const VersionOfLength &version : manifest.versions)
    out << "  vectors of " << version.bits << " bits: plan "
        << (version.planName.empty() ? "none" : version.planName) << "\n";
  for (const Argument &argument : manifest.arguments)
    out << "  " << getName(argument.role) << " " << argument.name << ": "
        << formatShape(argument.shape) << " " << getName(argument.type) << "\n";
}

/// Records a failure; the message goes to the terminal at once.
void fail(Outcome &outcome, ExitCode code, const std::string &message) {
  std::cerr << "error: " << message << "\n";
  outcome.json["diagnostics"].push_back("error: " + message);
  if (outcome.code == Done)
    outcome.code = code;
}

Outcome runBundle(const std::string &path, const Options &options,
                  const std::vector<std::string> &baselines) {
  // JSON on the terminal has it for itself.
  std::ostream &out = options.json == "-" ? std::cerr : std::cout;
  Outcome outcome;
  outcome.json = {{"bundle", path},
                  {"correct", nullptr},
                  {"diagnostics", ordered_json::array()}};
  Result<Bundle> bundle = Bundle::load(path);
  if (!bundle.ok()) {
    // A name of what is not there is wrong use, as with the other tools.
    std::error_code ignored;
    fail(outcome, std::filesystem::exists(path, ignored) ? Failed : Usage,
         bundle.message());
    return outcome;
  }
  const Manifest &manifest = bundle->getManifest();
  outcome.json["kernel"] = manifest.kernel;
  outcome.json["plan"] = manifest.planName;
  outcome.json["target"] = manifest.target;
  outcome.json["arguments"] = describe(manifest);
  for (const std::string &text : manifest.diagnostics)
    outcome.json["diagnostics"].push_back(text);
  if (options.list) {
    printList(out, path, manifest);
    return outcome;
  }
  int64_t threads = options.threads ? options.threads : manifest.threads;
  if (Status status = bundle->setThreads(threads); !status.ok()) {
    fail(outcome, Failed, status.message());
    return outcome;
  }
  out << path << ": kernel " << manifest.kernel;
  if (manifest.threads > 1)
    out << " on " << threads << " of " << manifest.threads << " threads";
  if (const VersionOfLength *version =
          findVersion(manifest, getScalableVectorBits())) {
    out << ", code for vectors of " << version->bits << " bits";
    outcome.json["version"] = {{"vector_bits", version->bits},
                               {"plan", version->planName}};
  }
  out << "\n";
  if (options.check) {
    Result<CheckResult> check = checkBundle(*bundle, options.inputs);
    if (!check.ok()) {
      fail(outcome, Failed, path + ": " + check.message());
      return outcome;
    }
    out << toText(*check);
    outcome.json["check_text"] = toText(*check);
    ordered_json fields = ordered_json::parse(toJson(*check));
    outcome.json["correct"] = fields["correct"];
    outcome.json["max_error"] = fields["max_error"];
    outcome.json["error_bound"] = fields["error_bound"];
    outcome.json["check"] = fields;
    // Nothing is timed that is wrong.
    if (!check->correct) {
      fail(outcome, Wrong, path + ": wrong result: " + check->diagnostic);
      return outcome;
    }
  }
  if (options.calls) {
    Status status = repeatCalls(*bundle, options.calls, options.inputs.seed);
    if (!status.ok())
      fail(outcome, Failed, path + ": " + status.message());
    out << "called " << options.calls << " times\n";
  }
  if (!options.bench)
    return outcome;
  MeasureOptions measure = options.measure;
  measure.baselines = baselines;
  measure.seed = options.inputs.seed;
  measure.threads = threads;
  Result<Measurement> measurement = measureBundle(*bundle, measure);
  if (!measurement.ok()) {
    fail(outcome, Failed, path + ": " + measurement.message());
    return outcome;
  }
  out << toText(*measurement);
  outcome.json["bench_text"] = toText(*measurement);
  ordered_json fields = ordered_json::parse(toJson(*measurement));
  outcome.json["seconds"] = fields["seconds"]["median"];
  outcome.json["bench"] = fields;
  if (measurement->isWrong) {
    fail(outcome, Wrong, path + ": wrong result: " + measurement->reason);
  } else if (!measurement->valid) {
    fail(outcome, Failed, path + ": timing is void: " + measurement->reason);
    std::cerr << "note: " << voidTimingAdvice << "\n";
  }
  return outcome;
}

bool writeJson(const std::string &path, const std::string &text) {
  if (path == "-") {
    std::cout << text << std::flush;
    return bool(std::cout);
  }
  std::FILE *file = std::fopen(path.c_str(), "w");
  bool written =
      file && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (file && std::fclose(file) != 0)
    written = false;
  if (!written)
    std::cerr << "error: cannot write " << path << ": " << std::strerror(errno)
              << "\n";
  return written;
}

/// Refuses contradictions before anything runs.
Status validate(const Options &options) {
  if (options.bundles.empty())
    return Status::failure("bundles is required (see --help)");
  if (std::string emulator = getEmulator(); options.bench && !emulator.empty())
    return Status::failure("--bench: this process is emulated (" + emulator +
                           "), and its time says nothing about hardware; "
                           "without --bench it is checked");
  if (!(options.measure.seconds > 0) || options.measure.seconds > 3600)
    return Status::failure(
        "--seconds must be above 0 and at most 3600, but is " +
        std::to_string(options.measure.seconds));
  bool files = !options.inputs.inputs.empty() ||
               !options.inputs.expect.empty() ||
               !options.inputs.outputs.empty();
  if (files && options.bundles.size() != 1)
    return Status::failure(
        "--inputs, --expect and --outputs need exactly one bundle, but " +
        std::to_string(options.bundles.size()) + " are given");
  if (options.calls && options.bench)
    return Status::failure("--calls and --bench exclude each other");
  if (files && !options.check)
    return Status::failure(
        "--inputs, --expect and --outputs have no use with --no-check");
  for (const std::string &generator : options.inputs.generators) {
    Status status = checkGenerator(generator, ElementType::F32);
    if (!status.ok())
      return status;
  }
  return Status();
}

/// Prints this machine's hardware file.
int printMachine() {
  Result<std::string> text = describeHardware();
  if (!text.ok()) {
    std::cerr << "error: " << text.message() << "\n";
    return Failed;
  }
  std::cout << *text << std::flush;
  return std::cout ? Done : Failed;
}

int run(const Options &options) {
  if (options.machine)
    return printMachine();
  Result<std::vector<std::string>> baselines =
      parseBaselines(options.baselines);
  Status status = validate(options);
  if (status.ok() && !baselines.ok())
    status = baselines.status();
  if (!status.ok()) {
    std::cerr << "error: " << status.message() << "\n";
    return Usage;
  }
  ordered_json document = {{"schema", 1},
                           {"machine", ordered_json::parse(machineToJson())},
                           {"bundles", ordered_json::array()}};
  // A wrong result outweighs what could not be run.
  int code = Done;
  for (const std::string &path : options.bundles) {
    Outcome outcome = runBundle(path, options, *baselines);
    code = std::max<int>(code, outcome.code);
    document["bundles"].push_back(std::move(outcome.json));
  }
  if (!options.json.empty() &&
      !writeJson(
          options.json,
          document.dump(2, ' ', false, ordered_json::error_handler_t::replace) +
              "\n"))
    code = std::max<int>(code, Failed);
  return code;
}

/// Options of a file replace those of the command line.
void apply(const RunnerRequest &request, Options &options) {
  options.check = request.check.has_value();
  options.bench = request.bench.has_value();
  if (request.check)
    options.inputs = *request.check;
  if (request.bench) {
    options.measure = *request.bench;
    options.inputs.seed = request.bench->seed;
    for (const std::string &name : request.bench->baselines)
      options.baselines += (options.baselines.empty() ? "" : ",") + name;
  }
}

int runTool(int argc, char **argv) {
  Options options;
  CLI::App app("Checks and times compiled kernels (bundles) on this machine. "
               "Exit codes: 0 done; 1 a bundle was refused or its timing is "
               "void; 2 usage; 3 wrong result.");
  app.add_option("bundles", options.bundles,
                 "Folders with manifest.json and the kernel");
  app.add_flag("--machine", options.machine,
               "Print this machine (ARM, RISC-V) as a hardware file, which "
               "--target of the compilers takes");
  app.add_option("--json", options.json,
                 "Write results as JSON to this file, or to the terminal "
                 "when none is named")
      ->expected(0, 1)
      ->default_str("-");
  app.add_flag("--check,!--no-check", options.check,
               "Compare with the bundle's reference (the default)");
  app.add_flag("--bench", options.bench, "Time the kernel");
  app.add_option("--calls", options.calls,
                 "Call the kernel as often on the same inputs, after one call "
                 "more, and look at no clock: for emulators and profilers")
      ->check(CLI::Range(1, 1000000000));
  app.add_option("--baseline", options.baselines,
                 "Libraries to time beside it: openblas,blis,onednn");
  app.add_option("--seconds", options.measure.seconds,
                 "Time for each bundle's measurement (1)");
  app.add_option("--threads", options.threads,
                 "Threads of the kernels and of the libraries beside them, at "
                 "most as many as a bundle was compiled for (that)")
      ->check(CLI::Range(1, int(maxThreads)));
  app.add_option("--inputs", options.inputs.inputs,
                 ".npy files for the in and inout arguments, in order")
      ->delimiter(',');
  app.add_option("--expect", options.inputs.expect,
                 ".npy files that the inout and out arguments must equal")
      ->delimiter(',');
  app.add_option("--outputs", options.inputs.outputs,
                 ".npy files to write the inout and out arguments to")
      ->delimiter(',');
  std::string generators;
  app.add_option("--generators", generators,
                 "Inputs to check with, each in turn: normal, integers, large, "
                 "small, special, uniform(a,b), ...");
  app.add_option("--seed", options.inputs.seed, "Seed of the inputs (1)");
  app.add_flag("--list", options.list, "Only say what the bundles hold");
  std::string requestFile;
  app.add_option("--request", requestFile,
                 "JSON file with the options of check and measurement in "
                 "place of those above, as tensorop-run writes it");
  if (std::optional<ExitCode> code = parseCommandLine(app, argc, argv))
    return *code;
  if (!requestFile.empty()) {
    Result<RunnerRequest> request = readRequest(requestFile);
    if (!request.ok()) {
      std::cerr << "error: " << request.message() << "\n";
      return Usage;
    }
    apply(*request, options);
  }
  if (!generators.empty())
    options.inputs.generators = splitGenerators(generators);
  return run(options);
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
