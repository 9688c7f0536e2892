//===- FormulaValue.cpp - What a formula says of a point ------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Model/Formula.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DynamicAPInt.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace tensorop::model {

using Kind = Term::Kind;

namespace {
/// Nothing: SMT-LIB leaves the value open (a division by zero, and what
/// depends on it).
using Known = std::optional<DynamicAPInt>;

class Evaluator {
public:
  explicit Evaluator(ArrayRef<int64_t> point) : point(point) {}
  Known operator()(const Term &term) {
    if (auto it = known.find(term.id()); it != known.end())
      return it->second;
    Known value = evaluate(term);
    known[term.id()] = value;
    return value;
  }

private:
  ArrayRef<int64_t> point;
  DenseMap<const void *, Known> known;

  static Known integer(int64_t value) { return DynamicAPInt(value); }
  /// What one operand decides, whatever the others are.
  Known junction(const Term &term, int64_t deciding) {
    bool isOpen = false;
    for (const Term &operand : term.operands()) {
      Known value = (*this)(operand);
      if (value && *value == deciding)
        return integer(deciding);
      isOpen |= !value;
    }
    return isOpen ? Known() : integer(1 - deciding);
  }
  Known evaluate(const Term &term);
};
} // namespace

Known Evaluator::evaluate(const Term &term) {
  switch (term.kind()) {
  case Kind::Integer:
  case Kind::Boolean:
    return integer(term.value());
  case Kind::Variable:
    return integer(point[term.index()]);
  case Kind::And:
    return junction(term, 0);
  case Kind::Or:
    return junction(term, 1);
  default:
    break;
  }
  Known a = (*this)(term.operands()[0]);
  if (term.kind() == Kind::Not)
    return a ? integer(*a == 0) : Known();
  if (term.kind() == Kind::Ite) {
    if (a)
      return (*this)(term.operands()[*a != 0 ? 1 : 2]);
    Known yes = (*this)(term.operands()[1]), no = (*this)(term.operands()[2]);
    return yes && no && *yes == *no ? yes : Known();
  }
  Known b = (*this)(term.operands()[1]);
  if (term.kind() == Kind::Implies && ((a && *a == 0) || (b && *b != 0)))
    return integer(1);
  if (!a || !b)
    return std::nullopt;
  switch (term.kind()) {
  case Kind::Add:
    return *a + *b;
  case Kind::Sub:
    return *a - *b;
  case Kind::Mul:
    return *a * *b;
  case Kind::Div:
  case Kind::Mod: {
    if (*b == 0)
      return std::nullopt;
    DynamicAPInt size = *b < 0 ? -*b : *b, quotient = floorDiv(*a, size);
    if (term.kind() == Kind::Mod)
      return *a - quotient * size;
    return *b < 0 ? -quotient : quotient;
  }
  case Kind::Implies:
    return integer(0);
  case Kind::Equal:
    return integer(*a == *b);
  case Kind::Less:
    return integer(*a < *b);
  case Kind::LessEqual:
    return integer(*a <= *b);
  default:
    return std::nullopt;
  }
}

SmallVector<Holds> evaluate(const Formula &formula, ArrayRef<int64_t> point) {
  Evaluator evaluator(point);
  SmallVector<Holds> result;
  for (const Assertion &assertion : formula.assertions) {
    Known value = evaluator(assertion.holds);
    result.push_back(!value        ? Holds::Open
                     : *value != 0 ? Holds::Yes
                                   : Holds::No);
  }
  return result;
}

} // namespace tensorop::model
