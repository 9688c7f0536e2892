//===- AlikeMovesTest.cpp - How far elements of like values move ----------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AlikeMoves.h"
#include "gtest/gtest.h"
#include <cmath>
#include <limits>

using namespace tensorop::runtime;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(AlikeMoves, FewSayNothing) {
  EXPECT_EQ(AlikeMoves({}).get(0), infinity);
  std::vector<AlikeMoves::Element> elements(63, {1, 0.5});
  EXPECT_EQ(AlikeMoves(elements).get(1), infinity);
  elements.push_back({1, 0.5});
  EXPECT_EQ(AlikeMoves(elements).get(1), 0.5);
}

TEST(AlikeMoves, FollowTheValue) {
  // In another order than that of the values; what is left after the last 64
  // counts with those before.
  std::vector<AlikeMoves::Element> elements;
  for (int i = 0; i < 1000; ++i)
    elements.push_back(
        {double(i * 7 % 1000) - 500, std::fabs(i * 7 % 1000 - 500.0) / 100});
  AlikeMoves moves(elements);
  for (double value : {-500, -350, -100, 0, 100, 350, 499})
    EXPECT_NEAR(moves.get(value), std::fabs(value) / 100, 0.64) << value;
}

/// One in 32 may move without the others.
TEST(AlikeMoves, OfOneValue) {
  for (int moved : {6, 20}) {
    std::vector<AlikeMoves::Element> elements;
    for (int i = 0; i < 320; ++i) {
      elements.push_back({1, i < moved ? 0.5 : 0});
      if (i < 10)
        elements.push_back({0.9 + i * 0.01, 0.7});
    }
    AlikeMoves moves(elements);
    EXPECT_EQ(moves.get(1), moved < 10 ? 0 : 0.5);
    // Those beside it are too few, and it is not alike.
    EXPECT_EQ(moves.get(0.95), infinity);
  }
}

TEST(AlikeMoves, MayBeInfinite) {
  std::vector<AlikeMoves::Element> elements(100, {2, infinity});
  EXPECT_EQ(AlikeMoves(elements).get(2), infinity);
}

} // namespace
