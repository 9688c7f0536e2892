//===- GeneratorsTest.cpp - Inputs made from a seed -----------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Runtime/Generators.h"
#include "TestBundle.h"
#include <cmath>
#include <set>

using namespace tensorop;
using namespace tensorop::runtime;

namespace {

TEST(Generators, AreDiagnosed) {
  ElementType f32 = ElementType::F32, i8 = ElementType::I8;
  EXPECT_TRUE(checkGenerator("", f32).ok());
  EXPECT_TRUE(checkGenerator("normal(1, 2)", f32).ok());
  EXPECT_FAILURE(checkGenerator("gauss", f32),
                 "generator 'gauss': unknown; known are normal, uniform");
  EXPECT_FAILURE(checkGenerator("normal(1)", f32),
                 "takes 0 or 2 arguments, but has 1");
  EXPECT_FAILURE(checkGenerator("constant", f32),
                 "takes 1 arguments, but has 0");
  EXPECT_FAILURE(checkGenerator("uniform(1,x)", f32), "'x' is not a number");
  EXPECT_FAILURE(checkGenerator("uniform(1,2", f32), "')' is missing");
  EXPECT_FAILURE(checkGenerator("uniform(2,1)", f32), "low end is above");
  EXPECT_FAILURE(checkGenerator("integers(0,300)", i8),
                 "whole numbers from -128 to 127 for i8");
}

TEST(Generators, SpecialValuesHaveAllKinds) {
  for (ElementType type : {ElementType::F16, ElementType::BF16,
                           ElementType::F32, ElementType::F64}) {
    std::string name(getName(type));
    Result<Buffer> buffer = Buffer::allocate(type, {40, 40});
    ASSERT_TRUE(generate("special", 1, *buffer).ok());
    int nans = 0, up = 0, down = 0, zeros = 0, negative = 0, subnormal = 0,
        largest = 0;
    double normal = getUlp(type, 0) / getUnitRoundoff(type) / 2;
    for (int64_t i = 0; i < 1600; ++i) {
      double value = loadAsDouble(type, buffer->data(), i);
      nans += std::isnan(value);
      up += value == INFINITY;
      down += value == -INFINITY;
      (std::signbit(value) ? negative : zeros) += value == 0;
      subnormal += value != 0 && std::fabs(value) < normal;
      largest += std::fabs(value) == getLargest(type);
    }
    for (int count : {nans, up, down})
      EXPECT_EQ(count, 1) << name;
    EXPECT_EQ(largest, 2) << name;
    EXPECT_GT(zeros, 1) << name;
    EXPECT_GT(negative, 1) << name;
    EXPECT_EQ(subnormal > 1, type != ElementType::BF16) << name;
  }
  // A matrix of few rows has as few that are spoilt.
  Result<Buffer> narrow = Buffer::allocate(ElementType::F32, {7, 1000});
  ASSERT_TRUE(generate("special", 1, *narrow).ok());
  int wild = 0;
  for (int64_t i = 0; i < 7000; ++i)
    wild += !(std::fabs(loadAsDouble(ElementType::F32, narrow->data(), i)) <
              getLargest(ElementType::F32));
  EXPECT_EQ(wild, 1);
  Result<Buffer> integers = Buffer::allocate(ElementType::I8, {64});
  ASSERT_TRUE(generate("special", 1, *integers).ok());
  std::set<int64_t> values;
  for (int64_t i = 0; i < 64; ++i)
    values.insert(loadAsInt(ElementType::I8, integers->data(), i));
  EXPECT_TRUE(values.count(-128) && values.count(127) && values.count(0));
}

TEST(Generators, StayInTheirRange) {
  Result<Buffer> buffer = Buffer::allocate(ElementType::I64, {1000});
  ASSERT_TRUE(generate("integers(3, 5)", 1, *buffer).ok());
  int64_t sum = 0;
  for (int64_t i = 0; i < 1000; ++i) {
    int64_t value = loadAsInt(ElementType::I64, buffer->data(), i);
    ASSERT_GE(value, 3);
    ASSERT_LE(value, 5);
    sum += value;
  }
  EXPECT_NEAR(sum / 1000.0, 4, 0.1);
  Result<Buffer> normal = Buffer::allocate(ElementType::F32, {10000});
  ASSERT_TRUE(generate("", 1, *normal).ok());
  double mean = 0, square = 0;
  for (int64_t i = 0; i < 10000; ++i) {
    double value = loadAsDouble(ElementType::F32, normal->data(), i);
    mean += value / 10000;
    square += value * value / 10000;
  }
  EXPECT_NEAR(mean, 0, 0.05);
  EXPECT_NEAR(square, 1, 0.05);
}

} // namespace
