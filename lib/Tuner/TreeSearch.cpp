//===- TreeSearch.cpp - Monte Carlo tree search ---------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The first level of the tree is the structure, the next ones are its
// parameters in their order. A node that is reached for the first time is
// completed to a point: of some random completions the one that the cost model
// likes best.
//
//===----------------------------------------------------------------------===//

#include "Algorithms.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>
#include <limits>

using namespace llvm;
using namespace tensorop;

/// Weight of the prior against measured rewards.
static constexpr double kExploration = 0.6;
/// How strongly a prior prefers what the cost model likes.
static constexpr double kSharpness = 4;
/// Random completions: of a child for its prior, of a node to go on.
static constexpr int kForPrior = 3, kForPoint = 8;

namespace {
struct Node {
  /// Of the level below: a structure's number or a parameter's value.
  struct Child {
    int64_t value = 0;
    double prior = 0;
    std::unique_ptr<Node> node;
  };
  std::vector<Child> children;
  bool isExpanded = false;
  unsigned visits = 0, pending = 0;
  double rewards = 0;
  double reward() const { return visits ? rewards / visits : 0; }
};

class TreeSearch : public SearchAlgorithm {
public:
  TreeSearch(const SearchSpace &space, CostLearner &learner,
             const AlgorithmOptions &options)
      : SearchAlgorithm(space, options), learner(learner) {}

private:
  /// Decisions that were made, outermost first.
  struct Path {
    std::optional<unsigned> structure;
    model::Assignment fixed;
    size_t decided() const { return structure ? 1 + fixed.size() : 0; }
  };

  std::optional<SearchPoint> choose() override;
  void expect(const SearchPoint &point) override {
    walk(point, [](Node &node) { ++node.pending; });
  }
  void hear(const SearchPoint &point, std::optional<double> score) override;

  void walk(const SearchPoint &point, function_ref<void(Node &)> visit);
  void expand(Node &node, const Path &path);
  size_t select(const Node &node);
  std::optional<SearchPoint> complete(const Path &path, int samples,
                                      double &best);
  bool isComplete(const Path &path) const {
    return path.structure &&
           path.fixed.size() == space.structures()[*path.structure]
                                    .constraints.variables()
                                    .size();
  }
  /// 0.5 for what is as fast as the first one, 1 for twice as fast.
  double rewardOf(std::optional<double> score) const {
    if (!score)
      return 0;
    return std::clamp(0.5 + 0.5 * std::log2(*reference / *score), 0.0, 1.0);
  }

  CostLearner &learner;
  Node root;
  std::optional<double> reference;
};
} // namespace

/// The nodes that exist on the way to `point`.
void TreeSearch::walk(const SearchPoint &point,
                      function_ref<void(Node &)> visit) {
  Node *node = &root;
  ArrayRef<model::Variable> variables =
      space.structures()[point.structure].constraints.variables();
  for (size_t level = 0; node; ++level) {
    visit(*node);
    if (level > variables.size())
      return;
    int64_t value = level == 0 ? int64_t(point.structure)
                               : point.values.at(variables[level - 1].name);
    auto child = find_if(node->children, [&](const Node::Child &each) {
      return each.value == value;
    });
    node = child == node->children.end() ? nullptr : child->node.get();
  }
}

void TreeSearch::hear(const SearchPoint &point, std::optional<double> score) {
  if (score && !reference)
    reference = *score;
  double reward = rewardOf(score);
  walk(point, [&](Node &node) {
    ++node.visits;
    node.rewards += reward;
    if (node.pending > 0)
      --node.pending;
  });
}

std::optional<SearchPoint> TreeSearch::complete(const Path &path, int samples,
                                                double &best) {
  std::optional<SearchPoint> chosen;
  best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < samples; ++i) {
    std::optional<SearchPoint> point =
        space.sample(*path.structure, path.fixed, random);
    if (!point)
      return std::nullopt;
    double predicted = learner.predict(*point);
    if ((!chosen || predicted < best) && !isKnown(*point)) {
      chosen = std::move(point);
      best = predicted;
    }
  }
  return chosen;
}

/// The values that have a legal completion, with priors from the best of a few.
void TreeSearch::expand(Node &node, const Path &path) {
  node.isExpanded = true;
  SmallVector<int64_t> values;
  std::string name;
  if (!path.structure) {
    for (size_t i = 0; i < space.structures().size(); ++i)
      values.push_back(int64_t(i));
  } else {
    const model::ConstraintSet &set =
        space.structures()[*path.structure].constraints;
    name = set.variables()[path.fixed.size()].name;
    Expected<SmallVector<int64_t>> domain = set.domainValues(name, path.fixed);
    if (!domain)
      return consumeError(domain.takeError());
    values = std::move(*domain);
  }
  double least = std::numeric_limits<double>::infinity();
  for (int64_t value : values) {
    Path next = path;
    if (path.structure)
      next.fixed[name] = value;
    else
      next.structure = unsigned(value);
    double predicted;
    if (!complete(next, kForPrior, predicted))
      continue;
    node.children.push_back({value, predicted, nullptr});
    least = std::min(least, predicted);
  }
  double sum = 0;
  for (Node::Child &child : node.children) {
    child.prior = std::pow(least / child.prior, kSharpness);
    sum += child.prior;
  }
  for (Node::Child &child : node.children)
    child.prior /= sum;
}

size_t TreeSearch::select(const Node &node) {
  double total = 1;
  for (const Node::Child &child : node.children)
    if (child.node)
      total += child.node->visits + child.node->pending;
  size_t best = 0;
  double most = -1;
  for (auto [index, child] : enumerate(node.children)) {
    unsigned visits = child.node ? child.node->visits + child.node->pending : 0;
    // What is on its way counts as no reward, what was never tried as its
    // parent.
    double value =
        child.node && visits ? child.node->rewards / visits : node.reward();
    value += kExploration * child.prior * std::sqrt(total) / (1 + visits);
    if (value > most) {
      most = value;
      best = index;
    }
  }
  return best;
}

std::optional<SearchPoint> TreeSearch::choose() {
  Node *node = &root;
  Path path;
  for (;;) {
    if (isComplete(path))
      return SearchPoint{*path.structure, path.fixed};
    if (!node->isExpanded)
      expand(*node, path);
    if (node->children.empty()) {
      // All that is left below was seen.
      return path.structure ? space.sample(*path.structure, path.fixed, random)
                            : std::nullopt;
    }
    size_t index = select(*node);
    Node::Child &child = node->children[index];
    if (path.structure)
      path.fixed[space.structures()[*path.structure]
                     .constraints.variables()[path.fixed.size()]
                     .name] = child.value;
    else
      path.structure = unsigned(child.value);
    if (!child.node) {
      child.node = std::make_unique<Node>();
      double predicted;
      if (std::optional<SearchPoint> point =
              complete(path, kForPoint, predicted))
        return point;
    }
    node = child.node.get();
    // A node whose points were all seen must not attract for ever.
    if (isComplete(path) && isKnown({*path.structure, path.fixed})) {
      ++node->visits;
    }
  }
}

std::unique_ptr<SearchAlgorithm>
tensorop::createTreeSearch(const SearchSpace &space, CostLearner &learner,
                           const AlgorithmOptions &options) {
  return std::make_unique<TreeSearch>(space, learner, options);
}
