//===- Emulator.h - Runs programs under QEMU with the plugin ----*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_SIMULATE_EMULATOR_H
#define TENSOROP_SIMULATE_EMULATOR_H

#include "TensorOp/Hardware/HardwareModel.h"
#include "TensorOp/Simulate/Profile.h"
#include "llvm/ADT/ArrayRef.h"

namespace tensorop {

/// The emulator, or one of its parts, is not on this machine.
class MissingEmulator : public llvm::ErrorInfo<MissingEmulator> {
public:
  static char ID;
  std::string message;
  explicit MissingEmulator(std::string message) : message(std::move(message)) {}
  void log(llvm::raw_ostream &os) const override;
  std::error_code convertToErrorCode() const override {
    return llvm::inconvertibleErrorCode();
  }
};

/// "qemu-riscv64" or "qemu-aarch64".
std::string emulatorName(const HardwareModel &machine);
/// What QEMU's -cpu gets, so that the guest has the machine's vector length:
/// the least of a range. Fails for machines that QEMU does not emulate; with
/// MissingEmulator for vectors that are longer than QEMU's.
llvm::Expected<std::string> emulatorCpu(const HardwareModel &machine);

/// The words of a command, as a shell would split them; fails for a quote that
/// is not closed.
llvm::Expected<std::vector<std::string>> splitCommand(llvm::StringRef text);

struct EmulatedRun {
  /// The program and its arguments.
  std::vector<std::string> program;
  /// The emulator and its options, or another prefix that ends in it; the first
  /// word is looked for in PATH. -cpu need not be given.
  std::vector<std::string> emulator;
  /// NAME=VALUE; the program sees nothing else of the environment but PATH.
  std::vector<std::string> environment;
  /// Ended when it takes longer.
  double seconds = 600;
};

/// Runs all at once, in processes of their own without randomized addresses,
/// and returns their profiles. The error of a failed program has its exit
/// status and the end of what it wrote.
llvm::Expected<std::vector<Profile>>
runEmulated(llvm::ArrayRef<EmulatedRun> runs, const HardwareModel &machine);

} // namespace tensorop

#endif // TENSOROP_SIMULATE_EMULATOR_H
