//===- RegisterTiles.cpp - Register tiles worth trying --------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RegisterTiles.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cmath>

using namespace llvm;
using namespace tensorop;

/// Spreads `height` over the row dimensions, largest extent first.
static RegisterTileChoice spread(const Contraction &c, int64_t height) {
  RegisterTileChoice tile;
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

/// Cycles for one step of the reduction over the whole output.
static double cyclesOf(const Contraction &c, const HardwareModel &hw,
                       const RegisterTileChoice &tile) {
  int64_t lanes = hw.lanes(c.bits);
  auto step = [&](double rows, double vectors) {
    // Broadcasts are narrower than vectors: two start where one load does.
    double loads = rows + vectors;
    return std::max({rows * vectors / double(hw.fmaPerCycle),
                     double(hw.fmaLatency),
                     loads / double(2 * hw.loadsPerCycle)});
  };
  // Full tiles and the narrow rest, along rows and along lanes.
  SmallVector<std::pair<double, double>> heights{{1, 1}}, widths;
  for (auto [dim, size] : tile.rows) {
    SmallVector<std::pair<double, double>> next;
    for (auto [height, count] : heights) {
      next.push_back(
          {height * double(size), count * double(c.dims[dim].extent / size)});
      if (int64_t rest = c.dims[dim].extent % size)
        next.push_back({height * double(rest), count});
    }
    heights = std::move(next);
  }
  int64_t vectors = divideCeil(c.dims[c.lane].extent, lanes);
  widths.push_back({double(tile.vectors), double(vectors / tile.vectors)});
  if (int64_t rest = vectors % tile.vectors)
    widths.push_back({double(rest), 1});
  double cycles = 0;
  for (auto [height, times] : heights)
    for (auto [width, often] : widths)
      cycles += times * often * step(height, width);
  // Rows that the tile leaves out run one by one.
  for (unsigned dim : c.rows())
    if (none_of(tile.rows, [&](auto &row) { return row.first == dim; }))
      cycles *= double(c.dims[dim].extent);
  return cycles;
}

std::vector<RegisterTileChoice>
tensorop::chooseRegisterTiles(const Contraction &c, const HardwareModel &hw,
                              unsigned count) {
  struct Ranked {
    RegisterTileChoice tile;
    double cycles, loads;
  };
  std::vector<Ranked> all;
  int64_t lanes = hw.lanes(c.bits);
  int64_t widest =
      std::min<int64_t>(divideCeil(c.dims[c.lane].extent, lanes), 8);
  for (int64_t vectors = 1; vectors <= widest; ++vectors) {
    // Accumulators, one row of the vector operand, one broadcast.
    for (int64_t height = 1;
         height * vectors + vectors + 1 <= hw.vectorRegisters; ++height) {
      RegisterTileChoice tile = spread(c, height);
      if (tile.height != height)
        continue;
      tile.vectors = vectors;
      double loads = double(height + vectors) / double(height * vectors);
      all.push_back({tile, cyclesOf(c, hw, tile), loads});
    }
  }
  // A percent of cycles is within the estimate's error.
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
