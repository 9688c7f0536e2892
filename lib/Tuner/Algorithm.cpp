//===- Algorithm.cpp - Who chooses the next candidate ---------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Tuner/Algorithm.h"
#include "Algorithms.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace tensorop;

/// Tries to find a point that is new.
static constexpr int kAttempts = 200;
/// Points of a structure that the exhaustive search goes through.
static constexpr size_t kMostPoints = 100000;
/// The best few that are mutated.
static constexpr size_t kParents = 8;

SearchAlgorithm::~SearchAlgorithm() = default;

std::optional<SearchPoint> SearchAlgorithm::ask() {
  if (options.warmStart && seen.insert(space.start()).second) {
    expect(space.start());
    return space.start();
  }
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::optional<SearchPoint> point = choose();
    if (!point)
      return std::nullopt;
    if (seen.insert(*point).second) {
      expect(*point);
      return point;
    }
  }
  return std::nullopt;
}

void SearchAlgorithm::tell(const SearchPoint &point,
                           std::optional<double> score) {
  seen.insert(point);
  hear(point, score);
}

namespace {
class ExhaustiveSearch : public SearchAlgorithm {
public:
  using SearchAlgorithm::SearchAlgorithm;

private:
  std::optional<SearchPoint> choose() override {
    // Skips here what was told: it may be all of a structure.
    for (;;) {
      while (next == points.size()) {
        if (structure == space.structures().size())
          return std::nullopt;
        points.clear();
        next = 0;
        space.structures()[structure].constraints.forEachLegal(
            [&](const model::Assignment &values) {
              points.push_back({structure, values});
              return points.size() < kMostPoints;
            });
        ++structure;
      }
      if (!isKnown(points[next++]))
        return points[next - 1];
    }
  }

  unsigned structure = 0;
  std::vector<SearchPoint> points;
  size_t next = 0;
};

class RandomSearch : public SearchAlgorithm {
public:
  using SearchAlgorithm::SearchAlgorithm;

private:
  std::optional<SearchPoint> choose() override { return space.sample(random); }
};

class EvolutionarySearch : public SearchAlgorithm {
public:
  using SearchAlgorithm::SearchAlgorithm;

private:
  std::optional<SearchPoint> choose() override {
    if (parents.empty() || random.unit() < 0.1)
      return space.sample(random);
    // The better of two.
    size_t one = random.below(parents.size()),
           other = random.below(parents.size());
    return space.mutate(parents[std::min(one, other)].second, random);
  }
  void hear(const SearchPoint &point, std::optional<double> score) override {
    if (!score)
      return;
    auto place = llvm::upper_bound(
        parents, *score,
        [](double value, const auto &parent) { return value < parent.first; });
    parents.insert(place, {*score, point});
    if (parents.size() > kParents)
      parents.pop_back();
  }

  /// Best first.
  std::vector<std::pair<double, SearchPoint>> parents;
};
} // namespace

ArrayRef<StringRef> tensorop::algorithmNames() {
  static const StringRef names[] = {"mcts", "evolutionary", "random",
                                    "exhaustive"};
  return names;
}

Expected<std::unique_ptr<SearchAlgorithm>>
tensorop::createAlgorithm(StringRef name, const SearchSpace &space,
                          CostLearner &learner,
                          const AlgorithmOptions &options) {
  if (name == "mcts")
    return createTreeSearch(space, learner, options);
  if (name == "evolutionary")
    return std::make_unique<EvolutionarySearch>(space, options);
  if (name == "random")
    return std::make_unique<RandomSearch>(space, options);
  if (name == "exhaustive")
    return std::make_unique<ExhaustiveSearch>(space, options);
  return createStringError("unknown search '" + name + "'; the searches are " +
                           join(algorithmNames(), ", "));
}
