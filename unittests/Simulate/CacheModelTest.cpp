//===- CacheModelTest.cpp - Set-associative caches with LRU ---------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Plugin/CacheModel.h"
#include <gtest/gtest.h>

namespace {

struct Caches {
  TensoropCaches caches = {};
  ~Caches() { tensoropFreeCaches(&caches); }
  bool add(uint64_t bytes, uint64_t line, uint64_t ways) {
    return tensoropAddCache(&caches, bytes, line, ways);
  }
  uint32_t access(uint64_t address) { return tensoropAccess(&caches, address); }
  uint64_t misses(unsigned level) const { return caches.level[level].misses; }
  uint64_t accesses(unsigned level) const {
    return caches.level[level].accesses;
  }
};

TEST(CacheModel, LeastRecentlyUsedLineGoes) {
  Caches caches;
  // Two sets of two ways.
  ASSERT_TRUE(caches.add(256, 64, 2));
  EXPECT_EQ(caches.access(0), 1u);   // set 0: 0
  EXPECT_EQ(caches.access(128), 1u); // set 0: 2 0
  EXPECT_EQ(caches.access(60), 0u);  // set 0: 0 2
  EXPECT_EQ(caches.access(256), 1u); // set 0: 4 0
  EXPECT_EQ(caches.access(0), 0u);
  EXPECT_EQ(caches.access(128), 1u); // was put out
  EXPECT_EQ(caches.access(64), 1u);  // set 1
  EXPECT_EQ(caches.access(127), 0u);
  EXPECT_EQ(caches.accesses(0), 8u);
  EXPECT_EQ(caches.misses(0), 5u);
}

TEST(CacheModel, StreamsMissOncePerLine) {
  Caches caches;
  ASSERT_TRUE(caches.add(1024, 64, 4));
  ASSERT_TRUE(caches.add(8192, 64, 8));
  // 4 KiB: more than the first level, less than the second.
  for (int pass = 0; pass < 3; ++pass)
    for (uint64_t address = 0; address < 4096; address += 4)
      caches.access(address);
  EXPECT_EQ(caches.accesses(0), 3u * 1024);
  EXPECT_EQ(caches.misses(0), 3u * 64);
  EXPECT_EQ(caches.accesses(1), 3u * 64);
  EXPECT_EQ(caches.misses(1), 64u);
}

TEST(CacheModel, ConflictsNeedWays) {
  for (uint64_t ways : {1, 2, 4}) {
    Caches caches;
    ASSERT_TRUE(caches.add(4096, 64, ways));
    // Four lines of one set.
    for (int pass = 0; pass < 10; ++pass)
      for (uint64_t i = 0; i < 4; ++i)
        caches.access(i * 4096);
    EXPECT_EQ(caches.misses(0), ways == 4 ? 4u : 40u) << ways;
  }
}

TEST(CacheModel, SetsNeedNoPowerOfTwo) {
  Caches caches;
  ASSERT_TRUE(caches.add(3 * 64, 64, 1));
  EXPECT_EQ(caches.access(0), 1u);
  EXPECT_EQ(caches.access(3 * 64), 1u);
  EXPECT_EQ(caches.access(64), 1u);
  EXPECT_EQ(caches.access(4 * 64), 1u);
  EXPECT_EQ(caches.access(3 * 64), 0u);
}

TEST(CacheModel, RefusesImpossibleCaches) {
  Caches caches;
  EXPECT_FALSE(caches.add(0, 64, 1));
  EXPECT_FALSE(caches.add(1024, 64, 0));
  EXPECT_FALSE(caches.add(1024, 48, 1));
  EXPECT_FALSE(caches.add(1000, 64, 1));
  EXPECT_FALSE(caches.add(1024, 64, 32));
  ASSERT_TRUE(caches.add(1024, 64, 1));
  EXPECT_FALSE(caches.add(4096, 128, 1));
  ASSERT_TRUE(caches.add(4096, 64, 1));
  ASSERT_TRUE(caches.add(8192, 64, 1));
  ASSERT_TRUE(caches.add(8192, 64, 1));
  EXPECT_FALSE(caches.add(8192, 64, 1));
}

} // namespace
