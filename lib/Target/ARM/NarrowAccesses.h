//===- NarrowAccesses.h - Masked accesses by narrower vectors ---*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_TARGET_ARM_NARROWACCESSES_H
#define TENSOROP_LIB_TARGET_ARM_NARROWACCESSES_H

namespace llvm {
class Module;
} // namespace llvm

namespace tensorop {

/// Masked loads and stores of the first lanes of a fixed vector, their number
/// known, become accesses of 64 and 32 bits and less (`ldr d`, `ldr s`): NEON
/// has no masks, and LLVM would access element by element.
void narrowAccesses(llvm::Module &module);

} // namespace tensorop

#endif // TENSOROP_LIB_TARGET_ARM_NARROWACCESSES_H
