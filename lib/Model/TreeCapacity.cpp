//===- TreeCapacity.cpp - Copies that exceed their caches -----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Model/LoopTree.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>

using namespace llvm;

namespace tensorop::model {

/// Whether the second-level cache delivers what the register tile reads of the
/// root's panels while it multiplies and adds: these need not stay in the first
/// level then.
static bool comesInTime(const LoopTree &tree) {
  const OpNode &root = tree.root();
  if (!root.tile || !root.info)
    return false;
  // For each step of the reduction: products, in vectors ...
  std::optional<LoopTree::Group> group = tree.group(0);
  // Registers that one instruction spans take their turns.
  double lanes = double(std::min(tree.tileLanes(0), tree.lanes(0))),
         products = 1;
  for (const RegisterTile::Entry &entry : root.tile->entries)
    if (!tree.isReduction(0, entry.dim))
      products *= double(tree.tileSize(0, entry.dim));
  const HardwareModel &machine = tree.hardware();
  double cycles =
      products / lanes / double(group ? group->size : 1) /
      double(machine.fmasPerCycle(int64_t(lanes) * root.info->accBits));
  // ... and bytes of each panel.
  double bytes = 0;
  for (const Buffer &buffer : tree.buffers()) {
    const Layout &layout = tree.layouts()[buffer.layout];
    if (layout.op != 0 || layout.pack.empty() || buffer.shape[0] < 1)
      continue;
    const OperandInfo &operand = root.info->operands[layout.operandIndex];
    double steps = 1;
    for (auto [access, extent] : zip(operand.access, buffer.region))
      if (auto own = access.plainDim();
          own && tree.isReduction(0, root.dims[*own]))
        steps *= double(extent);
    // Panels along the reduction hold a part of it each.
    if (!tree.isReduction(0, layout.pack[0].dim))
      steps *= double(buffer.shape[0]);
    bytes += double(buffer.bytes) / std::max(1.0, steps);
  }
  return bytes <= cycles * machine.bytesPerCycle(1);
}

std::vector<Remark> LoopTree::capacityRemarks(int64_t share) const {
  std::vector<Remark> result;
  bool known = isClosed() && payload && !machine.isGPU() &&
               all_of(allDims, [](const Dim &d) { return d.extent; });
  if (!known)
    return result;
  // The deepest buffer stays in L2, the others in L3; one panel of each in L1.
  std::vector<Buffer> all = buffers();
  auto depth = [&](const Buffer &buffer) {
    const Layout &layout = allLayouts[buffer.layout];
    return layout.place == Layout::Place::Loop
               ? int(*position(layout.op, layout.loop))
               : -1;
  };
  int deepest = -1;
  int64_t panels = 0;
  int lastStep = -1;
  for (const Buffer &buffer : all) {
    deepest = std::max(deepest, depth(buffer));
    if (!allLayouts[buffer.layout].pack.empty() && !buffer.shape.empty() &&
        buffer.shape[0] > 0) {
      panels += buffer.bytes / buffer.shape[0];
      lastStep = std::max(lastStep, allLayouts[buffer.layout].step);
    }
  }
  auto compare = [&](StringRef label, StringRef what, int64_t bytes,
                     StringRef level, int step) {
    auto limit = machine.cacheBytes(level);
    if (limit && bytes > *limit / share)
      result.push_back({label.str(), step,
                        formatv("{0} takes {1} bytes, {2} has {3}", what, bytes,
                                level, *limit)
                            .str()});
  };
  for (const Buffer &buffer : all) {
    const Layout &layout = allLayouts[buffer.layout];
    if (layout.space != Space::Memory || layout.place == Layout::Place::Load)
      continue;
    bool isInner = depth(buffer) == deepest;
    compare(isInner ? "M-L2" : "M-L3", "'" + buffer.name + "'", buffer.bytes,
            isInner ? "l2" : "l3", layout.step);
  }
  if (share > 1 || !comesInTime(*this))
    compare("M-L1", "one panel of each packed operand", panels, "l1", lastStep);
  return result;
}

} // namespace tensorop::model
