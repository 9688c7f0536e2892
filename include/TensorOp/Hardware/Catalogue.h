//===- Catalogue.h - What the catalogue's machines have ---------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_HARDWARE_CATALOGUE_H
#define TENSOROP_HARDWARE_CATALOGUE_H

#include "TensorOp/Hardware/HardwareModel.h"

namespace tensorop {

/// Whether this release makes code for machines of `arch`. Plans are verified
/// for all.
inline bool makesCodeFor(Architecture arch) {
  return arch != Architecture::NVPTX64;
}

/// Whether plans become code for `machine`; for the others that code is made
/// for, every kernel is plain loops.
inline bool lowersPlansFor(const HardwareModel &machine) {
  return !machine.isGPU() && !machine.isLengthAgnostic();
}

/// Whether a register tile with `instruction`, one of the machine's, becomes
/// code in which that instruction is.
bool lowersInstruction(const HardwareModel &machine,
                       const InstructionClass &instruction);

/// The features that some machine of the catalogue has, sorted: what a plan can
/// sensibly require.
std::vector<std::string> knownFeatures();

/// The name of `target`, as resolveTarget reads it, with vectors of `bits`
/// bits:
/// `:vlen=N` may follow any target.
std::string targetOfLength(llvm::StringRef target, int64_t bits);

/// What resolveTarget takes: machines that code is made for, and those that
/// plans can be verified for.
std::string listTargets();

} // namespace tensorop

#endif // TENSOROP_HARDWARE_CATALOGUE_H
