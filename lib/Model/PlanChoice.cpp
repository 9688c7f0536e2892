//===- PlanChoice.cpp - Chooses the parameters of a plan ------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Model/LoopTree.h"
#include "TreeDiagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>
#include <tuple>

using namespace llvm;

namespace tensorop::model {

Expected<Assignment> preferredValues(const PlanSource &source) {
  // The tree knows extents and factors, which defaults may use.
  auto tree = LoopTree::create(source.header, source.hardware, source.kernel);
  if (!tree)
    return tree.takeError();
  Error errors = Error::success();
  for (const Step &step : source.steps)
    errors = joinErrors(std::move(errors), tree->apply(step));
  if (errors)
    return std::move(errors);
  Environment env;
  for (const auto &[name, value] : source.hardware.factors())
    env.set(name, value);
  env.set("lanes", tree->lanes(0));
  env.lanes = tree->lanes(0);
  env.vscale = source.hardware.scalable ? source.hardware.minVscale() : 0;
  for (const Dim &dim : tree->dims())
    env.values[dim.name] = dim.extent;
  Assignment result;
  for (const ParamStep &param : tree->params()) {
    env.declare(param.name);
    if (!param.preferred)
      continue;
    auto value = param.preferred->evaluate(env);
    if (!value) {
      // An extent without value: the parameter has no default here.
      consumeError(value.takeError());
      continue;
    }
    result[param.name] = *value;
    env.set(param.name, *value);
  }
  return result;
}

Error numericRules(const PlanSource &source, const Assignment &chosen,
                   ConstraintSet &set) {
  auto tree =
      LoopTree::create(source.header, source.hardware, source.kernel, chosen);
  if (!tree)
    return tree.takeError();
  Error errors = Error::success();
  for (const Step &step : source.steps)
    errors = joinErrors(std::move(errors), tree->apply(step));
  if (!errors)
    errors = tree->finish(/*numbers=*/false);
  if (errors)
    return errors;
  return tree->constraints(set);
}

/// Parameters that switch steps on and off.
static SmallVector<std::string> switches(const PlanSource &source) {
  SmallVector<std::string> names;
  for (const Step &step : source.steps)
    if (!step.condition.empty() && !is_contained(names, step.condition))
      names.push_back(step.condition);
  return names;
}

static unsigned countChanges(const Assignment &wanted,
                             const Assignment &point) {
  unsigned changes = 0;
  for (const auto &[name, value] : point)
    if (auto it = wanted.find(name); it != wanted.end() && it->second != value)
      ++changes;
  return changes;
}

/// Gives the parameters that `wanted` lacks better values than the first legal
/// ones, one after the other.
static void improveFree(const PlanSource &source, const Assignment &wanted,
                        Assignment &point) {
  auto build = [&](const Assignment &values) {
    return LoopTree::build(source.header, source.steps, source.hardware,
                           source.kernel, values, *source.solver);
  };
  auto start = build(point);
  if (!start) {
    consumeError(start.takeError());
    return;
  }
  // Extents decide; without them the first value is as good as any.
  if (!source.kernel ||
      any_of(start->dims(), [](const Dim &dim) { return !dim.extent; }))
    return;
  ConstraintSet set;
  if (Error error = start->constraints(set)) {
    consumeError(std::move(error));
    return;
  }
  for (const ParamStep &param : start->params()) {
    SmallVector<unsigned> sized;
    for (auto [index, loop] : enumerate(start->loops()))
      for (const Expr &size : loop.size.parts)
        if (is_contained(size.freeNames(), param.name))
          sized.push_back(index);
    if (wanted.count(param.name) || sized.empty())
      continue;
    auto values = set.domainValues(param.name, point);
    if (!values) {
      consumeError(values.takeError());
      continue;
    }
    // Large domains are sampled evenly.
    size_t stride = (values->size() + 127) / 128;
    std::optional<std::tuple<size_t, int64_t, int64_t>> best;
    Assignment bestPoint = point;
    for (size_t i = 0; i < values->size(); i += stride) {
      Assignment candidate = point;
      candidate[param.name] = (*values)[i];
      if (!set.isLegal(candidate))
        continue;
      auto tree = build(candidate);
      if (!tree) {
        consumeError(tree.takeError());
        continue;
      }
      int64_t trips = 0;
      for (unsigned loop : sized)
        trips += tree->tripCount(loop);
      std::tuple<size_t, int64_t, int64_t> score(
          tree->capacityRemarks(/*share=*/2).size(), trips, (*values)[i]);
      if (!best || score < *best) {
        best = score;
        bestPoint = candidate;
      }
    }
    point = bestPoint;
  }
}

Expected<Assignment> nearestLegal(const PlanSource &source,
                                  const Assignment &wanted) {
  SmallVector<std::string> names = switches(source);
  if (names.size() > 12)
    return make_error<PlanError>(
        "C-SWITCHES", -1,
        "the plan has " + std::to_string(names.size()) +
            " conditional parameters, the limit is 12");
  // Structures with few changed switches first.
  SmallVector<Assignment> structures;
  for (unsigned bits = 0; bits < (1u << names.size()); ++bits) {
    Assignment structure;
    for (auto [index, name] : enumerate(names)) {
      auto it = wanted.find(name);
      int64_t usual = it == wanted.end() ? 1 : it->second != 0;
      structure[name] = (bits >> index & 1) ? 1 - usual : usual;
    }
    structures.push_back(std::move(structure));
  }
  llvm::sort(structures, [&](const Assignment &a, const Assignment &b) {
    return std::pair(countChanges(wanted, a), b) <
           std::pair(countChanges(wanted, b), a);
  });
  std::optional<Assignment> best;
  Error first = Error::success();
  bool hasFirst = false, gaveUp = false;
  for (const Assignment &structure : structures) {
    if (best && countChanges(wanted, structure) >= countChanges(wanted, *best))
      break;
    auto tree = LoopTree::build(source.header, source.steps, source.hardware,
                                source.kernel, structure, *source.solver);
    if (!tree) {
      bool hopeless = false;
      Error error = handleErrors(tree.takeError(),
                                 [&](std::unique_ptr<PlanError> e) -> Error {
                                   hopeless |= e->label == "C-SEARCH";
                                   return Error(std::move(e));
                                 });
      if (hasFirst)
        consumeError(std::move(error));
      else
        first = joinErrors(std::move(first), std::move(error));
      hasFirst = true;
      // Other structures of such a space take as long.
      if (hopeless)
        break;
      continue;
    }
    ConstraintSet set;
    if (Error error = tree->constraints(set)) {
      if (best)
        consumeError(std::move(error));
      else
        first = joinErrors(std::move(first), std::move(error));
      hasFirst = true;
      continue;
    }
    Assignment target = wanted;
    for (const auto &[name, value] : structure)
      target[name] = value;
    LimitedSearch search = source.solver->nearest(set, target);
    if (search.point)
      if (auto violations = set.check(*search.point); !violations.empty())
        return joinErrors(
            std::move(first),
            make_error<PlanError>("C-SOLVER", -1,
                                  wrongPoint(*source.solver, violations)));
    if (search.point && (!best || countChanges(wanted, *search.point) <
                                      countChanges(wanted, *best)))
      best = std::move(search.point);
    // Other structures of such a space take as long.
    gaveUp |= search.gaveUp;
    if (gaveUp)
      break;
  }
  if (!best) {
    if (gaveUp)
      return joinErrors(
          std::move(first),
          make_error<PlanError>("C-SEARCH", -1, source.solver->limitMessage()));
    if (first)
      return std::move(first);
    return make_error<PlanError>("C-NONE", -1,
                                 "no values of the parameters are legal");
  }
  consumeError(std::move(first));
  improveFree(source, wanted, *best);
  return *best;
}

} // namespace tensorop::model
