//===- ApplyPlans.h - Where plans meet kernels ------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_EXECUTION_APPLYPLANS_H
#define TENSOROP_EXECUTION_APPLYPLANS_H

#include "TensorOp/Model/Steps.h"
#include "mlir/Support/LLVM.h"
#include "llvm/ADT/SmallVector.h"
#include <string>
#include <vector>

namespace mlir {
class ModuleOp;
} // namespace mlir

namespace tensorop {

struct PlanOptions {
  /// As resolveTarget reads it.
  std::string target = "native";
  /// Values of parameters, "name=integer".
  std::vector<std::string> values;
  /// Last phase of the scripts; 0: all.
  int64_t phases = 0;
  /// Who plans the kernels that no given plan is for; empty: nobody.
  std::string proposer;
  /// Kernels that it leaves alone.
  std::vector<std::string> unproposed;
  /// Most threads of a kernel.
  int64_t threads = 1;
  /// File of the proposer `database`.
  std::string database;
};

struct PlanReport {
  struct Entry {
    /// The kernel's function and the plan's name.
    std::string kernel, plan;
    /// The chosen values and the plan's own reason, for people.
    std::string reason;
    /// The closed plan.
    std::string text;
    /// What it may change in floating-point results.
    model::Numerics numerics;
  };
  /// One entry per kernel that has a plan.
  llvm::SmallVector<Entry, 1> applied;
  /// Kernels for which the proposer was asked, also when planning failed.
  std::vector<std::string> proposed;
  /// The loop tree refuses a plan that was given.
  bool isIllegal = false;
};

/// Copies the plans of `plans` (may be null) to `module` (kernels on tensors,
/// and perhaps plans), gives each kernel the first that fits, chooses its
/// parameters and converts it to a transform script. Kernels without a plan
/// stay as they are. Reports errors at the steps.
mlir::LogicalResult planKernels(mlir::ModuleOp module, mlir::ModuleOp plans,
                                const PlanOptions &options, PlanReport &report);

/// Runs the scripts that planKernels left in `module` (kernels on memrefs by
/// now) and checks that they did what the plans' loop trees promise. A realised
/// kernel carries the plan's name in `strategy.planned`.
mlir::LogicalResult realisePlans(mlir::ModuleOp module,
                                 const PlanReport &report);

} // namespace tensorop

#endif // TENSOROP_EXECUTION_APPLYPLANS_H
