//===- StoredPlan.h - A plan's text back to plain data ----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_PROPOSER_STOREDPLAN_H
#define TENSOROP_LIB_PROPOSER_STOREDPLAN_H

#include "TensorOp/Proposer/Proposer.h"

namespace mlir {
class MLIRContext;
} // namespace mlir

namespace tensorop {

struct StoredPlan {
  Proposal proposal;
  /// Values of the parameters that the text gives one value.
  model::Assignment values;
};

/// Reads the text of one `strategy.plan`, with the reasons of its steps.
/// `context` has the strategy dialect. Errors are those of the parser and of
/// the plan's verifier.
llvm::Expected<StoredPlan> readStoredPlan(llvm::StringRef text,
                                          mlir::MLIRContext &context);

/// Gives the ops of `plan` other names: those of `from` the ones at their place
/// in `to`, which is as long.
void renameOps(Proposal &plan, llvm::ArrayRef<std::string> from,
               llvm::ArrayRef<std::string> to);

} // namespace tensorop

#endif // TENSOROP_LIB_PROPOSER_STOREDPLAN_H
