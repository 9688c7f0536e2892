//===- SearchSpaceTest.cpp - The plans that a search chooses from ---------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Tuner/SearchSpace.h"
#include "Kernels.h"
#include "TensorOp/Model/Moves.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace tensorop;
using namespace tensorop::model;

namespace {

SearchSpace spaceOf(const KernelInfo &kernel, const char *target,
                    int64_t threads = 1) {
  HardwareModel hw = machine(target);
  Proposal seed = proposeLegal(kernel, hw, threads, target);
  return llvm::cantFail(SearchSpace::create(kernel, hw, seed, threads, {}));
}

/// Kernels of many forms: square, skinny, batched, transposed, two reductions,
/// with a consumer.
std::vector<KernelInfo> kernels() {
  return {gemm(512, 512, 512),
          gemm(127, 255, 511),
          gemm(1, 4096, 4096),
          gemm(4096, 1, 1024),
          gemm(64, 8, 64),
          contraction("bmnk", {8, 64, 64, 64}, "bmk", "bkn", "bmn"),
          contraction("mnk", {256, 256, 256}, "km", "nk", "mn"),
          contraction("abcd", {12, 24, 48, 96}, "acd", "dcb", "ab"),
          contraction("mnk", {300, 200, 100}, "mk", "kn", "mn", "f32", true),
          contraction("mnk", {200, 100, 50}, "mk", "kn", "mn", "f64")};
}

std::string stepsOf(const Proposal &plan) {
  std::string text;
  for (const Step &step : plan.plainSteps())
    text += step.str() + "\n";
  return text;
}

TEST(SearchSpace, StartsAtTheSeed) {
  for (const char *target :
       {"znver4", "x86-64-v3", "spacemit-x60", "neoverse-v1"})
    for (const KernelInfo &kernel : kernels()) {
      HardwareModel hw = machine(target);
      Proposal seed = proposeLegal(kernel, hw, 1, target);
      auto space = SearchSpace::create(kernel, hw, seed, 1, {});
      ASSERT_TRUE(bool(space)) << llvm::toString(space.takeError());
      EXPECT_TRUE(space->isLegal(space->start())) << seed.str();
      // The same loops and sizes, whatever the words.
      Proposal plan = space->planOf(space->start());
      auto a = LoopTree::build(seed.header, seed.plainSteps(), hw, &kernel);
      auto b = LoopTree::build(plan.header, plan.plainSteps(), hw, &kernel);
      ASSERT_TRUE(bool(a) && bool(b)) << plan.str();
      ASSERT_EQ(a->loops().size(), b->loops().size());
      for (unsigned loop = 0; loop < a->loops().size(); ++loop)
        EXPECT_EQ(a->loopSize(loop), b->loopSize(loop)) << plan.str();
    }
}

TEST(SearchSpace, HasManyLegalPointsOfOtherStructures) {
  for (const char *target : {"znver4", "spacemit-x60"}) {
    SearchSpace space = spaceOf(gemm(512, 512, 512), target);
    EXPECT_GE(space.structures().size(), 20u);
    PointCount points = space.countPoints(100000),
               legal = space.countLegal(100000);
    EXPECT_GE(legal.count, 10000u);
    EXPECT_LE(legal.count, points.count);
  }
}

TEST(SearchSpace, GivesLegalPlansOnly) {
  for (const char *target : {"znver4", "x86-64-v3", "spacemit-x60"})
    for (const KernelInfo &kernel : kernels()) {
      SearchSpace space = spaceOf(kernel, target);
      Random random(7);
      SearchPoint walk = space.start();
      for (int i = 0; i < 40; ++i) {
        walk = space.mutate(walk, random);
        for (const SearchPoint &point : {walk, space.sample(random)}) {
          EXPECT_TRUE(space.isLegal(point));
          Proposal plan = space.planOf(point);
          auto tree = LoopTree::build(plan.header, plan.plainSteps(),
                                      space.hardware(), &kernel);
          ASSERT_TRUE(bool(tree)) << llvm::toString(tree.takeError()) << "\n"
                                  << plan.str();
          EXPECT_TRUE(std::isfinite(space.estimate(point)));
        }
      }
    }
}

TEST(SearchSpace, IsDeterministic) {
  auto walk = [] {
    SearchSpace space = spaceOf(gemm(256, 256, 256), "znver4");
    Random random(3);
    std::string text;
    SearchPoint point = space.start();
    for (int i = 0; i < 20; ++i) {
      point = space.mutate(point, random);
      text += stepsOf(space.planOf(point)) +
              stepsOf(space.planOf(space.sample(random)));
    }
    return text;
  };
  EXPECT_EQ(walk(), walk());
}

TEST(SearchSpace, KeepsWhatIsFixed) {
  SearchSpace space = spaceOf(gemm(512, 512, 512), "znver4");
  const ConstraintSet &set = space.structures()[0].constraints;
  Random random(1);
  unsigned found = 0;
  for (const Variable &variable : set.variables()) {
    auto values = llvm::cantFail(set.domainValues(variable.name, {}));
    for (int64_t value : values)
      if (auto point = space.sample(0, {{variable.name, value}}, random)) {
        EXPECT_EQ(point->values.at(variable.name), value);
        EXPECT_TRUE(space.isLegal(*point));
        ++found;
      }
  }
  EXPECT_GE(found, 10u);
  // More rows than registers: no other value helps.
  EXPECT_FALSE(space.sample(0, {{"tm", 32}, {"tn", 8}}, random));
}

TEST(SearchSpace, RefusesWhatItCannotOpen) {
  KernelInfo kernel = gemm(64, 64, 64);
  HardwareModel hw = machine("znver4");
  Proposal seed = proposeLegal(kernel, hw, 1, "znver4");
  Proposal broken = seed;
  broken.steps.erase(broken.steps.begin());
  auto space = SearchSpace::create(kernel, hw, broken, 1, {});
  EXPECT_FALSE(bool(space));
  llvm::consumeError(space.takeError());
  Proposal loops = seed;
  llvm::erase_if(loops.steps, [](const Proposal::ReasonedStep &step) {
    return step.step.verb() != "tile";
  });
  space = SearchSpace::create(kernel, hw, loops, 1, {});
  ASSERT_FALSE(bool(space));
  EXPECT_EQ(llvm::toString(space.takeError()),
            "the plan's root 'mm' has no register tile, whose sizes a search "
            "could change");
}

TEST(Moves, ChangeOneThing) {
  HardwareModel hw = machine("znver4");
  std::map<std::string, unsigned> kinds;
  unsigned legal = 0;
  for (int64_t extent : {512, 2048}) {
    KernelInfo kernel = gemm(extent, extent, extent);
    Proposal seed = proposeLegal(kernel, hw, 1, "znver4");
    auto tree = llvm::cantFail(
        LoopTree::build(seed.header, seed.plainSteps(), hw, &kernel));
    for (const Move &move : movesOf(tree)) {
      ++kinds[llvm::StringRef(move.what).split(' ').first.str()];
      auto moved = LoopTree::build(seed.header, move.steps, hw, &kernel);
      legal += bool(moved);
      if (!moved)
        llvm::consumeError(moved.takeError());
    }
  }
  for (const char *kind :
       {"interchange", "dissolve", "block", "fill", "no", "pack", "edges:"})
    EXPECT_GE(kinds[kind], 1u) << kind;
  EXPECT_GE(legal, 16u);
}

} // namespace
