//===- Z3Test.cpp - Z3 against our own search -----------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Z3/Z3.h"
#include "../Model/PlanReader.h"
#include "../Model/Plans.h"
#include "../Model/RandomSets.h"
#include "llvm/ADT/STLExtras.h"
#include <gtest/gtest.h>

using namespace tensorop;
using namespace tensorop::model;
using namespace tensorop::model::test;

namespace {

/// Tests that need Z3; where the build lacks it they are skipped with the
/// reason.
class Z3 : public ::testing::Test {
protected:
  std::unique_ptr<ConstraintSolver> solver;
  void SetUp() override {
    auto made = z3::createSolver();
    if (!made)
      GTEST_SKIP() << llvm::toString(made.takeError());
    solver = std::move(*made);
  }
};

/// The rules of `set` that `core` lists, or all but those.
ConstraintSet some(const ConstraintSet &set, llvm::ArrayRef<size_t> core) {
  ConstraintSet result;
  for (const auto &constant : set.namedConstants())
    result.addConstant(constant.getKey(), constant.second);
  for (const Variable &variable : set.variables())
    EXPECT_FALSE(bool(result.addVariable(variable)));
  for (size_t rule : core)
    EXPECT_FALSE(bool(result.addConstraint(set.constraints()[rule])));
  return result;
}

/// Excludes all points, and nothing of it can be left out.
void checkCore(const ConstraintSet &set, llvm::ArrayRef<size_t> core) {
  EXPECT_FALSE(some(set, core).first()) << set.str();
  for (size_t rule : core) {
    llvm::SmallVector<size_t> fewer(core);
    llvm::erase(fewer, rule);
    EXPECT_TRUE(some(set, fewer).first())
        << set.str() << set.constraints()[rule].label;
  }
}

std::pair<unsigned, int64_t> cost(const Assignment &target,
                                  const Assignment &point) {
  std::pair<unsigned, int64_t> result;
  for (const auto &[name, value] : target) {
    result.first += point.at(name) != value;
    result.second += changeDistance(value, point.at(name));
  }
  return result;
}

/// Compares every answer with that of our search; true when there is a point.
bool compare(const ConstraintSet &set, const ConstraintSolver &solver,
             const Assignment &target) {
  LimitedSearch own = ownSolver().first(set), other = solver.first(set);
  EXPECT_FALSE(other.gaveUp) << set.str();
  EXPECT_EQ(own.point.has_value(), other.point.has_value()) << set.str();
  if (!own.point || !other.point) {
    checkCore(set, solver.unsatCore(set));
    return false;
  }
  EXPECT_TRUE(set.isLegal(*other.point)) << set.str();
  EXPECT_TRUE(solver.unsatCore(set).empty());
  LimitedSearch nearest = ownSolver().nearest(set, target),
                otherNearest = solver.nearest(set, target);
  EXPECT_FALSE(otherNearest.gaveUp) << set.str();
  EXPECT_TRUE(otherNearest.point.has_value());
  if (!otherNearest.point)
    return true;
  EXPECT_TRUE(set.isLegal(*otherNearest.point)) << set.str();
  EXPECT_EQ(cost(target, *nearest.point), cost(target, *otherNearest.point))
      << set.str();
  return true;
}

TEST_F(Z3, AgreesOnRandomSets) {
  std::mt19937 rng(17);
  unsigned satisfiable = 0, impossible = 0;
  for (int round = 0; round < 150; ++round) {
    ConstraintSet set = randomSet(rng);
    Assignment target = randomPoint(set, rng);
    (compare(set, *solver, target) ? satisfiable : impossible)++;
  }
  EXPECT_GT(satisfiable, 30u);
  EXPECT_GT(impossible, 30u);
}

TEST_F(Z3, AgreesOnPlans) {
  KernelInfo info{"k", {matmul(100, 70, 64)}};
  for (const char *name : {"x86-64-v3", "x86-64-v4", "neon", "rvv:vlen=256"}) {
    LoopTree tree = build(plans::sgemm, target(name), &info);
    ConstraintSet set;
    ASSERT_FALSE(bool(tree.constraints(set)));
    EXPECT_TRUE(compare(set, *solver,
                        {{"kc", 300}, {"mr", 14}, {"nv", 4}, {"mc", 100}}));
    // No register tile is as large.
    Constraint rule;
    rule.label = "Q-REQUIRE";
    rule.value = expr("mr * nv > 40");
    ASSERT_FALSE(bool(set.addConstraint(rule)));
    EXPECT_FALSE(compare(set, *solver, {}));
    std::vector<std::string> labels;
    for (size_t index : solver->unsatCore(set))
      labels.push_back(set.constraints()[index].label);
    EXPECT_TRUE(llvm::is_contained(labels, "V-REGS")) << name;
    EXPECT_TRUE(llvm::is_contained(labels, "Q-REQUIRE")) << name;
  }
}

TEST_F(Z3, DistancesOfDomainsThatOthersDecide) {
  // No table of distances: b has values only when a has one.
  ConstraintSet set;
  for (auto [name, text] : {std::pair("a", "1 to 4"),
                            std::pair("b", "-40 * a to 300 step 7 * a")}) {
    auto domain = Domain::parse(text);
    ASSERT_TRUE(bool(domain));
    ASSERT_FALSE(bool(set.addVariable({name, *domain, {}, -1})));
  }
  Constraint apart;
  apart.label = "APART";
  apart.value = expr("b % 5 != 0 && a != 2");
  ASSERT_FALSE(bool(set.addConstraint(apart)));
  for (int64_t b : {-300, -161, -160, -5, 0, 1, 17, 250, 1000})
    EXPECT_TRUE(compare(set, *solver, {{"a", 2}, {"b", b}}));
}

TEST_F(Z3, ChoosesThePointOfAPlan) {
  KernelInfo info{"k", {matmul(100, 70, 64)}};
  Plan plan = readPlan(plans::sgemm);
  PlanSource source{plan.header, plan.steps, target("x86-64-v3"), &info,
                    solver.get()};
  Assignment wanted = {{"kc", 256}, {"mr", 14}, {"nv", 2}, {"mc", 96}};
  auto legal = nearestLegal(source, wanted);
  ASSERT_TRUE(bool(legal)) << text(legal.takeError());
  source.solver = &ownSolver();
  auto own = nearestLegal(source, wanted);
  ASSERT_TRUE(bool(own));
  EXPECT_EQ(cost(wanted, *legal), cost(wanted, *own));
}

TEST_F(Z3, FindsWhatOurSearchGivesUpOn) {
  // Bounds prune nothing until the last variable has a value.
  ConstraintSet set;
  Constraint sum;
  sum.label = "SUM";
  sum.relation = Relation::Equal;
  sum.limit = Expr::literal(3333);
  for (int i = 0; i < 6; ++i) {
    std::string name = "p" + std::to_string(i);
    auto domain = Domain::parse("0 to 2000 step 4");
    ASSERT_TRUE(bool(domain));
    ASSERT_FALSE(bool(set.addVariable({name, *domain, {}, -1})));
    sum.value = i ? Expr::binary(Expr::Kind::Add, sum.value, Expr::name(name))
                  : Expr::name(name);
  }
  ASSERT_FALSE(bool(set.addConstraint(sum)));
  EXPECT_TRUE(ownSolver().first(set).gaveUp);
  LimitedSearch search = solver->first(set);
  EXPECT_FALSE(search.gaveUp);
  EXPECT_FALSE(search.point);
  EXPECT_EQ(solver->unsatCore(set), std::vector<size_t>{0});
}

TEST_F(Z3, GivesUpAfterItsSteps) {
  ConstraintSet set;
  for (const char *name : {"a", "b"}) {
    auto domain = Domain::parse("2 to 1000000");
    ASSERT_TRUE(bool(domain));
    ASSERT_FALSE(bool(set.addVariable({name, *domain, {}, -1})));
  }
  Constraint product;
  product.label = "PRODUCT";
  product.value = expr("a * b");
  product.relation = Relation::Equal;
  product.limit = Expr::literal(982451653);
  ASSERT_FALSE(bool(set.addConstraint(product)));
  auto hasty = z3::createSolver(/*steps=*/20000);
  ASSERT_TRUE(bool(hasty));
  EXPECT_TRUE((*hasty)->first(set).gaveUp);
  EXPECT_TRUE((*hasty)->nearest(set, {{"a", 5}}).gaveUp);
  EXPECT_TRUE((*hasty)->unsatCore(set).empty());
  EXPECT_EQ((*hasty)->limitMessage(),
            "no legal point found by Z3 within 20000 steps and 20 seconds: "
            "narrow the domains or give legal defaults");
}

TEST_F(Z3, SolvesFormulasWithoutBounds) {
  Term x = Term::variable(0), y = Term::variable(1),
       p = Term::variable(2, /*isBoolean=*/true);
  auto times = [](int64_t factor, Term term) {
    return Term::arithmetic(Term::Kind::Mul, Term::integer(factor), term);
  };
  Formula formula;
  formula.variables = {{"x"}, {"y"}, {"p", true}};
  Term line = Term::compare(
      Term::Kind::Equal,
      Term::arithmetic(Term::Kind::Add, times(6, x), times(10, y)),
      Term::integer(1002));
  formula.assertions = {
      {line, -1, -1, "line"},
      {Term::implies(p, Term::compare(Term::Kind::Less, x, Term::integer(-5))),
       -1, -1, "negative"},
      {p, -1, -1, "p"}};
  auto solution = z3::solve(formula);
  ASSERT_TRUE(bool(solution)) << llvm::toString(solution.takeError());
  ASSERT_EQ(solution->kind, z3::Solution::Kind::Satisfied);
  for (Holds holds : evaluate(formula, solution->values))
    EXPECT_EQ(holds, Holds::Yes);
  EXPECT_LT(solution->values[0], -5);
  EXPECT_EQ(solution->values[2], 1);

  // 6 x + 10 y is even.
  formula.assertions.push_back(
      {Term::compare(
           Term::Kind::Equal,
           Term::arithmetic(
               Term::Kind::Mod,
               Term::arithmetic(Term::Kind::Add, times(6, x), times(10, y)),
               Term::integer(4)),
           Term::integer(3)),
       -1, -1, "odd"});
  solution = z3::solve(formula);
  ASSERT_TRUE(bool(solution));
  ASSERT_EQ(solution->kind, z3::Solution::Kind::Impossible);
  EXPECT_EQ(solution->core, std::vector<size_t>{3});
}

TEST_F(Z3, ValuesThatDoNotFitAreRefused) {
  Term x = Term::variable(0), large = Term::integer(INT64_MAX);
  Formula formula;
  formula.variables = {{"x"}};
  formula.assertions = {
      {Term::compare(Term::Kind::Less, large, x), -1, -1, "large"}};
  auto solution = z3::solve(formula);
  ASSERT_FALSE(bool(solution));
  EXPECT_EQ(llvm::toString(solution.takeError()),
            "Z3's value of 'x' does not fit 64 bits");
}

TEST(Z3Absent, IsSaid) {
  if (!z3::version().empty())
    GTEST_SKIP() << "this build has Z3 " << z3::version();
  EXPECT_EQ(llvm::toString(z3::createSolver().takeError()), z3::whyAbsent());
  EXPECT_EQ(llvm::toString(z3::solve(Formula()).takeError()), z3::whyAbsent());
}

} // namespace
