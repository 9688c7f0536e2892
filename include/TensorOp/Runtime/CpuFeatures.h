//===- CpuFeatures.h - What the processor can execute -----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_RUNTIME_CPUFEATURES_H
#define TENSOROP_RUNTIME_CPUFEATURES_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tensorop::runtime {

/// The architecture this library was built for, as in a triple: "x86_64",
/// "aarch64", "riscv64", ...
std::string_view getHostArchitecture();

/// The processor's own name ("AMD EPYC 9B45 ..."), or the architecture when it
/// gives none.
std::string getHostCpuName();

/// The emulator that runs this process ("qemu-riscv64"); empty: a processor
/// does. Times of an emulated process say nothing about hardware.
std::string getEmulator();

/// Whether a machine of `architecture` can be asked for `feature` (LLVM's name
/// without sign). Tuning flags of LLVM ("fast-7bytenop") are not features.
bool isKnownCpuFeature(std::string_view architecture, std::string_view feature);

/// Whether LLVM's backend uses `feature` in plain code wherever it may, so that
/// code for a cpu with it needs it though nobody asked for it. Not what only
/// atomics and intrinsics use ("lse", "aes"), and none of x86_64: what its cpus
/// add to their level is most often tuning.
bool isOfPlainCode(std::string_view architecture, std::string_view feature);

/// Whether the processor has `feature` and the operating system saves the
/// registers that it needs (XCR0). False for an unknown one.
bool hasCpuFeature(std::string_view feature);

/// All known features that this machine has, sorted.
std::vector<std::string> getHostCpuFeatures();

/// Bits of a vector register of RVV 1.0 or SVE on this machine; 0 when it has
/// vectors of one length only, or none.
int64_t getScalableVectorBits();

} // namespace tensorop::runtime

#endif // TENSOROP_RUNTIME_CPUFEATURES_H
