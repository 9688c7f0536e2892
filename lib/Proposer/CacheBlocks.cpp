//===- CacheBlocks.cpp - Sizes of cache blocks ----------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CacheBlocks.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>

using namespace llvm;
using namespace tensorop;

/// Ways of a cache; a cache that does not tell has as many as is usual.
static int64_t waysOf(const CacheLevel &cache) {
  return cache.ways > 0 ? cache.ways : 8;
}

int64_t tensorop::reductionBlock(const HardwareModel &hw, int64_t height,
                                 int64_t width, int64_t bits) {
  if (hw.caches.empty())
    return 256;
  const CacheLevel &l1 = hw.caches.front();
  int64_t ways = waysOf(l1), way = l1.bytes / ways;
  // One way is left for the output; of the others, the passing panel gets its
  // share, at least one.
  int64_t passing =
      std::max<int64_t>(1, (ways - 1) * height / (height + width));
  return std::max<int64_t>(1, passing * way * 8 / (height * bits));
}

int64_t tensorop::rowBlock(const HardwareModel &hw, int64_t steps,
                           int64_t width, int64_t bits) {
  if (hw.caches.size() < 2)
    return 128;
  const CacheLevel &l2 = hw.caches[1];
  int64_t ways = waysOf(l2), way = l2.bytes / ways;
  // One way for the output, and those of the passing panel.
  int64_t passing = divideCeil(steps * width * bits / 8, way);
  int64_t kept = std::max<int64_t>(1, ways - 1 - passing);
  return std::max<int64_t>(1, kept * way * 8 / (steps * bits));
}

int64_t tensorop::columnBlock(const HardwareModel &hw, int64_t steps,
                              int64_t bits, int64_t full) {
  if (hw.caches.size() < 3)
    return full;
  const CacheLevel &l3 = hw.caches.back();
  // Half of it: other cores and the rows' blocks have the rest.
  int64_t bytes = std::max<int64_t>(
      l3.bytes / 2 / std::min<int64_t>(l3.sharedBy, 4), hw.caches[1].bytes);
  return std::max<int64_t>(1, bytes * 8 / (steps * bits));
}

int64_t tensorop::evenBlock(int64_t extent, int64_t limit, int64_t unit,
                            int64_t threads) {
  limit = std::max(limit, unit);
  if (limit >= extent && threads == 1)
    return extent;
  limit = limit / unit * unit;
  int64_t blocks = alignTo(divideCeil(extent, limit), threads);
  return alignTo(divideCeil(extent, blocks), unit);
}
