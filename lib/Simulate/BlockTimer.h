//===- BlockTimer.h - Cycles of a piece of code by llvm-mca -----*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to the room.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_SIMULATE_BLOCKTIMER_H
#define TENSOROP_LIB_SIMULATE_BLOCKTIMER_H

#include "BasicBlocks.h"

namespace tensorop {

struct BlockTime {
  /// Cycles of one execution when the block follows itself.
  double cycles = 0;
  /// Instructions that the scheduling model does not know; they take no time.
  unsigned unmodelled = 0;
};

/// The same as `llvm-mca -mcpu=CPU -iterations=100` in process, calls and
/// returns being jumps; results are kept by content. On RISC-V each vector
/// instruction has the group length and element width under which it ran.
class BlockTimer {
public:
  explicit BlockTimer(const MachineCode &code);
  ~BlockTimer();
  llvm::Expected<BlockTime> time(const BasicBlock &block);

private:
  struct Model;
  llvm::Expected<BlockTime> analyze(const BasicBlock &block);

  const MachineCode &code;
  std::unique_ptr<Model> model;
  std::map<std::vector<uint8_t>, BlockTime> known;
};

} // namespace tensorop

#endif // TENSOROP_LIB_SIMULATE_BLOCKTIMER_H
