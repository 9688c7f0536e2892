//===- KeysTest.cpp - What makes two kernels or machines the same ---------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Database/Keys.h"
#include "TensorOp/Database/Database.h"
#include "TensorOp/Hardware/HardwareModel.h"
#include "TensorOp/Model/KernelInfo.h"
#include "gtest/gtest.h"

using namespace tensorop;
using namespace tensorop::database;
using namespace tensorop::model;

namespace {

OperandInfo operand(const char *name, std::initializer_list<unsigned> dims) {
  OperandInfo result;
  result.name = name;
  for (unsigned dim : dims)
    result.access.push_back(Access::dim(dim));
  result.isOutput = result.name == "out";
  return result;
}

/// C = A * B, then a bias along the columns.
KernelInfo productWithBias(int64_t m, int64_t n, int64_t k) {
  KernelInfo kernel;
  kernel.name = "f";
  OpInfo mm;
  mm.name = "mm";
  mm.extents = {m, n, k};
  mm.iterators = {IteratorKind::Parallel, IteratorKind::Parallel,
                  IteratorKind::Reduction};
  mm.operands = {operand("lhs", {0, 2}), operand("rhs", {2, 1}),
                 operand("out", {0, 1})};
  mm.body = BodyClass::Contraction;
  mm.flopsPerPoint = 2;
  OpInfo bias;
  bias.name = "bias";
  bias.extents = {m, n};
  bias.iterators = {IteratorKind::Parallel, IteratorKind::Parallel};
  bias.operands = {operand("in0", {0, 1}), operand("in1", {1}),
                   operand("out", {0, 1})};
  bias.operands[0].producer = "mm";
  bias.body = BodyClass::Elementwise;
  kernel.ops = {mm, bias};
  return kernel;
}

TEST(Keys, DescriptionHasNoNamesAndNoExtents) {
  KernelInfo kernel = productWithBias(3, 5, 7);
  EXPECT_EQ("%0 = contraction(d0, d1, reduce d2) float f32 2\n"
            "  lhs f32 [d0, d2]\n"
            "  rhs f32 [d2, d1]\n"
            "  out f32 [d0, d1]\n"
            "%1 = elementwise(d0, d1) float f32 1\n"
            "  in0 f32 [d0, d1] of %0\n"
            "  in1 f32 [d1]\n"
            "  out f32 [d0, d1]\n",
            describeOps(kernel));
  EXPECT_EQ((std::vector<int64_t>{3, 5, 7}), extentsOf(kernel));
  EXPECT_EQ((std::vector<std::string>{"mm", "bias"}), opNamesOf(kernel));
  KernelInfo other = productWithBias(30, 50, 70);
  other.name = "g";
  other.ops[0].name = "product";
  other.ops[1].name = "shift";
  other.ops[1].operands[0].producer = "product";
  EXPECT_EQ(fingerprintOf(kernel), fingerprintOf(other));
  EXPECT_EQ(32u, fingerprintOf(kernel).size());
}

TEST(Keys, EveryFactThatAPlanSeesCounts) {
  KernelInfo base = productWithBias(3, 5, 7);
  std::vector<std::string> seen = {fingerprintOf(base)};
  auto differs = [&](const char *what, auto change) {
    KernelInfo kernel = base;
    change(kernel);
    std::string fingerprint = fingerprintOf(kernel);
    for (const std::string &other : seen)
      EXPECT_NE(other, fingerprint) << what;
    seen.push_back(fingerprint);
  };
  differs("body", [](KernelInfo &k) { k.ops[1].body = BodyClass::Other; });
  differs("iterator", [](KernelInfo &k) {
    k.ops[0].iterators[0] = IteratorKind::Reduction;
  });
  differs("type", [](KernelInfo &k) { k.ops[0].operands[0].type = "f16"; });
  differs("sum", [](KernelInfo &k) { k.ops[0].accType = "f64"; });
  differs("integer", [](KernelInfo &k) { k.ops[0].isFloat = false; });
  differs("unsigned",
          [](KernelInfo &k) { k.ops[0].operands[1].isUnsigned = true; });
  differs("transposed", [](KernelInfo &k) {
    std::swap(k.ops[0].operands[1].access[0], k.ops[0].operands[1].access[1]);
  });
  differs("stride", [](KernelInfo &k) {
    k.ops[0].operands[0].access[0].terms[0].second = 2;
  });
  differs("window", [](KernelInfo &k) {
    k.ops[0].operands[0].access[0].terms.push_back({2, 1});
  });
  differs("offset",
          [](KernelInfo &k) { k.ops[0].operands[0].access[0].constant = 1; });
  differs("groups", [](KernelInfo &k) {
    k.ops[0].operands[0].access[0].affine = false;
    k.ops[0].operands[0].access[0].divisor = 32;
  });
  differs("gather", [](KernelInfo &k) {
    k.ops[0].operands[0].access[0].affine = false;
    k.ops[0].operands[0].access[0].reason = "tensor.extract";
  });
  differs("producer",
          [](KernelInfo &k) { k.ops[1].operands[0].producer = ""; });
  differs("scalar",
          [](KernelInfo &k) { k.ops[1].scalarOnly = "linalg.index"; });
  differs("flops", [](KernelInfo &k) { k.ops[1].flopsPerPoint = 9; });
  differs("one op", [](KernelInfo &k) { k.ops.pop_back(); });
}

TEST(Keys, DimensionsThatNobodySharesHaveTheirOwnNumbers) {
  KernelInfo kernel = productWithBias(3, 5, 7);
  kernel.ops[1].operands[0].producer = "";
  EXPECT_EQ((std::vector<int64_t>{3, 5, 7, 3, 5}), extentsOf(kernel));
  kernel.ops[1].extents[0] = std::nullopt;
  EXPECT_EQ((std::vector<int64_t>{3, 5, 7, -1, 5}), extentsOf(kernel));
}

TEST(Keys, MachineHash) {
  HardwareModel machine;
  machine.name = "a";
  std::string hash = machineHashOf(machine);
  EXPECT_EQ(32u, hash.size());
  machine.name = "b";
  machine.source = "elsewhere";
  machine.peaks.f32Flops = 1e11;
  EXPECT_EQ(hash, machineHashOf(machine));
  machine.vectorRegisters = 32;
  EXPECT_NE(hash, machineHashOf(machine));
}

TEST(Keys, HashOfTexts) {
  // XXH3's own figure for the empty text.
  EXPECT_EQ("99aa06d3014798d86001c324468d497f", hashOf(""));
  EXPECT_NE(hashOf("a"), hashOf("b"));
}
} // namespace
