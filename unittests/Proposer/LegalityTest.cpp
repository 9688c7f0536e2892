//===- LegalityTest.cpp - Whatever is proposed is legal -------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"
#include "TensorOp/Hardware/Catalogue.h"
#include "gtest/gtest.h"
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <random>

using namespace tensorop;
using namespace tensorop::model;

namespace {

constexpr std::pair<const char *, const char *> narrowTypes[] = {
    {"bf16", "f32"}, {"f16", "f32"}, {"i8", "i32"},
    {"i16", "i32"},  {"i32", "i32"}, {"i16", "i64"}};

struct Form {
  const char *dims, *lhs, *rhs, *out;
};
constexpr Form forms[] = {{"mnk", "mk", "kn", "mn"},
                          {"mnk", "km", "kn", "mn"},
                          {"mnk", "mk", "nk", "mn"},
                          {"mnk", "km", "nk", "mn"},
                          {"mnk", "mk", "kn", "nm"},
                          {"bmnk", "bmk", "bkn", "bmn"},
                          {"bmnk", "bmk", "bnk", "bmn"},
                          {"bmnk", "bmk", "bkn", "mn"},
                          {"mk", "mk", "k", "m"},
                          {"nk", "k", "kn", "n"},
                          {"k", "k", "k", ""},
                          {"bmk", "bmk", "bk", "bm"},
                          {"kl", "kl", "lk", ""},
                          {"mnkl", "mkl", "nlk", "mn"},
                          {"bhmnk", "bhmk", "bhnk", "bhmn"},
                          {"abmnkl", "abkml", "kbnl", "abmn"}};

/// Letters and extents, for messages.
std::string describe(const Form &form, llvm::ArrayRef<int64_t> extents) {
  std::string what = std::string(form.lhs) + "," + form.rhs + "->" + form.out;
  for (int64_t extent : extents)
    what += " " + std::to_string(extent);
  return what;
}

/// Whether the machine has an instruction for these types that becomes code.
bool multiplies(const HardwareModel &hw, const char *input, const char *sum) {
  return llvm::any_of(hw.instructions, [&](const InstructionClass &one) {
    return lowersInstruction(hw, one) &&
           llvm::is_contained(one.types,
                              std::pair<std::string, std::string>(input, sum));
  });
}

bool isFullTier() {
  const char *tier = std::getenv("TENSOROP_TEST_TIER");
  return tier && std::string(tier) == "full";
}

/// A target as the name of a test.
std::string nameOf(const ::testing::TestParamInfo<const char *> &info) {
  std::string name = info.param;
  for (char &c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)))
      c = '_';
  return name;
}

void checkGemmsOfAllSizes(const char *target, int number) {
  HardwareModel hw = machine(target);
  std::mt19937 random(11);
  // As many small sizes as large ones.
  std::uniform_real_distribution<double> exponent(0, std::log2(20000.0));
  auto size = [&] { return int64_t(std::exp2(exponent(random))); };
  for (int i = 0; i < number && !::testing::Test::HasFailure(); ++i) {
    int64_t m = size(), n = size(), k = size();
    KernelInfo kernel = gemm(m, n, k, i % 3 ? "f32" : "f64");
    proposeLegal(kernel, hw, 1 + i % 3, describe(forms[0], {m, n, k}));
  }
}

void checkAllForms(const char *target, int number) {
  HardwareModel hw = machine(target);
  std::mt19937 random(13);
  std::uniform_real_distribution<double> exponent(0, 9);
  for (int i = 0; i < number && !::testing::Test::HasFailure(); ++i) {
    const Form &form = forms[i % std::size(forms)];
    std::vector<int64_t> extents;
    for (unsigned d = 0; d < llvm::StringRef(form.dims).size(); ++d)
      extents.push_back(int64_t(std::exp2(exponent(random))));
    bool consumer = i % 2;
    KernelInfo kernel = contraction(form.dims, extents, form.lhs, form.rhs,
                                    form.out, i % 5 ? "f32" : "f64", consumer);
    std::string what = describe(form, extents);
    Proposal plan = proposeLegal(kernel, hw, 1 + i % 4, what);
    // Without a loop around it there is no place to fuse into.
    bool hasPlace = !llvm::StringRef(form.out).empty();
    EXPECT_EQ(consumer && hasPlace, plan.header.with.size() == 1) << what;
  }
}

void checkNarrowTypes(const char *target, int number) {
  HardwareModel hw = machine(target);
  std::mt19937 random(17);
  std::uniform_real_distribution<double> exponent(0, 9);
  for (int i = 0; i < number && !::testing::Test::HasFailure(); ++i) {
    const Form &form = forms[i % std::size(forms)];
    auto [input, sum] = narrowTypes[i % std::size(narrowTypes)];
    // What no instruction of the machine multiplies has no plan.
    if (sum[0] == 'f' && !multiplies(hw, input, sum))
      continue;
    std::vector<int64_t> extents;
    for (unsigned d = 0; d < llvm::StringRef(form.dims).size(); ++d)
      extents.push_back(int64_t(std::exp2(exponent(random))));
    KernelInfo kernel =
        withTypes(contraction(form.dims, extents, form.lhs, form.rhs, form.out),
                  input, sum);
    kernel.ops[0].operands[0].isUnsigned = i % 3 == 1;
    kernel.ops[0].operands[1].isUnsigned = i % 4 == 1;
    Proposal plan =
        proposeLegal(kernel, hw, 1, describe(form, extents) + " of " + input);
    for (const Proposal::ReasonedStep &step : plan.steps)
      if (const auto *tile = std::get_if<VectorizeStep>(&step.step.body);
          tile && tile->instr != "vector") {
        const InstructionClass *instruction = hw.instruction(tile->instr);
        ASSERT_TRUE(instruction) << plan.str();
        EXPECT_TRUE(lowersInstruction(hw, *instruction)) << plan.str();
      }
  }
}

class AnalyticProposal : public ::testing::TestWithParam<const char *> {};

TEST_P(AnalyticProposal, IsLegalForGemmsOfAllSizes) {
  checkGemmsOfAllSizes(GetParam(), isFullTier() ? 4000 : 300);
}

TEST_P(AnalyticProposal, IsLegalForAllForms) {
  checkAllForms(GetParam(), isFullTier() ? 2000 : 150);
}

TEST_P(AnalyticProposal, IsLegalForNarrowTypes) {
  checkNarrowTypes(GetParam(), isFullTier() ? 2000 : 150);
}

INSTANTIATE_TEST_SUITE_P(Machines, AnalyticProposal,
                         ::testing::ValuesIn(machines), nameOf);

/// RISC-V and ARM: fewer samples, the rules are the same.
class OtherVectors : public ::testing::TestWithParam<const char *> {};

TEST_P(OtherVectors, PlansAreLegalForGemmsOfAllSizes) {
  checkGemmsOfAllSizes(GetParam(), isFullTier() ? 2000 : 100);
}

TEST_P(OtherVectors, PlansAreLegalForAllForms) {
  checkAllForms(GetParam(), isFullTier() ? 1000 : 64);
}

TEST_P(OtherVectors, PlansAreLegalForNarrowTypes) {
  checkNarrowTypes(GetParam(), isFullTier() ? 1000 : 96);
}

INSTANTIATE_TEST_SUITE_P(Machines, OtherVectors,
                         ::testing::Values("spacemit-x60", "cortex-a55",
                                           "sve:vlen=256"),
                         nameOf);

} // namespace
