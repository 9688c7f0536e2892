//===- Simulate.cpp - Cycles of a program without the machine -------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Simulate/Simulate.h"
#include "BlockTimer.h"
#include "TensorOp/Simulate/Emulator.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <set>

using namespace llvm;

namespace tensorop {

template <typename... Ts> static Error fail(const char *format, Ts... values) {
  return createStringError(inconvertibleErrorCode(), format, values...);
}

struct Simulator::State {
  HardwareModel machine;
  Calibration calibration;
  /// Per level of the machine's caches.
  std::vector<double> penalties;
  std::unique_ptr<MachineCode> code;
  std::unique_ptr<BlockTimer> timer;
};

Simulator::Simulator(std::unique_ptr<State> state) : state(std::move(state)) {}
Simulator::Simulator(Simulator &&) noexcept = default;
Simulator::~Simulator() = default;

const Calibration &Simulator::getCalibration() const {
  return state->calibration;
}

Expected<Simulator> Simulator::create(const HardwareModel &machine,
                                      std::optional<Calibration> calibration) {
  auto code = MachineCode::create(machine);
  if (!code)
    return code.takeError();
  if (!calibration) {
    auto found = findCalibration(machine.cpu);
    if (!found)
      return found.takeError();
    calibration = std::move(*found);
  }
  if (calibration->cpu != machine.cpu)
    return fail("the calibration is for the cpu '%s', the target '%s' has '%s'",
                calibration->cpu.c_str(), machine.name.c_str(),
                machine.cpu.c_str());
  auto state = std::make_unique<State>();
  for (const CacheLevel &cache : machine.caches) {
    auto entry = find_if(calibration->penalties, [&](const auto &penalty) {
      return penalty.first == cache.name;
    });
    if (entry == calibration->penalties.end())
      return fail("the calibration for '%s' has no penalty for cache '%s'",
                  calibration->cpu.c_str(), cache.name.c_str());
    state->penalties.push_back(entry->second);
  }
  state->machine = machine;
  state->calibration = std::move(*calibration);
  state->code = std::move(*code);
  state->timer = std::make_unique<BlockTimer>(*state->code);
  return Simulator(std::move(state));
}

//===----------------------------------------------------------------------===//
// Evaluation
//===----------------------------------------------------------------------===//

/// Replaces "{}" by `repetitions`; nothing when there is none.
static std::optional<std::vector<std::string>>
withRepetitions(ArrayRef<std::string> program, unsigned repetitions) {
  std::vector<std::string> result;
  bool found = false;
  for (StringRef word : program) {
    std::string text;
    while (true) {
      auto [before, after] = word.split("{}");
      text += before;
      if (before.size() == word.size())
        break;
      found = true;
      text += std::to_string(repetitions);
      word = after;
    }
    result.push_back(std::move(text));
  }
  if (!found)
    return std::nullopt;
  return result;
}

static std::string vectorConfiguration(int64_t vtype) {
  static const char *const lmul[] = {"M1", "M2",  "M4",  "M8",
                                     "?",  "MF8", "MF4", "MF2"};
  static const char *const sew[] = {"E8", "E16", "E32", "E64"};
  return std::string(lmul[vtype & 7]) + " " + sew[vtype >> 3 & 3];
}

static std::vector<std::string> disassemble(const BasicBlock &block,
                                            const MachineCode &code) {
  std::vector<std::string> result;
  int64_t vtype = unknownVtype;
  for (const ExecutedInstruction &instruction : block.instructions) {
    std::string text;
    if (instruction.vtype != vtype && instruction.vtype != unknownVtype)
      text = vectorConfiguration(instruction.vtype) + ": ";
    vtype = instruction.vtype;
    MCInst inst;
    if (code.decode(instruction.bytes, instruction.address, inst))
      text += code.print(inst, instruction.address);
    else
      text += "unknown instruction " + toHex(instruction.bytes);
    result.push_back(std::move(text));
  }
  return result;
}

namespace {
/// Sums up what differs between two runs.
struct Evaluation {
  const Profile &profile;
  const MachineCode &code;
  ArrayRef<double> penalties;
  BlockTimer &timer;
  /// 1 / number of repetitions that the profile covers.
  double scale;
  Simulation result;

  double perRepetition(int64_t count) const { return double(count) * scale; }

  struct Timed {
    const BasicBlock *block;
    double cyclesOnce, cycles;
    std::vector<double> misses;
  };

  /// Misses of the block's instructions. One that ran in several blocks (under
  /// two vector configurations) is counted in the first.
  std::vector<double> takeMisses(const BasicBlock &block,
                                 std::set<uint64_t> &taken) const {
    std::vector<double> misses(penalties.size());
    for (const ExecutedInstruction &instruction : block.instructions) {
      auto entry = profile.memory.find(instruction.address);
      if (entry == profile.memory.end() ||
          !taken.insert(instruction.address).second)
        continue;
      for (size_t level = 0; level < misses.size(); ++level)
        misses[level] += perRepetition(entry->second[1 + level]);
    }
    return misses;
  }

  /// Executions of loads and stores that the emulator told nothing of.
  double countUnseen(const BasicBlock &block) const {
    double unseen = 0;
    for (const ExecutedInstruction &instruction : block.instructions) {
      MCInst inst;
      if (profile.memory.count(instruction.address) ||
          !code.decode(instruction.bytes, instruction.address, inst))
        continue;
      const MCInstrDesc &desc = code.instructions->get(inst.getOpcode());
      // Barriers and system calls "may load", too.
      if ((desc.mayLoad() || desc.mayStore()) &&
          !desc.hasUnmodeledSideEffects())
        unseen += perRepetition(block.executions);
    }
    return unseen;
  }

  Error run(unsigned hottest) {
    std::vector<BasicBlock> blocks = formBasicBlocks(profile, code);
    std::vector<Timed> timed;
    std::set<uint64_t> taken;
    for (const BasicBlock &block : blocks) {
      auto time = timer.time(block);
      if (!time)
        return time.takeError();
      double executions = perRepetition(block.executions);
      result.instructions += executions * double(block.instructions.size());
      result.unmodelled += executions * time->unmodelled;
      result.unseenAccesses += countUnseen(block);
      result.coreCycles += executions * time->cycles;
      Timed entry{&block, time->cycles, executions * time->cycles,
                  takeMisses(block, taken)};
      for (size_t level = 0; level < penalties.size(); ++level)
        entry.cycles += entry.misses[level] * penalties[level];
      timed.push_back(std::move(entry));
    }
    result.cycles = result.coreCycles;
    for (auto [level, count] : enumerate(profile.levels)) {
      SimulatedLevel &entry = result.levels[level];
      entry.accesses = perRepetition(count.accesses);
      entry.misses = perRepetition(count.misses);
      entry.penalty = penalties[level];
      entry.cycles = entry.misses * entry.penalty;
      result.cycles += entry.cycles;
    }
    // The block's place in memory decides between equals.
    llvm::sort(timed, [](const Timed &a, const Timed &b) {
      return std::tie(b.cycles, a.block) < std::tie(a.cycles, b.block);
    });
    for (Timed &entry : ArrayRef(timed).take_front(hottest).vec())
      result.blocks.push_back({entry.block->instructions.front().address,
                               perRepetition(entry.block->executions),
                               entry.cyclesOnce, entry.cycles / result.cycles,
                               std::move(entry.misses),
                               disassemble(*entry.block, code)});
    return Error::success();
  }
};
} // namespace

Expected<Simulation> Simulator::run(ArrayRef<std::string> program,
                                    const SimulationOptions &options) {
  if (program.empty() || options.fewer >= options.more)
    return fail("a simulation needs a program, and more repetitions in its "
                "second run (%u) than in its first (%u)",
                options.more, options.fewer);
  std::vector<EmulatedRun> runs;
  for (unsigned repetitions : {options.fewer, options.more}) {
    EmulatedRun run;
    auto words = withRepetitions(program, repetitions);
    if (!words)
      return fail("no argument of '%s' has the placeholder {} for the number "
                  "of repetitions",
                  join(program, " ").c_str());
    run.program = std::move(*words);
    run.emulator = options.emulator;
    if (run.emulator.empty())
      run.emulator = {emulatorName(state->machine)};
    run.environment = options.environment;
    run.seconds = options.seconds;
    runs.push_back(std::move(run));
  }
  auto profiles = runEmulated(runs, state->machine);
  if (!profiles)
    return profiles.takeError();
  auto profile = difference((*profiles)[1], (*profiles)[0]);
  if (!profile)
    return profile.takeError();
  if (emulatorName(state->machine) != "qemu-" + profile->target)
    return fail("the emulator is for %s, the target '%s' needs %s",
                profile->target.c_str(), state->machine.name.c_str(),
                emulatorName(state->machine).c_str());
  if (profile->threads > 1)
    return fail("'%s' has %lld threads, the simulation is of one core",
                join(program, " ").c_str(), (long long)profile->threads);
  Evaluation evaluation{*profile,
                        *state->code,
                        state->penalties,
                        *state->timer,
                        1.0 / (options.more - options.fewer),
                        {}};
  for (const CacheLevel &cache : state->machine.caches)
    evaluation.result.levels.push_back({cache.name, 0, 0, 0, 0});
  if (Error error = evaluation.run(options.hottest))
    return std::move(error);
  Simulation &result = evaluation.result;
  if (result.instructions <= 0 || result.cycles <= 0)
    return fail("'%s' does no more with %u repetitions than with %u: %.0f "
                "instructions between them",
                join(program, " ").c_str(), options.more, options.fewer,
                result.instructions);
  int64_t bits = state->machine.vectorBits,
          modelBits = state->code->modelVectorBits;
  if (modelBits && bits != modelBits)
    result.notes.push_back(
        formatv("the scheduling model of {0} is for vectors of {1} bits, the "
                "target's have {2}: counts hold, cycles do not",
                state->machine.cpu, modelBits, bits));
  if (result.unmodelled > 0)
    result.notes.push_back(
        formatv("{0:f0} executed instructions are unknown to the scheduling "
                "model and count no cycles",
                result.unmodelled));
  if (result.unseenAccesses > 0.001 * result.instructions)
    result.notes.push_back(formatv(
        "the emulator reports no access of {0:f0} executed loads and stores "
        "({1}); their misses count no cycles",
        result.unseenAccesses,
        state->machine.hasFeature("sve")
            ? "QEMU reports none of SVE"
            : "QEMU runs prefetches as hints that touch nothing"));
  return std::move(result);
}

} // namespace tensorop
