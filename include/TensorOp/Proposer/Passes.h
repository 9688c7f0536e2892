//===- Passes.h - The pass that asks for plans ------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_PROPOSER_PASSES_H
#define TENSOROP_PROPOSER_PASSES_H

#include "mlir/Pass/Pass.h"

namespace tensorop::strategy {

/// On a kernel that a proposer has no plan for: why (StringAttr).
inline constexpr llvm::StringLiteral kNoPlanAttr = "strategy.no_plan";

#define GEN_PASS_DECL
#include "TensorOp/Proposer/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "TensorOp/Proposer/Passes.h.inc"

} // namespace tensorop::strategy

#endif // TENSOROP_PROPOSER_PASSES_H
