//===- Ablation.cpp - A plan with one thing left out ----------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Tuner/Ablation.h"
#include "TensorOp/Model/Moves.h"
#include "TensorOp/Support/Check.h"
#include "llvm/ADT/StringExtras.h"
#include <set>

using namespace llvm;
using namespace tensorop;
using namespace tensorop::model;

StringRef tensorop::getName(Ablation::Kind kind) {
  switch (kind) {
  case Ablation::Kind::Step:
    return "step";
  case Ablation::Kind::Loop:
    return "loop";
  case Ablation::Kind::Edges:
    return "edges";
  case Ablation::Kind::Move:
    return "move";
  case Ablation::Kind::Parameter:
    return "parameter";
  }
  return "";
}

/// The first of the rules that refuse a plan; the others follow from it.
static std::string firstRule(Error error) {
  std::string first;
  handleAllErrors(std::move(error), [&](const ErrorInfoBase &one) {
    if (first.empty())
      first = one.message();
  });
  return first;
}

namespace {
class Ablator {
public:
  Ablator(const SearchSpace &space, const SearchPoint &point)
      : space(space), point(point),
        structure(space.structures()[point.structure]),
        steps(structure.plan.closedSteps(point.values)) {
    known.insert(textOf(steps, ""));
  }
  std::vector<Ablation> run() {
    leaveOutSteps();
    dissolveLoops();
    leaveOutEdges();
    undoMoves();
    resetParameters();
    return std::move(all);
  }

private:
  void leaveOutSteps();
  void dissolveLoops();
  void leaveOutEdges();
  void undoMoves();
  void resetParameters();

  Expected<LoopTree> build(ArrayRef<Step> edited) const {
    return LoopTree::build(structure.plan.header(), edited, space.hardware(),
                           &space.kernel());
  }
  std::string textOf(ArrayRef<Step> edited, const Twine &why) const {
    Proposal plan;
    plan.header = structure.plan.header();
    plan.header.name = "tuned";
    plan.why = why.str();
    for (const Step &step : edited)
      plan.steps.push_back({step, ""});
    return plan.str();
  }
  void add(Ablation::Kind kind, const Twine &what, ArrayRef<Step> edited) {
    Ablation one;
    one.kind = kind;
    one.what = what.str();
    Expected<LoopTree> tree = build(edited);
    if (!tree)
      one.diagnostic = firstRule(tree.takeError());
    else if (known.insert(textOf(edited, "")).second)
      one.plan = textOf(edited, "without " + what);
    else
      return;
    all.push_back(std::move(one));
  }

  const SearchSpace &space;
  const SearchPoint &point;
  const SearchSpace::Structure &structure;
  std::vector<Step> steps;
  std::set<std::string> known;
  std::vector<Ablation> all;
};
} // namespace

void Ablator::leaveOutSteps() {
  for (size_t i = 0; i < steps.size(); ++i) {
    std::vector<Step> edited = steps;
    edited.erase(edited.begin() + std::ptrdiff_t(i));
    add(Ablation::Kind::Step, steps[i].str(), edited);
  }
}

void Ablator::dissolveLoops() {
  Expected<LoopTree> tree = build(steps);
  TENSOROP_CHECK(bool(tree), "the point is legal");
  for (const Move &move : dissolvingMovesOf(*tree))
    add(Ablation::Kind::Loop, move.what, move.steps);
}

void Ablator::leaveOutEdges() {
  for (size_t i = 0; i < steps.size(); ++i) {
    auto *tiles = std::get_if<TileStep>(&steps[i].body);
    if (!tiles || tiles->edges.empty())
      continue;
    std::string loops;
    for (const EdgeClause &edge : tiles->edges)
      loops += (loops.empty() ? "" : ", ") + edge.loop;
    std::vector<Step> edited = steps;
    std::get<TileStep>(edited[i].body).edges.clear();
    add(Ablation::Kind::Edges, "edges of " + loops, edited);
  }
}

/// The structure that the other moves make, with this point's values where it
/// has these parameters, with its own elsewhere.
void Ablator::undoMoves() {
  SmallVector<StringRef> moves;
  StringRef(structure.what).split(moves, ", ", -1, /*KeepEmpty=*/false);
  for (size_t i = 0; i < moves.size(); ++i) {
    SmallVector<StringRef> others(moves);
    others.erase(others.begin() + i);
    std::string rest = join(others, ", ");
    const SearchSpace::Structure *found =
        find_if(space.structures(), [&](const SearchSpace::Structure &one) {
          return one.what == rest;
        });
    if (found == space.structures().end()) {
      all.push_back({Ablation::Kind::Move, moves[i].str(), "",
                     "the space has no structure with the other moves alone"});
      continue;
    }
    Assignment values = found->plan.seed();
    for (auto &[name, value] : values)
      if (auto own = point.values.find(name); own != point.values.end())
        value = own->second;
    add(Ablation::Kind::Move, moves[i], found->plan.closedSteps(values));
  }
}

void Ablator::resetParameters() {
  const Assignment &seed = space.structures()[0].plan.seed();
  for (const auto &[name, value] : point.values) {
    auto start = seed.find(name);
    if (start == seed.end() || start->second == value)
      continue;
    Assignment values = point.values;
    values[name] = start->second;
    add(Ablation::Kind::Parameter,
        name + " = " + Twine(start->second) + ", not " + Twine(value),
        structure.plan.closedSteps(values));
  }
}

std::vector<Ablation> tensorop::ablationsOf(const SearchSpace &space,
                                            const SearchPoint &point) {
  return Ablator(space, point).run();
}
