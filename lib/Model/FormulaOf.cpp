//===- FormulaOf.cpp - From constraints to formulas -----------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompiledExpr.h"
#include "TensorOp/Model/Formula.h"
#include "TensorOp/Support/Check.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace tensorop::model {

using Op = Term::Kind;

namespace {
/// What an expression becomes: `term` is its value where `defined` holds, a
/// value in `bounds`.
struct Value {
  Term term, defined;
  Interval bounds;
};

/// As Value, of the question whether an expression is not zero.
struct Truth {
  Term term, defined;
};

class FormulaWriter {
public:
  explicit FormulaWriter(const ConstraintSet &set) : set(set) {}
  Formula run();

private:
  const ConstraintSet &set;
  Formula formula;
  struct Name {
    Term term;
    Interval bounds;
  };
  StringMap<Name> names;

  Value valueOf(const Expr &expr);
  Value quotient(Expr::Kind kind, const Value &a, const Value &b);
  Truth truthOf(const Expr &expr);
  Term ruleOf(const Constraint &rule);
  Term domainOf(const Domain &domain, const Term &variable, Interval &hull);
};
} // namespace

static Term add(Term a, Term b) { return Term::arithmetic(Op::Add, a, b); }
static Term sub(Term a, Term b) { return Term::arithmetic(Op::Sub, a, b); }
static Term neg(Term a) { return sub(Term::integer(0), a); }
static Term lessEqual(Term a, Term b) {
  return Term::compare(Op::LessEqual, a, b);
}
static Term equal(Term a, Term b) { return Term::compare(Op::Equal, a, b); }
static Term isZero(Term a) { return equal(a, Term::integer(0)); }

/// `a` fits 64 bits.
static Term fits(Term a) {
  return Term::conjunction({lessEqual(Term::integer(INT64_MIN), a),
                            lessEqual(a, Term::integer(INT64_MAX))});
}

static bool contains(Interval interval, int64_t value) {
  return interval.lo <= value && value <= interval.hi;
}

/// Quotient and remainder that round down, in terms of SMT-LIB's, which agree
/// with them for a positive divisor only.
static Term floorDiv(Term a, Term b, Interval divisor) {
  Term positive = Term::arithmetic(Op::Div, a, b);
  if (divisor.lo > 0)
    return positive;
  Term negative = Term::arithmetic(Op::Div, neg(a), neg(b));
  return Term::ite(lessEqual(Term::integer(0), b), positive, negative);
}
static Term floorMod(Term a, Term b, Interval divisor) {
  Term positive = Term::arithmetic(Op::Mod, a, b);
  if (divisor.lo > 0)
    return positive;
  Term negative = neg(Term::arithmetic(Op::Mod, neg(a), neg(b)));
  return Term::ite(lessEqual(Term::integer(0), b), positive, negative);
}

Value FormulaWriter::quotient(Expr::Kind kind, const Value &a, const Value &b) {
  Value result;
  SmallVector<Term> conditions = {a.defined, b.defined};
  if (contains(b.bounds, 0))
    conditions.push_back(Term::negation(isZero(b.term)));
  if (contains(a.bounds, INT64_MIN) && contains(b.bounds, -1))
    conditions.push_back(Term::negation(
        Term::conjunction({equal(a.term, Term::integer(INT64_MIN)),
                           equal(b.term, Term::integer(-1))})));
  result.defined = Term::conjunction(conditions);
  result.bounds = CompiledExpr::boundOf(kind, a.bounds, b.bounds);
  if (kind == Expr::Kind::Div)
    result.term = floorDiv(a.term, b.term, b.bounds);
  else if (kind == Expr::Kind::Mod)
    result.term = floorMod(a.term, b.term, b.bounds);
  else
    result.term = neg(floorDiv(neg(a.term), b.term, b.bounds));
  return result;
}

Value FormulaWriter::valueOf(const Expr &expr) {
  using Kind = Expr::Kind;
  Value result;
  switch (expr.kind()) {
  case Kind::Literal:
    return {Term::integer(expr.value()), Term(), {expr.value(), expr.value()}};
  case Kind::Name: {
    auto name = names.find(expr.identifier());
    TENSOROP_CHECK(name != names.end(),
                   "names were checked when the rule was added");
    return {name->second.term, Term(), name->second.bounds};
  }
  case Kind::Eq:
  case Kind::Ne:
  case Kind::Lt:
  case Kind::Le:
  case Kind::Gt:
  case Kind::Ge:
  case Kind::And:
  case Kind::Or:
  case Kind::Not: {
    Truth truth = truthOf(expr);
    return {Term::ite(truth.term, Term::integer(1), Term::integer(0)),
            truth.defined,
            {0, 1}};
  }
  case Kind::Vectors:
  case Kind::Scalable:
  case Kind::Full:
    TENSOROP_CHECK(false, "v(), [] and full were refused with the rule");
    return result;
  default:
    break;
  }
  Value a = valueOf(expr.operands()[0]), b;
  if (expr.operands().size() == 2)
    b = valueOf(expr.operands()[1]);
  switch (expr.kind()) {
  case Kind::Div:
  case Kind::Mod:
  case Kind::CeilDiv:
    return quotient(expr.kind(), a, b);
  case Kind::Add:
    result.term = add(a.term, b.term);
    break;
  case Kind::Sub:
    result.term = sub(a.term, b.term);
    break;
  case Kind::Mul:
    result.term = Term::arithmetic(Op::Mul, a.term, b.term);
    break;
  case Kind::Neg:
    result.term = neg(a.term);
    break;
  case Kind::Min:
    result.term = Term::ite(lessEqual(a.term, b.term), a.term, b.term);
    break;
  case Kind::Max:
    result.term = Term::ite(lessEqual(b.term, a.term), a.term, b.term);
    break;
  default:
    TENSOROP_CHECK(false, "expression kind has no formula");
  }
  a.bounds.mayFail = b.bounds.mayFail = false;
  result.bounds = CompiledExpr::boundOf(expr.kind(), a.bounds, b.bounds);
  result.defined =
      Term::conjunction({a.defined, b.defined,
                         result.bounds.mayFail ? fits(result.term) : Term()});
  return result;
}

Truth FormulaWriter::truthOf(const Expr &expr) {
  using Kind = Expr::Kind;
  switch (expr.kind()) {
  case Kind::Not: {
    Truth a = truthOf(expr.operands()[0]);
    return {Term::negation(a.term), a.defined};
  }
  case Kind::And:
  case Kind::Or: {
    // What the first operand decides does not look at the second.
    Truth a = truthOf(expr.operands()[0]), b = truthOf(expr.operands()[1]);
    bool both = expr.kind() == Kind::And;
    Term needed = both ? a.term : Term::negation(a.term);
    return {both ? Term::conjunction({a.term, b.term})
                 : Term::disjunction({a.term, b.term}),
            Term::conjunction({a.defined, Term::implies(needed, b.defined)})};
  }
  case Kind::Eq:
  case Kind::Ne:
  case Kind::Lt:
  case Kind::Le:
  case Kind::Gt:
  case Kind::Ge:
    break;
  default: {
    Value value = valueOf(expr);
    return {Term::negation(isZero(value.term)), value.defined};
  }
  }
  Value a = valueOf(expr.operands()[0]), b = valueOf(expr.operands()[1]);
  Term defined = Term::conjunction({a.defined, b.defined});
  switch (expr.kind()) {
  case Kind::Eq:
    return {equal(a.term, b.term), defined};
  case Kind::Ne:
    return {Term::negation(equal(a.term, b.term)), defined};
  case Kind::Lt:
    return {Term::compare(Op::Less, a.term, b.term), defined};
  case Kind::Le:
    return {lessEqual(a.term, b.term), defined};
  case Kind::Gt:
    return {Term::compare(Op::Less, b.term, a.term), defined};
  default:
    return {lessEqual(b.term, a.term), defined};
  }
}

Term FormulaWriter::ruleOf(const Constraint &rule) {
  Term holds;
  if (rule.relation == Relation::Holds) {
    Truth value = truthOf(rule.value);
    holds = Term::conjunction({value.defined, value.term});
  } else {
    Value value = valueOf(rule.value), limit = valueOf(rule.limit);
    Term related;
    switch (rule.relation) {
    case Relation::LessEqual:
      related = lessEqual(value.term, limit.term);
      break;
    case Relation::GreaterEqual:
      related = lessEqual(limit.term, value.term);
      break;
    case Relation::Equal:
      related = equal(value.term, limit.term);
      break;
    default:
      related = isZero(Term::arithmetic(Op::Mod, value.term, limit.term));
      if (contains(limit.bounds, 0))
        related =
            Term::conjunction({Term::negation(isZero(limit.term)), related});
      break;
    }
    holds = Term::conjunction({value.defined, limit.defined, related});
  }
  if (!rule.condition)
    return holds;
  Truth condition = truthOf(*rule.condition);
  return Term::conjunction(
      {condition.defined, Term::implies(condition.term, holds)});
}

Term FormulaWriter::domainOf(const Domain &domain, const Term &variable,
                             Interval &hull) {
  if (domain.kind == Domain::Kind::Boolean) {
    hull = {0, 1};
    return Term::conjunction({lessEqual(Term::integer(0), variable),
                              lessEqual(variable, Term::integer(1))});
  }
  if (domain.kind == Domain::Kind::List) {
    SmallVector<Term> defined, choices;
    hull = {INT64_MAX, INT64_MIN};
    for (const Expr &expr : domain.list) {
      Value value = valueOf(expr);
      defined.push_back(value.defined);
      choices.push_back(equal(variable, value.term));
      hull.lo = std::min(hull.lo, value.bounds.lo);
      hull.hi = std::max(hull.hi, value.bounds.hi);
    }
    return Term::conjunction(
        {Term::conjunction(defined), Term::disjunction(choices)});
  }
  Value lo = valueOf(domain.lo), hi = valueOf(domain.hi),
        step = valueOf(domain.step);
  hull = {lo.bounds.lo, hi.bounds.hi};
  SmallVector<Term> parts = {lo.defined, hi.defined, step.defined};
  if (step.bounds.lo < 1)
    parts.push_back(lessEqual(Term::integer(1), step.term));
  parts.push_back(lessEqual(lo.term, variable));
  parts.push_back(lessEqual(variable, hi.term));
  // A domain with more values than a set allows has none.
  constexpr int64_t most = ConstraintSet::maxDomain;
  Interval width = CompiledExpr::boundOf(Expr::Kind::Sub, hi.bounds, lo.bounds);
  if (width.mayFail || width.hi >= most)
    parts.push_back(Term::compare(
        Op::Less, sub(hi.term, lo.term),
        Term::arithmetic(Op::Mul, step.term, Term::integer(most))));
  if (!step.bounds.isPoint() || step.bounds.lo != 1)
    parts.push_back(
        isZero(Term::arithmetic(Op::Mod, sub(variable, lo.term), step.term)));
  return Term::conjunction(parts);
}

Formula FormulaWriter::run() {
  for (const auto &constant : set.namedConstants())
    names[constant.getKey()] = {Term::integer(constant.second),
                                {constant.second, constant.second}};
  for (auto [index, variable] : enumerate(set.variables())) {
    formula.variables.push_back({variable.name, /*isBoolean=*/false});
    Name name{Term::variable(index), Interval()};
    Assertion assertion;
    assertion.holds = domainOf(variable.domain, name.term, name.bounds);
    assertion.variable = index;
    assertion.label = "P-DOMAIN";
    formula.assertions.push_back(std::move(assertion));
    // Of a domain without values nothing is known, and nothing need be.
    if (name.bounds.lo > name.bounds.hi)
      name.bounds = Interval();
    name.bounds.mayFail = false;
    names[variable.name] = std::move(name);
  }
  for (auto [index, rule] : enumerate(set.constraints())) {
    Assertion assertion;
    assertion.holds = ruleOf(rule);
    assertion.rule = index;
    assertion.label = rule.label;
    formula.assertions.push_back(std::move(assertion));
  }
  return std::move(formula);
}

Formula formulaOf(const ConstraintSet &set) { return FormulaWriter(set).run(); }

} // namespace tensorop::model
