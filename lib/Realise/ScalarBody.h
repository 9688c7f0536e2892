//===- ScalarBody.h - An op's scalar body on scalars or vectors -*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_REALISE_SCALARBODY_H
#define TENSOROP_LIB_REALISE_SCALARBODY_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/IRMapping.h"

namespace tensorop {

/// Clones the body of `from` for vectors of `shape`, or for scalars when it is
/// empty, and returns the value that it yields. `mapping` has the
/// body's arguments; scalars from outside the body are broadcast. `contract`:
/// on vectors, a product and the sum that it goes to become one fused
/// operation. `scalarOperands`: floats that are loaded for all lanes are
/// widened before they are broadcast, as integers are.
mlir::Value emitScalarBody(mlir::OpBuilder &b, mlir::Location loc,
                           mlir::linalg::GenericOp from,
                           mlir::IRMapping &mapping,
                           llvm::ArrayRef<int64_t> shape, bool contract,
                           bool scalarOperands = false);

} // namespace tensorop

#endif // TENSOROP_LIB_REALISE_SCALARBODY_H
