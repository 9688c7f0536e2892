//===- MachineCode.cpp - Instructions of one processor --------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MachineCode.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include <mutex>

using namespace llvm;

namespace tensorop {

template <typename... Ts> static Error fail(const char *format, Ts... values) {
  return createStringError(inconvertibleErrorCode(), format, values...);
}

static void initializeTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeRISCVTargetInfo();
    LLVMInitializeRISCVTargetMC();
    LLVMInitializeRISCVDisassembler();
    LLVMInitializeRISCVTargetMCA();
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64Disassembler();
  });
}

/// The machines of the catalogue with a cpu and the same kind of vectors.
static std::vector<std::string> listModelled(const HardwareModel &machine) {
  std::vector<std::string> names;
  for (const std::string &name : knownMachines()) {
    auto one = resolveTarget(name);
    if (!one)
      consumeError(one.takeError());
    else if (one->arch == machine.arch && one->scalable == machine.scalable &&
             !one->cpu.empty())
      names.push_back(name);
  }
  return names;
}

Expected<std::unique_ptr<MachineCode>>
MachineCode::create(const HardwareModel &machine) {
  if (machine.arch != Architecture::RISCV64 &&
      machine.arch != Architecture::AArch64)
    return fail("target '%s': only riscv64 and aarch64 are simulated",
                machine.name.c_str());
  if (machine.cpu.empty())
    return fail("target '%s' names no cpu, and so no scheduling model; "
                "machines of its kind that do: %s",
                machine.name.c_str(),
                join(listModelled(machine), ", ").c_str());
  initializeTargets();
  std::unique_ptr<MachineCode> code(new MachineCode());
  std::string error;
  Triple triple(machine.triple);
  code->target = TargetRegistry::lookupTarget(triple, error);
  if (!code->target)
    return fail("target '%s': %s", machine.name.c_str(), error.c_str());
  code->arch = machine.arch;
  code->cpu = machine.cpu;
  // The program may have been compiled for more than the machine's features.
  StringRef all = machine.arch == Architecture::AArch64
                      ? "+all"
                      : "+m,+a,+f,+d,+c,+v,+zfh,+zvfh,+zba,+zbb,+zbs";
  // One without a cpu knows the names without a complaint on the terminal.
  std::unique_ptr<MCSubtargetInfo> any(
      code->target->createMCSubtargetInfo(triple, "", all));
  if (any && any->isCPUStringValid(machine.cpu))
    code->subtarget.reset(
        code->target->createMCSubtargetInfo(triple, machine.cpu, all));
  if (!code->subtarget ||
      !code->subtarget->getSchedModel().hasInstrSchedModel())
    return fail("target '%s': LLVM has no scheduling model for the cpu '%s'",
                machine.name.c_str(), machine.cpu.c_str());
  if (machine.arch == Architecture::RISCV64)
    for (int64_t bits = 128; bits <= 65536; bits *= 2)
      if (code->subtarget->checkFeatures("+zvl" + std::to_string(bits) + "b"))
        code->modelVectorBits = bits;
  code->registers.reset(code->target->createMCRegInfo(triple));
  code->asmInfo.reset(
      code->target->createMCAsmInfo(*code->registers, triple, code->options));
  code->instructions.reset(code->target->createMCInstrInfo());
  code->analysis.reset(
      code->target->createMCInstrAnalysis(code->instructions.get()));
  code->context =
      std::make_unique<MCContext>(triple, code->asmInfo.get(),
                                  code->registers.get(), code->subtarget.get());
  code->disassembler.reset(
      code->target->createMCDisassembler(*code->subtarget, *code->context));
  code->printer.reset(code->target->createMCInstPrinter(
      triple, code->asmInfo->getAssemblerDialect(), *code->asmInfo,
      *code->instructions, *code->registers));
  return code;
}

unsigned MachineCode::sizeOf(ArrayRef<uint8_t> bytes) const {
  bool compressed = arch == Architecture::RISCV64 && (bytes[0] & 3) != 3;
  return compressed ? 2 : 4;
}

bool MachineCode::decode(ArrayRef<uint8_t> bytes, uint64_t address,
                         MCInst &inst) const {
  uint64_t size;
  return disassembler->getInstruction(inst, size, bytes, address, nulls()) ==
         MCDisassembler::Success;
}

bool MachineCode::continues(const MCInst &inst, uint64_t address,
                            unsigned size) const {
  if (analysis->isBarrier(inst) || analysis->isReturn(inst) ||
      analysis->isCall(inst) || analysis->isIndirectBranch(inst) ||
      analysis->isUnconditionalBranch(inst))
    return false;
  uint64_t goal;
  if (!analysis->isBranch(inst) ||
      !analysis->evaluateBranch(inst, address, size, goal))
    return true;
  return goal > address;
}

std::string MachineCode::print(const MCInst &inst, uint64_t address) const {
  std::string text;
  raw_string_ostream stream(text);
  printer->printInst(&inst, address, /*Annot=*/"", *subtarget, stream);
  std::replace(text.begin(), text.end(), '\t', ' ');
  return StringRef(text).trim().str();
}

} // namespace tensorop
