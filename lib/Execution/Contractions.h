//===- Contractions.h - Who computes each contraction -----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_EXECUTION_CONTRACTIONS_H
#define TENSOROP_LIB_EXECUTION_CONTRACTIONS_H

#include "TensorOp/Execution/Compiler.h"
#include "TensorOp/Runtime/ElementType.h"
#include "llvm/ADT/StringRef.h"

namespace mlir {
class ModuleOp;
} // namespace mlir

namespace tensorop {

/// Every contraction of `module`, on tensors and with named ops, that the
/// function `entry` runs, without plan or reason.
std::vector<ContractionReport> findContractions(mlir::ModuleOp module,
                                                llvm::StringRef entry);

/// The manifest's `factors`, of the contractions that findContractions gives:
/// element types, those with the most operations first.
std::vector<runtime::ElementType> findFactors(mlir::ModuleOp module,
                                              llvm::StringRef entry);

/// Says of each of `contractions` which plan computes it in `module`, on
/// buffers and after the plans were realised, or why none does.
void reportPlans(mlir::ModuleOp module,
                 std::vector<ContractionReport> &contractions);

} // namespace tensorop

#endif // TENSOROP_LIB_EXECUTION_CONTRACTIONS_H
