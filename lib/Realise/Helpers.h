//===- Helpers.h - Small builders shared by the rewrites --------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_REALISE_HELPERS_H
#define TENSOROP_LIB_REALISE_HELPERS_H

#include "TensorOp/Realise/Realise.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/Support/raw_ostream.h"

namespace tensorop {

inline mlir::Value indexConstant(mlir::OpBuilder &b, mlir::Location loc,
                                 int64_t value) {
  return mlir::arith::ConstantIndexOp::create(b, loc, value);
}

/// `expr` of `dims`, folded.
inline mlir::OpFoldResult applyExpr(mlir::OpBuilder &b, mlir::Location loc,
                                    mlir::AffineExpr expr,
                                    llvm::ArrayRef<mlir::OpFoldResult> dims) {
  return mlir::affine::makeComposedFoldedAffineApply(
      b, loc, mlir::AffineMap::get(dims.size(), 0, expr), dims);
}
inline mlir::Value applyExprValue(mlir::OpBuilder &b, mlir::Location loc,
                                  mlir::AffineExpr expr,
                                  llvm::ArrayRef<mlir::OpFoldResult> dims) {
  return mlir::getValueOrCreateConstantIndexOp(b, loc,
                                               applyExpr(b, loc, expr, dims));
}

/// Sets `why` from the streamed parts and returns failure.
template <typename... Parts>
mlir::LogicalResult refuse(Refusal &why, mlir::Operation *at,
                           const Parts &...parts) {
  std::string text;
  llvm::raw_string_ostream os(text);
  (os << ... << parts);
  why = {std::move(text), at};
  return mlir::failure();
}

/// The op as a linalg.generic with its discardable attributes; `op` itself when
/// it is one. Never fails for ops with buffer operands.
mlir::linalg::GenericOp asGeneric(mlir::RewriterBase &rewriter,
                                  mlir::linalg::LinalgOp op);

} // namespace tensorop

#endif // TENSOROP_LIB_REALISE_HELPERS_H
