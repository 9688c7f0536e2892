//===- StrategyOps.h - The strategy dialect ---------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The dialect of plans. Its specification is generated from StrategyOps.td.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_DIALECT_STRATEGY_IR_STRATEGYOPS_H
#define TENSOROP_DIALECT_STRATEGY_IR_STRATEGYOPS_H

#include "TensorOp/Model/LoopTree.h"
#include "TensorOp/Model/Steps.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/RegionKindInterface.h"
#include "mlir/IR/SymbolTable.h"

namespace tensorop::strategy {

/// Attribute on a structured op: the name by which plans call it.
inline constexpr llvm::StringLiteral kOpNameAttr = "strategy.op";
/// Attribute on a kernel function: candidate plans, the first that fits is
/// taken.
inline constexpr llvm::StringLiteral kPlansAttr = "strategy.plans";

namespace detail {
/// Applies the step `op` to `tree`.
llvm::Error applyStep(mlir::Operation *op, model::LoopTree &tree);
} // namespace detail
} // namespace tensorop::strategy

#include "TensorOp/Dialect/Strategy/IR/StrategyDialect.h.inc"
#include "TensorOp/Dialect/Strategy/IR/StrategyInterfaces.h.inc"
#define GET_OP_CLASSES
#include "TensorOp/Dialect/Strategy/IR/StrategyOps.h.inc"

#endif // TENSOROP_DIALECT_STRATEGY_IR_STRATEGYOPS_H
