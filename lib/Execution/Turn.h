//===- Turn.h - One process at a time ---------------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_EXECUTION_TURN_H
#define TENSOROP_LIB_EXECUTION_TURN_H

#include "llvm/Support/Error.h"
#include <string>
#include <utility>

namespace tensorop {

/// Held by one thread of one process; the system takes it from a process that
/// ends.
class Turn {
public:
  /// Waits until nobody else has the turn of the file `path`, which is made
  /// when it is not there.
  static llvm::Expected<Turn> take(const std::string &path);
  Turn(Turn &&other) : file(std::exchange(other.file, -1)) {}
  Turn &operator=(Turn &&other) {
    std::swap(file, other.file);
    return *this;
  }
  ~Turn();

private:
  explicit Turn(int file) : file(file) {}
  int file;
};

} // namespace tensorop

#endif // TENSOROP_LIB_EXECUTION_TURN_H
