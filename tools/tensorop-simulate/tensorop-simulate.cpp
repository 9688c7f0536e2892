//===- tensorop-simulate.cpp - Cycles without the machine -----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs a program for RISC-V or AArch64 under emulation and says how many cycles
// a repetition of its work would take on the target: a model, no measurement.
//
//===----------------------------------------------------------------------===//

#include "../CommandLine.h"
#include "../Targets.h"
#include "Fit.h"
#include "TensorOp/Simulate/Emulator.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace tensorop {
namespace {

struct Options {
  std::string target, emulator, calibration, json, fit, output;
  std::vector<unsigned> repetitions = {1, 2};
  std::vector<std::string> program;
  bool code = false;
  SimulationOptions simulation;
};

ExitCode report(Error error) {
  ExitCode code = error.isA<MissingEmulator>() ? MissingDevice : Failed;
  errs() << "error: " << toString(std::move(error)) << "\n";
  return code;
}

ExitCode write(StringRef path, StringRef text) {
  if (path == "-") {
    outs() << text;
    return Done;
  }
  std::error_code error;
  raw_fd_ostream file(path, error);
  if (!error) {
    file << text;
    file.close();
    error = file.error();
    file.clear_error();
  }
  if (error) {
    errs() << "error: cannot write " << path << ": " << error.message() << "\n";
    return Failed;
  }
  return Done;
}

/// Refuses contradictions before anything runs.
std::string findMisuse(const Options &options) {
  if (options.fit.empty() && options.program.empty())
    return "no program; it comes after --, with {} for the number of "
           "repetitions";
  if (!options.fit.empty() && !options.program.empty())
    return "--fit takes its programs from a file, none may come after --";
  if (options.fit.empty() != options.output.empty())
    return "--fit and -o need each other";
  if (!options.fit.empty() && !options.json.empty())
    return "--fit writes to -o, --json has no use";
  if (!options.fit.empty() && !options.calibration.empty())
    return "--fit makes a calibration, --calibration has no use";
  if (options.simulation.fewer >= options.simulation.more)
    return "--repetitions must be two numbers, the second one larger";
  for (StringRef variable : options.simulation.environment)
    if (variable.find('=') == 0 || variable.find('=') == StringRef::npos)
      return ("--env must be NAME=VALUE, but is '" + variable + "'").str();
  return "";
}

void printCode(raw_ostream &os, const Simulation &simulation) {
  for (const SimulatedBlock &block : simulation.blocks) {
    os << format("\nblock at 0x%llx, %.2f cycles:\n",
                 (unsigned long long)block.address, block.cycles);
    for (const std::string &instruction : block.instructions)
      os << "  " << instruction << "\n";
  }
}

Expected<Simulator> makeSimulator(const Options &options,
                                  const HardwareModel &machine) {
  if (options.calibration.empty())
    return Simulator::create(machine);
  auto calibration = readCalibration(options.calibration);
  if (!calibration)
    return calibration.takeError();
  return Simulator::create(machine, *calibration);
}

ExitCode run(const Options &options) {
  auto machine = resolveTarget(options.target);
  if (!machine) {
    errs() << "error: " << toString(machine.takeError()) << "\n";
    return Usage;
  }
  if (!options.fit.empty()) {
    auto fitted = fitCalibration(options.fit, *machine, options.simulation);
    if (!fitted)
      return report(fitted.takeError());
    outs() << fitted->report;
    return write(options.output, printCalibration(fitted->calibration));
  }
  auto simulator = makeSimulator(options, *machine);
  if (!simulator)
    return report(simulator.takeError());
  auto simulation = simulator->run(options.program, options.simulation);
  if (!simulation)
    return report(simulation.takeError());
  // JSON on the terminal has it for itself.
  raw_ostream &os = options.json == "-" ? errs() : outs();
  os << toText(*simulation);
  if (options.code)
    printCode(os, *simulation);
  if (options.json.empty())
    return Done;
  json::Object document = toJSON(*simulation);
  document["schema"] = 1;
  document["target"] = options.target;
  document["cpu"] = machine->cpu;
  document["vector_bits"] = machine->vectorBits;
  document["calibration"] = simulator->getCalibration().source;
  document["program"] = json::Array(options.program);
  document["repetitions"] =
      json::Array{options.simulation.fewer, options.simulation.more};
  return write(options.json,
               formatv("{0:2}\n", json::Value(std::move(document))).str());
}

int runTool(int argc, char **argv) {
  Options options;
  // What comes after -- is the program's business.
  auto own = int(std::find(argv, argv + argc, StringRef("--")) - argv);
  if (own < argc)
    options.program.assign(argv + own + 1, argv + argc);
  CLI::App app(
      "Simulates a program for RISC-V or AArch64: runs it under QEMU with two "
      "numbers of repetitions and says what one repetition would cost on the "
      "target, by llvm-mca and a model of the caches. No measurement; "
      "docs/simulation.md says what it cannot know. Exit codes: 0 done; 1 the "
      "program failed or cannot be simulated; 2 usage; 77 no emulator.");
  app.footer("The program comes after --; {} in its arguments becomes the "
             "number of repetitions:\n  tensorop-simulate "
             "--target=rvv:vlen=256:cpu=spacemit-x60 -- ./kernel 256 {}");
  app.add_option("--target", options.target,
                 "Machine with a cpu, e.g. rvv:vlen=256:cpu=spacemit-x60")
      ->required();
  addTargetList(app);
  app.add_option("--emulator", options.emulator,
                 "Command that ends in QEMU and its options, as qemu-riscv64 "
                 "-L ROOT (QEMU's user emulation from PATH)");
  app.add_option("--env", options.simulation.environment,
                 "NAME=VALUE for the program, which sees no other variable but "
                 "PATH; may be repeated")
      ->allow_extra_args(false);
  app.add_option("--repetitions", options.repetitions,
                 "The two numbers of repetitions (1,2)")
      ->delimiter(',')
      ->expected(2);
  app.add_option("--calibration", options.calibration,
                 "File with the cycles of a miss (that of data/simulation for "
                 "the cpu)");
  app.add_option("--seconds", options.simulation.seconds,
                 "Time for the emulated program (600)")
      ->check(CLI::PositiveNumber);
  app.add_option("--hottest", options.simulation.hottest,
                 "Blocks to describe (5)");
  app.add_flag("--code", options.code, "Print their instructions");
  app.add_option("--json", options.json,
                 "Write the result as JSON to this file, or to the terminal "
                 "when none is named")
      ->expected(0, 1)
      ->default_str("-");
  app.add_option("--fit", options.fit,
                 "Fit a calibration to the measurements of this file");
  app.add_option("-o", options.output, "Where --fit writes the calibration");
  if (std::optional<ExitCode> code = parseCommandLine(app, own, argv))
    return *code;
  options.simulation.fewer = options.repetitions[0];
  options.simulation.more = options.repetitions[1];
  auto emulator = splitCommand(options.emulator);
  std::string misuse = emulator
                           ? findMisuse(options)
                           : "--emulator: " + toString(emulator.takeError());
  if (misuse.empty())
    options.simulation.emulator = *emulator;
  if (!misuse.empty()) {
    errs() << "error: " << misuse << " (see --help)\n";
    return Usage;
  }
  return run(options);
}

} // namespace
} // namespace tensorop

int main(int argc, char **argv) {
  try {
    return tensorop::runTool(argc, argv);
  } catch (const std::exception &error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return tensorop::Failed;
  }
}
