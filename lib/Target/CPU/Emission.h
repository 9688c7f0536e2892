//===- Emission.h - Machine code with few spills ----------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLVM's scheduler knows register pressure only roughly: it brings the loads of
// a register tile that fills the registers forward until accumulators are
// spilled. The order in which tiles are emitted needs no more than the tile,
// and a machine that executes out of order runs both equally well. Functions
// that spill are emitted without the scheduler as well, and what spills clearly
// less is taken.
//
// In order, LLVM has its way: a load just before its use costs more than some
// spills (simulated, Spacemit X60 and SiFive X280: 0.71 to 0.98 of the speed).
// x86 multiplies from memory and renames what it stores and loads again: fewer
// spills of GEMMs (f32, bf16) are no faster there (Zen 4), and emission takes
// twice as long.
//
// Nor does LLVM ask early for what planned loops read: that is a step of plans
// (`pipeline`). It would for apple-m1, an instruction for each row of a panel
// that passes by.
//
// LLVM makes the zeros of all register tiles once and copies them. On RISC-V a
// copy of whole registers (vmv8r.v) sets a vector configuration of its own, and
// the loop behind it sets the right one in each iteration. Out of order the
// zeros are made anew instead, under the loop's configuration (simulated,
// SiFive P670, 250^3: f32 1.03, f64 1.10 times as fast). Constants of addresses
// are, too, which an in-order core would wait for.
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

/// The file of `module`, which is left as it is. With `avoidSpills`, functions
/// keep their order where that spills clearly less.
llvm::Expected<llvm::SmallVector<char, 0>>
emitFile(const llvm::Module &module, llvm::TargetMachine &machine,
         bool avoidSpills, llvm::CodeGenFileType type);

} // namespace tensorop

#endif // TENSOROP_LIB_TARGET_CPU_EMISSION_H
