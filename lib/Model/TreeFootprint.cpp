//===- TreeFootprint.cpp - Buffers, footprints and work -------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Model/LoopTree.h"
#include "TensorOp/Support/Check.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>

using namespace llvm;

namespace tensorop::model {

/// Bytes of a box, INT64_MAX when there are more.
static int64_t bytesOf(ArrayRef<int64_t> shape, int64_t bits,
                       int64_t times = 1) {
  uint64_t elements = 1;
  // An empty dimension makes the box empty, however large the others are.
  if (is_contained(shape, 0))
    return 0;
  for (int64_t extent : shape)
    elements = SaturatingMultiply<uint64_t>(elements, extent);
  uint64_t bytes = SaturatingMultiply<uint64_t>(
      bits % 8 == 0 ? SaturatingMultiply<uint64_t>(elements, bits / 8)
                    : divideCeil(SaturatingMultiply<uint64_t>(elements, bits),
                                 uint64_t(8)),
      times);
  return std::min<uint64_t>(bytes, INT64_MAX);
}

static int64_t addBytes(int64_t a, int64_t b) {
  int64_t sum;
  return AddOverflow(a, b, sum) ? INT64_MAX : sum;
}

SmallVector<int64_t> LoopTree::region(unsigned op, unsigned operand,
                                      int loop) const {
  const OpNode &node = allOps[op];
  TENSOROP_CHECK(node.info, "regions need the payload");
  SmallVector<int64_t> box;
  for (const Access &access : node.info->operands[operand].access) {
    TENSOROP_CHECK(access.hasBox(), "regions need affine accesses");
    box.push_back(access.boxOf(
        [&](unsigned dim) { return extentInside(op, node.dims[dim], loop); }));
  }
  return box;
}

std::vector<Buffer> LoopTree::buffers() const {
  std::vector<Buffer> result;
  for (auto [index, layout] : enumerate(allLayouts)) {
    const OpNode &node = allOps[layout.op];
    if (!node.info || layout.operandIndex < 0)
      continue;
    const OperandInfo &operand = node.info->operands[layout.operandIndex];
    Buffer buffer;
    buffer.name = node.name + "." + layout.operand;
    buffer.layout = index;
    buffer.elementBits = operand.bits;
    buffer.type = operand.type;
    const InstructionClass *instruction =
        node.tile ? machine.instruction(node.tile->instr) : nullptr;
    // Other instructions than those of the list work on the accumulate type.
    bool isWidened =
        instruction || (node.tile && node.info->body == BodyClass::Contraction);
    if (isWidened && !layout.pack.empty() && !machine.isGPU()) {
      std::string acc = accType(layout.op);
      buffer.type =
          instruction ? instruction->packedType(operand.type, acc) : acc;
      StringRef digits = StringRef(buffer.type).drop_until(isDigit);
      digits.getAsInteger(10, buffer.elementBits);
    }
    int place = layout.place == Layout::Place::Loop ? int(layout.loop) : -1;
    buffer.region = region(layout.op, layout.operandIndex, place);

    SmallVector<int64_t> panels, rest(buffer.region), sizes;
    SmallVector<bool> isPacked(buffer.region.size(), false);
    for (const Layout::Pack &pack : layout.pack) {
      unsigned own = llvm::find(node.dims, pack.dim) - node.dims.begin();
      int64_t size = value(pack.size, layout.op, pack.dim);
      for (auto [at, access] : enumerate(operand.access))
        if (access.plainDim() == own) {
          panels.push_back(divideCeil(buffer.region[at], size));
          isPacked[at] = true;
          break;
        }
      sizes.push_back(size);
    }
    buffer.shape = panels;
    for (auto [at, extent] : enumerate(rest))
      if (!isPacked[at])
        buffer.shape.push_back(extent);
    append_range(buffer.shape, sizes);
    if (layout.pad && !buffer.shape.empty())
      buffer.shape.back() += value(*layout.pad, layout.op);

    if (layout.place == Layout::Place::Loop && allLoops[layout.loop].pipeline &&
        layout.space == Space::Shared)
      buffer.stages = value(allLoops[layout.loop].pipeline->stages, layout.op);
    buffer.bytes = bytesOf(buffer.shape, buffer.elementBits, buffer.stages);
    bool inside = false;
    for (unsigned l : node.chain) {
      bool isParallel = allLoops[l].parallel.has_value();
      bool isOutside = place >= 0 && !inside;
      buffer.perWorker |= isParallel && isOutside;
      buffer.shared |= isParallel && !isOutside;
      inside |= place >= 0 && l == unsigned(place);
    }
    result.push_back(std::move(buffer));
  }
  return result;
}

int64_t LoopTree::footprint(unsigned op, int loop) const {
  const OpNode &node = allOps[op];
  TENSOROP_CHECK(node.info, "footprints need the payload");
  int64_t total = 0;
  for (auto [index, operand] : enumerate(node.info->operands))
    total = addBytes(total, bytesOf(region(op, index, loop), operand.bits));
  return total;
}

int64_t LoopTree::footprint(int loop) const {
  int64_t total = 0;
  for (unsigned op = 0; op < allOps.size(); ++op) {
    const OpNode &node = allOps[op];
    if (!node.info || (loop >= 0 && !position(op, loop)))
      continue;
    total = addBytes(total, footprint(op, loop));
    // What another op inside makes was counted there.
    for (auto [index, operand] : enumerate(node.info->operands)) {
      auto producer = findOp(operand.producer);
      if (!producer || !allOps[*producer].info ||
          (loop >= 0 && !position(*producer, loop)))
        continue;
      // With a saturated total, the difference has no meaning: keep it.
      if (total != INT64_MAX)
        total -= bytesOf(region(op, index, loop), operand.bits);
    }
  }
  return total;
}

double LoopTree::recomputation(unsigned op) const {
  const OpNode &node = allOps[op];
  double factor = 1;
  for (unsigned l : node.chain) {
    const Loop &data = allLoops[l];
    if (is_contained(node.dims, data.dim) || is_contained(node.whenLoops, l))
      continue;
    factor *= tripCount(l);
  }
  return factor;
}

double LoopTree::flops() const {
  double total = 0;
  for (unsigned op = 0; op < allOps.size(); ++op) {
    const OpNode &node = allOps[op];
    if (!node.info)
      continue;
    double points = node.info->flopsPerPoint;
    for (unsigned dim : node.dims) {
      TENSOROP_CHECK(allDims[dim].extent, "work needs all extents");
      points *= *allDims[dim].extent;
    }
    total += points * recomputation(op);
  }
  return total;
}

} // namespace tensorop::model
