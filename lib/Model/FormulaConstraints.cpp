//===- FormulaConstraints.cpp - From formulas to finite domains -----------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FormulaBounds.h"
#include "TensorOp/Support/Check.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace tensorop::model {

using Kind = Term::Kind;

/// Sums of two such terms, and their products with 0 and 1, fit 64 bits.
static constexpr int64_t maxTerm = int64_t(1) << 60;
/// Expressions are trees: a graph may be much larger written out.
static constexpr uint64_t maxNodes = 100'000;

template <typename... Ts> static Error fail(const char *format, Ts... values) {
  return createStringError(inconvertibleErrorCode(), format, values...);
}

namespace {
class ConstraintsWriter {
public:
  explicit ConstraintsWriter(const Formula &formula) : formula(formula) {}
  Expected<ConstraintSet> run();

private:
  const Formula &formula;
  std::optional<FormulaBounds> bounds;
  DenseMap<const void *, uint64_t> sizes;
  DenseMap<const void *, Expr> known;

  /// Nodes of the term written out; marks its variables as used.
  uint64_t size(const Term &term);
  std::string nameOf(const Term &term) const {
    return formula.variables[term.index()].name;
  }
  /// What expressions compute with, which comparisons do not.
  static bool isComputed(const Term &term) {
    return !term.isBoolean() && !term.operands().empty();
  }
  bool isSmall(const Term &term) const {
    Reach reach = bounds->of(term);
    return reach.lo >= -maxTerm && reach.hi <= maxTerm;
  }
  /// Variables that some assertion speaks of.
  std::vector<char> used;
  Expected<Domain> domainOf(unsigned variable);
  Expected<Expr> exprOf(const Term &term);
  Expected<Expr> write(const Term &term);
};
} // namespace

uint64_t ConstraintsWriter::size(const Term &term) {
  auto it = sizes.find(term.id());
  if (it != sizes.end())
    return it->second;
  if (term.kind() == Kind::Variable)
    used[term.index()] = 1;
  uint64_t result = 1;
  for (const Term &operand : term.operands())
    result = SaturatingAdd(result, size(operand));
  return sizes[term.id()] = result;
}

/// The literals of `x = 1 or x = 2 or ...` for this variable; empty: another
/// term.
static SmallVector<int64_t> choicesOf(const Term &term, unsigned variable) {
  ArrayRef<Term> options = term;
  if (term.kind() == Kind::Or)
    options = term.operands();
  SmallVector<int64_t> values;
  for (const Term &option : options) {
    if (option.kind() != Kind::Equal)
      return {};
    Term left = option.operands()[0], right = option.operands()[1];
    auto isLiteral = [](const Term &side) {
      return side.kind() == Kind::Integer || side.kind() == Kind::Boolean;
    };
    if (isLiteral(left))
      std::swap(left, right);
    if (left.kind() != Kind::Variable || left.index() != variable ||
        !isLiteral(right))
      return {};
    values.push_back(right.value());
  }
  return values;
}

Expected<Domain> ConstraintsWriter::domainOf(unsigned variable) {
  // Of this one any value does.
  if (!used[variable])
    return Domain::ofList({0});
  Reach reach = bounds->variable(variable);
  if (reach.isEmpty())
    return Domain::ofRange(Expr::literal(1), Expr::literal(0));
  for (const Assertion &assertion : formula.assertions) {
    ArrayRef<Term> parts = assertion.holds;
    if (assertion.holds.kind() == Kind::And)
      parts = assertion.holds.operands();
    for (const Term &part : parts) {
      SmallVector<int64_t> values = choicesOf(part, variable);
      if (values.empty())
        continue;
      erase_if(values, [&](int64_t value) {
        return value < reach.lo || value > reach.hi;
      });
      return Domain::ofList(values);
    }
  }
  if (formula.variables[variable].isBoolean)
    return Domain::boolean();
  const char *name = formula.variables[variable].name.c_str();
  if (!reach.isBounded())
    return fail("'%s' has no %s bound", name,
                reach.hasHi()   ? "lower"
                : reach.hasLo() ? "upper"
                                : "lower and no upper");
  uint64_t width = uint64_t(reach.hi) - uint64_t(reach.lo);
  if (width >= ConstraintSet::maxDomain)
    return fail("the bounds of '%s', %lld and %lld, leave more than %u values",
                name, (long long)reach.lo, (long long)reach.hi,
                unsigned(ConstraintSet::maxDomain));
  return Domain::ofRange(Expr::literal(reach.lo), Expr::literal(reach.hi));
}

Expected<Expr> ConstraintsWriter::exprOf(const Term &term) {
  auto it = known.find(term.id());
  if (it != known.end())
    return it->second;
  if (term.kind() == Kind::Div || term.kind() == Kind::Mod) {
    Reach divisor = bounds->of(term.operands()[1]);
    if (divisor.lo <= 0 && divisor.hi >= 0)
      return fail("a divisor may be zero");
  }
  if (isComputed(term)) {
    if (!isSmall(term) || !all_of(term.operands(), [&](const Term &operand) {
          return isSmall(operand);
        }))
      return fail("a term may leave 60 bits");
  }
  Expected<Expr> result = write(term);
  if (result)
    known[term.id()] = *result;
  return result;
}

Expected<Expr> ConstraintsWriter::write(const Term &term) {
  SmallVector<Expr> inner;
  for (const Term &operand : term.operands()) {
    Expected<Expr> expr = exprOf(operand);
    if (!expr)
      return expr;
    inner.push_back(*expr);
  }
  auto chain = [&](Expr::Kind kind) {
    Expr result = inner[0];
    for (const Expr &next : drop_begin(inner))
      result = Expr::binary(kind, result, next);
    return result;
  };
  auto binary = [](Expr::Kind kind, Expr a, Expr b) {
    return Expr::binary(kind, std::move(a), std::move(b));
  };
  switch (term.kind()) {
  case Kind::Integer:
  case Kind::Boolean:
    return Expr::literal(term.value());
  case Kind::Variable:
    return Expr::name(nameOf(term));
  case Kind::Add:
    return chain(Expr::Kind::Add);
  case Kind::Sub:
    return chain(Expr::Kind::Sub);
  case Kind::Mul:
    return chain(Expr::Kind::Mul);
  case Kind::Div:
  case Kind::Mod: {
    // Expressions round down; a negative divisor needs its positive twin.
    bool isDiv = term.kind() == Kind::Div;
    Expr::Kind kind = isDiv ? Expr::Kind::Div : Expr::Kind::Mod;
    if (bounds->of(term.operands()[1]).lo > 0)
      return chain(kind);
    Expr positive =
        binary(kind, inner[0], Expr::unary(Expr::Kind::Neg, inner[1]));
    return isDiv ? Expr::unary(Expr::Kind::Neg, positive) : positive;
  }
  case Kind::Ite: {
    const Expr &condition = inner[0];
    if (term.isBoolean())
      return binary(Expr::Kind::Or,
                    binary(Expr::Kind::And, condition, inner[1]),
                    binary(Expr::Kind::And,
                           Expr::unary(Expr::Kind::Not, condition), inner[2]));
    if (inner[1].isLiteral(1) && inner[2].isLiteral(0))
      return condition;
    // The smaller and the larger of two terms have expressions of their own,
    // with better bounds.
    const Term &question = term.operands()[0];
    if (question.kind() == Kind::LessEqual) {
      const void *left = question.operands()[0].id(),
                 *right = question.operands()[1].id(),
                 *yes = term.operands()[1].id(), *no = term.operands()[2].id();
      if (left == yes && right == no)
        return binary(Expr::Kind::Min, inner[1], inner[2]);
      if (left == no && right == yes)
        return binary(Expr::Kind::Max, inner[1], inner[2]);
    }
    Expr otherwise = Expr::unary(Expr::Kind::Not, condition);
    return binary(Expr::Kind::Add, binary(Expr::Kind::Mul, condition, inner[1]),
                  binary(Expr::Kind::Mul, otherwise, inner[2]));
  }
  case Kind::Not:
    return Expr::unary(Expr::Kind::Not, inner[0]);
  case Kind::And:
    return chain(Expr::Kind::And);
  case Kind::Or:
    return chain(Expr::Kind::Or);
  case Kind::Implies:
    return binary(Expr::Kind::Or, Expr::unary(Expr::Kind::Not, inner[0]),
                  inner[1]);
  case Kind::Equal:
    return chain(Expr::Kind::Eq);
  case Kind::Less:
    return chain(Expr::Kind::Lt);
  case Kind::LessEqual:
    return chain(Expr::Kind::Le);
  }
  TENSOROP_CHECK(false, "every kind of term has an expression");
  return Expr();
}

Expected<ConstraintSet> ConstraintsWriter::run() {
  used.assign(formula.variables.size(), 0);
  for (const Assertion &assertion : formula.assertions)
    if (size(assertion.holds) > maxNodes)
      return fail("an assertion has more than %u terms written out",
                  unsigned(maxNodes));
  bounds.emplace(formula);
  ConstraintSet set;
  for (auto [index, variable] : enumerate(formula.variables)) {
    Expected<Domain> domain = domainOf(index);
    if (!domain)
      return domain.takeError();
    if (Error error = set.addVariable({variable.name, *domain, {}, -1}))
      return std::move(error);
  }
  for (const Assertion &assertion : formula.assertions) {
    Expected<Expr> holds = exprOf(assertion.holds);
    if (!holds)
      return holds.takeError();
    Constraint rule;
    rule.label = assertion.label;
    rule.value = *holds;
    rule.factor = "the assertion";
    if (Error error = set.addConstraint(std::move(rule)))
      return std::move(error);
  }
  return set;
}

Expected<ConstraintSet> constraintsOf(const Formula &formula) {
  return ConstraintsWriter(formula).run();
}

} // namespace tensorop::model
