//===- Simulate.h - Cycles of a program without the machine -----*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The simulated evaluator. The program runs under QEMU twice, with two numbers
// of repetitions of its work; what differs is the work. Cycles are those of
// llvm-mca for each straight piece of code times its executions, plus the
// misses of a model of the caches times a calibrated penalty. The same command
// gives the same numbers. docs/simulation.md says what this cannot know.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_SIMULATE_SIMULATE_H
#define TENSOROP_SIMULATE_SIMULATE_H

#include "TensorOp/Hardware/HardwareModel.h"
#include "TensorOp/Simulate/Calibration.h"
#include <memory>
#include <optional>

namespace llvm::json {
class Object;
} // namespace llvm::json

namespace tensorop {

struct SimulationOptions {
  /// The emulator and its options, or another command that the program can be
  /// appended to and that ends in QEMU's user emulation; empty: the one for the
  /// target, from PATH. -cpu need not be given.
  std::vector<std::string> emulator;
  /// NAME=VALUE for the program, which sees nothing else of the environment but
  /// PATH.
  std::vector<std::string> environment;
  /// Each "{}" in an argument of the program becomes one of these.
  unsigned fewer = 1, more = 2;
  /// Time for both runs.
  double seconds = 600;
  /// Blocks to describe, those with most cycles first.
  unsigned hottest = 5;
};

struct SimulatedLevel {
  std::string name;
  /// Lines looked for and not found, per repetition.
  double accesses = 0, misses = 0;
  /// Cycles per miss, and of all misses.
  double penalty = 0, cycles = 0;
};

struct SimulatedBlock {
  uint64_t address = 0;
  /// Per repetition.
  double executions = 0;
  /// Of one execution, without misses.
  double cycles = 0;
  /// Part of the cycles of a repetition, misses included.
  double share = 0;
  /// Misses of level 0, 1, ... per repetition.
  std::vector<double> misses;
  /// With "M4 E32: " where the vector configuration changes.
  std::vector<std::string> instructions;
};

/// Of one repetition.
struct Simulation {
  double instructions = 0;
  /// coreCycles and those of all levels.
  double cycles = 0;
  double coreCycles = 0;
  /// Executed instructions that the scheduling model does not know.
  double unmodelled = 0;
  /// Executed loads and stores whose accesses the emulator does not report, so
  /// that no miss of theirs is counted.
  double unseenAccesses = 0;
  std::vector<SimulatedLevel> levels;
  std::vector<SimulatedBlock> blocks;
  /// What has to be said beside the numbers.
  std::vector<std::string> notes;
};

/// Simulates programs for one machine; blocks that were analyzed once are
/// remembered.
class Simulator {
public:
  /// Without `calibration`: that of data/simulation for the machine's cpu.
  /// Fails when the machine is none of RISC-V or AArch64, names no cpu that
  /// LLVM has a scheduling model for, or the calibration is missing, is for
  /// another cpu or lacks a level of its caches.
  static llvm::Expected<Simulator>
  create(const HardwareModel &machine,
         std::optional<Calibration> calibration = std::nullopt);
  Simulator(Simulator &&) noexcept;
  ~Simulator();

  /// `program` is the executable and its arguments. Fails when the program
  /// does, when it has several threads or does no more with more repetitions;
  /// with MissingEmulator when there is no emulator.
  llvm::Expected<Simulation> run(llvm::ArrayRef<std::string> program,
                                 const SimulationOptions &options = {});
  const Calibration &getCalibration() const;

private:
  struct State;
  explicit Simulator(std::unique_ptr<State> state);
  std::unique_ptr<State> state;
};

/// The fields of a simulation in JSON (docs/formats.md), with "evaluator":
/// "simulated" first.
llvm::json::Object toJSON(const Simulation &simulation);
/// A few lines of text that begin with "simulated".
std::string toText(const Simulation &simulation);

} // namespace tensorop

#endif // TENSOROP_SIMULATE_SIMULATE_H
