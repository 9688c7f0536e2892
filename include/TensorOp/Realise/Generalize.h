//===- Generalize.h - Named ops as generic ones -----------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_REALISE_GENERALIZE_H
#define TENSOROP_REALISE_GENERALIZE_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace mlir {
class RewriterBase;
} // namespace mlir

namespace tensorop {

/// `op` as `linalg.generic`, in its place, with its discardable attributes:
/// upstream's generalization forgets the names that the payload gave. `op`
/// itself when it is one already. Fails, and changes nothing, for an op that
/// has no such form.
mlir::FailureOr<mlir::linalg::GenericOp>
generalize(mlir::RewriterBase &rewriter, mlir::linalg::LinalgOp op);

} // namespace tensorop

#endif // TENSOROP_REALISE_GENERALIZE_H
