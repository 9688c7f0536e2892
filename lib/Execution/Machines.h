//===- Machines.h - Targets and their code generators -----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_EXECUTION_MACHINES_H
#define TENSOROP_LIB_EXECUTION_MACHINES_H

#include "TensorOp/Hardware/HardwareModel.h"
#include "TensorOp/Target/CPU/Codegen.h"
#include <map>

namespace tensorop {

/// A machine that code is made for. The code generator may know less than the
/// model: code for vectors of one length can be asked to run with longer ones.
struct Machine {
  HardwareModel hardware;
  std::unique_ptr<Codegen> codegen;
};

/// The target is none that resolveTarget knows.
class UnknownTarget : public llvm::ErrorInfo<UnknownTarget> {
public:
  explicit UnknownTarget(std::string message) : text(std::move(message)) {}
  void log(llvm::raw_ostream &stream) const override;
  std::error_code convertToErrorCode() const override {
    return llvm::inconvertibleErrorCode();
  }
  static char ID;

private:
  std::string text;
};

/// The machines of requests, each made once.
class Machines {
public:
  /// As resolveTarget reads it; fails with UnknownTarget, or for machines that
  /// no code is made for.
  llvm::Expected<const Machine *> get(const std::string &target);
  /// The machine `target`, of unknown vector length, as one with vectors of
  /// `bits` bits, whose code runs with longer ones too.
  llvm::Expected<const Machine *> getForLength(const std::string &target,
                                               int64_t bits);

private:
  llvm::Expected<const Machine *>
  add(const std::string &key, HardwareModel hardware, int64_t longestBits);
  std::map<std::string, Machine> machines;
};

} // namespace tensorop

#endif // TENSOROP_LIB_EXECUTION_MACHINES_H
