//===- Profile.h - What a program did under emulation -----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The text that the emulator's plugin writes (lib/Simulate/Plugin), and the
// difference of two runs, in which start-up cancels.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_SIMULATE_PROFILE_H
#define TENSOROP_SIMULATE_PROFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tensorop {

/// RISC-V's vtype when nothing is known of it, or on another machine.
inline constexpr int64_t unknownVtype = -1;

/// A run of instructions that the emulator translated as one.
struct TranslatedBlock {
  uint64_t address = 0;
  /// The vector configuration at its start.
  int64_t vtype = unknownVtype;
  std::vector<uint8_t> bytes;
  bool operator<(const TranslatedBlock &other) const {
    return std::tie(address, vtype, bytes) <
           std::tie(other.address, other.vtype, other.bytes);
  }
};

/// Lines that were looked for in one level of the caches, and not found.
struct LevelCount {
  int64_t accesses = 0, misses = 0;
};

/// Counts of one run, or of a difference, where they may be negative.
struct Profile {
  /// QEMU's name of the machine: "riscv64", "aarch64".
  std::string target;
  /// Threads that the program ever had.
  int64_t threads = 1;
  /// Innermost first.
  std::vector<LevelCount> levels;
  /// Executions.
  std::map<TranslatedBlock, int64_t> blocks;
  /// By address of the instruction: lines that it accessed, then those that
  /// missed level 0, 1, ...
  std::map<uint64_t, std::vector<int64_t>> memory;
};

/// Reads what the plugin wrote; the error names the line. A file without its
/// last line is refused: the program was ended from outside.
llvm::Expected<Profile> parseProfile(llvm::StringRef text);

/// `more` - `fewer`, without what cancels. Fails when they are not of one
/// target and one hierarchy of caches.
llvm::Expected<Profile> difference(const Profile &more, const Profile &fewer);

} // namespace tensorop

#endif // TENSOROP_SIMULATE_PROFILE_H
