//===- CacheModel.h - Set-associative caches with LRU -----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A hierarchy of data caches as a sequence of levels: a line that a level does
// not have is looked for in the next one and put into each on its way. Stores
// allocate like loads; what is written back on eviction is not counted. Plain
// C: the emulator's plugin holds it, too.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_SIMULATE_PLUGIN_CACHEMODEL_H
#define TENSOROP_LIB_SIMULATE_PLUGIN_CACHEMODEL_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { tensoropMaxCacheLevels = 4 };

struct TensoropCache {
  uint64_t sets;
  uint32_t ways;
  uint32_t lineShift;
  uint64_t accesses, misses;
  /// Per set, most recently used first: line number plus 1; 0 is empty.
  uint64_t *lines;
};

struct TensoropCaches {
  uint32_t levels;
  struct TensoropCache level[tensoropMaxCacheLevels];
};

/// Adds the next level outwards. False, and nothing is added, when there are
/// too many levels, `lineBytes` is no power of two or differs from that of the
/// level inside it, `bytes` is no multiple of `ways * lineBytes`, or memory is
/// exhausted.
bool tensoropAddCache(struct TensoropCaches *caches, uint64_t bytes,
                      uint64_t lineBytes, uint64_t ways);

/// One access to the line that holds `address`. Returns the number of levels
/// that did not have it: 0 is a hit in the first.
uint32_t tensoropAccess(struct TensoropCaches *caches, uint64_t address);

void tensoropFreeCaches(struct TensoropCaches *caches);

#ifdef __cplusplus
}
#endif

#endif // TENSOROP_LIB_SIMULATE_PLUGIN_CACHEMODEL_H
