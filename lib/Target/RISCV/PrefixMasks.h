//===- PrefixMasks.h - Masked accesses by vector length ---------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_TARGET_RISCV_PREFIXMASKS_H
#define TENSOROP_LIB_TARGET_RISCV_PREFIXMASKS_H

namespace llvm {
class Module;
} // namespace llvm

namespace tensorop {

/// Masked loads and stores whose mask is constant and has the first N lanes, of
/// loads those that leave the others open, become accesses of an explicit
/// vector length N (`llvm.vp.load`, `llvm.vp.store`): no mask takes registers
/// and instructions.
void lowerPrefixMasks(llvm::Module &module);

} // namespace tensorop

#endif // TENSOROP_LIB_TARGET_RISCV_PREFIXMASKS_H
