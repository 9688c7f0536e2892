//===- SearchSpace.cpp - The plans that a search chooses from -------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Tuner/SearchSpace.h"
#include "TensorOp/Model/CostModel.h"
#include "TensorOp/Model/Moves.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include <limits>

using namespace llvm;
using namespace tensorop;
using namespace tensorop::model;

static Proposal makePlan(const PlanHeader &header, ArrayRef<Step> steps,
                         std::string why) {
  Proposal plan;
  plan.header = header;
  plan.why = std::move(why);
  for (const Step &step : steps)
    plan.steps.push_back({step, ""});
  return plan;
}

Expected<SearchSpace> SearchSpace::create(const KernelInfo &kernel,
                                          const HardwareModel &hardware,
                                          const Proposal &seed, int64_t threads,
                                          const SearchSpaceOptions &options) {
  SearchSpace space(kernel, hardware, threads);
  StringMap<unsigned> known;
  // Structures whose moves are still to be made, as closed steps.
  struct Pending {
    std::vector<Step> steps;
    unsigned depth;
  };
  std::vector<Pending> pending;
  // Adds the structure of a closed plan; its number, or nothing when it has no
  // legal point.
  auto add = [&](const std::vector<Step> &steps, const std::string &what,
                 unsigned depth) -> Expected<std::optional<unsigned>> {
    Expected<LoopTree> tree =
        LoopTree::build(seed.header, steps, hardware, &space.info);
    if (!tree)
      return tree.takeError();
    if (!tree->root().tile || !tree->root().info)
      return createStringError("the plan's root '" + seed.header.root.op +
                               "' has no register tile, whose sizes a search "
                               "could change");
    OpenPlan plan(*tree);
    std::vector<Step> opened = plan.openSteps();
    // The same structure with other sizes is the same.
    std::string shape;
    for (const Step &step : opened)
      if (!std::holds_alternative<ParamStep>(step.body))
        shape += step.str() + "\n";
    auto [it, isNew] = known.try_emplace(shape, unsigned(space.all.size()));
    if (!isNew)
      return std::optional(it->second);
    Expected<LoopTree> open =
        LoopTree::build(seed.header, opened, hardware, &space.info);
    ConstraintSet constraints;
    Error error = open ? open->constraints(constraints) : open.takeError();
    if (error) {
      known.erase(shape);
      return std::move(error);
    }
    space.all.push_back({what, std::move(plan), std::move(constraints), {}});
    pending.push_back({steps, depth});
    return std::optional(it->second);
  };
  if (Expected<std::optional<unsigned>> first = add(seed.plainSteps(), "", 0);
      !first)
    return first.takeError();
  for (size_t next = 0; next < pending.size(); ++next) {
    Pending from = pending[next];
    if (from.depth >= options.depth)
      continue;
    Expected<LoopTree> tree =
        LoopTree::build(seed.header, from.steps, hardware, &space.info);
    if (!tree)
      return tree.takeError();
    for (const Move &move : movesOf(*tree)) {
      if (space.all.size() >= options.maxStructures)
        break;
      std::string what = space.all[next].what;
      what += (what.empty() ? "" : ", ") + move.what;
      Expected<std::optional<unsigned>> reached =
          add(move.steps, what, from.depth + 1);
      // Moves that the loop tree refuses lead nowhere.
      if (!reached) {
        consumeError(reached.takeError());
        continue;
      }
      unsigned other = **reached;
      if (other == next || is_contained(space.all[next].neighbours, other))
        continue;
      space.all[next].neighbours.push_back(other);
      if (!is_contained(space.all[other].neighbours, next))
        space.all[other].neighbours.push_back(unsigned(next));
    }
  }
  return std::move(space);
}

static PointCount sum(ArrayRef<SearchSpace::Structure> all,
                      function_ref<PointCount(const ConstraintSet &)> count) {
  PointCount total;
  for (const SearchSpace::Structure &one : all) {
    PointCount part = count(one.constraints);
    total.count += part.count;
    total.capped |= part.capped;
  }
  return total;
}

PointCount SearchSpace::countPoints(uint64_t cap) const {
  return sum(all,
             [&](const ConstraintSet &set) { return set.countPoints(cap); });
}

PointCount SearchSpace::countLegal(uint64_t cap) const {
  return sum(all,
             [&](const ConstraintSet &set) { return set.countLegal(cap); });
}

bool SearchSpace::isLegal(const SearchPoint &point) const {
  return point.structure < all.size() &&
         all[point.structure].constraints.isLegal(point.values);
}

std::optional<SearchPoint>
SearchSpace::nearest(unsigned structure, const Assignment &values) const {
  const ConstraintSet &set = all[structure].constraints;
  Assignment own;
  for (const auto &[name, value] : values)
    if (set.find(name))
      own[name] = value;
  std::optional<Assignment> found = set.nearest(own);
  if (!found)
    return std::nullopt;
  return SearchPoint{structure, std::move(*found)};
}

std::optional<SearchPoint> SearchSpace::sample(unsigned structure,
                                               const Assignment &fixed,
                                               Random &random) const {
  const ConstraintSet &set = all[structure].constraints;
  // A few points at random; then the legal one next to the last.
  Assignment drawn;
  for (int attempt = 0; attempt < 32; ++attempt) {
    drawn.clear();
    for (const Variable &variable : set.variables()) {
      auto given = fixed.find(variable.name);
      if (given != fixed.end()) {
        drawn[variable.name] = given->second;
        continue;
      }
      Expected<SmallVector<int64_t>> values =
          set.domainValues(variable.name, drawn);
      if (!values || values->empty()) {
        consumeError(values.takeError());
        return std::nullopt;
      }
      drawn[variable.name] = (*values)[random.below(values->size())];
    }
    if (set.isLegal(drawn))
      return SearchPoint{structure, std::move(drawn)};
  }
  auto keepsFixed = [&](const Assignment &found) {
    return all_of(fixed, [&](const auto &entry) {
      return found.at(entry.first) == entry.second;
    });
  };
  // Next to `fixed` alone nothing has to change, if anything is legal.
  for (const Assignment &target : {drawn, fixed})
    if (std::optional<Assignment> near = set.nearest(target);
        near && keepsFixed(*near))
      return SearchPoint{structure, std::move(*near)};
  return std::nullopt;
}

SearchPoint SearchSpace::sample(Random &random) const {
  for (size_t attempt = 0; attempt < all.size(); ++attempt)
    if (std::optional<SearchPoint> point =
            sample(unsigned(random.below(all.size())), {}, random))
      return std::move(*point);
  return start();
}

SearchPoint SearchSpace::mutate(const SearchPoint &point,
                                Random &random) const {
  const Structure &structure = all[point.structure];
  ArrayRef<Variable> variables = structure.constraints.variables();
  for (int attempt = 0; attempt < 16; ++attempt) {
    if (!structure.neighbours.empty() &&
        (variables.empty() || random.unit() < 0.3)) {
      unsigned next =
          structure.neighbours[random.below(structure.neighbours.size())];
      // What the seed of that structure has where this point says nothing.
      Assignment values = all[next].plan.seed();
      for (const auto &[name, value] : point.values)
        if (values.count(name))
          values[name] = value;
      if (std::optional<SearchPoint> found = nearest(next, values))
        return std::move(*found);
      continue;
    }
    if (variables.empty())
      break;
    Assignment values = point.values;
    for (uint64_t change = 0; change <= random.below(2); ++change) {
      const Variable &variable = variables[random.below(variables.size())];
      Expected<SmallVector<int64_t>> domain =
          structure.constraints.domainValues(variable.name, values);
      if (!domain) {
        consumeError(domain.takeError());
        continue;
      }
      // A neighbouring value more often than any.
      const int64_t *now = find(*domain, values[variable.name]);
      uint64_t at = uint64_t(now - domain->begin());
      if (now == domain->end() || random.unit() < 0.3)
        at = random.below(domain->size());
      else if (random.below(2) && at + 1 < domain->size())
        ++at;
      else if (at > 0)
        --at;
      values[variable.name] = (*domain)[at];
    }
    if (values == point.values)
      continue;
    std::optional<SearchPoint> found = nearest(point.structure, values);
    if (found && !(*found == point))
      return std::move(*found);
  }
  return point;
}

Proposal SearchSpace::planOf(const SearchPoint &point) const {
  const Structure &structure = all[point.structure];
  std::string why = structure.what.empty() ? "sizes" : structure.what;
  why += ":";
  for (const auto &[name, value] : point.values)
    why += " " + name + " = " + std::to_string(value);
  Proposal plan = makePlan(structure.plan.header(),
                           structure.plan.closedSteps(point.values), why);
  plan.header.name = "tuned";
  return plan;
}

double SearchSpace::estimate(const SearchPoint &point) const {
  const Structure &structure = all[point.structure];
  Expected<LoopTree> tree =
      LoopTree::build(structure.plan.header(),
                      structure.plan.closedSteps(point.values), machine, &info);
  if (!tree) {
    consumeError(tree.takeError());
    return std::numeric_limits<double>::infinity();
  }
  return estimateCost(*tree, mostThreads).total();
}
