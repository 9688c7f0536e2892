//===- Contraction.h - A contraction as its proposer sees it ----*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_PROPOSER_CONTRACTION_H
#define TENSOROP_LIB_PROPOSER_CONTRACTION_H

#include "TensorOp/Proposer/Proposer.h"

namespace tensorop {

/// One dimension of the contraction.
struct ContractionDim {
  std::string name;
  int64_t extent = 1;
  bool isReduction = false;
  /// Whether it indexes the operand that lanes run along, and the other one.
  bool inVector = false, inScalar = false;
};

/// How products are formed and added to an accumulator.
struct Multiplication {
  /// A name of the hardware's instruction classes, or "vector": multiplying
  /// and adding in the accumulate type.
  std::string instruction;
  /// Elements of the reduction that a lane takes in one step; above 1 both
  /// operands are packed with that many side by side.
  int64_t group = 1;
  /// Of one element in a packed copy.
  int64_t bits = 32;
  /// Results differ by more than the order and the rounding of sums.
  bool isApproximate = false;
};

/// The roles of dimensions and operands.
struct Contraction {
  const model::OpInfo *info = nullptr;
  /// In the op's iteration order.
  std::vector<ContractionDim> dims;
  /// The elementwise ops that follow, in order, with their dimensions by name.
  std::vector<model::OpHeader> consumers;
  /// The one after these that cannot be fused.
  std::optional<Proposal::Unfused> unfused;
  /// The elementwise op that makes each input, if there is one.
  std::optional<model::OpHeader> producers[2];
  /// Dimension that runs along lanes.
  unsigned lane = 0;
  /// Indices of the operands: the one read in vectors, the one broadcast. With
  /// lanes along a reduction both are read in vectors.
  unsigned vectorOperand = 0, scalarOperand = 1;
  /// Whether `lane` is the last index of the vector operand, so that it can be
  /// read without a copy.
  bool isContiguous = false;
  /// Whether an operand can be copied to panels: sums of dimensions index none
  /// that can.
  bool canPackVector = true, canPackScalar = true;
  /// Of an accumulator, and of an element of the inputs in memory.
  int64_t accBits = 32, inputBits = 32;
  bool isFloat = true;
  Multiplication multiply;
  /// The reduction that groups are of; meaningless without.
  unsigned groupDim = 0;

  bool isGrouped() const { return multiply.group > 1; }
  /// Whether the rows of a register tile read the same vectors. They do not in
  /// a depthwise convolution, where the scalar operand alone has no dimension:
  /// neighbouring rows of the image then keep the pipes busy.
  bool sharesVectors() const;
  /// Dimensions of the output that only the scalar operand has (only the vector
  /// operand, when vectors are not shared), largest first: what the rows of a
  /// register tile are made of.
  llvm::SmallVector<unsigned> rows() const;
  /// Reductions in iteration order, but the one that lanes run along last.
  llvm::SmallVector<unsigned> reductions() const;
  /// Whether elements of `operand` along `dim` are neighbours in memory.
  bool isNeighbouring(unsigned operand, unsigned dim) const;
  bool hasReducedLanes() const { return dims[lane].isReduction; }
  /// The same contraction with lanes along a reduction that at least one
  /// operand has contiguous, if there is one. `isContiguous`: both have.
  std::optional<Contraction> withReducedLanes() const;
  std::string operandName(unsigned operand) const {
    return info->operands[operand].name;
  }
};

/// Describes the contraction of `kernel` with lanes along the last dimension of
/// its output, along a reduction where no input has that, or says why there is
/// none to plan. `multiply` is left open.
llvm::Expected<Contraction>
describeContraction(const model::KernelInfo &kernel);

/// `c` with each way to multiply that the hardware has for its types. Integers
/// can always be multiplied and added in the accumulate type.
std::vector<Contraction> chooseMultiplications(const Contraction &c,
                                               const HardwareModel &hw);

} // namespace tensorop

#endif // TENSOROP_LIB_PROPOSER_CONTRACTION_H
