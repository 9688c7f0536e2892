//===- RegisterTiles.cpp - Register tiles worth trying --------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RegisterTiles.h"
#include "TensorOp/Model/CostModel.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cmath>

using namespace llvm;
using namespace tensorop;

/// Rows of an operand that a tile of dot products walks at a time: more streams
/// than a prefetcher follows, each as long as the reduction.
static constexpr int64_t kMostStreams = 8;

/// Spreads `height` over the row dimensions, largest extent first.
static RegisterTileChoice spread(const Contraction &c, int64_t height) {
  RegisterTileChoice tile;
  // Groups lie in panels of one dimension, whatever its extent.
  if (c.isGrouped()) {
    if (!c.rows().empty()) {
      unsigned dim = c.rows().front();
      tile.height = std::min(height, c.dims[dim].extent);
      tile.rows.push_back({dim, tile.height});
    }
    return tile;
  }
  for (unsigned dim : c.rows()) {
    int64_t size = std::min(height / tile.height, c.dims[dim].extent);
    if (size < 2)
      break;
    tile.rows.push_back({dim, size});
    tile.height *= size;
  }
  llvm::sort(tile.rows);
  return tile;
}

/// Elements of the vectors that run along `extent`: a native one, or the
/// narrowest that holds all of it.
static int64_t lanesFor(int64_t extent, int64_t bits, const HardwareModel &hw) {
  constexpr int64_t narrowest = 128;
  int64_t lanes = hw.lanes(bits);
  while (!hw.hasRegisterGroups() && lanes / 2 >= extent &&
         lanes * bits / 2 >= narrowest)
    lanes /= 2;
  return lanes;
}

int64_t tensorop::registersFor(int64_t height, int64_t vectors, int64_t bits,
                               const HardwareModel &hw) {
  int64_t sums = height * vectors;
  switch (hw.scalarOperand) {
  case ScalarOperand::Broadcast:
    return sums + vectors + 1;
  case ScalarOperand::Free:
    return sums + 2 * vectors;
  case ScalarOperand::Lane:
    return sums + vectors + divideCeil(height, hw.scalarLanes(bits));
  }
  llvm_unreachable("all kinds are listed");
}

using Counts = SmallVector<std::pair<double, double>>;

/// Full tiles of `size` and the narrow rest of `extent`: sizes, numbers.
static Counts tilesOf(int64_t extent, int64_t size) {
  Counts counts;
  if (extent / size)
    counts.push_back({double(size), double(extent / size)});
  if (int64_t rest = extent % size)
    counts.push_back({double(rest), 1});
  return counts;
}

/// Loads of a step for the scalars of `rows` rows.
static double scalarLoads(const Contraction &c, const HardwareModel &hw,
                          double rows) {
  bool areLanes = hw.scalarOperand == ScalarOperand::Lane && c.canPackScalar;
  return areLanes ? std::ceil(rows / double(hw.scalarLanes(c.accBits))) : rows;
}

/// Cycles for one step of the reduction over the whole output.
static double cyclesOf(const Contraction &c, const HardwareModel &hw,
                       const RegisterTileChoice &tile) {
  auto step = [&](double rows, double vectors) {
    // Broadcasts are narrower than vectors: two start where one load does.
    double loads = c.sharesVectors() ? scalarLoads(c, hw, rows) + vectors
                                     : 2 * rows * vectors + 1;
    double partial = tile.partial;
    return model::cyclesOfStep(hw, tile.lanes * c.accBits,
                               rows * vectors * partial, loads * partial / 2) /
           partial;
  };
  // Full tiles and the narrow rest, along rows and along lanes.
  Counts heights{{1, 1}};
  for (auto [dim, size] : tile.rows) {
    Counts next;
    for (auto [height, count] : heights)
      for (auto [rows, times] : tilesOf(c.dims[dim].extent, size))
        next.push_back({height * rows, count * times});
    heights = std::move(next);
  }
  int64_t vectors = divideCeil(c.dims[c.lane].extent, tile.lanes);
  double cycles = 0;
  for (auto [height, times] : heights)
    for (auto [width, often] : tilesOf(vectors, tile.vectors))
      cycles += times * often * step(height, width);
  // Rows that the tile leaves out run one by one.
  for (unsigned dim : c.rows())
    if (none_of(tile.rows, [&](auto &row) { return row.first == dim; }))
      cycles *= double(c.dims[dim].extent);
  return cycles;
}

namespace {
/// A tile, its cycles, and its loads for each multiply-add.
struct Ranked {
  RegisterTileChoice tile;
  double cycles, loads;
};
} // namespace

/// The first `count` of them. A percent of cycles is within the estimate's
/// error: there, fewer loads decide.
static std::vector<RegisterTileChoice> takeBest(std::vector<Ranked> all,
                                                unsigned count) {
  double best = INFINITY;
  for (const Ranked &one : all)
    best = std::min(best, one.cycles);
  llvm::stable_sort(all, [&](const Ranked &a, const Ranked &b) {
    auto key = [&](const Ranked &one) {
      return std::pair(std::floor(one.cycles / best * 100), one.loads);
    };
    return key(a) < key(b);
  });
  std::vector<RegisterTileChoice> result;
  for (const Ranked &one : all)
    if (result.size() < count)
      result.push_back(one.tile);
  return result;
}

std::vector<RegisterTileChoice>
tensorop::chooseRegisterTiles(const Contraction &c, const HardwareModel &hw,
                              unsigned count) {
  std::vector<Ranked> all;
  int64_t lanes = lanesFor(c.dims[c.lane].extent, c.accBits, hw);
  int64_t widest =
      std::min<int64_t>(divideCeil(c.dims[c.lane].extent, lanes), 8);
  int64_t needed = hw.fmasPerCycle(lanes * c.accBits) * hw.fmaLatency;
  int64_t deepest = c.dims[c.reductions().back()].extent;
  for (int64_t vectors = 1; vectors <= widest; ++vectors) {
    if (hw.hasRegisterGroups() && !is_contained(hw.lmul, vectors))
      continue;
    for (int64_t height = 1;
         registersFor(height, vectors, c.accBits, hw) <= hw.vectorRegisters;
         ++height) {
      RegisterTileChoice tile = spread(c, height);
      if (tile.height != height || (c.isGrouped() && tile.rows.empty()))
        continue;
      tile.vectors = vectors;
      tile.lanes = lanes;
      double loads =
          c.sharesVectors()
              ? (scalarLoads(c, hw, double(height)) + double(vectors)) /
                    double(height * vectors)
              : 1;
      all.push_back({tile, cyclesOf(c, hw, tile), loads});
      // Too few to hide the latency: several for each sum. Groups add up their
      // own reduction only.
      if (tile.accumulators() >= needed || c.isGrouped())
        continue;
      tile.partial = PowerOf2Ceil(divideCeil(needed, tile.accumulators()));
      while (tile.partial > 1 &&
             (tile.partial > deepest ||
              registersFor(height * tile.partial, vectors, c.accBits, hw) >
                  hw.vectorRegisters))
        tile.partial /= 2;
      if (tile.partial > 1)
        all.push_back({tile, cyclesOf(c, hw, tile), loads});
    }
  }
  return takeBest(std::move(all), count);
}

std::vector<RegisterTileChoice>
tensorop::chooseDotTiles(const Contraction &c, const HardwareModel &hw,
                         unsigned count) {
  // The longest dimension of each operand makes rows.
  std::optional<unsigned> sides[2];
  for (auto [index, dim] : enumerate(c.dims))
    if (!dim.isReduction && dim.inVector != dim.inScalar && dim.extent > 1) {
      std::optional<unsigned> &side = sides[dim.inVector ? 0 : 1];
      if (!side || dim.extent >= c.dims[*side].extent)
        side = index;
    }
  auto extentOf = [&](unsigned side) {
    return sides[side] ? c.dims[*sides[side]].extent : int64_t(1);
  };
  int64_t lanes = hw.lanes(c.accBits);
  int64_t length = divideCeil(c.dims[c.lane].extent, lanes);
  std::vector<Ranked> all;
  for (int64_t vectors : {1, 2, 4, 8})
    for (int64_t first = 1; first <= std::min(extentOf(0), kMostStreams);
         ++first)
      for (int64_t second = 1; second <= std::min(extentOf(1), kMostStreams);
           ++second) {
        int64_t sums = first * second;
        if (vectors > length ||
            sums * vectors + std::min(first, second) * vectors + 1 >
                hw.vectorRegisters)
          continue;
        RegisterTileChoice tile;
        tile.height = sums;
        tile.vectors = vectors;
        tile.lanes = lanes;
        if (first > 1)
          tile.rows.push_back({*sides[0], first});
        if (second > 1)
          tile.rows.push_back({*sides[1], second});
        // The longer dimension outside: what the other one reads stays near.
        llvm::stable_sort(tile.rows, [&](const auto &a, const auto &b) {
          return c.dims[a.first].extent > c.dims[b.first].extent;
        });
        double cycles = 0;
        for (auto [rows, times] : tilesOf(extentOf(0), first))
          for (auto [columns, often] : tilesOf(extentOf(1), second)) {
            double step = model::cyclesOfStep(
                hw, lanes * c.accBits, rows * columns * double(vectors),
                (rows + columns) * double(vectors));
            cycles += times * often *
                      (double(divideCeil(length, vectors)) * step +
                       rows * columns * double(Log2_64_Ceil(lanes)));
          }
        all.push_back(
            {tile, cycles, double(first + second) / double(first * second)});
      }
  return takeBest(std::move(all), count);
}
