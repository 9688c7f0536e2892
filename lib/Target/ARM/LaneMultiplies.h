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
/// (ld1rq), and each of their elements is a lane. `module` is for machines with
/// SVE registers that hold these vectors.
void lowerLaneMultiplies(llvm::Module &module);

} // namespace tensorop

#endif // TENSOROP_LIB_TARGET_ARM_LANEMULTIPLIES_H
