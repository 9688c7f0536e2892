//===- CacheModel.c - Set-associative caches with LRU ---------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CacheModel.h"
#include <stdlib.h>
#include <string.h>

bool tensoropAddCache(struct TensoropCaches *caches, uint64_t bytes,
                      uint64_t lineBytes, uint64_t ways) {
  if (caches->levels == tensoropMaxCacheLevels || !bytes || !ways ||
      !lineBytes || (lineBytes & (lineBytes - 1)) || ways > bytes / lineBytes ||
      bytes % (ways * lineBytes))
    return false;
  uint32_t shift = 0;
  while ((uint64_t)1 << shift < lineBytes)
    ++shift;
  if (caches->levels && caches->level[0].lineShift != shift)
    return false;
  uint64_t *lines = calloc(bytes / lineBytes, sizeof *lines);
  if (!lines)
    return false;
  struct TensoropCache cache = {.sets = bytes / lineBytes / ways,
                                .ways = (uint32_t)ways,
                                .lineShift = shift,
                                .lines = lines};
  caches->level[caches->levels++] = cache;
  return true;
}

/// Makes `line` the most recently used of its set; whether it was there.
static bool look(struct TensoropCache *cache, uint64_t line) {
  uint64_t *set = cache->lines + (line % cache->sets) * cache->ways;
  uint64_t tag = line + 1;
  ++cache->accesses;
  uint32_t at = 0;
  while (at + 1 < cache->ways && set[at] != tag)
    ++at;
  bool hit = set[at] == tag;
  cache->misses += !hit;
  memmove(set + 1, set, at * sizeof *set);
  set[0] = tag;
  return hit;
}

uint32_t tensoropAccess(struct TensoropCaches *caches, uint64_t address) {
  uint32_t level = 0;
  while (
      level < caches->levels &&
      !look(&caches->level[level], address >> caches->level[level].lineShift))
    ++level;
  return level;
}

void tensoropFreeCaches(struct TensoropCaches *caches) {
  for (uint32_t level = 0; level < caches->levels; ++level)
    free(caches->level[level].lines);
  memset(caches, 0, sizeof *caches);
}
