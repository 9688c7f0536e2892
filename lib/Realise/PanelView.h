//===- PanelView.h - Views of packed buffers --------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_REALISE_PANELVIEW_H
#define TENSOROP_LIB_REALISE_PANELVIEW_H

#include "TensorOp/Realise/Realise.h"

namespace tensorop {

/// One panel of a buffer [panels][other dims][size] as a view without the
/// first dimension; `offsets` and `sizes` have an entry for each dimension of
/// the buffer, the first size being 1.
mlir::Value panelView(mlir::OpBuilder &b, mlir::Location loc,
                      mlir::Value buffer,
                      llvm::ArrayRef<mlir::OpFoldResult> offsets,
                      llvm::ArrayRef<mlir::OpFoldResult> sizes);

/// The view made by panelView that `value` is, or null.
mlir::memref::SubViewOp getPanelView(mlir::Value value);

/// `view` widened to the whole, padded panel.
mlir::Value widenPanelView(mlir::OpBuilder &b, mlir::Location loc,
                           mlir::memref::SubViewOp view);

/// `view` of a panel with groups as the whole panel, in which panel and group
/// are one, the last dimension.
mlir::Value joinPanelGroups(mlir::OpBuilder &b, mlir::Location loc,
                            mlir::memref::SubViewOp view);

} // namespace tensorop

#endif // TENSOROP_LIB_REALISE_PANELVIEW_H
