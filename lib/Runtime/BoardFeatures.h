//===- BoardFeatures.h - Features of ARM and RISC-V processors --*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_RUNTIME_BOARDFEATURES_H
#define TENSOROP_LIB_RUNTIME_BOARDFEATURES_H

#include <cstdint>
#include <string>
#include <string_view>

namespace tensorop::runtime {

/// How a feature is found out.
enum class FeatureSource {
  /// A bit of AT_HWCAP or AT_HWCAP2, which Linux gives every process.
  Hwcap,
  Hwcap2,
  /// An instruction of it is tried: emulators and older kernels say nothing.
  Vectors,
  Trial,
  /// One of vectors, with elements of 16 bits.
  VectorTrial
};

/// A feature of an architecture, by LLVM's name ("fma" is ours: fused
/// multiply-add of vectors).
struct BoardFeature {
  std::string_view architecture, name;
  FeatureSource source;
  /// Of the capabilities.
  int bit = 0;
  /// Runs the instruction to try, on riscv64.
  void (*instruction)() = nullptr;
  /// Whether LLVM's backend uses it in plain code of its own accord.
  bool isOfPlainCode = false;
};

/// The features of aarch64 and riscv64 that can be asked for, on any machine.
const BoardFeature *findBoardFeature(std::string_view architecture,
                                     std::string_view name);
/// All of them, of all architectures; ends with an empty name.
extern const BoardFeature boardFeatures[];

/// Whether this machine has `feature`, which is one of its architecture.
bool hasBoardFeature(const BoardFeature &feature);

/// Elements of 8 bits in one vector register of this machine, as the processor
/// says, for RISC-V's vectors of version 1.0; 0 without them. The draft 0.7.1,
/// whose encodings differ, sets `isDraft`.
int64_t probeVectorBytes(bool &isDraft);

/// "model name" or "uarch" of /proc/cpuinfo, or ARM's implementer and part;
/// empty where Linux says nothing.
std::string readProcessorName(std::string_view architecture);

} // namespace tensorop::runtime

#endif // TENSOROP_LIB_RUNTIME_BOARDFEATURES_H
