//===- Permissions.cpp - What rounding a kernel may change ----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Permissions.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;

tensorop::Permissions tensorop::collectPermissions(ModuleOp payload,
                                                   const PlanReport &report) {
  Permissions permissions;
  for (const PlanReport::Entry &entry : report.applied) {
    const model::Numerics &numerics = entry.numerics;
    permissions.loose |= numerics.reassoc || numerics.contract ||
                         numerics.approx.value_or(0) > 0;
    permissions.functionUlp =
        std::max(permissions.functionUlp, numerics.approx.value_or(0));
  }
  payload->walk([&](arith::ArithFastMathInterface op) {
    permissions.loose |=
        op.getFastMathFlagsAttr() &&
        op.getFastMathFlagsAttr().getValue() != arith::FastMathFlags::none;
  });
  return permissions;
}
