//===- Emission.h - Machine code with few spills ----------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two passes of LLVM know register pressure only roughly. The scheduler brings
// the loads of a register tile that fills the registers forward until
// accumulators are spilled; the order in which tiles are emitted needs no more
// than the tile, and a machine that executes out of order runs both equally
// well. Loop strength reduction makes more pointers of the rows of a tile than
// there are registers. Where functions spill, they are emitted without these
// passes as well, and what spills clearly less is taken.
//
// In order, LLVM has its way: a load just before its use, and an instruction
// more for an address, cost more than some spills (simulated, Spacemit X60 and
// SiFive X280: 0.71 to 0.98 of the speed).
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_TARGET_CPU_EMISSION_H
#define TENSOROP_LIB_TARGET_CPU_EMISSION_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/Error.h"

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace tensorop {

/// The file of `module`, which is left as it is.
llvm::Expected<llvm::SmallVector<char, 0>>
emitFile(const llvm::Module &module, llvm::TargetMachine &machine, bool inOrder,
         llvm::CodeGenFileType type);

} // namespace tensorop

#endif // TENSOROP_LIB_TARGET_CPU_EMISSION_H
