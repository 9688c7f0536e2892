//===- AblationTest.cpp - A plan with one thing left out ------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Tuner/Ablation.h"
#include "Kernels.h"
#include "gtest/gtest.h"
#include <set>

using namespace tensorop;
using namespace tensorop::model;

namespace {

SearchSpace spaceOf(const KernelInfo &kernel, const char *target,
                    SearchSpaceOptions options = {}) {
  HardwareModel hw = machine(target);
  return llvm::cantFail(SearchSpace::create(
      kernel, hw, proposeLegal(kernel, hw, 1, target), 1, options));
}

/// The legal point of a structure made by two moves, for whose first move alone
/// there is a structure too.
SearchPoint moved(const SearchSpace &space) {
  for (auto [number, structure] : llvm::enumerate(space.structures()))
    if (structure.what.find(", ") != std::string::npos)
      if (auto point = space.nearest(unsigned(number), structure.plan.seed()))
        return *point;
  ADD_FAILURE() << "no structure of two moves";
  return space.start();
}

TEST(Ablation, LeavesOutEachStepOnce) {
  for (const char *target : {"znver4", "x86-64-v3", "spacemit-x60"}) {
    SearchSpace space = spaceOf(gemm(512, 512, 512), target);
    for (const SearchPoint &point : {space.start(), moved(space)}) {
      std::vector<Step> steps =
          space.structures()[point.structure].plan.closedSteps(point.values);
      std::vector<Ablation> parts = ablationsOf(space, point);
      size_t next = 0;
      for (const Ablation &part : parts)
        if (part.kind == Ablation::Kind::Step) {
          ASSERT_LT(next, steps.size());
          EXPECT_EQ(part.what, steps[next++].str());
        }
      EXPECT_EQ(next, steps.size());
    }
  }
}

TEST(Ablation, GivesDifferentPlansOrTheRule) {
  SearchSpace space = spaceOf(gemm(512, 512, 512), "znver4");
  for (const SearchPoint &point : {space.start(), moved(space)}) {
    unsigned refused = 0, legal = 0;
    std::set<std::string> bodies;
    auto bodyOf = [](const std::string &plan) {
      return plan.substr(plan.find("{\n"));
    };
    bodies.insert(bodyOf(space.planOf(point).str()));
    for (const Ablation &part : ablationsOf(space, point)) {
      EXPECT_EQ(part.plan.empty(), !part.diagnostic.empty()) << part.what;
      refused += part.plan.empty();
      legal += !part.plan.empty();
      if (!part.plan.empty())
        EXPECT_TRUE(bodies.insert(bodyOf(part.plan)).second) << part.plan;
    }
    EXPECT_GT(refused, 0u) << "the loops of the register tile are needed";
    EXPECT_GT(legal, 0u) << "unrolling is not";
  }
}

TEST(Ablation, SaysWhichRuleNeedsAStep) {
  SearchSpace space = spaceOf(gemm(512, 512, 512), "znver4");
  bool found = false;
  for (const Ablation &part : ablationsOf(space, space.start()))
    if (part.what == "tile [kk: k = 1]") {
      found = true;
      EXPECT_EQ(part.diagnostic.rfind("S-NAME: ", 0), 0u) << part.diagnostic;
    }
  EXPECT_TRUE(found);
}

TEST(Ablation, ResetsParametersToTheSeed) {
  SearchSpace space = spaceOf(gemm(512, 512, 512), "znver4");
  SearchPoint start = space.start();
  for (const Ablation &part : ablationsOf(space, start))
    EXPECT_NE(part.kind, Ablation::Kind::Parameter) << part.what;
  Random random(3);
  unsigned checked = 0;
  for (int i = 0; i < 20; ++i) {
    auto point = space.sample(0, {}, random);
    ASSERT_TRUE(point);
    std::set<std::string> expected, got;
    for (const auto &[name, value] : point->values)
      if (value != start.values.at(name))
        expected.insert(name + " = " + std::to_string(start.values.at(name)) +
                        ", not " + std::to_string(value));
    for (const Ablation &part : ablationsOf(space, *point))
      if (part.kind == Ablation::Kind::Parameter)
        got.insert(part.what);
    // A parameter that changes nothing in the plan is no part.
    EXPECT_TRUE(std::includes(expected.begin(), expected.end(), got.begin(),
                              got.end()));
    checked += got.size();
  }
  EXPECT_GT(checked, 20u);
}

TEST(Ablation, UndoesMoves) {
  SearchSpace space = spaceOf(gemm(512, 512, 512), "znver4");
  SearchPoint point = moved(space);
  const std::string &what = space.structures()[point.structure].what;
  unsigned moves = 0;
  for (const Ablation &part : ablationsOf(space, point))
    if (part.kind == Ablation::Kind::Move) {
      ++moves;
      EXPECT_NE(what.find(part.what), std::string::npos) << part.what;
    }
  EXPECT_GT(moves, 0u) << what;
}

TEST(Ablation, MovesWithoutTheOthersMayBeOutsideTheSpace) {
  // Of some space of two moves, the second one alone was not reached.
  for (unsigned most = 8; most <= 64; most *= 2) {
    SearchSpaceOptions options;
    options.depth = 2;
    options.maxStructures = most;
    SearchSpace space = spaceOf(gemm(512, 512, 512), "znver4", options);
    std::set<std::string> names;
    for (const SearchSpace::Structure &one : space.structures())
      names.insert(one.what);
    for (auto [number, structure] : llvm::enumerate(space.structures())) {
      size_t comma = structure.what.find(", ");
      if (comma == std::string::npos ||
          names.count(structure.what.substr(comma + 2)))
        continue;
      auto point = space.nearest(unsigned(number), structure.plan.seed());
      if (!point)
        continue;
      bool said = false;
      for (const Ablation &part : ablationsOf(space, *point))
        said |= part.diagnostic ==
                "the space has no structure with the other moves alone";
      EXPECT_TRUE(said) << structure.what;
      return;
    }
  }
  FAIL() << "each second move is a structure of its own";
}

} // namespace
