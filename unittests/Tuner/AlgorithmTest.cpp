//===- AlgorithmTest.cpp - Who chooses the next candidate -----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Tuner/Algorithm.h"
#include "Kernels.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace tensorop;
using namespace tensorop::model;

namespace {

SearchSpace spaceOf(const KernelInfo &kernel, SearchSpaceOptions options = {}) {
  HardwareModel hw = machine("znver4");
  Proposal seed = proposeLegal(kernel, hw, 1, "znver4");
  return llvm::cantFail(SearchSpace::create(kernel, hw, seed, 1, options));
}

/// A machine that is not what the cost model thinks: it likes tiles of 5 rows
/// and few steps in a loop, and fails on tiles of 4 rows.
std::optional<double> measure(const SearchSpace &space,
                              const SearchPoint &point) {
  auto value = [&](const char *name, int64_t otherwise) {
    auto found = point.values.find(name);
    return double(found == point.values.end() ? otherwise : found->second);
  };
  if (value("tm", 0) == 4)
    return std::nullopt;
  return space.estimate(point) *
         (1 + 0.05 * std::abs(value("tm", 1) - 5) + 0.01 * value("ukk", 1));
}

/// The scores in the order of the search.
std::vector<double> search(llvm::StringRef name, const SearchSpace &space,
                           uint64_t seed, int trials, bool warm = true) {
  CostLearner learner(space);
  auto algorithm =
      llvm::cantFail(createAlgorithm(name, space, learner, {seed, warm}));
  std::vector<double> scores;
  std::set<SearchPoint> asked;
  for (int i = 0; i < trials; ++i) {
    std::optional<SearchPoint> point = algorithm->ask();
    if (!point)
      break;
    EXPECT_TRUE(space.isLegal(*point));
    EXPECT_TRUE(asked.insert(*point).second) << "asked twice";
    std::optional<double> score = measure(space, *point);
    algorithm->tell(*point, score);
    if (score)
      learner.learn(*point, *score);
    scores.push_back(score.value_or(INFINITY));
  }
  return scores;
}

double bestOf(const std::vector<double> &scores) {
  return *std::min_element(scores.begin(), scores.end());
}

TEST(Algorithms, AskForLegalPointsOnceAndRepeatThemselves) {
  SearchSpace space = spaceOf(gemm(256, 256, 256));
  for (llvm::StringRef name : algorithmNames()) {
    std::vector<double> first = search(name, space, 5, 60);
    EXPECT_EQ(first.size(), 60u) << name.str();
    EXPECT_EQ(first, search(name, space, 5, 60)) << name.str();
    if (name != "exhaustive") {
      EXPECT_NE(first, search(name, space, 6, 60)) << name.str();
    }
  }
}

TEST(Algorithms, StartWithTheSeedUnlessCold) {
  SearchSpace space = spaceOf(gemm(256, 256, 256));
  double start = *measure(space, space.start());
  for (llvm::StringRef name : algorithmNames())
    EXPECT_EQ(search(name, space, 1, 1).front(), start) << name.str();
  EXPECT_NE(search("random", space, 1, 1, /*warm=*/false).front(), start);
}

TEST(Algorithms, TakeAnswersInBatches) {
  SearchSpace space = spaceOf(gemm(256, 256, 256));
  for (llvm::StringRef name : algorithmNames()) {
    CostLearner learner(space);
    auto algorithm = llvm::cantFail(createAlgorithm(name, space, learner, {}));
    std::set<SearchPoint> asked;
    for (int batch = 0; batch < 8; ++batch) {
      std::vector<SearchPoint> points;
      for (int i = 0; i < 4; ++i)
        points.push_back(*algorithm->ask());
      for (const SearchPoint &point : points) {
        EXPECT_TRUE(asked.insert(point).second) << name.str();
        algorithm->tell(point, measure(space, point));
      }
    }
  }
}

TEST(Algorithms, DoNotAskForWhatWasTold) {
  SearchSpace space = spaceOf(gemm(64, 64, 64), {0, 1});
  CostLearner learner(space);
  for (llvm::StringRef name : algorithmNames()) {
    auto algorithm = llvm::cantFail(createAlgorithm(name, space, learner, {}));
    algorithm->tell(space.start(), 1.0);
    for (int i = 0; i < 20; ++i)
      if (std::optional<SearchPoint> point = algorithm->ask()) {
        EXPECT_FALSE(*point == space.start()) << name.str();
        algorithm->tell(*point, 2.0);
      }
  }
}

TEST(Algorithms, GoThroughAllOfASmallSpace) {
  SearchSpace space = spaceOf(gemm(16, 16, 4), {0, 1});
  uint64_t legal = space.countLegal(100000).count;
  ASSERT_LE(legal, 400u);
  EXPECT_EQ(search("exhaustive", space, 1, 500).size(), legal);
  double best = bestOf(search("exhaustive", space, 1, 500));
  for (llvm::StringRef name : {"mcts", "evolutionary"}) {
    EXPECT_LE(bestOf(search(name, space, 1, int(legal / 2))), best * 1.05)
        << name.str();
  }
}

TEST(Algorithms, TheTreeBeatsRandomChoice) {
  SearchSpace space = spaceOf(gemm(512, 512, 512));
  double tree = 0, random = 0;
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    tree += std::log(bestOf(search("mcts", space, seed, 40)));
    random += std::log(bestOf(search("random", space, seed, 40)));
  }
  EXPECT_LT(tree, random);
}

TEST(Algorithms, AnUnknownNameIsRefused) {
  SearchSpace space = spaceOf(gemm(64, 64, 64), {0, 1});
  CostLearner learner(space);
  auto algorithm = createAlgorithm("annealing", space, learner, {});
  ASSERT_FALSE(bool(algorithm));
  EXPECT_EQ(llvm::toString(algorithm.takeError()),
            "unknown search 'annealing'; the searches are mcts, evolutionary, "
            "random, exhaustive");
}

TEST(CostLearner, CorrectsTheEstimate) {
  SearchSpace space = spaceOf(gemm(512, 512, 512));
  CostLearner learner(space);
  Random random(2);
  std::vector<std::pair<double, double>> before, after;
  std::vector<SearchPoint> test;
  for (int i = 0; i < 60; ++i)
    test.push_back(space.sample(random));
  auto truth = [&](const SearchPoint &point) {
    // Unrolling hurts, and all is in another unit.
    return 1e-9 * space.estimate(point) *
           std::pow(double(point.values.at("ukk")), 0.5);
  };
  for (const SearchPoint &point : test)
    before.push_back({learner.predict(point), truth(point)});
  for (int i = 0; i < 120; ++i) {
    SearchPoint point = space.sample(random);
    learner.learn(point, truth(point));
  }
  double error = 0;
  for (const SearchPoint &point : test) {
    after.push_back({learner.predict(point), truth(point)});
    error += std::abs(std::log(after.back().first / after.back().second)) /
             double(test.size());
  }
  EXPECT_GT(rankCorrelation(after), rankCorrelation(before));
  EXPECT_GT(rankCorrelation(after), 0.9);
  EXPECT_LT(error, 0.2);
  EXPECT_GT(learner.rankCorrelation(), 0.5);
}

TEST(CostLearner, RanksWithTies) {
  EXPECT_EQ(rankCorrelation({{1, 1}, {2, 2}}), 0);
  EXPECT_DOUBLE_EQ(rankCorrelation({{1, 10}, {2, 20}, {3, 25}}), 1);
  EXPECT_DOUBLE_EQ(rankCorrelation({{1, 3}, {2, 2}, {3, 1}}), -1);
  EXPECT_DOUBLE_EQ(rankCorrelation({{1, 1}, {1, 2}, {1, 3}}), 0);
  EXPECT_DOUBLE_EQ(rankCorrelation({{1, 1}, {1, 1}, {3, 3}}), 1);
}

} // namespace
