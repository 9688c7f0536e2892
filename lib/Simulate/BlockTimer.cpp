//===- BlockTimer.cpp - Cycles of a piece of code by llvm-mca -------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockTimer.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/MCA/Context.h"
#include "llvm/MCA/InstrBuilder.h"
#include "llvm/MCA/SourceMgr.h"

using namespace llvm;

namespace tensorop {

namespace {
/// For llvm-mca a call costs 100 cycles and is worth a warning; the blocks of
/// a profile have the callee's apart.
struct JumpAnalysis : MCInstrAnalysis {
  const MCInstrAnalysis &target;
  JumpAnalysis(const MCInstrInfo &info, const MCInstrAnalysis &target)
      : MCInstrAnalysis(&info), target(target) {}
  bool isCall(const MCInst &) const override { return false; }
  bool isReturn(const MCInst &) const override { return false; }
  bool clearsSuperRegisters(const MCRegisterInfo &registers, const MCInst &inst,
                            APInt &writes) const override {
    return target.clearsSuperRegisters(registers, inst, writes);
  }
  bool isZeroIdiom(const MCInst &inst, APInt &mask,
                   unsigned cpu) const override {
    return target.isZeroIdiom(inst, mask, cpu);
  }
  bool isDependencyBreaking(const MCInst &inst, APInt &mask,
                            unsigned cpu) const override {
    return target.isDependencyBreaking(inst, mask, cpu);
  }
  bool isOptimizableRegisterMove(const MCInst &inst,
                                 unsigned cpu) const override {
    return target.isOptimizableRegisterMove(inst, cpu);
  }
};
} // namespace

/// What stays from block to block.
struct BlockTimer::Model {
  JumpAnalysis analysis;
  std::unique_ptr<mca::InstrumentManager> manager;
  std::unique_ptr<mca::InstrPostProcess> post;
  /// By vtype.
  DenseMap<int64_t, SmallVector<mca::UniqueInstrument, 2>> instruments;

  explicit Model(const MachineCode &code)
      : analysis(*code.instructions, *code.analysis) {
    manager.reset(code.target->createInstrumentManager(*code.subtarget,
                                                       *code.instructions));
    if (!manager)
      manager = std::make_unique<mca::InstrumentManager>(*code.subtarget,
                                                         *code.instructions);
    post.reset(code.target->createInstrPostProcess(*code.subtarget,
                                                   *code.instructions));
    if (!post)
      post = std::make_unique<mca::InstrPostProcess>(*code.subtarget,
                                                     *code.instructions);
  }

  /// What the comments LLVM-MCA-RISCV-LMUL and -SEW say in assembly.
  SmallVector<mca::Instrument *> instrumentsFor(int64_t vtype) {
    SmallVector<mca::Instrument *> result;
    if (vtype == unknownVtype)
      return result;
    auto [entry, isNew] = instruments.try_emplace(vtype);
    if (isNew) {
      static const char *const lmul[] = {"M1", "M2",  "M4",  "M8",
                                         "",   "MF8", "MF4", "MF2"};
      static const char *const sew[] = {"E8", "E16", "E32", "E64"};
      auto add = [&, &list = entry->second](StringRef kind, StringRef value) {
        if (auto made = manager->createInstrument(kind, value))
          list.push_back(std::move(made));
      };
      add("RISCV-LMUL", lmul[vtype & 7]);
      // 4 to 7 are reserved.
      if ((vtype >> 3 & 7) < 4)
        add("RISCV-SEW", sew[vtype >> 3 & 3]);
    }
    for (mca::UniqueInstrument &instrument : entry->second)
      result.push_back(instrument.get());
    return result;
  }
};

BlockTimer::BlockTimer(const MachineCode &code)
    : code(code), model(std::make_unique<Model>(code)) {}
BlockTimer::~BlockTimer() = default;

Expected<BlockTime> BlockTimer::time(const BasicBlock &block) {
  std::vector<uint8_t> key;
  for (const ExecutedInstruction &instruction : block.instructions) {
    key.push_back(instruction.bytes.size());
    key.insert(key.end(), instruction.bytes.begin(), instruction.bytes.end());
    // Length and width; what else is in vtype has no influence.
    key.push_back(instruction.vtype & 0x3f);
    key.push_back(instruction.vtype == unknownVtype);
  }
  auto entry = known.find(key);
  if (entry != known.end())
    return entry->second;
  auto time = analyze(block);
  if (time)
    known.emplace(std::move(key), *time);
  return time;
}

Expected<BlockTime> BlockTimer::analyze(const BasicBlock &block) {
  const MCSubtargetInfo &subtarget = *code.subtarget;
  // It keeps descriptions by content and cannot tell two widths apart.
  mca::InstrBuilder builder(subtarget, *code.instructions, *code.registers,
                            &model->analysis, *model->manager,
                            /*CallLatency=*/0);
  model->post->resetState();
  BlockTime result;
  std::vector<std::unique_ptr<mca::Instruction>> sequence;
  for (const ExecutedInstruction &instruction : block.instructions) {
    MCInst inst;
    if (!code.decode(instruction.bytes, instruction.address, inst)) {
      ++result.unmodelled;
      continue;
    }
    auto lowered = builder.createInstruction(
        inst, model->instrumentsFor(instruction.vtype));
    if (!lowered) {
      consumeError(lowered.takeError());
      ++result.unmodelled;
      continue;
    }
    model->post->postProcessInstruction(**lowered, inst);
    sequence.push_back(std::move(*lowered));
  }
  if (sequence.empty())
    return result;
  // Long blocks need fewer until the start no longer counts.
  unsigned iterations = std::clamp<size_t>(20000 / sequence.size(), 20, 100);
  mca::CircularSourceMgr source(sequence, iterations);
  std::unique_ptr<mca::CustomBehaviour> behaviour(
      code.target->createCustomBehaviour(subtarget, source,
                                         *code.instructions));
  if (!behaviour)
    behaviour = std::make_unique<mca::CustomBehaviour>(subtarget, source,
                                                       *code.instructions);
  // The defaults of llvm-mca: the cpu's own sizes, no aliases.
  mca::PipelineOptions options(0, 0, 0, 0, 0, 0, /*NoAlias=*/true);
  mca::Context context(*code.registers, subtarget);
  auto pipeline =
      subtarget.getSchedModel().isOutOfOrder()
          ? context.createDefaultPipeline(options, source, *behaviour)
          : context.createInOrderPipeline(options, source, *behaviour);
  auto cycles = pipeline->run();
  if (!cycles)
    return cycles.takeError();
  result.cycles = double(*cycles) / iterations;
  return result;
}

} // namespace tensorop
