//===- PlanJSON.h - Plans as JSON -------------------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   {"schema": 1, "plans": [{"sym_name": "p", "root": "mm",
//     "root_dims": ["m", "n", "k"], "steps": [
//       {"step": "tile", "loops": ["ir"], "dims": ["m"], "sizes": [6]}]}]}
//
// Fields are the attributes of the ops, by name. Texts that are numbers may be
// written as numbers. The schema, docs/generated/plan.schema.json, and the
// table of fields come from the op definitions.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_DIALECT_STRATEGY_IR_PLANJSON_H
#define TENSOROP_DIALECT_STRATEGY_IR_PLANJSON_H

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/JSON.h"

namespace mlir {
class MLIRContext;
class ModuleOp;
template <typename OpTy> class OwningOpRef;
} // namespace mlir

namespace tensorop::strategy {

/// The version of the form that is read and written.
inline constexpr int64_t planSchema = 1;

/// The plans of `module`, other ops are left out. Fails at an op with an
/// attribute that the form has no place for.
mlir::FailureOr<llvm::json::Value> writePlans(mlir::ModuleOp module);

/// A module with the plans of `text`, verified; null after a diagnostic. Ops
/// are at their lines of `fileName`.
mlir::OwningOpRef<mlir::ModuleOp> readPlans(llvm::StringRef text,
                                            llvm::StringRef fileName,
                                            mlir::MLIRContext &context);

} // namespace tensorop::strategy

#endif // TENSOROP_DIALECT_STRATEGY_IR_PLANJSON_H
