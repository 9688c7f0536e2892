//===- ConstraintSetTest.cpp - Constraints against brute force ------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Model/ConstraintSet.h"
#include "../../lib/Model/ConstraintSearch.h"
#include "PlanReader.h"
#include "RandomSets.h"
#include "llvm/ADT/STLExtras.h"
#include <chrono>
#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace tensorop::model;
using tensorop::model::test::expr;

namespace {

void add(ConstraintSet &set, const char *name, const char *domain,
         std::optional<int64_t> preferred = std::nullopt) {
  auto parsed = Domain::parse(domain);
  ASSERT_TRUE(bool(parsed)) << toString(parsed.takeError());
  llvm::Error error = set.addVariable({name, *parsed, preferred, 0});
  ASSERT_FALSE(bool(error)) << toString(std::move(error));
}

void rule(ConstraintSet &set, const char *label, const char *value,
          Relation relation = Relation::Holds, const char *limit = "0",
          const char *condition = nullptr) {
  Constraint c;
  c.label = label;
  c.value = expr(value);
  c.relation = relation;
  c.limit = expr(limit);
  c.factor = std::string("factor of ") + label;
  if (condition)
    c.condition = expr(condition);
  llvm::Error error = set.addConstraint(c);
  ASSERT_FALSE(bool(error)) << toString(std::move(error));
}

/// All points of the domains by plain nested enumeration.
std::vector<Assignment> allPoints(const ConstraintSet &set) {
  std::vector<Assignment> points = {{}};
  for (const Variable &variable : set.variables()) {
    std::vector<Assignment> next;
    for (const Assignment &point : points) {
      auto values = set.domainValues(variable.name, point);
      if (!values) {
        consumeError(values.takeError());
        continue;
      }
      for (int64_t value : *values) {
        next.push_back(point);
        next.back()[variable.name] = value;
      }
    }
    points = std::move(next);
  }
  return points;
}

std::vector<Assignment> legalPoints(const ConstraintSet &set) {
  std::vector<Assignment> legal;
  for (const Assignment &point : allPoints(set))
    if (set.isLegal(point))
      legal.push_back(point);
  return legal;
}

/// The documented cost: changes, then relative changes in thousandths.
std::pair<unsigned, int64_t> cost(const Assignment &target,
                                  const Assignment &point) {
  std::pair<unsigned, int64_t> result = {0, 0};
  for (const auto &[name, value] : point) {
    auto it = target.find(name);
    if (it == target.end() || it->second == value)
      continue;
    double scale =
        std::max({std::abs(double(value)), std::abs(double(it->second)), 1.0});
    ++result.first;
    result.second += std::max<int64_t>(
        1, std::llround(std::abs(double(value) - double(it->second)) / scale *
                        1000.0));
  }
  return result;
}

/// Compares every answer with brute force.
void compare(const ConstraintSet &set, std::mt19937 &rng) {
  std::vector<Assignment> points = allPoints(set), legal = legalPoints(set);
  EXPECT_EQ(set.countPoints().count, points.size()) << set.str();
  EXPECT_EQ(set.countLegal().count, legal.size()) << set.str();
  std::vector<Assignment> visited;
  set.forEachLegal([&](const Assignment &point) {
    visited.push_back(point);
    return true;
  });
  std::sort(visited.begin(), visited.end());
  std::sort(legal.begin(), legal.end());
  EXPECT_EQ(visited, legal) << set.str();
  auto first = set.first();
  ASSERT_EQ(first.has_value(), !legal.empty()) << set.str();
  if (first) {
    EXPECT_TRUE(set.isLegal(*first)) << set.str();
  }
  EXPECT_EQ(set.unsatCore().empty(),
            !legal.empty() || set.constraints().empty());
  for (int i = 0; i < 4 && !points.empty(); ++i) {
    Assignment target = points[rng() % points.size()];
    if (i == 1)
      target.erase(target.begin());
    if (i == 2)
      target.begin()->second += int64_t(rng() % 30);
    auto nearest = set.nearest(target);
    ASSERT_EQ(nearest.has_value(), !legal.empty()) << set.str();
    if (!nearest)
      continue;
    EXPECT_TRUE(set.isLegal(*nearest));
    auto best = cost(target, legal.front());
    for (const Assignment &point : legal)
      best = std::min(best, cost(target, point));
    EXPECT_EQ(cost(target, *nearest), best) << set.str();
  }
}

TEST(ConstraintSet, GemmSpaceAgainstBruteForce) {
  ConstraintSet set;
  set.addConstant("vregs", 16);
  set.addConstant("l2", 512 * 1024);
  add(set, "kc", "[128, 256, 512]", 256);
  add(set, "mr", "1 to 14", 6);
  add(set, "nv", "[1, 2, 3, 4]", 2);
  add(set, "mc", "mr to 480 step mr");
  rule(set, "V-REGS", "mr * nv + nv + 1", Relation::LessEqual, "vregs");
  rule(set, "M-L2", "mc * kc * 4", Relation::LessEqual, "l2 / 2");
  rule(set, "V-BLOCK", "mc", Relation::MultipleOf, "mr", "mc < 1000");
  std::mt19937 rng(3);
  compare(set, rng);
  EXPECT_GT(set.countLegal().count, 1000u);
  auto first = set.first();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->at("kc"), 256);
  EXPECT_EQ(first->at("mr"), 6);
}

TEST(ConstraintSet, RandomSpacesAgainstBruteForce) {
  std::mt19937 rng(7);
  const char *domains[] = {"[4, 2, 8, 16]",  "1 to 9", "bool",
                           "0 to 20 step 5", "[3]",    "1 to 2"};
  const char *values[] = {
      "a * b",     "a + b + c",     "a % b", "c - a",
      "max(a, c)", "a / max(1, b)", "b",     "(a > 3) + (c < 4)",
      "a / b",     "min(a, d) * c", "d"};
  const char *limits[] = {"8", "c", "2", "d", "12", "b + 1", "0"};
  int satisfiable = 0, unsatisfiable = 0;
  for (int round = 0; round < 300; ++round) {
    ConstraintSet set;
    for (const char *name : {"a", "b", "c", "d"})
      add(set, name,
          rng() % 8 == 0 && *name != 'a' ? "a to a * 3 step a"
                                         : domains[rng() % 6]);
    int count = rng() % 4 + 1;
    for (int i = 0; i < count; ++i)
      rule(set, ("R" + std::to_string(i)).c_str(), values[rng() % 11],
           Relation(rng() % 5), limits[rng() % 7],
           rng() % 4 == 0 ? "c > 1" : nullptr);
    compare(set, rng);
    (set.first() ? satisfiable : unsatisfiable)++;
  }
  // Both kinds were tried.
  EXPECT_GT(satisfiable, 50);
  EXPECT_GT(unsatisfiable, 20);
}

TEST(ConstraintSet, SearchesAgreeWithCheckWhereDomainsVanish) {
  std::mt19937 rng(23);
  unsigned none = 0;
  for (int round = 0; round < 400; ++round) {
    ConstraintSet set = test::randomSet(rng);
    std::vector<Assignment> legal = legalPoints(set), visited;
    set.forEachLegal([&](const Assignment &point) {
      visited.push_back(point);
      return true;
    });
    std::sort(visited.begin(), visited.end());
    std::sort(legal.begin(), legal.end());
    EXPECT_EQ(visited, legal) << set.str();
    EXPECT_EQ(set.first().has_value(), !legal.empty()) << set.str();
    none += legal.empty();
  }
  EXPECT_GT(none, 50u);
  EXPECT_LT(none, 350u);
}

TEST(ConstraintSet, LargeStepsAreNoLargeDomains) {
  ConstraintSet set;
  add(set, "far", "0 to 4611686018427387904 step 2305843009213693952");
  auto values = set.domainValues("far", {});
  ASSERT_TRUE(bool(values)) << toString(values.takeError());
  EXPECT_EQ(values->size(), 3u);
}

TEST(ConstraintSet, LargeSpacesAreFast) {
  ConstraintSet set;
  add(set, "mr", "1 to 16");
  add(set, "nv", "1 to 8");
  add(set, "kc", "16 to 1024 step 16");
  add(set, "mc", "mr to 480 step mr");
  add(set, "nc", "64 to 4096 step 64");
  add(set, "ku", "[1, 2, 4, 8]");
  add(set, "threads", "1 to 16");
  rule(set, "V-REGS", "mr * nv + nv + 1", Relation::LessEqual, "32");
  rule(set, "L2", "mc * kc * 4", Relation::LessEqual, "524288");
  rule(set, "L3", "nc * kc * 4", Relation::LessEqual, "8388608");
  rule(set, "K", "kc", Relation::MultipleOf, "ku");
  EXPECT_GT(set.countPoints().count, uint64_t(1000000000));
  auto start = std::chrono::steady_clock::now();
  auto nearest = set.nearest({{"mr", 14},
                              {"nv", 3},
                              {"kc", 1024},
                              {"mc", 420},
                              {"nc", 4096},
                              {"ku", 4},
                              {"threads", 20}});
  double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  ASSERT_TRUE(nearest);
  EXPECT_TRUE(set.isLegal(*nearest));
  EXPECT_EQ(nearest->at("ku"), 4);
  EXPECT_EQ(nearest->at("threads"), 16);
  // Milliseconds when the machine is quiet; plain enumeration takes minutes.
  EXPECT_LT(seconds, 2.0);
}

TEST(ConstraintSet, CountIsCapped) {
  ConstraintSet set;
  add(set, "a", "1 to 1000");
  add(set, "b", "1 to 1000");
  PointCount all = set.countPoints();
  EXPECT_EQ(all.count, 1000000u);
  EXPECT_FALSE(all.capped);
  PointCount some = set.countPoints(500);
  EXPECT_EQ(some.count, 500u);
  EXPECT_TRUE(some.capped);
}

TEST(ConstraintSet, ViolationsNameValueAndLimit) {
  ConstraintSet set;
  set.addConstant("vregs", 16);
  add(set, "mr", "1 to 14");
  add(set, "nv", "[1, 2]");
  rule(set, "V-REGS", "mr * nv + nv + 1", Relation::LessEqual, "vregs");
  rule(set, "Q-REQUIRE", "mr != 7");
  auto violations = set.check({{"mr", 7}, {"nv", 2}});
  ASSERT_EQ(violations.size(), 2u);
  EXPECT_EQ(
      violations[0].message,
      "V-REGS: factor of V-REGS is 17, must be <= 16 (mr * nv + nv + 1 <= "
      "vregs with mr = 7, nv = 2, vregs = 16)");
  EXPECT_EQ(violations[0].value, 17);
  EXPECT_EQ(violations[0].limit, 16);
  EXPECT_EQ(violations[1].message, "Q-REQUIRE: factor of Q-REQUIRE does not "
                                   "hold: mr != 7 with mr = 7");
}

TEST(ConstraintSet, PointsOutsideTheDomains) {
  ConstraintSet set;
  add(set, "mr", "2 to 4");
  add(set, "mc", "mr to 8 step mr");
  auto message = [&](const Assignment &point) {
    auto violations = set.check(point);
    return violations.size() == 1 ? violations[0].message
                                  : std::to_string(violations.size());
  };
  EXPECT_EQ(message({{"mr", 2}, {"mc", 4}}), "0");
  EXPECT_EQ(message({{"mr", 2}}), "P-DOMAIN: parameter 'mc' has no value");
  EXPECT_EQ(message({{"mr", 3}, {"mc", 4}}),
            "P-DOMAIN: parameter 'mc' is 4, the domain is mr to 8 step mr with "
            "mr = 3");
  EXPECT_EQ(
      message({{"mr", 2}, {"mc", 4}, {"x", 1}}),
      "P-DOMAIN: parameter 'x' does not exist; the parameters are mr, mc");
}

TEST(ConstraintSet, DomainsMayVanishAtAPoint) {
  ConstraintSet set;
  add(set, "s", "0 to 4");
  add(set, "x", "1 to 8 step s");
  auto violations = set.check({{"s", 0}, {"x", 1}});
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].message,
            "P-DOMAIN: parameter 'x' has no domain: the step of the domain of "
            "'x' is 0, the least is 1");
  EXPECT_TRUE(set.check({{"s", 2}, {"x", 3}}).empty());
}

TEST(ConstraintSet, BadInputIsDiagnosed) {
  ConstraintSet set;
  add(set, "a", "1 to 4");
  auto addError = [&](const char *name, const char *domain) {
    auto parsed = Domain::parse(domain);
    if (!parsed)
      return toString(parsed.takeError());
    return toString(set.addVariable({name, *parsed, std::nullopt, 0}));
  };
  EXPECT_EQ(addError("a", "1 to 2"), "the name 'a' is taken");
  EXPECT_EQ(addError("b", "1 to q"), "unknown name 'q'; the names are a");
  EXPECT_EQ(addError("b", "[v(2)]"),
            "'v(2)' uses v(), [] or full, which have no value here");
  EXPECT_EQ(addError("b", "7"), "domain '7': expected a list '[a, b]', a range "
                                "'lo to hi step s' or 'bool'");
  EXPECT_EQ(addError("b", "[1, 2"), "domain '[1, 2': expected ']' at the end");
  EXPECT_EQ(addError("b", "1 to (2"),
            "column 3 of '(2': expected ')', found the end");
  Constraint c;
  c.value = expr("a + zz");
  EXPECT_EQ(toString(set.addConstraint(c)),
            "unknown name 'zz'; the names are a");
  add(set, "s", "0 to 4");
  add(set, "d", "1 to 9 step s");
  auto values = set.domainValues("d", {{"s", 0}});
  EXPECT_EQ(toString(values.takeError()),
            "the step of the domain of 'd' is 0, the least is 1");
  add(set, "huge", "1 to 5000000");
  EXPECT_EQ(toString(set.domainValues("huge", {}).takeError()),
            "the domain of 'huge' has more than 1048576 values");
  EXPECT_EQ(toString(set.domainValues("none", {}).takeError()),
            "unknown parameter 'none'");
}

TEST(ConstraintSet, CoreNamesWhatExcludesAllPoints) {
  ConstraintSet set;
  add(set, "a", "1 to 10");
  add(set, "b", "1 to 10");
  rule(set, "LOW", "a", Relation::LessEqual, "4");
  rule(set, "HIGH", "a + b", Relation::GreaterEqual, "15");
  rule(set, "OTHER", "b", Relation::MultipleOf, "2");
  EXPECT_EQ(set.unsatCore(), (std::vector<size_t>{0, 1}));
  EXPECT_FALSE(set.first());
  EXPECT_FALSE(set.nearest({{"a", 5}, {"b", 9}}));
}

TEST(ConstraintSet, SearchesGiveUp) {
  // A prime that bounds cannot exclude.
  ConstraintSet set;
  add(set, "a", "2 to 1000000");
  add(set, "b", "2 to 1000000");
  rule(set, "PRODUCT", "a * b", Relation::Equal, "982451653");
  LimitedSearch search = findFirst(set);
  EXPECT_FALSE(search.point);
  EXPECT_TRUE(search.gaveUp);
  search = findNearest(set, {{"a", 1000}, {"b", 1000}});
  EXPECT_FALSE(search.point);
  EXPECT_TRUE(search.gaveUp);
  EXPECT_EQ(searchLimitMessage(7), "no legal point found within 7 points: "
                                   "narrow the domains or give legal defaults");
  // What a search finds within its limit is as without one.
  ConstraintSet easy;
  add(easy, "a", "1 to 100");
  add(easy, "b", "1 to 100");
  rule(easy, "SUM", "a + b", Relation::Equal, "150");
  search = findFirst(easy, 1000);
  EXPECT_FALSE(search.gaveUp);
  EXPECT_EQ(search.point, easy.first());
  EXPECT_TRUE(findFirst(easy, 20).gaveUp);
  search = findNearest(easy, {{"a", 70}, {"b", 70}}, 10000);
  EXPECT_FALSE(search.gaveUp);
  EXPECT_EQ(search.point, easy.nearest({{"a", 70}, {"b", 70}}));
  EXPECT_TRUE(findNearest(easy, {{"a", 70}, {"b", 70}}, 20).gaveUp);
}

TEST(ConstraintSet, CoreCutShortKeepsRules) {
  ConstraintSet set;
  add(set, "a", "1 to 10");
  add(set, "b", "1 to 10");
  rule(set, "OTHER", "b", Relation::MultipleOf, "2");
  rule(set, "LOW", "a", Relation::LessEqual, "4");
  rule(set, "HIGH", "a + b", Relation::GreaterEqual, "15");
  EXPECT_EQ(findUnsatCore(set), (std::vector<size_t>{1, 2}));
  EXPECT_EQ(findUnsatCore(set, 12), (std::vector<size_t>{0, 1, 2}));
}

TEST(ConstraintSet, RulesWithoutVariables) {
  ConstraintSet set;
  add(set, "a", "1 to 10");
  rule(set, "CONSTANT", "3", Relation::LessEqual, "2");
  ASSERT_EQ(set.checkConstants().size(), 1u);
  EXPECT_EQ(set.checkConstants()[0].message,
            "CONSTANT: factor of CONSTANT is 3, must be <= 2");
  EXPECT_FALSE(set.first());
  EXPECT_EQ(set.unsatCore(), std::vector<size_t>{0});
}

TEST(ConstraintSet, PrintsItself) {
  ConstraintSet set;
  add(set, "a", "1 to 10 step 3", 4);
  rule(set, "R", "a", Relation::MultipleOf, "2", "a > 4");
  EXPECT_EQ(set.str(), "a = 4 in 1 to 10 step 3\n"
                       "R: if a > 4: a a multiple of 2  // factor of R\n");
}

} // namespace
