//===- FoldTransposes.h - Contractions read operands as they lie -*- C++
//-*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_NORMALIZE_FOLDTRANSPOSES_H
#define TENSOROP_LIB_NORMALIZE_FOLDTRANSPOSES_H

namespace mlir {
class RewriterBase;
namespace func {
class FuncOp;
} // namespace func
} // namespace mlir

namespace tensorop {

/// Makes contractions read the source of a `linalg.transpose` through a
/// permuted indexing map; a transpose that nothing else reads goes. Packing
/// reads either order at the same cost, a copy of the whole operand costs twice
/// its bytes.
void foldTransposes(mlir::RewriterBase &rewriter, mlir::func::FuncOp func);

} // namespace tensorop

#endif // TENSOROP_LIB_NORMALIZE_FOLDTRANSPOSES_H
