//===- MachineCode.h - Instructions of one processor ------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLVM's MC layer for one triple and cpu: decodes, prints and classifies
// instructions. Private to the room.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_SIMULATE_MACHINECODE_H
#define TENSOROP_LIB_SIMULATE_MACHINECODE_H

#include "TensorOp/Hardware/HardwareModel.h"
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCDisassembler/MCDisassembler.h"
#include "llvm/MC/MCInst.h"
#include "llvm/MC/MCInstPrinter.h"
#include "llvm/MC/MCInstrAnalysis.h"
#include "llvm/MC/MCInstrInfo.h"
#include "llvm/MC/MCRegisterInfo.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/MCTargetOptions.h"
#include <memory>

namespace llvm {
class Target;
} // namespace llvm

namespace tensorop {

class MachineCode {
public:
  /// For RISC-V and AArch64. Fails when LLVM has no scheduling model for the
  /// machine's cpu.
  static llvm::Expected<std::unique_ptr<MachineCode>>
  create(const HardwareModel &machine);

  /// Bytes of the instruction at the start of `bytes`, from its encoding alone.
  unsigned sizeOf(llvm::ArrayRef<uint8_t> bytes) const;
  /// False for one that this LLVM does not know.
  bool decode(llvm::ArrayRef<uint8_t> bytes, uint64_t address,
              llvm::MCInst &inst) const;
  /// Whether the instruction after `inst`, in memory, belongs to the same
  /// straight piece of code when it runs as often: not after a jump, a call, a
  /// return, nor after a branch backwards, which ends a loop.
  bool continues(const llvm::MCInst &inst, uint64_t address,
                 unsigned size) const;
  std::string print(const llvm::MCInst &inst, uint64_t address) const;

  const llvm::Target *target = nullptr;
  Architecture arch = Architecture::RISCV64;
  std::string cpu;
  /// Vector length that LLVM gives the cpu, and its scheduling model is for; 0
  /// where there are no scalable vectors.
  int64_t modelVectorBits = 0;
  llvm::MCTargetOptions options;
  std::unique_ptr<llvm::MCRegisterInfo> registers;
  std::unique_ptr<llvm::MCAsmInfo> asmInfo;
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget;
  std::unique_ptr<llvm::MCInstrInfo> instructions;
  std::unique_ptr<llvm::MCInstrAnalysis> analysis;
  std::unique_ptr<llvm::MCContext> context;
  std::unique_ptr<llvm::MCDisassembler> disassembler;
  std::unique_ptr<llvm::MCInstPrinter> printer;

private:
  MachineCode() = default;
};

} // namespace tensorop

#endif // TENSOROP_LIB_SIMULATE_MACHINECODE_H
