//===- Evaluator.cpp - Runs bundles on another machine --------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Execution/Evaluator.h"
#include "Evaluation.h"
#include "TensorOp/Hardware/Catalogue.h"
#include "TensorOp/Runtime/CpuFeatures.h"
#include "TensorOp/Runtime/Manifest.h"
#include "TensorOp/Simulate/Emulator.h"
#include "TensorOp/Simulate/Simulate.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

using namespace tensorop;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;
namespace json = llvm::json;

bool tensorop::isEmulator(StringRef prefix) {
  return llvm::any_of(splitWords(prefix), [](const std::string &word) {
    return llvm::sys::path::filename(word).starts_with("qemu-");
  });
}

static bool isForeign(const HardwareModel &machine) {
  return StringRef(machine.triple).split('-').first !=
         StringRef(runtime::getHostArchitecture());
}

/// Refuses what cannot be simulated before anything runs.
static Error prepareSimulation(Job &job, const HardwareModel &machine) {
  job.simulate = job.bench.has_value();
  if (!job.simulate)
    return Error::success();
  if (!job.bench->baselines.empty())
    return llvm::createStringError(
        "--baseline: libraries of this machine are not simulated");
  if (job.bench->threads > 1)
    return llvm::createStringError(
        "--threads is " + Twine(job.bench->threads) +
        ", but one core is simulated, without other threads");
  return Simulator::create(machine).takeError();
}

/// The emulator with the machine's vector length.
static Expected<std::string> emulatorCommand(const HardwareModel &machine) {
  Expected<std::string> cpu = emulatorCpu(machine);
  if (!cpu)
    return cpu.takeError();
  return emulatorName(machine) + " -cpu " + *cpu;
}

Error tensorop::chooseEvaluator(Job &job) {
  if (!job.check && !job.bench)
    return Error::success();
  Expected<HardwareModel> machine = resolveTarget(job.compile.target);
  if (!machine)
    return machine.takeError();
  if (job.evaluator == simulatedEvaluator) {
    if (Error error = prepareSimulation(job, *machine))
      return error;
    job.evaluator.clear();
  }
  bool isGiven = !job.evaluator.empty();
  if (isGiven)
    if (Error error = splitCommand(job.evaluator).takeError())
      return llvm::createStringError("--evaluator: " +
                                     llvm::toString(std::move(error)));
  // What no code is made for is refused by the compiler.
  if (machine->isGPU() || (!isGiven && !isForeign(*machine)))
    return Error::success();
  if (!isGiven) {
    std::string name = emulatorName(*machine);
    if (!llvm::sys::findProgramByName(name))
      return llvm::make_error<MissingEmulator>(
          "target '" + job.compile.target + "' is " + machine->triple +
          ", this machine is " + runtime::getHostArchitecture().data() +
          ", and no " + name +
          " is in PATH: --evaluator names another way to run it, --no-check "
          "compiles only");
    Expected<std::string> command = emulatorCommand(*machine);
    if (!command)
      return command.takeError();
    job.evaluator = std::move(*command);
    job.isChosen = true;
  }
  if (job.bench && !job.simulate && isEmulator(job.evaluator))
    return llvm::createStringError(
        "--bench: the time of the emulator '" + job.evaluator +
        "' is no time of hardware; --evaluator=simulated estimates that, and "
        "--evaluator=\"ssh board\" measures it");
  job.compile.runner |= isForeign(*machine);
  return Error::success();
}

/// What `bench` is where nothing is timed.
static Error simulate(const Job &job, JobResult &result, double seconds,
                      llvm::function_ref<void(StringRef)> progress) {
  progress("simulate");
  const std::string &folder = job.compile.directory;
  runtime::Result<runtime::Manifest> manifest = runtime::readManifest(folder);
  if (!manifest.ok())
    return llvm::createStringError(manifest.message());
  Expected<HardwareModel> machine = resolveTarget(job.compile.target);
  if (!machine)
    return machine.takeError();
  Expected<Simulator> simulator = Simulator::create(*machine);
  if (!simulator)
    return simulator.takeError();
  SimulationOptions options;
  options.seconds = seconds;
  Expected<Simulation> simulation = simulator->run(
      {folder + "/runner", folder, "--no-check", "--calls={}"}, options);
  if (!simulation)
    return simulation.takeError();
  json::Object bench = toJSON(*simulation);
  bench["cpu"] = machine->cpu;
  bench["vector_bits"] = machine->vectorBits;
  bench["calibration"] = simulator->getCalibration().source;
  result.benchText = toText(*simulation);
  if (manifest->flops > 0) {
    double rate = double(manifest->flops) / simulation->cycles;
    bench["operations_per_cycle"] = rate;
    result.benchText +=
        llvm::formatv("simulated: {0:F2} operations per cycle on {1}, no "
                      "measurement (docs/simulation.md)\n",
                      rate, machine->cpu);
  }
  result.bench = std::move(bench);
  return Error::success();
}

/// Checks the code for the other vector lengths, each on an emulator that has
/// it. The report is that of the first, until one is wrong.
static Error checkOtherLengths(const Job &job, JobResult &result,
                               double seconds,
                               llvm::function_ref<void(StringRef)> progress) {
  for (const VersionReport &version : result.compile.versions) {
    if (llvm::is_contained(result.lengthsRun, version.bits))
      continue;
    std::string length =
        "vectors of " + std::to_string(version.bits) + " bits: ";
    Expected<HardwareModel> machine =
        resolveTarget(targetOfLength(job.compile.target, version.bits));
    if (!machine)
      return machine.takeError();
    Expected<std::string> command = emulatorCommand(*machine);
    if (!command)
      return command.takeError();
    Job one = job;
    one.evaluator = std::move(*command);
    one.check->outputs.clear();
    JobResult other;
    other.status = JobStatus::Failed;
    Error error = evaluateThere(one, other, seconds, [&](StringRef step) {
      progress((length + step).str());
    });
    result.status = other.status;
    if (error)
      return llvm::createStringError(length + llvm::toString(std::move(error)));
    StringRef text = other.checkText;
    text.consume_front("check: ");
    result.checkText += "check: " + length + text.str();
    llvm::append_range(result.lengthsRun, other.lengthsRun);
    for (const Message &message : other.compile.messages)
      result.compile.messages.push_back(
          {message.severity, message.location, length + message.text});
    if (result.status != JobStatus::Done) {
      result.check = std::move(other.check);
      break;
    }
  }
  return Error::success();
}

void tensorop::evaluate(const Job &job, JobResult &result, double seconds,
                        llvm::function_ref<void(StringRef)> progress) {
  result.status = JobStatus::Failed;
  Error error = Error::success();
  if (job.check || !job.simulate)
    error = evaluateThere(job, result, seconds, progress);
  else
    result.status = JobStatus::Done;
  if (!error && job.isChosen && job.check && result.status == JobStatus::Done)
    error = checkOtherLengths(job, result, seconds, progress);
  if (!error && job.simulate && result.status == JobStatus::Done)
    error = simulate(job, result, seconds, progress);
  llvm::handleAllErrors(
      std::move(error),
      [&](const MissingEmulator &missing) {
        result.status = JobStatus::Missing;
        result.isUnreachable = true;
        result.compile.messages.push_back({"error", "", missing.message});
      },
      [&](const llvm::ErrorInfoBase &other) {
        if (result.status == JobStatus::Done)
          result.status = JobStatus::Failed;
        result.compile.messages.push_back({"error", "", other.message()});
      });
}

std::string tensorop::describeVersions(const JobResult &result) {
  std::vector<std::string> run, others;
  for (const VersionReport &version : result.compile.versions)
    (llvm::is_contained(result.lengthsRun, version.bits) ? run : others)
        .push_back(std::to_string(version.bits));
  if (run.empty())
    return "";
  return "run: the code for vectors of " + llvm::join(run, ", ") + " bits" +
         (others.empty() ? ""
                         : "; only compiled: that for " +
                               llvm::join(others, ", ") + " bits") +
         "\n";
}

std::string tensorop::describeEvaluator(const Job &job,
                                        const JobResult &result) {
  if (job.evaluator.empty())
    return "";
  std::string note;
  if (const json::Object *machine = result.machine.getAsObject())
    note = machine->get("emulator")
               ? " (emulated)"
               : (" (" + machine->getString("cpu").value_or("") + ")").str();
  return "evaluator: " + job.evaluator + note + "\n";
}
