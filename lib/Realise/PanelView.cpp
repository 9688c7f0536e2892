//===- PanelView.cpp - Views of packed buffers ----------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PanelView.h"

using namespace mlir;

namespace tensorop {

Value panelView(OpBuilder &b, Location loc, Value buffer,
                ArrayRef<OpFoldResult> offsets, ArrayRef<OpFoldResult> sizes) {
  auto whole = cast<MemRefType>(buffer.getType());
  SmallVector<OpFoldResult> strides(sizes.size(), b.getIndexAttr(1));
  auto full =
      memref::SubViewOp::inferResultType(whole, offsets, sizes, strides);
  // The type is spelled out: inferred, the dropped dimension would be ambiguous
  // among those of size 1.
  auto layout = cast<StridedLayoutAttr>(full.getLayout());
  auto type =
      MemRefType::get(full.getShape().drop_front(), whole.getElementType(),
                      StridedLayoutAttr::get(b.getContext(), layout.getOffset(),
                                             layout.getStrides().drop_front()));
  return memref::SubViewOp::create(b, loc, type, buffer, offsets, sizes,
                                   strides);
}

memref::SubViewOp getPanelView(Value value) {
  auto view = value.getDefiningOp<memref::SubViewOp>();
  if (!view || view.getType().getRank() + 1 != view.getSourceType().getRank())
    return nullptr;
  auto buffer = view.getSource().getDefiningOp<memref::AllocOp>();
  return buffer && buffer->hasAttr(kBufferName) ? view : nullptr;
}

Value widenPanelView(OpBuilder &b, Location loc, memref::SubViewOp view) {
  SmallVector<OpFoldResult> sizes = view.getMixedSizes();
  sizes.back() = b.getIndexAttr(view.getSourceType().getShape().back());
  return panelView(b, loc, view.getSource(), view.getMixedOffsets(), sizes);
}

Value joinPanelGroups(OpBuilder &b, Location loc, memref::SubViewOp view) {
  auto whole = cast<MemRefType>(view.getSource().getType());
  unsigned last = whole.getRank() - 1;
  SmallVector<ReassociationIndices> joined;
  for (unsigned i = 0; i + 1 < last; ++i)
    joined.push_back({i});
  joined.push_back({last - 1, last});
  Value flat =
      memref::CollapseShapeOp::create(b, loc, view.getSource(), joined);
  SmallVector<OpFoldResult> offsets = view.getMixedOffsets();
  SmallVector<OpFoldResult> sizes = view.getMixedSizes();
  offsets.pop_back();
  sizes.pop_back();
  sizes.back() =
      b.getIndexAttr(cast<MemRefType>(flat.getType()).getShape().back());
  return panelView(b, loc, flat, offsets, sizes);
}

} // namespace tensorop
