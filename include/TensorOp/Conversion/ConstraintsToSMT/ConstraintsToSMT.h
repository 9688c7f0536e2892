//===- ConstraintsToSMT.h - Constraint sets in the smt dialect --*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_CONVERSION_CONSTRAINTSTOSMT_CONSTRAINTSTOSMT_H
#define TENSOROP_CONVERSION_CONSTRAINTSTOSMT_CONSTRAINTSTOSMT_H

#include "TensorOp/Model/ConstraintSet.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace mlir {
class OpBuilder;
namespace smt {
class SolverOp;
} // namespace smt
} // namespace mlir

namespace tensorop::strategy {

/// Attributes of what is written: a variable's parameter; label, limited factor
/// and text of an assertion's rule.
inline constexpr llvm::StringLiteral kSMTParamAttr = "strategy.param";
inline constexpr llvm::StringLiteral kSMTLabelAttr = "strategy.label";
inline constexpr llvm::StringLiteral kSMTFactorAttr = "strategy.factor";
inline constexpr llvm::StringLiteral kSMTRuleAttr = "strategy.rule";

/// Writes `set` as one `smt.solver` at the builder's place: satisfiable exactly
/// when `set` has a legal point (see model::formulaOf). `at` is where a step
/// stands in the source; -1 is the plan itself.
mlir::smt::SolverOp
writeConstraints(mlir::OpBuilder &builder, const model::ConstraintSet &set,
                 llvm::function_ref<mlir::Location(int step)> at);

} // namespace tensorop::strategy

#endif // TENSOROP_CONVERSION_CONSTRAINTSTOSMT_CONSTRAINTSTOSMT_H
