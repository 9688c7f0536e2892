//===- Permissions.h - What rounding a kernel may change --------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_EXECUTION_PERMISSIONS_H
#define TENSOROP_LIB_EXECUTION_PERMISSIONS_H

#include "TensorOp/Execution/ApplyPlans.h"

namespace mlir {
class ModuleOp;
} // namespace mlir

namespace tensorop {

/// What plans and the payload's fast-math flags let a kernel change in
/// floating-point results.
struct Permissions {
  /// Sums in another order, products and sums contracted, functions replaced.
  bool loose = false;
  /// Units in the last place that functions may be off.
  int64_t functionUlp = 1;
  /// Sums of products of f16 and bf16 are kept in f32.
  bool wideSums = false;
};

/// All that any of the applied plans and any op of `payload` permits.
Permissions collectPermissions(mlir::ModuleOp payload,
                               const PlanReport &report);

} // namespace tensorop

#endif // TENSOROP_LIB_EXECUTION_PERMISSIONS_H
