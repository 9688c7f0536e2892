//===- TreeValues.cpp - Values of sizes and extents -----------------------===//
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

//===----------------------------------------------------------------------===//
// Expressions in the context of an op
//===----------------------------------------------------------------------===//

int64_t LoopTree::accBits(unsigned op) const {
  const OpNode &node = allOps[op];
  if (node.tile && !node.tile->acc.empty()) {
    StringRef digits = StringRef(node.tile->acc).drop_until(isDigit);
    int64_t bits;
    if (!digits.take_while(isDigit).getAsInteger(10, bits) && bits > 0)
      return bits;
  }
  return node.info ? node.info->accBits : 32;
}

std::string LoopTree::accType(unsigned op) const {
  const OpNode &node = allOps[op];
  if (node.tile && !node.tile->acc.empty())
    return node.tile->acc;
  return node.info ? node.info->accType : "f32";
}

std::optional<LoopTree::Group> LoopTree::group(unsigned op) const {
  const OpNode &node = allOps[op];
  const InstructionClass *instruction =
      node.tile ? machine.instruction(node.tile->instr) : nullptr;
  if (!instruction || instruction->isMatrix() || instruction->group <= 1)
    return std::nullopt;
  return Group{node.tile->entries.back().dim, instruction->group};
}

std::optional<unsigned> LoopTree::partialDim(unsigned op) const {
  const OpNode &node = allOps[op];
  if (!node.tile || !node.info || node.info->body != BodyClass::Contraction)
    return std::nullopt;
  std::optional<Group> grouped = group(op);
  for (const RegisterTile::Entry &entry : node.tile->entries)
    if (isReduction(op, entry.dim) && (!grouped || grouped->dim != entry.dim))
      return entry.dim;
  return std::nullopt;
}

bool LoopTree::hasPartialRest(unsigned op) const {
  std::optional<unsigned> dim = partialDim(op);
  SmallVector<unsigned> inner = innerReductionLoops(op);
  if (!dim || inner.empty())
    return false;
  ArrayRef<unsigned> outer = ArrayRef(allOps[op].chain).drop_back(inner.size());
  return any_of(possibleExtents(op, *dim, outer.empty() ? -1 : outer.back()),
                [&](int64_t extent) { return extent % tileSize(op, *dim); });
}

bool LoopTree::takesLanesOfSteps(unsigned op) const {
  const OpNode &node = allOps[op];
  SmallVector<unsigned> inner = innerReductionLoops(op);
  if (machine.scalarOperand != ScalarOperand::Lane || !node.tile ||
      !node.info || inner.empty() || group(op) || partialDim(op))
    return false;
  const Loop &last = allLoops[inner.back()];
  unsigned lane = node.tile->entries[node.tile->vectorEntry].dim;
  auto indexes = [&](const OperandInfo &operand, unsigned dim) {
    return any_of(operand.access, [&](const Access &access) {
      return any_of(access.terms, [&](const auto &term) {
        return node.dims[term.first] == dim;
      });
    });
  };
  const OperandInfo *scalars = nullptr;
  for (auto [index, operand] : enumerate(node.info->operands)) {
    if (operand.isOutput || indexes(operand, lane))
      continue;
    bool isCopied =
        any_of(allLayouts, [&, index = int(index)](const Layout &l) {
          return l.op == op && l.operandIndex == index;
        });
    if (scalars || isCopied)
      return false;
    scalars = &operand;
  }
  // Widened at each use they are no lanes.
  if (!scalars || scalars->access.empty() ||
      scalars->bits != node.info->accBits || scalars->bits > 64)
    return false;
  std::optional<unsigned> along = scalars->access.back().plainDim();
  if (!along || node.dims[*along] != last.dim || !last.unroll ||
      value(*last.unroll, op) % machine.scalarLanes(scalars->bits) != 0)
    return false;
  for (const Access &access : drop_end(scalars->access))
    for (auto [dim, coefficient] : access.terms)
      if (node.dims[dim] == last.dim)
        return false;
  int64_t rows = 1, vectors = 1;
  for (const RegisterTile::Entry &entry : node.tile->entries) {
    int64_t size = tileSize(op, entry.dim);
    vectors *= entry.dim == lane ? size / lanes(op) : size;
    if (indexes(*scalars, entry.dim))
      rows *= size;
  }
  // The next step's are loaded while the last ones of a step are in use, and
  // the next vector while one passes by. Where lanes come from the first few
  // registers only, moves between them take one more.
  int64_t lanesFrom = machine.scalarRegisters(scalars->bits);
  int64_t passing = lanesFrom < machine.vectorRegisters ? 3 : 2;
  return vectors + rows + passing <= machine.vectorRegisters &&
         rows < lanesFrom;
}

/// Unsigned by signed: of the x86 instructions only vpdpbusd is.
bool LoopTree::offsetsOperand(unsigned op) const {
  const OpNode &node = allOps[op];
  if (!node.tile || !node.info || node.tile->instr != "vnni")
    return false;
  unsigned lane = node.tile->entries[node.tile->vectorEntry].dim;
  unsigned own = llvm::find(node.dims, lane) - node.dims.begin();
  for (const OperandInfo &operand : node.info->operands)
    if (!operand.isOutput && none_of(operand.access, [&](const Access &access) {
          return access.plainDim() == own;
        }))
      return !operand.isUnsigned;
  return false;
}

int64_t LoopTree::lanes(unsigned op) const {
  return std::max<int64_t>(1, machine.lanes(accBits(op)));
}

int64_t LoopTree::tileLanes(unsigned op) const {
  const OpNode &node = allOps[op];
  if (!node.tile)
    return lanes(op);
  unsigned dim = node.tile->entries[node.tile->vectorEntry].dim;
  int64_t native = lanes(op), width = std::max<int64_t>(1, tileSize(op, dim));
  // The largest group of registers that the tile is made of.
  for (int64_t registers : llvm::reverse(machine.lmul))
    if (width % (native * registers) == 0)
      return native * registers;
  return std::min(native, width);
}

Environment LoopTree::environment(unsigned op, bool withValues) const {
  Environment env;
  auto add = [&](StringRef name, std::optional<int64_t> value) {
    env.values[name] = withValues ? value : std::nullopt;
  };
  for (const auto &[name, value] : machine.factors())
    add(name, value);
  add("lanes", lanes(op));
  for (const Dim &dim : allDims)
    add(dim.name, dim.extent);
  for (const ParamStep &param : allParams) {
    auto it = values.find(param.name);
    add(param.name,
        it == values.end() ? std::nullopt : std::optional<int64_t>(it->second));
  }
  env.lanes = lanes(op);
  env.vscale = machine.scalable ? machine.minVscale() : 0;
  return env;
}

int64_t LoopTree::value(const Expr &expr, unsigned op) const {
  auto result = expr.evaluate(environment(op, /*withValues=*/true));
  if (!result) {
    std::string why = toString(result.takeError());
    TENSOROP_CHECK(false, why.c_str());
  }
  return *result;
}

int64_t LoopTree::value(const Size &size, unsigned op, unsigned dim,
                        unsigned part) const {
  Environment env = environment(op, /*withValues=*/true);
  if (allDims[dim].extent)
    env.full = partExtent(dim, part);
  auto result = size.part(part).evaluate(env);
  if (!result) {
    std::string why = toString(result.takeError());
    TENSOROP_CHECK(false, why.c_str());
  }
  return *result;
}

std::optional<int64_t> LoopTree::extent(unsigned dim) const {
  return allDims[dim].extent;
}

int64_t LoopTree::partExtent(unsigned dim, unsigned part) const {
  const Dim &data = allDims[dim];
  TENSOROP_CHECK(data.extent, "an extent is needed that the payload has not");
  int64_t begin = part == 0 ? 0 : value(data.splits[part - 1], 0);
  int64_t end =
      part == data.splits.size() ? *data.extent : value(data.splits[part], 0);
  return std::max<int64_t>(0, std::min(end, *data.extent) - begin);
}

int64_t LoopTree::loopSize(unsigned loop, unsigned part) const {
  const Loop &data = allLoops[loop];
  int64_t size = value(data.size, data.owner, data.dim, part);
  if (!data.isSplitReduction)
    return size;
  // The size of one of `size` parts.
  return std::max<int64_t>(
      1, divideCeil(partExtent(data.dim, part), std::max<int64_t>(1, size)));
}

int64_t LoopTree::tileSize(unsigned op, unsigned dim) const {
  const OpNode &node = allOps[op];
  if (node.tile)
    for (const RegisterTile::Entry &entry : node.tile->entries)
      if (entry.dim == dim)
        return value(entry.size, op, dim);
  return 1;
}

//===----------------------------------------------------------------------===//
// Covering an extent
//===----------------------------------------------------------------------===//

/// Fewest tiles of the sizes `narrow` whose sum is `rest`; empty when there are
/// none (or when rest is 0).
static SmallVector<int64_t> exactTiles(int64_t rest, ArrayRef<int64_t> narrow) {
  if (narrow.size() == 1)
    return SmallVector<int64_t>(rest % narrow[0] == 0 ? rest / narrow[0] : 0,
                                narrow[0]);
  // last[i]: the tile added last to reach i; 0 when i is out of reach.
  SmallVector<int64_t> last(rest + 1, 0), count(rest + 1, -1);
  count[0] = 0;
  for (int64_t i = 1; i <= rest; ++i)
    for (int64_t size : narrow)
      if (size <= i && count[i - size] >= 0 &&
          (count[i] < 0 || count[i - size] + 1 < count[i])) {
        count[i] = count[i - size] + 1;
        last[i] = size;
      }
  SmallVector<int64_t> tiles;
  if (count[rest] > 0)
    for (int64_t i = rest; i > 0; i -= last[i])
      tiles.push_back(last[i]);
  llvm::sort(tiles, std::greater<int64_t>());
  return tiles;
}

static void append(SmallVector<Segment> &segments, int64_t size, int64_t count,
                   int64_t extent) {
  if (count <= 0 || extent <= 0)
    return;
  if (!segments.empty() && segments.back().size == size &&
      segments.back().extent == extent)
    segments.back().count += count;
  else
    segments.push_back({size, count, extent});
}

static SmallVector<Segment> coverNarrow(int64_t extent, int64_t size,
                                        SmallVector<int64_t> narrow) {
  llvm::sort(narrow, std::greater<int64_t>());
  SmallVector<Segment> segments;
  int64_t full = extent / size;
  // Giving up more full tiles than the largest narrow size reaches no new
  // remainder.
  for (int64_t count = full; count >= 0 && count >= full - narrow.front();
       --count) {
    int64_t rest = extent - count * size;
    // Long sums of several sizes are not worth the search.
    if (narrow.size() > 1 && rest > (1 << 16))
      break;
    SmallVector<int64_t> tiles = exactTiles(rest, narrow);
    if (rest != 0 && tiles.empty())
      continue;
    append(segments, size, count, size);
    for (int64_t tile : tiles)
      append(segments, tile, 1, tile);
    return segments;
  }
  append(segments, size, full, size);
  int64_t rest = extent - full * size;
  for (int64_t tile : narrow) {
    append(segments, tile, rest / tile, tile);
    rest %= tile;
  }
  append(segments, narrow.back(), 1, rest);
  return segments;
}

SmallVector<Segment> coverExtent(int64_t extent, int64_t size, EdgeKind edge,
                                 ArrayRef<int64_t> narrow) {
  TENSOROP_CHECK(size > 0, "tiles have at least one element");
  SmallVector<int64_t> smaller;
  for (int64_t s : narrow)
    if (s > 0 && s < size)
      smaller.push_back(s);
  if (edge == EdgeKind::Narrow && !smaller.empty())
    return coverNarrow(extent, size, smaller);
  SmallVector<Segment> segments;
  append(segments, size, extent / size, size);
  int64_t rest = extent % size;
  bool ownSize = edge == EdgeKind::Peel || edge == EdgeKind::Narrow;
  append(segments, ownSize ? rest : size, 1, rest);
  return segments;
}

SmallVector<Segment> LoopTree::segments(unsigned loop, int64_t extent) const {
  const Loop &data = allLoops[loop];
  SmallVector<int64_t> narrow;
  for (const Expr &size : data.narrow)
    narrow.push_back(value(size, data.owner));
  return coverExtent(extent, loopSize(loop), data.edge, narrow);
}

//===----------------------------------------------------------------------===//
// Extents inside loops
//===----------------------------------------------------------------------===//

SmallVector<int64_t> LoopTree::extentsThrough(unsigned op, unsigned dim,
                                              int loop, unsigned part) const {
  SmallVector<int64_t> extents = {partExtent(dim, part)};
  if (loop < 0)
    return extents;
  auto depth = position(op, loop);
  TENSOROP_CHECK(depth, "the loop must be around the op");
  for (unsigned l : ArrayRef(allOps[op].chain).take_front(*depth + 1)) {
    const Loop &data = allLoops[l];
    if (data.dim != dim)
      continue;
    SmallVector<int64_t> narrow, inside;
    for (const Expr &size : data.narrow)
      narrow.push_back(value(size, data.owner));
    for (int64_t extent : extents)
      for (const Segment &segment :
           coverExtent(extent, loopSize(l, part), data.edge, narrow))
        if (!is_contained(inside, segment.extent))
          inside.push_back(segment.extent);
    extents = inside;
  }
  llvm::sort(extents, std::greater<int64_t>());
  return extents;
}

SmallVector<int64_t> LoopTree::possibleExtents(unsigned op, unsigned dim,
                                               int loop) const {
  SmallVector<int64_t> all;
  for (unsigned part = 0; part < numParts(dim); ++part)
    for (int64_t extent : extentsThrough(op, dim, loop, part))
      if (!is_contained(all, extent))
        all.push_back(extent);
  llvm::sort(all, std::greater<int64_t>());
  return all;
}

int64_t LoopTree::extentInside(unsigned op, unsigned dim, int loop) const {
  // The largest tile comes first; an empty dimension has none.
  SmallVector<int64_t> extents = possibleExtents(op, dim, loop);
  return extents.empty() ? 0 : extents.front();
}

int64_t LoopTree::tripCount(unsigned loop) const {
  const Loop &data = allLoops[loop];
  auto depth = position(data.owner, loop);
  TENSOROP_CHECK(depth, "a loop is around its owner");
  int outer = *depth == 0 ? -1 : int(allOps[data.owner].chain[*depth - 1]);
  int64_t trips = 0;
  for (unsigned part = 0; part < numParts(data.dim); ++part) {
    int64_t most = 0;
    SmallVector<int64_t> narrow;
    for (const Expr &size : data.narrow)
      narrow.push_back(value(size, data.owner));
    for (int64_t extent : extentsThrough(data.owner, data.dim, outer, part)) {
      int64_t count = 0;
      for (const Segment &segment :
           coverExtent(extent, loopSize(loop, part), data.edge, narrow))
        count += segment.count;
      most = std::max(most, count);
    }
    trips += most;
  }
  return trips;
}

//===----------------------------------------------------------------------===//
// Versions of the register tile
//===----------------------------------------------------------------------===//

/// What happens at the edge of a dimension of the register tile.
struct LoopTree::TileEdge {
  /// Never Auto.
  EdgeKind kind = EdgeKind::Mask;
  bool full = false;
  SmallVector<int64_t> rests;
};

LoopTree::TileEdge LoopTree::tileEdge(unsigned op, unsigned dim) const {
  const OpNode &node = allOps[op];
  TileEdge result;
  result.kind = EdgeKind::Auto;
  // The innermost loop over the dimension decides.
  for (unsigned l : node.chain)
    if (allLoops[l].dim == dim)
      result.kind = allLoops[l].edge;
  int64_t size = tileSize(op, dim);
  int innermost = node.chain.empty() ? -1 : int(node.chain.back());
  for (int64_t extent : possibleExtents(op, dim, innermost)) {
    result.full |= extent >= size;
    if (int64_t rest = extent % size; rest && !is_contained(result.rests, rest))
      result.rests.push_back(rest);
  }
  if (result.kind == EdgeKind::Auto)
    result.kind = result.rests.size() == 1 ? EdgeKind::Narrow : EdgeKind::Mask;
  return result;
}

std::vector<LoopTree::TileVersion> LoopTree::versions(unsigned op) const {
  const OpNode &node = allOps[op];
  std::vector<TileVersion> result;
  if (!node.tile)
    return result;
  result.emplace_back();
  std::optional<Group> grouped = group(op);
  for (auto [index, entry] : enumerate(node.tile->entries)) {
    int64_t size = tileSize(op, entry.dim);
    // Panels are padded to whole groups, and the rest of partial sums is part
    // of their code, so there is one version.
    if ((grouped && entry.dim == grouped->dim) || partialDim(op) == entry.dim) {
      for (TileVersion &version : result)
        version.sizes.push_back(size);
      continue;
    }
    TileEdge edge = tileEdge(op, entry.dim);
    std::vector<TileVersion> next;
    auto add = [&](int64_t code, bool masked) {
      for (const TileVersion &version : result) {
        next.push_back(version);
        next.back().sizes.push_back(code);
        next.back().masked |= masked;
      }
    };
    if (edge.full)
      add(size, false);
    if (edge.kind == EdgeKind::Narrow) {
      int64_t step = index == node.tile->vectorEntry ? tileLanes(op) : 1;
      for (int64_t rest : edge.rests)
        add(alignTo(rest, step), rest % step != 0);
    } else if (!edge.rests.empty() && edge.kind != EdgeKind::Peel &&
               edge.kind != EdgeKind::Exact) {
      add(size, true);
    }
    result = std::move(next);
  }
  return result;
}

std::optional<Buffer> LoopTree::edgeBuffer(unsigned op) const {
  const OpNode &node = allOps[op];
  if (!node.tile || !node.info || versions(op).empty())
    return std::nullopt;
  auto isPadded = [&](const RegisterTile::Entry &entry) {
    TileEdge edge = tileEdge(op, entry.dim);
    return edge.kind == EdgeKind::Pad && !edge.rests.empty() &&
           !isReduction(op, entry.dim);
  };
  if (none_of(node.tile->entries, isPadded))
    return std::nullopt;
  const OperandInfo &out = node.info->operands[*node.info->outputIndex()];
  Buffer buffer;
  buffer.name = node.name + ".edge";
  buffer.type = out.type;
  buffer.elementBits = out.bits;
  int64_t elements = 1;
  for (const Access &access : out.access) {
    std::optional<unsigned> dim = access.plainDim();
    buffer.shape.push_back(dim ? tileSize(op, node.dims[*dim]) : 1);
    elements *= buffer.shape.back();
  }
  buffer.region = buffer.shape;
  buffer.bytes = elements * buffer.elementBits / 8;
  return buffer;
}

int64_t LoopTree::copies(unsigned loop) const {
  unsigned op = allLoops[loop].owner;
  if (is_contained(innerReductionLoops(op), loop))
    return versions(op).size();
  return 1;
}

} // namespace tensorop::model
