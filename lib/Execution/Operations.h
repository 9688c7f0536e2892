//===- Operations.h - How much a payload computes ---------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_EXECUTION_OPERATIONS_H
#define TENSOROP_LIB_EXECUTION_OPERATIONS_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <cstdint>
#include <optional>

namespace mlir::func {
class FuncOp;
} // namespace mlir::func

namespace tensorop {

/// How often `op` runs in one call of `func`; none when a loop or branch around
/// it leaves that open.
std::optional<int64_t> countRuns(mlir::Operation *op, mlir::func::FuncOp func);

/// Arithmetic operations of one structured op of static extents; index
/// arithmetic, casts and comparisons are free. None beyond 64 bits.
std::optional<int64_t> countFlops(mlir::linalg::LinalgOp op);

/// Adds up the operations below `func` and the kernels it calls, those in loops
/// once per trip; none when the total is not known.
std::optional<int64_t> countFlops(mlir::func::FuncOp func);

} // namespace tensorop

#endif // TENSOROP_LIB_EXECUTION_OPERATIONS_H
