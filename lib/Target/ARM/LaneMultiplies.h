//===- LaneMultiplies.h - Multiply by a lane on SVE -------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_TARGET_ARM_LANEMULTIPLIES_H
#define TENSOROP_LIB_TARGET_ARM_LANEMULTIPLIES_H

namespace llvm {
class Module;
} // namespace llvm

namespace tensorop {

/// Multiply-adds of fixed vectors of more than 128 bits with one element of a
/// loaded vector, which LLVM repeats in a register for each, become the
/// instruction that takes a lane: 128 bits of the loaded vector are repeated
/// (ld1rq), and each of their elements is a lane. Vectors longer than
/// `registerBits`, the least length of SVE's registers, stay as they are.
void lowerLaneMultiplies(llvm::Module &module, unsigned registerBits);

} // namespace tensorop

#endif // TENSOROP_LIB_TARGET_ARM_LANEMULTIPLIES_H
