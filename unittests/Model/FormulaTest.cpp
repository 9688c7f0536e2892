//===- FormulaTest.cpp - Formulas against constraint sets -----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Model/Formula.h"
#include "PlanReader.h"
#include "Plans.h"
#include "RandomSets.h"
#include "llvm/ADT/STLExtras.h"
#include <gtest/gtest.h>

using namespace tensorop::model;
using namespace tensorop::model::test;
using Kind = Term::Kind;

namespace {

llvm::SmallVector<int64_t> valuesOf(const ConstraintSet &set,
                                    const Assignment &point) {
  llvm::SmallVector<int64_t> values;
  for (const Variable &variable : set.variables())
    values.push_back(point.at(variable.name));
  return values;
}

/// Every assertion holds exactly when check() has nothing of it.
void comparePoint(const ConstraintSet &set, const Formula &formula,
                  const Assignment &point) {
  std::vector<Violation> violations = set.check(point);
  llvm::SmallVector<int64_t> values = valuesOf(set, point);
  bool domains = true, legal = true;
  llvm::SmallVector<Holds> all = evaluate(formula, values);
  for (auto [index, assertion] : llvm::enumerate(formula.assertions)) {
    Holds found = all[index];
    int rule = assertion.rule;
    // Divisions by zero stand behind conditions that decide; bounds that make
    // conditions superfluous hold in the domains.
    if (domains)
      ASSERT_NE(found, Holds::Open) << set.str() << assertion.label;
    bool holds = found == Holds::Yes;
    legal &= holds;
    if (assertion.variable >= 0) {
      std::string factor =
          "parameter '" + set.variables()[assertion.variable].name + "'";
      bool expected = llvm::none_of(violations, [&](const Violation &v) {
        return v.rule < 0 && v.factor == factor;
      });
      if (domains)
        EXPECT_EQ(holds, expected) << set.str() << factor;
      domains &= holds;
    } else if (domains) {
      EXPECT_EQ(holds, llvm::none_of(
                           violations,
                           [&](const Violation &v) { return v.rule == rule; }))
          << set.str() << assertion.label;
    }
  }
  EXPECT_EQ(legal, violations.empty()) << set.str();
}

TEST(Formula, SaysWhatCheckSaysAtEveryPoint) {
  std::mt19937 rng(11);
  unsigned legal = 0, illegal = 0;
  for (int round = 0; round < 400; ++round) {
    ConstraintSet set = randomSet(rng);
    Formula formula = formulaOf(set);
    ASSERT_EQ(formula.variables.size(), set.variables().size());
    for (int i = 0; i < 60; ++i) {
      Assignment point = randomPoint(set, rng);
      comparePoint(set, formula, point);
      (set.isLegal(point) ? legal : illegal)++;
    }
  }
  EXPECT_GT(legal, 1000u);
  EXPECT_GT(illegal, 5000u);
}

/// Whether `value` holds as a rule where a = `a` and b = `b`, by the formula
/// and by check().
void compareRule(const char *value, int64_t a, int64_t b) {
  ConstraintSet set;
  ASSERT_FALSE(bool(set.addVariable({"a", Domain::ofList({a}), {}, -1})));
  ASSERT_FALSE(bool(set.addVariable({"b", Domain::ofList({b}), {}, -1})));
  Constraint rule;
  rule.label = "R";
  rule.value = expr(value);
  ASSERT_FALSE(bool(set.addConstraint(rule)));
  comparePoint(set, formulaOf(set), {{"a", a}, {"b", b}});
}

TEST(Formula, EdgesOf64Bits) {
  for (const char *value :
       {"a + b > 3", "a - b < a", "a * b == 0", "-a < b", "a / b >= 0",
        "a % b == 0", "ceildiv(a, b) <= b", "a / b == 0 || a > 0",
        "b != 0 && a % b == 0", "b == 0 || a / b < 3", "min(a, -b) < max(a, b)",
        "(a * a) / (b * b) == 1", "!(a % b)", "a == b"})
    for (int64_t a : {INT64_MIN, INT64_MIN + 1, int64_t(-7), int64_t(-1),
                      int64_t(0), int64_t(1), int64_t(5), INT64_MAX})
      for (int64_t b : {INT64_MIN, int64_t(-3), int64_t(-1), int64_t(0),
                        int64_t(1), int64_t(2), INT64_MAX})
        compareRule(value, a, b);
}

TEST(Formula, MultiplesOfNegativeLimits) {
  for (int64_t value : {INT64_MIN, int64_t(-6), int64_t(0), int64_t(5)})
    for (int64_t limit : {int64_t(-1), int64_t(0), int64_t(-3), int64_t(2)}) {
      ConstraintSet set;
      ASSERT_FALSE(
          bool(set.addVariable({"a", Domain::ofList({value}), {}, -1})));
      Constraint rule;
      rule.label = "M";
      rule.value = Expr::name("a");
      rule.relation = Relation::MultipleOf;
      rule.limit = Expr::literal(limit);
      ASSERT_FALSE(bool(set.addConstraint(rule)));
      EXPECT_EQ(set.isLegal({{"a", value}}),
                limit == -1 || (limit != 0 && value % limit == 0));
      EXPECT_EQ(set.first().has_value(), set.isLegal({{"a", value}}));
      comparePoint(set, formulaOf(set), {{"a", value}});
    }
}

TEST(Formula, ConditionsOfOverflowAreLeftOutWhereBoundsSuffice) {
  ConstraintSet set;
  ASSERT_FALSE(bool(set.addVariable(
      {"mr", Domain::ofRange(Expr::literal(1), Expr::literal(14)), {}, -1})));
  Constraint rule;
  rule.label = "V-REGS";
  rule.value = expr("mr * 2 + 3");
  rule.relation = Relation::LessEqual;
  rule.limit = Expr::literal(16);
  rule.condition = expr("mr > 2");
  ASSERT_FALSE(bool(set.addConstraint(rule)));
  EXPECT_EQ(smtlib(formulaOf(set)),
            "(declare-const x0 Int)\n"
            "(declare-const a0 Bool)\n"
            "(assert (=> a0 (and (<= 1 x0) (<= x0 14))))\n"
            "(declare-const a1 Bool)\n"
            "(assert (=> a1 (=> (< 2 x0) (<= (+ (* x0 2) 3) 16))))\n");
}

TEST(Formula, SharedTermsAreDefinedOnce) {
  ConstraintSet set;
  ASSERT_FALSE(
      bool(set.addVariable({"a", Domain::ofList({INT64_MIN, 9}), {}, -1})));
  std::string value = "a";
  for (int i = 0; i < 40; ++i)
    value = "max(" + value + ", 3)";
  Constraint rule;
  rule.label = "R";
  rule.value = expr(value);
  ASSERT_FALSE(bool(set.addConstraint(rule)));
  std::string text = smtlib(formulaOf(set));
  EXPECT_LT(text.size(), 4000u);
  EXPECT_NE(text.find("(= x0 (- 9223372036854775808))"), std::string::npos)
      << text;
  EXPECT_NE(text.find("(define-fun t0 () Int (ite (<= 3 x0) x0 3))"),
            std::string::npos)
      << text;
}

TEST(Formula, ReadsBackWhatItWrote) {
  std::mt19937 rng(5);
  unsigned read = 0, refused = 0, satisfiable = 0;
  for (int round = 0; round < 300; ++round) {
    ConstraintSet set = randomSet(rng);
    llvm::Expected<ConstraintSet> back = constraintsOf(formulaOf(set));
    if (!back) {
      // A divisor may be zero, say.
      llvm::consumeError(back.takeError());
      ++refused;
      continue;
    }
    ++read;
    satisfiable += set.first().has_value();
    EXPECT_EQ(back->countLegal().count, set.countLegal().count)
        << set.str() << "\n"
        << back->str();
    set.forEachLegal([&](const Assignment &point) {
      EXPECT_TRUE(back->isLegal(point)) << set.str() << "\n" << back->str();
      return true;
    });
  }
  EXPECT_GT(read, 100u);
  EXPECT_GT(refused, 10u);
  EXPECT_GT(satisfiable, 50u);
}

TEST(Formula, ReadsBackPlans) {
  for (const char *name : {"x86-64-v3", "rvv:vlen=256", "neon"}) {
    LoopTree tree = build(plans::sgemm, target(name));
    ConstraintSet set;
    ASSERT_FALSE(bool(tree.constraints(set)));
    llvm::Expected<ConstraintSet> back = constraintsOf(formulaOf(set));
    ASSERT_TRUE(bool(back)) << llvm::toString(back.takeError());
    EXPECT_EQ(back->countLegal().count, set.countLegal().count) << name;
  }
}

/// The error of reading back `assertions` over the variables x, y (integers)
/// and p; "" when there is none.
std::string refusal(llvm::ArrayRef<Term> assertions) {
  Formula formula;
  formula.variables = {{"x"}, {"y"}, {"p", true}};
  for (const Term &term : assertions)
    formula.assertions.push_back({term, -1, -1, "R"});
  llvm::Expected<ConstraintSet> set = constraintsOf(formula);
  return set ? "" : llvm::toString(set.takeError());
}

Term between(Term term, int64_t lo, int64_t hi) {
  return Term::conjunction(
      {Term::compare(Kind::LessEqual, Term::integer(lo), term),
       Term::compare(Kind::LessEqual, term, Term::integer(hi))});
}

TEST(Formula, WhatOurSearchCannotDoIsSaid) {
  Term x = Term::variable(0), y = Term::variable(1);
  Term small = between(y, 0, 9);
  EXPECT_EQ(refusal({between(x, 1, 5), small}), "");
  EXPECT_EQ(refusal({small}), "");
  EXPECT_EQ(refusal({small, Term::negation(Term::compare(Kind::Equal, x, y))}),
            "'x' has no lower and no upper bound");
  EXPECT_EQ(
      refusal({small, Term::compare(Kind::LessEqual, Term::integer(1), x)}),
      "'x' has no upper bound");
  EXPECT_EQ(refusal({small, Term::compare(Kind::Less, x, y)}),
            "'x' has no lower bound");
  EXPECT_EQ(refusal({small, between(x, 1, 2000000)}),
            "the bounds of 'x', 1 and 2000000, leave more than 1048576 values");
  EXPECT_EQ(refusal({small, between(x, 1, 5),
                     Term::compare(Kind::Less,
                                   Term::arithmetic(Kind::Div, x, y), x)}),
            "a divisor may be zero");
  Term power = x;
  for (int i = 0; i < 5; ++i)
    power = Term::arithmetic(Kind::Mul, power, power);
  EXPECT_EQ(
      refusal({small, between(x, 1, 50), Term::compare(Kind::Less, y, power)}),
      "a term may leave 60 bits");
  for (int i = 0; i < 20; ++i)
    power = Term::arithmetic(Kind::Add, power, power);
  EXPECT_EQ(
      refusal({small, between(x, 1, 50), Term::compare(Kind::Less, y, power)}),
      "an assertion has more than 100000 terms written out");
}

TEST(Formula, BoundsComeFromWhatAssertionsSayTogether) {
  Term x = Term::variable(0), y = Term::variable(1),
       p = Term::variable(2, true);
  auto times = [](Term a, int64_t b) {
    return Term::arithmetic(Kind::Mul, a, Term::integer(b));
  };
  auto lessEqual = [](Term a, Term b) {
    return Term::compare(Kind::LessEqual, a, b);
  };
  Term zero = Term::integer(0);
  // -3 x <= 9, x + y <= 4, y >= x: x from -3 to 2.
  EXPECT_EQ(
      refusal({lessEqual(times(x, -3), Term::integer(9)),
               lessEqual(Term::arithmetic(Kind::Add, x, y), Term::integer(4)),
               lessEqual(x, y)}),
      "");
  // Each case bounds x.
  EXPECT_EQ(refusal({between(y, 0, 1),
                     Term::disjunction({Term::compare(Kind::Equal, x, y),
                                        between(x, 7, 9)})}),
            "");
  EXPECT_EQ(refusal({between(y, 0, 1), Term::implies(p, between(x, 7, 9))}),
            "'x' has no lower and no upper bound");
  EXPECT_EQ(refusal({between(y, 0, 1), Term::implies(p, between(x, 7, 9)), p}),
            "");
  EXPECT_EQ(refusal({between(y, 0, 1), Term::negation(lessEqual(x, zero)),
                     Term::negation(Term::compare(Kind::Less, y, x))}),
            "");
}

TEST(Formula, ValuesOfTermsAreSmtlibs) {
  Term x = Term::variable(0), y = Term::variable(1);
  auto holds = [&](Term term, int64_t a, int64_t b) {
    Formula formula;
    formula.variables = {{"x"}, {"y"}};
    formula.assertions.push_back({term, -1, -1, "R"});
    return evaluate(formula, {a, b})[0];
  };
  auto is = [&](Kind kind, int64_t a, int64_t b, int64_t value) {
    return holds(Term::compare(Kind::Equal, Term::arithmetic(kind, x, y),
                               Term::integer(value)),
                 a, b);
  };
  // The standard's own examples of all four signs.
  EXPECT_EQ(is(Kind::Div, 7, 2, 3), Holds::Yes);
  EXPECT_EQ(is(Kind::Div, 7, -2, -3), Holds::Yes);
  EXPECT_EQ(is(Kind::Div, -7, 2, -4), Holds::Yes);
  EXPECT_EQ(is(Kind::Div, -7, -2, 4), Holds::Yes);
  EXPECT_EQ(is(Kind::Mod, -7, 2, 1), Holds::Yes);
  EXPECT_EQ(is(Kind::Mod, -7, -2, 1), Holds::Yes);
  EXPECT_EQ(is(Kind::Mul, INT64_MAX, INT64_MAX, 1), Holds::No);
  // What a division by zero gives is open, unless it does not matter.
  EXPECT_EQ(is(Kind::Div, 7, 0, 3), Holds::Open);
  Term open = Term::compare(Kind::Equal, Term::arithmetic(Kind::Mod, x, y), x);
  Term zero = Term::compare(Kind::Equal, y, Term::integer(0));
  EXPECT_EQ(holds(Term::disjunction({open, zero}), 1, 0), Holds::Yes);
  EXPECT_EQ(holds(Term::conjunction({open, Term::negation(zero)}), 1, 0),
            Holds::No);
  EXPECT_EQ(holds(Term::implies(Term::negation(zero), open), 1, 0), Holds::Yes);
  EXPECT_EQ(holds(Term::implies(zero, open), 1, 0), Holds::Open);
  EXPECT_EQ(holds(Term::ite(zero, zero, open), 1, 0), Holds::Yes);
  EXPECT_EQ(holds(Term::ite(open, zero, zero), 1, 0), Holds::Yes);
  EXPECT_EQ(holds(Term::ite(open, zero, Term::negation(zero)), 1, 0),
            Holds::Open);
}

} // namespace
