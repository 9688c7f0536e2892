//===- Messages.h - MLIR's diagnostics as data ------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_EXECUTION_MESSAGES_H
#define TENSOROP_LIB_EXECUTION_MESSAGES_H

#include "TensorOp/Execution/Compiler.h"
#include "mlir/IR/Diagnostics.h"

namespace tensorop {

/// "file:line:column" of the innermost place that a location names; empty when
/// it names none.
std::string getPlace(mlir::Location location);

/// While it lives, every diagnostic of a context, with its notes, is appended
/// to `messages` and goes nowhere else.
class MessageCollector {
public:
  MessageCollector(mlir::MLIRContext &context, std::vector<Message> &messages);

private:
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace tensorop

#endif // TENSOROP_LIB_EXECUTION_MESSAGES_H
