//===- Bytecode.h - The version of plans in bytecode -----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_DIALECT_STRATEGY_IR_BYTECODE_H
#define TENSOROP_DIALECT_STRATEGY_IR_BYTECODE_H

#include "mlir/Bytecode/BytecodeImplementation.h"

namespace mlir {
class Dialect;
} // namespace mlir

namespace tensorop::strategy {

/// The version of the dialect that bytecode carries. It counts changes of the
/// ops that an older file does not fit any more; such a change brings an
/// upgradeFromVersion to the interface in Bytecode.cpp.
struct StrategyVersion : mlir::DialectVersion {
  static constexpr uint64_t current = 1;
  explicit StrategyVersion(uint64_t number = current) : number(number) {}
  uint64_t number;
};

/// Lets bytecode carry the version. A file of a later one is refused.
void addBytecodeInterface(mlir::Dialect &dialect);

} // namespace tensorop::strategy

#endif // TENSOROP_DIALECT_STRATEGY_IR_BYTECODE_H
