//===- BasicBlocks.h - Straight pieces of the code that ran -----*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Translation blocks overlap (a loop is first entered in the middle of one) and
// end where the emulator likes (at pages, after vsetvli). From them: pieces of
// code whose instructions ran equally often, each instruction in one piece.
// Private to the room.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_SIMULATE_BASICBLOCKS_H
#define TENSOROP_LIB_SIMULATE_BASICBLOCKS_H

#include "MachineCode.h"
#include "TensorOp/Simulate/Profile.h"

namespace tensorop {

struct ExecutedInstruction {
  uint64_t address = 0;
  /// The vector configuration under which it ran.
  int64_t vtype = unknownVtype;
  std::vector<uint8_t> bytes;
};

struct BasicBlock {
  int64_t executions = 0;
  std::vector<ExecutedInstruction> instructions;
};

/// By address of the first instruction.
std::vector<BasicBlock> formBasicBlocks(const Profile &profile,
                                        const MachineCode &code);

} // namespace tensorop

#endif // TENSOROP_LIB_SIMULATE_BASICBLOCKS_H
