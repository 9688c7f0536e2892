//===- FormulaBounds.cpp - Bounds of the variables of a formula -----------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FormulaBounds.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

using namespace llvm;

namespace tensorop::model {

using Kind = Term::Kind;
using Wide = __int128;

/// A chain of narrowings (a < b, b < a) need not end soon.
static constexpr unsigned maxRounds = 64;

/// What does not fit is an end of 64 bits, which is no bound on its side and a
/// weak one on the other.
static int64_t saturate(Wide value) {
  return int64_t(std::clamp<Wide>(value, INT64_MIN, INT64_MAX));
}

static Reach intersect(Reach a, Reach b) {
  return {std::max(a.lo, b.lo), std::min(a.hi, b.hi)};
}
static Reach hull(Reach a, Reach b) {
  return {std::min(a.lo, b.lo), std::max(a.hi, b.hi)};
}
static Reach negative(Reach a) {
  return {a.hasHi() ? saturate(-Wide(a.hi)) : INT64_MIN,
          a.hasLo() ? saturate(-Wide(a.lo)) : INT64_MAX};
}
static Reach sum(Reach a, Reach b) {
  return {a.hasLo() && b.hasLo() ? saturate(Wide(a.lo) + b.lo) : INT64_MIN,
          a.hasHi() && b.hasHi() ? saturate(Wide(a.hi) + b.hi) : INT64_MAX};
}

static Wide floorDivide(Wide a, Wide b) {
  Wide quotient = a / b;
  return quotient - (a % b != 0 && (a < 0) != (b < 0));
}

/// Hull of `op` at the corners of two bounded reaches.
template <typename Op> static Reach corners(Reach a, Reach b, Op op) {
  if (!a.isBounded() || !b.isBounded() || a.isEmpty() || b.isEmpty())
    return Reach();
  Reach result{INT64_MAX, INT64_MIN};
  for (int64_t x : {a.lo, a.hi})
    for (int64_t y : {b.lo, b.hi}) {
      int64_t value = saturate(op(Wide(x), Wide(y)));
      result = hull(result, {value, value});
    }
  return result;
}

FormulaBounds::FormulaBounds(const Formula &formula) {
  for (const FormulaVariable &variable : formula.variables)
    reach.push_back(variable.isBoolean ? Reach{0, 1} : Reach());
  for (unsigned round = 0; round < maxRounds; ++round) {
    changed = false;
    for (const Assertion &assertion : formula.assertions)
      narrow(assertion.holds, true);
    if (!changed)
      break;
  }
}

Reach FormulaBounds::of(const Term &term) const {
  if (term.isBoolean() && term.kind() != Kind::Variable)
    return term.kind() == Kind::Boolean ? Reach{term.value(), term.value()}
                                        : Reach{0, 1};
  if (term.kind() == Kind::Integer)
    return {term.value(), term.value()};
  if (term.kind() == Kind::Variable)
    return reach[term.index()];
  if (term.kind() == Kind::Ite)
    return hull(of(term.operands()[1]), of(term.operands()[2]));
  Reach a = of(term.operands()[0]), b = of(term.operands()[1]);
  switch (term.kind()) {
  case Kind::Add:
    return sum(a, b);
  case Kind::Sub:
    return sum(a, negative(b));
  case Kind::Mul:
    return corners(a, b, [](Wide x, Wide y) { return x * y; });
  case Kind::Div:
    // SMT-LIB's quotient by a negative divisor is that by its positive twin,
    // negated.
    if (b.hi < 0)
      return negative(corners(a, negative(b), floorDivide));
    return b.lo > 0 ? corners(a, b, floorDivide) : Reach();
  case Kind::Mod: {
    Reach divisor = b.hi < 0 ? negative(b) : b;
    if (divisor.lo <= 0)
      return Reach();
    if (a.lo >= 0 && a.hi < divisor.lo)
      return a;
    return {0, divisor.hasHi() ? divisor.hi - 1 : INT64_MAX};
  }
  default:
    return Reach();
  }
}

//===----------------------------------------------------------------------===//
// Narrowing
//===----------------------------------------------------------------------===//

void FormulaBounds::restrictTo(unsigned variable, Reach to) {
  Reach now = intersect(reach[variable], to);
  if (now.lo == reach[variable].lo && now.hi == reach[variable].hi)
    return;
  reach[variable] = now;
  changed = true;
}

void FormulaBounds::narrow(const Term &term, Reach to) {
  switch (term.kind()) {
  case Kind::Variable:
    return restrictTo(term.index(), to);
  case Kind::Add:
  case Kind::Sub: {
    const Term &a = term.operands()[0], &b = term.operands()[1];
    bool isSum = term.kind() == Kind::Add;
    narrow(a, sum(to, isSum ? negative(of(b)) : of(b)));
    return narrow(b,
                  isSum ? sum(to, negative(of(a))) : sum(of(a), negative(to)));
  }
  case Kind::Mul:
    for (unsigned i : {0, 1}) {
      const Term &factor = term.operands()[i];
      if (factor.kind() != Kind::Integer || factor.value() == 0)
        continue;
      Wide by = factor.value();
      Reach scaled = by < 0 ? negative(to) : to;
      by = by < 0 ? -by : by;
      narrow(
          term.operands()[1 - i],
          {scaled.hasLo() ? saturate(-floorDivide(-Wide(scaled.lo), by))
                          : INT64_MIN,
           scaled.hasHi() ? saturate(floorDivide(scaled.hi, by)) : INT64_MAX});
    }
    return;
  default:
    return;
  }
}

/// One of `terms` is `value`: the hull of what each of them would leave.
void FormulaBounds::narrowAny(ArrayRef<Term> terms, bool value) {
  if (terms.empty())
    return;
  std::vector<Reach> before = reach;
  std::vector<Reach> joined;
  bool changedBefore = changed;
  for (const Term &term : terms) {
    reach = before;
    narrow(term, value);
    if (any_of(reach, [](const Reach &r) { return r.isEmpty(); }))
      continue;
    if (joined.empty())
      joined = reach;
    for (auto [all, one] : zip(joined, reach))
      all = hull(all, one);
  }
  // None can be: the first shows where the contradiction lies.
  if (joined.empty()) {
    reach = before;
    return narrow(terms.front(), value);
  }
  reach = before;
  changed = changedBefore;
  for (auto [index, all] : enumerate(joined))
    restrictTo(index, all);
}

void FormulaBounds::narrow(const Term &term, bool value) {
  auto isAtMost = [&](const Term &a, const Term &b, int64_t less) {
    Reach below = of(b), above = of(a);
    narrow(a, Reach{INT64_MIN, below.hasHi() ? saturate(Wide(below.hi) - less)
                                             : INT64_MAX});
    narrow(b, Reach{above.hasLo() ? saturate(Wide(above.lo) + less) : INT64_MIN,
                    INT64_MAX});
  };
  ArrayRef<Term> operands = term.operands();
  switch (term.kind()) {
  case Kind::Variable:
    return restrictTo(term.index(), {value, value});
  case Kind::Not:
    return narrow(operands[0], !value);
  case Kind::And:
  case Kind::Or:
    if (value == (term.kind() == Kind::And)) {
      for (const Term &operand : operands)
        narrow(operand, value);
      return;
    }
    return narrowAny(operands, value);
  case Kind::Implies:
    if (value)
      return narrowAny({Term::negation(operands[0]), operands[1]}, true);
    narrow(operands[0], true);
    return narrow(operands[1], false);
  case Kind::LessEqual:
    return value ? isAtMost(operands[0], operands[1], 0)
                 : isAtMost(operands[1], operands[0], 1);
  case Kind::Less:
    return value ? isAtMost(operands[0], operands[1], 1)
                 : isAtMost(operands[1], operands[0], 0);
  case Kind::Equal:
    if (operands[0].isBoolean() || !value)
      return;
    narrow(operands[0], of(operands[1]));
    return narrow(operands[1], of(operands[0]));
  default:
    return;
  }
}

} // namespace tensorop::model
