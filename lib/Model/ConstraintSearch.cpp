//===- ConstraintSearch.cpp - Pruned enumeration of legal points ----------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Depth-first over the variables in their order. A constraint is evaluated when
// its last variable gets a value; before that, bounds over the open domains
// prune or discharge it. Variables that no constraint or domain connects form
// independent groups: each is searched alone, so sizes add up, not multiply.
//
//===----------------------------------------------------------------------===//

#include "ConstraintSearch.h"
#include "CompiledExpr.h"
#include "TensorOp/Model/ConstraintSet.h"
#include "TensorOp/Support/Check.h"
#include "llvm/ADT/IntEqClasses.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cmath>

using namespace llvm;

namespace tensorop::model {

namespace {
struct CompiledRule {
  CompiledExpr value, limit;
  std::optional<CompiledExpr> condition;
  Relation relation;
  /// All slots, ascending.
  SmallVector<unsigned> slots;
};

struct CompiledDomain {
  Domain::Kind kind;
  SmallVector<CompiledExpr> exprs;
  /// Contains all values whatever the earlier variables are.
  Interval hull;
  bool isStatic = false;
  SmallVector<int64_t> values;
};

enum class Truth { No, Yes, Open };
} // namespace

/// One search over a ConstraintSet, or over some of its rules.
class Search {
public:
  /// `skip`, when given, marks rules that are left out; `limit` points are
  /// looked at by first and nearest.
  explicit Search(const ConstraintSet &set, ArrayRef<char> skip = {},
                  uint64_t limit = UINT64_MAX);
  bool gaveUp() const { return visited > limit; }
  uint64_t pointsVisited() const { return visited; }

  bool first(Assignment &result);
  bool nearest(const Assignment &target, Assignment &result);
  bool forEach(function_ref<bool(const Assignment &)> visit);
  PointCount count(uint64_t cap, bool withRules);

private:
  const ConstraintSet &set;
  uint64_t limit, visited = 0;
  std::vector<CompiledRule> rules;
  std::vector<CompiledDomain> domains;
  /// A rule without variables is violated.
  bool impossible = false;
  /// Variables of each group, ascending; rules by their last variable and, for
  /// pruning, by each variable.
  std::vector<SmallVector<unsigned>> groups;
  std::vector<SmallVector<unsigned>> touching;

  SmallVector<int64_t> values;
  SmallVector<Interval> bounds;

  Truth test(const CompiledRule &rule) const;
  /// False when a rule that variable `v` touches cannot hold any more.
  bool possible(unsigned v) const;
  SmallVector<int64_t> domain(unsigned v) const;
  void assign(unsigned v, int64_t value) {
    values[v] = value;
    bounds[v] = {value, value};
  }
  void release(unsigned v) { bounds[v] = domains[v].hull; }
  /// Counts work; false when there was too much.
  bool spend(uint64_t points) {
    visited = SaturatingAdd(visited, points);
    return !gaveUp();
  }
  /// Depth-first over `order`; `visit` returns false to stop.
  bool enumerate(ArrayRef<unsigned> order, unsigned depth, bool withRules,
                 function_ref<bool()> visit);
  bool countGroup(ArrayRef<unsigned> order, unsigned depth, bool withRules,
                  uint64_t cap, uint64_t &count);
  void putPreferredFirst(unsigned v, SmallVectorImpl<int64_t> &list) const;

  struct Cost {
    unsigned changes = 0;
    int64_t distance = 0;
    bool operator<(const Cost &o) const {
      return std::tie(changes, distance) < std::tie(o.changes, o.distance);
    }
  };
  struct NearestState {
    const Assignment *target;
    ArrayRef<unsigned> order;
    unsigned maxChanges;
    std::optional<Cost> best;
    SmallVector<int64_t> bestValues;
  };
  void nearestGroup(NearestState &state, unsigned depth, Cost cost);
};

Search::Search(const ConstraintSet &set, ArrayRef<char> skip, uint64_t limit)
    : set(set), limit(limit) {
  unsigned count = set.vars.size();
  StringMap<unsigned> slots;
  IntEqClasses classes(count);
  auto compile = [&](const Expr &expr) {
    auto compiled = CompiledExpr::compile(expr, slots, set.constants);
    TENSOROP_CHECK(compiled, "names were checked when the rule was added");
    return *compiled;
  };
  values.assign(count, 0);
  bounds.resize(count);
  touching.resize(count);
  for (auto [v, variable] : llvm::enumerate(set.vars)) {
    const Domain &source = variable.domain;
    CompiledDomain domain;
    domain.kind = source.kind;
    if (source.kind == Domain::Kind::List)
      for (const Expr &expr : source.list)
        domain.exprs.push_back(compile(expr));
    else if (source.kind == Domain::Kind::Range)
      for (const Expr *expr : {&source.lo, &source.hi, &source.step})
        domain.exprs.push_back(compile(*expr));
    domain.isStatic = true;
    for (const CompiledExpr &expr : domain.exprs)
      for (unsigned slot : expr.slots()) {
        classes.join(slot, v);
        domain.isStatic = false;
      }
    if (source.kind == Domain::Kind::Boolean) {
      domain.hull = {0, 1};
    } else if (source.kind == Domain::Kind::Range) {
      domain.hull = {domain.exprs[0].bounds(bounds).lo,
                     domain.exprs[1].bounds(bounds).hi};
    } else {
      domain.hull = {INT64_MAX, INT64_MIN};
      for (const CompiledExpr &expr : domain.exprs) {
        Interval one = expr.bounds(bounds);
        domain.hull.lo = std::min(domain.hull.lo, one.lo);
        domain.hull.hi = std::max(domain.hull.hi, one.hi);
      }
    }
    domains.push_back(std::move(domain));
    bounds[v] = domains[v].hull;
    if (domains[v].isStatic) {
      bool isStatic = std::exchange(domains[v].isStatic, false);
      domains[v].values = this->domain(v);
      domains[v].isStatic = isStatic;
    }
    slots[variable.name] = v;
  }
  for (auto [index, source] : llvm::enumerate(set.rules)) {
    if (index < skip.size() && skip[index])
      continue;
    CompiledRule rule;
    rule.value = compile(source.value);
    rule.relation = source.relation;
    rule.limit =
        compile(source.relation == Relation::Holds ? Expr() : source.limit);
    append_range(rule.slots, rule.value.slots());
    append_range(rule.slots, rule.limit.slots());
    if (source.condition) {
      rule.condition = compile(*source.condition);
      append_range(rule.slots, rule.condition->slots());
    }
    llvm::sort(rule.slots);
    rule.slots.erase(llvm::unique(rule.slots), rule.slots.end());
    if (rule.slots.empty()) {
      impossible |= test(rule) == Truth::No;
      continue;
    }
    for (unsigned slot : rule.slots) {
      classes.join(rule.slots[0], slot);
      touching[slot].push_back(rules.size());
    }
    rules.push_back(std::move(rule));
  }
  classes.compress();
  groups.resize(classes.getNumClasses());
  for (unsigned v = 0; v < count; ++v)
    groups[classes[v]].push_back(v);
}

Truth Search::test(const CompiledRule &rule) const {
  bool closed =
      all_of(rule.slots, [&](unsigned s) { return bounds[s].isPoint(); });
  if (closed) {
    // Slots of one-value domains may not be assigned yet.
    SmallVector<int64_t> point(bounds.size());
    for (unsigned slot : rule.slots)
      point[slot] = bounds[slot].lo;
    if (rule.condition) {
      auto applies = rule.condition->evaluate(point);
      if (!applies)
        return Truth::No;
      if (*applies == 0)
        return Truth::Yes;
    }
    auto value = rule.value.evaluate(point), limit = rule.limit.evaluate(point);
    if (!value || !limit)
      return Truth::No;
    bool holds = false;
    switch (rule.relation) {
    case Relation::LessEqual:
      holds = *value <= *limit;
      break;
    case Relation::GreaterEqual:
      holds = *value >= *limit;
      break;
    case Relation::Equal:
      holds = *value == *limit;
      break;
    case Relation::MultipleOf:
      holds = isMultiple(*value, *limit);
      break;
    case Relation::Holds:
      holds = *value != 0;
      break;
    }
    return holds ? Truth::Yes : Truth::No;
  }
  if (rule.condition) {
    Interval applies = rule.condition->bounds(bounds);
    if (applies.isPoint() && applies.lo == 0 && !applies.mayFail)
      return Truth::Yes;
    if (applies.lo <= 0 && applies.hi >= 0)
      return Truth::Open;
  }
  Interval value = rule.value.bounds(bounds), limit = rule.limit.bounds(bounds);
  auto decide = [&](bool yes, bool no) {
    if (no)
      return Truth::No;
    return yes && !value.mayFail && !limit.mayFail ? Truth::Yes : Truth::Open;
  };
  switch (rule.relation) {
  case Relation::LessEqual:
    return decide(value.hi <= limit.lo, value.lo > limit.hi);
  case Relation::GreaterEqual:
    return decide(value.lo >= limit.hi, value.hi < limit.lo);
  case Relation::Equal:
    return decide(value.isPoint() && limit.isPoint() && value.lo == limit.lo,
                  value.hi < limit.lo || limit.hi < value.lo);
  case Relation::MultipleOf:
    // A positive value below every divisor is no multiple of it.
    return decide(limit.isPoint() && limit.lo == 1,
                  value.lo > 0 && limit.lo > value.hi);
  case Relation::Holds:
    return decide(value.lo > 0 || value.hi < 0, value.lo == 0 && value.hi == 0);
  }
  return Truth::Open;
}

bool Search::possible(unsigned v) const {
  return all_of(touching[v],
                [&](unsigned rule) { return test(rules[rule]) != Truth::No; });
}

SmallVector<int64_t> Search::domain(unsigned v) const {
  const CompiledDomain &domain = domains[v];
  if (domain.isStatic)
    return domain.values;
  SmallVector<int64_t> list;
  if (domain.kind == Domain::Kind::Boolean)
    return {0, 1};
  if (domain.kind == Domain::Kind::List) {
    for (const CompiledExpr &expr : domain.exprs) {
      auto value = expr.evaluate(values);
      // As in domainValues: no domain at all.
      if (!value)
        return {};
      if (!is_contained(list, *value))
        list.push_back(*value);
    }
    return list;
  }
  auto lo = domain.exprs[0].evaluate(values),
       hi = domain.exprs[1].evaluate(values),
       step = domain.exprs[2].evaluate(values);
  if (!lo || !hi || !step || *step < 1 || *hi < *lo ||
      (uint64_t(*hi) - uint64_t(*lo)) / uint64_t(*step) >=
          ConstraintSet::maxDomain)
    return list;
  for (int64_t value = *lo; value <= *hi;) {
    list.push_back(value);
    if (AddOverflow(value, *step, value))
      break;
  }
  return list;
}

bool Search::enumerate(ArrayRef<unsigned> order, unsigned depth, bool withRules,
                       function_ref<bool()> visit) {
  if (depth == order.size())
    return visit();
  unsigned v = order[depth];
  SmallVector<int64_t> list = domain(v);
  putPreferredFirst(v, list);
  // Making the list is work, too.
  bool enough = spend(list.size() / 16);
  for (int64_t value : list) {
    if (!enough || !spend(1)) {
      release(v);
      return false;
    }
    assign(v, value);
    if (withRules && !possible(v))
      continue;
    if (!enumerate(order, depth + 1, withRules, visit)) {
      release(v);
      return false;
    }
  }
  release(v);
  return true;
}

void Search::putPreferredFirst(unsigned v,
                               SmallVectorImpl<int64_t> &list) const {
  if (auto preferred = set.vars[v].preferred)
    if (auto it = llvm::find(list, *preferred); it != list.end())
      std::rotate(list.begin(), it, it + 1);
}

bool Search::first(Assignment &result) {
  if (impossible)
    return false;
  for (ArrayRef<unsigned> group : groups) {
    bool found = false;
    enumerate(group, 0, /*withRules=*/true, [&] {
      found = true;
      for (unsigned v : group)
        result[set.vars[v].name] = values[v];
      return false;
    });
    if (!found)
      return false;
  }
  return true;
}

bool Search::forEach(function_ref<bool(const Assignment &)> visit) {
  if (impossible)
    return true;
  SmallVector<unsigned> order =
      to_vector(llvm::seq<unsigned>(0, set.vars.size()));
  Assignment point;
  return enumerate(order, 0, /*withRules=*/true, [&] {
    for (unsigned v : order)
      point[set.vars[v].name] = values[v];
    return visit(point);
  });
}

//===----------------------------------------------------------------------===//
// Counting
//===----------------------------------------------------------------------===//

/// Adds the points below to `count`; false when `cap` is reached.
bool Search::countGroup(ArrayRef<unsigned> order, unsigned depth,
                        bool withRules, uint64_t cap, uint64_t &count) {
  if (depth == order.size()) {
    ++count;
    return count < cap;
  }
  // With every open rule discharged and static domains, the rest is a product.
  uint64_t rest = 1;
  bool product = true;
  for (unsigned v : order.drop_front(depth)) {
    product &= domains[v].isStatic;
    if (withRules)
      for (unsigned rule : touching[v])
        product &= test(rules[rule]) == Truth::Yes;
    if (!product)
      break;
    rest = SaturatingMultiply<uint64_t>(rest, domains[v].values.size());
  }
  if (product) {
    count = SaturatingAdd(count, rest);
    return count < cap;
  }
  unsigned v = order[depth];
  for (int64_t value : domain(v)) {
    assign(v, value);
    if (withRules && !possible(v))
      continue;
    if (!countGroup(order, depth + 1, withRules, cap, count)) {
      release(v);
      return false;
    }
  }
  release(v);
  return true;
}

PointCount Search::count(uint64_t cap, bool withRules) {
  PointCount result;
  if (withRules && impossible)
    return result;
  result.count = 1;
  for (ArrayRef<unsigned> group : groups) {
    uint64_t points = 0;
    result.capped |= !countGroup(group, 0, withRules, cap, points);
    if (points == 0)
      return PointCount();
    result.count = SaturatingMultiply(result.count, points);
  }
  if (result.count >= cap) {
    result.capped |= result.count > cap;
    result.count = cap;
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Nearest
//===----------------------------------------------------------------------===//

int64_t changeDistance(int64_t from, int64_t to) {
  if (from == to)
    return 0;
  double scale = std::max({std::abs(double(from)), std::abs(double(to)), 1.0});
  return std::max<int64_t>(
      1, std::llround(std::abs(double(to) - double(from)) / scale * 1000.0));
}

void Search::nearestGroup(NearestState &state, unsigned depth, Cost cost) {
  if (state.best && !(cost < *state.best))
    return;
  if (depth == state.order.size()) {
    state.best = cost;
    state.bestValues.clear();
    for (unsigned v : state.order)
      state.bestValues.push_back(values[v]);
    return;
  }
  unsigned v = state.order[depth];
  SmallVector<int64_t> list = domain(v);
  // Making and sorting the list is work, too.
  if (!spend(list.size() / 16))
    return;
  auto it = state.target->find(set.vars[v].name);
  bool isFree = it == state.target->end();
  if (isFree)
    putPreferredFirst(v, list);
  else if (cost.changes == state.maxChanges)
    // No change is left: the wanted value or nothing.
    list = is_contained(list, it->second) ? SmallVector<int64_t>{it->second}
                                          : SmallVector<int64_t>{};
  else
    llvm::sort(list, [&](int64_t a, int64_t b) {
      return std::pair(changeDistance(it->second, a), a) <
             std::pair(changeDistance(it->second, b), b);
    });
  for (int64_t value : list) {
    if (!spend(1))
      break;
    assign(v, value);
    if (!possible(v))
      continue;
    Cost next = cost;
    if (!isFree && value != it->second) {
      ++next.changes;
      next.distance += changeDistance(it->second, value);
    }
    nearestGroup(state, depth + 1, next);
  }
  release(v);
}

bool Search::nearest(const Assignment &target, Assignment &result) {
  if (impossible)
    return false;
  for (ArrayRef<unsigned> group : groups) {
    NearestState state{&target, group, 0, std::nullopt, {}};
    // Few changes first: the levels grow quickly.
    for (; state.maxChanges <= group.size() && !state.best && !gaveUp();
         ++state.maxChanges)
      nearestGroup(state, 0, Cost());
    if (!state.best)
      return false;
    for (auto [v, value] : zip(group, state.bestValues))
      result[set.vars[v].name] = value;
  }
  return true;
}

//===----------------------------------------------------------------------===//
// ConstraintSet
//===----------------------------------------------------------------------===//

std::optional<Assignment> ConstraintSet::first() const {
  Assignment result;
  if (!Search(*this).first(result))
    return std::nullopt;
  return result;
}

std::optional<Assignment>
ConstraintSet::nearest(const Assignment &target) const {
  Assignment result;
  if (!Search(*this).nearest(target, result))
    return std::nullopt;
  return result;
}

void ConstraintSet::forEachLegal(
    function_ref<bool(const Assignment &)> visit) const {
  Search(*this).forEach(visit);
}

PointCount ConstraintSet::countPoints(uint64_t cap) const {
  return Search(*this).count(cap, /*withRules=*/false);
}

PointCount ConstraintSet::countLegal(uint64_t cap) const {
  return Search(*this).count(cap, /*withRules=*/true);
}

std::vector<size_t> ConstraintSet::unsatCore() const {
  return findUnsatCore(*this, UINT64_MAX);
}

//===----------------------------------------------------------------------===//
// With a limit
//===----------------------------------------------------------------------===//

LimitedSearch findFirst(const ConstraintSet &set, uint64_t limit) {
  Search search(set, {}, limit);
  Assignment point;
  LimitedSearch result;
  if (search.first(point))
    result.point = std::move(point);
  result.gaveUp = search.gaveUp();
  return result;
}

LimitedSearch findNearest(const ConstraintSet &set, const Assignment &target,
                          uint64_t limit) {
  Search search(set, {}, limit);
  Assignment point;
  LimitedSearch result;
  if (search.nearest(target, point))
    result.point = std::move(point);
  result.gaveUp = search.gaveUp();
  return result;
}

std::vector<size_t> findUnsatCore(const ConstraintSet &set, uint64_t limit) {
  ArrayRef<Constraint> rules = set.constraints();
  std::vector<char> skip(rules.size(), 0);
  Assignment ignored;
  // All searches share the limit.
  auto mayHold = [&] {
    Search search(set, skip, limit);
    bool found = search.first(ignored) || search.gaveUp();
    limit -= std::min(limit, search.pointsVisited());
    return found;
  };
  if (mayHold())
    return {};
  // Leaving out a rule that is not needed keeps the set unsatisfiable.
  for (size_t i = 0; i < rules.size(); ++i) {
    skip[i] = 1;
    if (mayHold())
      skip[i] = 0;
  }
  std::vector<size_t> core;
  for (size_t i = 0; i < rules.size(); ++i)
    if (!skip[i])
      core.push_back(i);
  return core;
}

} // namespace tensorop::model
