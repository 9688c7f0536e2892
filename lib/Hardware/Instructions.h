//===- Instructions.h - The instructions that machines can have -*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_HARDWARE_INSTRUCTIONS_H
#define TENSOROP_LIB_HARDWARE_INSTRUCTIONS_H

#include "TensorOp/Hardware/HardwareModel.h"
#include "llvm/ADT/ArrayRef.h"

namespace tensorop {

/// What code with an instruction class and some of its types needs. A class
/// with other needs for other types, or for longer vectors, has several.
struct KnownInstruction {
  Architecture arch;
  llvm::StringLiteral name;
  /// As InstructionClass::group; 0: a matrix instruction.
  int64_t group;
  /// Input and accumulator, "i8:i32 i16:i32"; empty: those of a hardware file
  /// are taken as they are.
  llvm::StringLiteral types;
  /// LLVM's features: each of "a b", one of "a|b".
  llvm::StringLiteral features;
  /// For vectors of so many bits and more.
  int64_t bits = 0;
  /// As InstructionClass::operand.
  llvm::StringLiteral operand = "";

  bool takes(llvm::StringRef input, llvm::StringRef accumulator) const;
};

llvm::ArrayRef<KnownInstruction> knownInstructions();

/// "f32", or "f16 with sums in f32": how messages name a pair of types.
std::string nameTypes(llvm::StringRef input, llvm::StringRef accumulator);

} // namespace tensorop

#endif // TENSOROP_LIB_HARDWARE_INSTRUCTIONS_H
