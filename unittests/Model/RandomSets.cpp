//===- RandomSets.cpp - Random small constraint sets ----------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RandomSets.h"
#include "TensorOp/Support/Check.h"

using namespace tensorop::model;

namespace {

class Generator {
public:
  explicit Generator(std::mt19937 &rng) : rng(rng) {}

  ConstraintSet set() {
    ConstraintSet result;
    result.addConstant("extent", 12);
    names.push_back("extent");
    static const char *all[] = {"a", "b", "c", "d"};
    unsigned count = 1 + below(4);
    for (unsigned i = 0; i < count; ++i) {
      Variable variable;
      variable.name = all[i];
      variable.domain = domain();
      if (below(3) == 0)
        variable.preferred = int64_t(below(8));
      TENSOROP_CHECK(!result.addVariable(variable), "a good variable");
      names.push_back(all[i]);
    }
    unsigned rules = below(6);
    for (unsigned i = 0; i < rules; ++i) {
      Constraint rule;
      rule.label = "R" + std::to_string(i);
      rule.factor = "factor";
      rule.relation = Relation(below(5));
      rule.value = expr(3);
      rule.limit = expr(1);
      if (below(3) == 0)
        rule.condition = expr(2);
      TENSOROP_CHECK(!result.addConstraint(rule), "a good rule");
    }
    return result;
  }

private:
  std::mt19937 &rng;
  std::vector<std::string> names;

  unsigned below(unsigned limit) { return rng() % limit; }

  Expr literal() {
    // Overflow is rare in plans, but what it means must not be.
    if (below(40) == 0)
      return Expr::literal(below(2) ? INT64_MAX : INT64_MIN);
    return Expr::literal(int64_t(below(14)) - 3);
  }
  Expr leaf() {
    return below(3) == 0 ? literal() : Expr::name(names[below(names.size())]);
  }
  Expr expr(unsigned depth) {
    if (depth == 0 || below(4) == 0)
      return leaf();
    static const Expr::Kind kinds[] = {
        Expr::Kind::Add, Expr::Kind::Sub, Expr::Kind::Mul, Expr::Kind::Div,
        Expr::Kind::Mod, Expr::Kind::Eq,  Expr::Kind::Ne,  Expr::Kind::Lt,
        Expr::Kind::Le,  Expr::Kind::Gt,  Expr::Kind::Ge,  Expr::Kind::And,
        Expr::Kind::Or,  Expr::Kind::Min, Expr::Kind::Max, Expr::Kind::CeilDiv};
    unsigned which = below(18);
    if (which >= 16)
      return Expr::unary(which == 16 ? Expr::Kind::Not : Expr::Kind::Neg,
                         expr(depth - 1));
    Expr lhs = expr(depth - 1), rhs = expr(depth - 1);
    return Expr::binary(kinds[which], lhs, rhs);
  }
  Domain domain() {
    switch (below(8)) {
    case 0:
      return Domain::boolean();
    case 1:
    case 2: {
      Domain list;
      unsigned count = 1 + below(4);
      for (unsigned i = 0; i < count; ++i)
        list.list.push_back(
            below(4) == 0 ? expr(1) : Expr::literal(int64_t(below(12)) - 3));
      return list;
    }
    case 3:
      return Domain::ofRange(leaf(), Expr::literal(9), leaf());
    default: {
      int64_t lo = int64_t(below(6)) - 2;
      return Domain::ofRange(Expr::literal(lo),
                             Expr::literal(lo + int64_t(below(8))),
                             Expr::literal(1 + int64_t(below(3))));
    }
    }
  }
};

} // namespace

ConstraintSet test::randomSet(std::mt19937 &rng) {
  return Generator(rng).set();
}

Assignment test::randomPoint(const ConstraintSet &set, std::mt19937 &rng) {
  Assignment point;
  for (const Variable &variable : set.variables()) {
    int64_t value = int64_t(rng() % 16) - 4;
    if (rng() % 2) {
      auto values = set.domainValues(variable.name, point);
      if (!values)
        consumeError(values.takeError());
      else if (!values->empty())
        value = (*values)[rng() % values->size()];
    }
    point[variable.name] = value;
  }
  return point;
}
