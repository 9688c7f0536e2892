//===- ExecuteTest.cpp - The IR runs, and is right, after each step -------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Gemm.h"
#include <gtest/gtest.h>

using namespace tensorop;
using namespace tensorop::test;

/// Realises `gemm` up to each of `steps` and runs it.
static void expectRight(const Gemm &gemm,
                        std::vector<int> steps = {1, 2, 3, 4, 5}) {
  for (int step : steps) {
    Kernel kernel(gemm.payload());
    Realised realised;
    ASSERT_EQ(realise(kernel, gemm, step, realised), "") << gemm.describe();
    ASSERT_TRUE(kernel.verifies()) << gemm.describe() << " step " << step;
    EXPECT_EQ(check(kernel, gemm), "") << gemm.describe() << " step " << step;
  }
}

TEST(Execute, EveryPrefixOfTheSteps) { expectRight({}); }

TEST(Execute, EveryPrefixWithInitAndEpilogues) {
  Gemm gemm;
  gemm.fill = true;
  gemm.epilogues = 2;
  expectRight(gemm);
  gemm.lateInit = gemm.prefetch = true;
  expectRight(gemm, {4, 5});
}

TEST(Execute, FillOfAnyValue) {
  for (const char *value : {"0.0", "2.0"})
    for (bool late : {false, true})
      for (int64_t kc : {4, 64}) {
        Gemm gemm;
        gemm.fill = true;
        gemm.fillValue = value;
        gemm.lateInit = late;
        gemm.kc = kc;
        expectRight(gemm, {3, 4});
      }
}

TEST(Execute, EveryEdgePolicy) {
  for (Edge row : {Edge::Auto, Edge::Mask, Edge::Pad, Edge::Peel, Edge::Narrow})
    for (Edge column :
         {Edge::Auto, Edge::Mask, Edge::Pad, Edge::Peel, Edge::Narrow})
      for (bool packs : {false, true}) {
        Gemm gemm;
        gemm.rowEdge = row;
        gemm.columnEdge = column;
        gemm.packLhs = gemm.packRhs = packs;
        gemm.fill = true;
        gemm.epilogues = 1;
        gemm.lateInit = packs;
        expectRight(gemm, {5});
      }
}

TEST(Execute, EverySmallExtent) {
  for (int64_t m : {1, 5, 6, 7, 12, 14})
    for (int64_t n : {1, 3, 4, 8, 9, 17})
      for (int64_t k : {1, 4, 8, 9}) {
        Gemm gemm;
        gemm.m = m;
        gemm.n = n;
        gemm.k = k;
        gemm.fill = gemm.lateInit = (m + n + k) % 2;
        gemm.packLhs = (m + n) % 3;
        gemm.packRhs = (n + k) % 3;
        expectRight(gemm, {5});
      }
}

TEST(Execute, EveryElementType) {
  for (const char *type : {"f32", "f64", "i32", "i8"}) {
    Gemm gemm;
    gemm.type = type;
    gemm.fill = true;
    gemm.epilogues = 2;
    expectRight(gemm, {2, 4, 5});
    gemm.packLhs = gemm.packRhs = false;
    gemm.lateInit = true;
    expectRight(gemm, {5});
  }
}

TEST(Execute, BatchAndTransposedOperands) {
  for (int64_t batch : {0, 3})
    for (int transposed = 0; transposed < 4; ++transposed) {
      Gemm gemm;
      gemm.batch = batch;
      gemm.transposeLhs = transposed & 1;
      gemm.transposeRhs = transposed & 2;
      gemm.fill = true;
      gemm.epilogues = 1;
      expectRight(gemm, {1, 2, 5});
    }
}

TEST(Execute, PlacesOutsideOfOtherLoops) {
  // The packed copy holds all of k, the op reads it block by block.
  for (bool transposed : {false, true}) {
    Gemm gemm;
    gemm.packRhsAtCall = true;
    gemm.transposeRhs = transposed;
    gemm.k = 20;
    expectRight(gemm, {2, 5});
  }
}

TEST(Execute, WholeBlocksOfTheReduction) {
  // The last block of k is as long as the others.
  for (bool late : {false, true}) {
    Gemm gemm;
    gemm.k = 16;
    gemm.fill = true;
    gemm.epilogues = 2;
    gemm.lateInit = late;
    expectRight(gemm, {3, 4, 5});
  }
}

TEST(Execute, SeveralRemainders) {
  // Rows: 13 = 10 + 3, 10 = 6 + 4; columns: 19 = 12 + 7, 12 = 8 + 4. Which
  // remainder it is shows at run time only.
  for (Edge edge :
       {Edge::Auto, Edge::Mask, Edge::Pad, Edge::Peel, Edge::Narrow}) {
    Gemm gemm;
    gemm.mc = 10;
    gemm.nc = 12;
    gemm.rowEdge = gemm.columnEdge = edge;
    gemm.packLhs = gemm.packRhs = false;
    gemm.fill = true;
    gemm.epilogues = 2;
    expectRight(gemm, {5});
    gemm.lateInit = true;
    expectRight(gemm, {5});
  }
}

TEST(Execute, SumsInEitherOrder) {
  Gemm gemm;
  gemm.productFirst = true;
  expectRight(gemm, {4});
  gemm.lateInit = true;
  expectRight(gemm, {4});
}

TEST(Execute, PanelsOfEveryWidth) {
  // Less than, equal to, and more than a vector, not a multiple of it.
  for (int64_t mr : {1, 3, 4, 7, 10})
    for (int64_t k : {3, 4, 21}) {
      Gemm gemm;
      gemm.mr = mr;
      gemm.mc = 2 * mr;
      gemm.kc = 9;
      gemm.k = k;
      expectRight(gemm, {2, 5});
    }
}
