//===- OpenPlan.cpp - A plan whose sizes are parameters -------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Tuner/OpenPlan.h"
#include "TensorOp/Support/Check.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <set>

using namespace llvm;
using namespace tensorop;
using namespace tensorop::model;

/// Rows of a register tile worth trying without vector registers that limit
/// them, and native vectors beside each other.
static constexpr int64_t kMostRows = 32, kMostVectors = 8;

/// 1, 2, 3, 4, 6, 8, 12, ... up to `most`.
static void addGeometric(std::set<int64_t> &numbers, int64_t most) {
  for (int64_t power = 1; power <= most; power *= 2) {
    numbers.insert(power);
    if (power >= 2 && power / 2 * 3 <= most)
      numbers.insert(power / 2 * 3);
  }
}

std::string OpenPlan::addParam(StringRef name, int64_t seed,
                               ArrayRef<int64_t> domain) {
  std::string free = name.str();
  while (tree->findLoop(free) || tree->findDim(free) || values.count(free))
    free += "_";
  ParamStep param;
  param.name = free;
  param.preferred = Expr::literal(seed);
  param.domain = Domain::ofList(domain);
  params.push_back(std::move(param));
  values[free] = seed;
  return free;
}

/// The register tile along a dimension that is not reduced; along lanes it
/// counts native vectors.
void OpenPlan::openTile(unsigned dim) {
  const RegisterTile &tile = *tree->root().tile;
  for (auto [index, entry] : enumerate(tile.entries)) {
    if (entry.dim != dim || tree->isReduction(0, dim))
      continue;
    SizeSlot slot;
    int64_t now = tree->tileSize(0, dim), extent = *tree->extent(dim);
    int64_t most = kMostRows;
    const Expr &written = entry.size.part(0);
    if (index == tile.vectorEntry) {
      // A tile that is narrower than a native vector stays as it is.
      if (written.kind() != Expr::Kind::Vectors)
        return;
      slot.vectors = true;
      int64_t lanes = tree->lanes(0);
      now /= lanes;
      most = std::min<int64_t>(kMostVectors, divideCeil(extent, lanes));
    } else {
      most = std::min(most, extent);
    }
    std::set<int64_t> numbers{now};
    for (int64_t number = 1; number <= most; ++number)
      numbers.insert(number);
    const std::string &name = tree->dims()[dim].name;
    slot.param = addParam("t" + name, now,
                          SmallVector<int64_t>(numbers.begin(), numbers.end()));
    slots.push_back(slot);
    tiles[name] = {int(slots.size()) - 1, entry.size.str()};
  }
}

/// The loops of a dimension around its innermost one, from the inside: each is
/// a multiple of the one inside.
void OpenPlan::openBlocks(unsigned dim) {
  SmallVector<unsigned> own;
  for (unsigned loop : tree->root().chain)
    if (tree->loops()[loop].dim == dim)
      own.push_back(loop);
  if (own.size() < 2)
    return;
  const std::string &name = tree->dims()[dim].name;
  auto tile = tiles.find(name);
  int inside = tile == tiles.end() ? -1 : tile->second.first;
  int64_t step = tree->loopSize(own.back()), extent = *tree->extent(dim);
  for (unsigned loop : reverse(drop_end(own))) {
    const Loop &one = tree->loops()[loop];
    int64_t now = tree->loopSize(loop);
    // What is no multiple stays, and so do blocks around it.
    if (now % step != 0 || one.isSplitReduction)
      return;
    int64_t most = divideCeil(extent, step);
    std::set<int64_t> numbers{now / step};
    addGeometric(numbers, most);
    // Blocks of equal size.
    for (int64_t parts = 1; parts <= 8; ++parts)
      numbers.insert(divideCeil(most, parts));
    // Below a block of four steps a loop around the register tile is all start
    // and end.
    if (tree->isReduction(0, dim))
      for (int64_t few : {1, 2, 3})
        if (most > 8 && few != now / step)
          numbers.erase(few);
    SizeSlot slot;
    slot.inner = inside;
    slot.unit = inside < 0 ? step : 1;
    slot.param = addParam("q" + one.name, now / step,
                          SmallVector<int64_t>(numbers.begin(), numbers.end()));
    slots.push_back(slot);
    inside = int(slots.size()) - 1;
    blocks[one.name] = inside;
    step = now;
  }
}

void OpenPlan::openFactors() {
  for (auto [index, step] : enumerate(steps)) {
    if (auto *unroll = std::get_if<UnrollStep>(&step.body);
        unroll && unroll->by.isLiteral()) {
      std::set<int64_t> numbers{unroll->by.value(), 2, 4, 8, 16};
      factors[index] =
          addParam("u" + unroll->loop, unroll->by.value(),
                   SmallVector<int64_t>(numbers.begin(), numbers.end()));
    } else if (auto *pipeline = std::get_if<PipelineStep>(&step.body);
               pipeline && pipeline->stages.isLiteral()) {
      int64_t now = pipeline->stages.value();
      std::set<int64_t> numbers{now, now * 2, std::max<int64_t>(2, now / 2)};
      factors[index] =
          addParam("d" + pipeline->loop, now,
                   SmallVector<int64_t>(numbers.begin(), numbers.end()));
    }
  }
}

OpenPlan::OpenPlan(const LoopTree &tree)
    : tree(&tree), plan(tree.header()),
      steps(tree.steps().begin(), tree.steps().end()) {
  TENSOROP_CHECK(tree.isClosed() && tree.root().info && tree.root().tile,
                 "only closed plans with payload and register tile are opened");
  for (unsigned dim : tree.root().dims)
    openTile(dim);
  for (unsigned dim : tree.root().dims)
    openBlocks(dim);
  openFactors();
  this->tree = nullptr;
}

/// Literals are folded.
static Expr multiply(const Expr &a, const Expr &b) {
  if (a.isLiteral() && b.isLiteral())
    return Expr::literal(a.value() * b.value());
  if (a.isLiteral(1))
    return b;
  return b.isLiteral(1) ? a : Expr::binary(Expr::Kind::Mul, a, b);
}

Size OpenPlan::sizeOf(int slot, Lookup lookup) const {
  Expr product = Expr::literal(1);
  bool vectors = false;
  for (int at = slot; at >= 0; at = slots[at].inner) {
    const SizeSlot &one = slots[at];
    product =
        multiply(multiply(lookup(one.param), Expr::literal(one.unit)), product);
    vectors = one.vectors;
  }
  return Size(vectors ? Expr::vectors(product) : product);
}

std::vector<Step> OpenPlan::write(Lookup lookup) const {
  std::vector<Step> result = steps;
  auto resize = [&](const std::string &dim, Size &size) {
    auto tile = tiles.find(dim);
    if (tile != tiles.end() && size.str() == tile->second.second)
      size = sizeOf(tile->second.first, lookup);
  };
  for (auto [index, step] : enumerate(result)) {
    if (auto *tile = std::get_if<TileStep>(&step.body)) {
      for (LoopSize &loop : tile->loops) {
        auto block = blocks.find(loop.loop);
        if (block != blocks.end())
          loop.size = sizeOf(block->second, lookup);
        else
          resize(loop.dim, loop.size);
      }
    } else if (auto *layout = std::get_if<LayoutStep>(&step.body)) {
      for (DimSize &size : layout->pack)
        resize(size.dim, size.size);
    } else if (auto *vectorize = std::get_if<VectorizeStep>(&step.body)) {
      for (DimSize &size : vectorize->tile)
        resize(size.dim, size.size);
    }
    auto factor = factors.find(index);
    if (factor == factors.end())
      continue;
    if (auto *unroll = std::get_if<UnrollStep>(&step.body))
      unroll->by = lookup(factor->second);
    else
      std::get<PipelineStep>(step.body).stages = lookup(factor->second);
  }
  return result;
}

std::vector<Step> OpenPlan::openSteps() const {
  std::vector<Step> result(params.begin(), params.end());
  llvm::append_range(result,
                     write([](StringRef name) { return Expr::name(name); }));
  return result;
}

std::vector<Step> OpenPlan::closedSteps(const Assignment &point) const {
  return write([&](StringRef name) {
    auto value = point.find(name.str());
    TENSOROP_CHECK(value != point.end(), "a point has all parameters");
    return Expr::literal(value->second);
  });
}
