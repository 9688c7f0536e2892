//===- PackCode.h - Loops that fill a packed buffer -------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_REALISE_PACKCODE_H
#define TENSOROP_LIB_REALISE_PACKCODE_H

#include "Helpers.h"

namespace tensorop {

/// Emits the loops that copy `region` to `packed` = [panels][other dims][size],
/// where dimension `at` of the region is cut into panels. `lanes`: elements in
/// a native vector. Never reads beyond the region; the last panel is padded
/// with zeros.
void emitPackCode(mlir::OpBuilder &b, mlir::Location loc, mlir::Value region,
                  mlir::Value packed, unsigned at, int64_t lanes);

/// The transpose of the square of `rows` (as many vectors as each has
/// elements, a power of two) by a network of vector.shuffle: within 128-bit
/// lanes first, then across them, which is what vector units do best.
llvm::SmallVector<mlir::Value>
transposeInRegisters(mlir::OpBuilder &b, mlir::Location loc,
                     llvm::ArrayRef<mlir::Value> rows);

} // namespace tensorop

#endif // TENSOROP_LIB_REALISE_PACKCODE_H
