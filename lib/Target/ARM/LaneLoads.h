//===- LaneLoads.h - Scalars of several steps in one vector -----*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_TARGET_ARM_LANELOADS_H
#define TENSOROP_LIB_TARGET_ARM_LANELOADS_H

#include "llvm/IR/PassManager.h"

namespace tensorop {

/// Scalars that lie side by side in memory and that one block loads to repeat
/// each in all lanes, as the unrolled steps of a reduction do with the rows of
/// an operand that is not packed, are loaded as one vector of 128 bits, of
/// whose lanes the instructions take them. Not where the vectors that are
/// alive at a time would then not fit into 30 of the 32 registers of
/// `registerBits` bits.
class GroupLaneLoads : public llvm::PassInfoMixin<GroupLaneLoads> {
public:
  explicit GroupLaneLoads(unsigned registerBits) : registerBits(registerBits) {}
  llvm::PreservedAnalyses run(llvm::Function &function,
                              llvm::FunctionAnalysisManager &analyses);

private:
  unsigned registerBits;
};

} // namespace tensorop

#endif // TENSOROP_LIB_TARGET_ARM_LANELOADS_H
