//===- ElementTypeTest.cpp - Number formats -------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Runtime/ElementType.h"
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

using namespace tensorop;
using namespace tensorop::runtime;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double roundTrip(ElementType type, double value) {
  char memory[8];
  storeDouble(type, memory, 0, value);
  return loadAsDouble(type, memory, 0);
}

TEST(ElementType, NamesRoundTrip) {
  for (ElementType type :
       {ElementType::F16, ElementType::BF16, ElementType::F32, ElementType::F64,
        ElementType::I1, ElementType::I8, ElementType::I16, ElementType::I32,
        ElementType::I64, ElementType::Index})
    EXPECT_EQ(parseElementType(getName(type)), type);
  EXPECT_FALSE(parseElementType("f8"));
  EXPECT_FALSE(parseElementType(""));
}

TEST(ElementType, EveryHalfSurvivesARoundTrip) {
  for (ElementType type : {ElementType::F16, ElementType::BF16})
    for (int bits = 0; bits < 0x10000; ++bits) {
      auto in = static_cast<uint16_t>(bits), out = uint16_t(0);
      double value = loadAsDouble(type, &in, 0);
      storeDouble(type, &out, 0, value);
      if (std::isnan(value))
        EXPECT_TRUE(std::isnan(loadAsDouble(type, &out, 0)));
      else
        ASSERT_EQ(in, out) << value;
    }
}

TEST(ElementType, KnownHalfValues) {
  uint16_t bits = 0;
  storeDouble(ElementType::F16, &bits, 0, 1);
  EXPECT_EQ(bits, 0x3c00);
  storeDouble(ElementType::F16, &bits, 0, -2);
  EXPECT_EQ(bits, 0xc000);
  storeDouble(ElementType::F16, &bits, 0, 65504);
  EXPECT_EQ(bits, 0x7bff);
  storeDouble(ElementType::BF16, &bits, 0, 1);
  EXPECT_EQ(bits, 0x3f80);
  storeDouble(ElementType::F16, &bits, 0, std::ldexp(1, -24));
  EXPECT_EQ(bits, 1);
}

TEST(ElementType, HalfRoundsToNearestEven) {
  EXPECT_EQ(roundTrip(ElementType::F16, 2049), 2048);
  EXPECT_EQ(roundTrip(ElementType::F16, 2051), 2052);
  // Beyond the largest number by half a unit: infinity.
  EXPECT_EQ(roundTrip(ElementType::F16, 65519), 65504);
  EXPECT_EQ(roundTrip(ElementType::F16, 65520), infinity);
  EXPECT_EQ(roundTrip(ElementType::F16, -1e300), -infinity);
  // Half of the smallest subnormal goes to even, which is zero.
  EXPECT_EQ(roundTrip(ElementType::F16, std::ldexp(1, -25)), 0);
  EXPECT_TRUE(std::signbit(roundTrip(ElementType::F16, -0.0)));
  // No double rounding by way of f32.
  EXPECT_EQ(
      roundTrip(ElementType::BF16, 1 + std::ldexp(1, -8) + std::ldexp(1, -40)),
      1 + std::ldexp(1, -7));
}

TEST(ElementType, UlpAndRoundoffAgreeWithTheFormat) {
  EXPECT_EQ(getUlp(ElementType::F32, 1), std::ldexp(1, -23));
  EXPECT_EQ(getUlp(ElementType::F32, -3), std::ldexp(1, -22));
  EXPECT_EQ(getUlp(ElementType::F32, 0),
            std::numeric_limits<float>::denorm_min());
  EXPECT_EQ(getUlp(ElementType::F64, 1),
            std::numeric_limits<double>::epsilon());
  EXPECT_EQ(getUnitRoundoff(ElementType::BF16), std::ldexp(1, -8));
  EXPECT_EQ(getLargest(ElementType::F32), std::numeric_limits<float>::max());
  EXPECT_EQ(getLargest(ElementType::F16), 65504);
  EXPECT_EQ(getUlp(ElementType::I32, 5), 0);
}

TEST(ElementType, IntegersKeepTheirSign) {
  for (ElementType type : {ElementType::I8, ElementType::I16, ElementType::I32,
                           ElementType::I64, ElementType::Index}) {
    char memory[8];
    storeInt(type, memory, 0, -5);
    EXPECT_EQ(loadAsInt(type, memory, 0), -5);
  }
  char memory[8];
  storeInt(ElementType::I1, memory, 0, 1);
  EXPECT_EQ(loadAsInt(ElementType::I1, memory, 0), 1);
}

} // namespace
