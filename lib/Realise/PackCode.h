//===- PackCode.h - Loops that fill a packed buffer -------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_REALISE_PACKCODE_H
#define TENSOROP_LIB_REALISE_PACKCODE_H

#include "PackSource.h"

namespace tensorop {

/// How a region is copied to a packed buffer.
struct PackCode {
  /// Dimension of the region that is cut into panels.
  unsigned at;
  /// Elements of the accumulate type in a native vector.
  int64_t lanes;
  /// Dimension of the region whose elements lie beside each other, as many as
  /// the buffer's last extent; nothing: there are no groups.
  std::optional<unsigned> groupAt;
  /// When elements are widened: with zeros.
  bool isUnsigned = false;
  /// Add half of the range to each element, which makes signed ones unsigned.
  bool flipSign = false;
  /// The panels are one `scf.parallel`, which a team divides.
  bool shared = false;
  /// Elements of a vector that the target stores with a stride; 0: none.
  int64_t strided = 0;
  /// The op that computes the elements, if they are not in memory.
  PackProducer producer = {};
};

/// Emits the loops that copy `region` to `packed` = [panels][other dims][size],
/// or with groups [panels][groups][other dims][size][elements of a group].
/// Elements are widened to those of the buffer. Never reads beyond the region;
/// the last panel and the last group are padded with zeros.
void emitPackCode(mlir::OpBuilder &b, mlir::Location loc, mlir::Value region,
                  mlir::Value packed, const PackCode &code);
void emitGroupPackCode(mlir::OpBuilder &b, mlir::Location loc,
                       mlir::Value region, mlir::Value packed,
                       const PackCode &code);

/// The transpose of the square of `rows` (as many vectors as each has
/// elements, a power of two) by a network of vector.shuffle: within 128-bit
/// lanes first, then across them, which is what vector units do best.
llvm::SmallVector<mlir::Value>
transposeInRegisters(mlir::OpBuilder &b, mlir::Location loc,
                     llvm::ArrayRef<mlir::Value> rows);

} // namespace tensorop

#endif // TENSOROP_LIB_REALISE_PACKCODE_H
