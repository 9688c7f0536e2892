//===- Plans.h - Plans, kernels and loop trees ------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What connects the three: a kernel's structured ops as plain data, the plan
// that fits it, and the loop tree that the plan makes of it.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_DIALECT_STRATEGY_TRANSFORMS_PLANS_H
#define TENSOROP_DIALECT_STRATEGY_TRANSFORMS_PLANS_H

#include "TensorOp/Model/LoopTree.h"
#include "mlir/Support/LLVM.h"

namespace mlir {
class FunctionOpInterface;
} // namespace mlir

namespace tensorop::strategy {

class PlanOp;

/// The structured ops of `kernel` that have a name (`strategy.op`), in program
/// order. Fails with a diagnostic when two ops share a name or an extent is
/// dynamic.
mlir::FailureOr<model::KernelInfo>
describeKernel(mlir::FunctionOpInterface kernel);

/// Header and steps of `plan` as plain data. `hardware` and `kernel` are what
/// its tree will be built for; `kernel` may be null. Reports errors at the
/// step.
mlir::FailureOr<model::PlanSource> readPlan(PlanOp plan,
                                            const HardwareModel &hardware,
                                            const model::KernelInfo *kernel);

/// The tree of `plan` under `chosen`. Reports each problem at its step.
mlir::FailureOr<model::LoopTree> buildTree(PlanOp plan,
                                           const model::PlanSource &source,
                                           const model::Assignment &chosen);

/// Reports `error` at the steps of `plan` that its parts name.
void reportPlanError(PlanOp plan, llvm::Error error);

/// Values of the parameters of `plan` whose domain is a single value.
model::Assignment closedValues(PlanOp plan);

/// Why `plan` cannot serve the kernel on this machine at all (its root or
/// `with` ops are missing, a required feature is missing, the guard does not
/// hold), or an empty string when it can be tried.
std::string whyNotCandidate(PlanOp plan, const model::PlanSource &source);

} // namespace tensorop::strategy

#endif // TENSOROP_DIALECT_STRATEGY_TRANSFORMS_PLANS_H
