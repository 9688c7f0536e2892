//===- CompiledExpr.cpp - Expressions over numbered slots -----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompiledExpr.h"
#include "TensorOp/Support/Check.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>

using namespace llvm;

namespace tensorop::model {

using Kind = Expr::Kind;

static int64_t floorDivide(int64_t a, int64_t b) {
  int64_t q = a / b;
  return q - (a % b != 0 && (a < 0) != (b < 0));
}

/// What floorDivide leaves; its product with `b` may not fit.
static int64_t floorModulo(int64_t a, int64_t b) {
  int64_t r = a % b;
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

int CompiledExpr::add(const Expr &expr, const StringMap<unsigned> &slots,
                      const StringMap<int64_t> &constants) {
  Node node{expr.kind(), 0, -1, -1};
  switch (expr.kind()) {
  case Kind::Literal:
    node.value = expr.value();
    break;
  case Kind::Name: {
    auto constant = constants.find(expr.identifier());
    if (constant != constants.end()) {
      node.kind = Kind::Literal;
      node.value = constant->second;
      break;
    }
    auto slot = slots.find(expr.identifier());
    if (slot == slots.end())
      return -1;
    node.value = slot->second;
    used.push_back(slot->second);
    break;
  }
  case Kind::Vectors:
  case Kind::Scalable:
  case Kind::Full:
    return -1;
  default:
    node.lhs = add(expr.operands()[0], slots, constants);
    if (node.lhs < 0)
      return -1;
    if (expr.operands().size() == 2) {
      node.rhs = add(expr.operands()[1], slots, constants);
      if (node.rhs < 0)
        return -1;
    }
  }
  nodes.push_back(node);
  return nodes.size() - 1;
}

std::optional<CompiledExpr>
CompiledExpr::compile(const Expr &expr, const StringMap<unsigned> &slots,
                      const StringMap<int64_t> &constants) {
  CompiledExpr result;
  if (result.add(expr, slots, constants) < 0)
    return std::nullopt;
  llvm::sort(result.used);
  result.used.erase(std::unique(result.used.begin(), result.used.end()),
                    result.used.end());
  return result;
}

std::optional<int64_t> CompiledExpr::evaluate(ArrayRef<int64_t> slots) const {
  return eval(nodes.size() - 1, slots);
}

std::optional<int64_t> CompiledExpr::eval(int index,
                                          ArrayRef<int64_t> slots) const {
  const Node &node = nodes[index];
  if (node.kind == Kind::Literal)
    return node.value;
  if (node.kind == Kind::Name)
    return slots[node.value];
  auto lhs = eval(node.lhs, slots);
  if (!lhs)
    return std::nullopt;
  int64_t a = *lhs, result = 0;
  switch (node.kind) {
  case Kind::Not:
    return a == 0;
  case Kind::Neg:
    if (a == INT64_MIN)
      return std::nullopt;
    return -a;
  case Kind::And:
    if (a == 0)
      return 0;
    break;
  case Kind::Or:
    if (a != 0)
      return 1;
    break;
  default:
    break;
  }
  auto rhs = eval(node.rhs, slots);
  if (!rhs)
    return std::nullopt;
  int64_t b = *rhs;
  switch (node.kind) {
  case Kind::Add:
    if (AddOverflow(a, b, result))
      return std::nullopt;
    return result;
  case Kind::Sub:
    if (SubOverflow(a, b, result))
      return std::nullopt;
    return result;
  case Kind::Mul:
    if (MulOverflow(a, b, result))
      return std::nullopt;
    return result;
  case Kind::Div:
  case Kind::Mod:
  case Kind::CeilDiv: {
    if (b == 0 || (a == INT64_MIN && b == -1))
      return std::nullopt;
    int64_t quotient = floorDivide(a, b);
    if (node.kind == Kind::Div)
      return quotient;
    if (node.kind == Kind::Mod)
      return floorModulo(a, b);
    return quotient + (a % b != 0);
  }
  case Kind::Eq:
    return a == b;
  case Kind::Ne:
    return a != b;
  case Kind::Lt:
    return a < b;
  case Kind::Le:
    return a <= b;
  case Kind::Gt:
    return a > b;
  case Kind::Ge:
    return a >= b;
  case Kind::And:
  case Kind::Or:
    return b != 0;
  case Kind::Min:
    return std::min(a, b);
  case Kind::Max:
    return std::max(a, b);
  default:
    TENSOROP_CHECK(false, "expression kind cannot be compiled");
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Bounds
//===----------------------------------------------------------------------===//

Interval CompiledExpr::bounds(ArrayRef<Interval> slots) const {
  return bound(nodes.size() - 1, slots);
}

/// Nothing is known.
static Interval anything() { return {INT64_MIN, INT64_MAX, true}; }

/// Hull of `op` at the four corners; everything when one of them overflows.
template <typename Op> static Interval corners(Interval a, Interval b, Op op) {
  Interval result{INT64_MAX, INT64_MIN};
  for (int64_t x : {a.lo, a.hi})
    for (int64_t y : {b.lo, b.hi}) {
      int64_t value;
      if (op(x, y, value))
        return anything();
      result.lo = std::min(result.lo, value);
      result.hi = std::max(result.hi, value);
    }
  return result;
}

/// 0, 1 or unknown as an interval.
static Interval truth(bool isTrue, bool isFalse) {
  return {isTrue ? 1 : 0, isFalse ? 0 : 1};
}

Interval CompiledExpr::bound(int index, ArrayRef<Interval> slots) const {
  const Node &node = nodes[index];
  if (node.kind == Kind::Literal)
    return {node.value, node.value};
  if (node.kind == Kind::Name)
    return slots[node.value];
  Interval a = bound(node.lhs, slots), b;
  if (node.rhs >= 0)
    b = bound(node.rhs, slots);
  Interval result = boundOf(node.kind, a, b);
  result.mayFail |= a.mayFail || b.mayFail;
  return result;
}

Interval CompiledExpr::boundOf(Kind kind, Interval a, Interval b) {
  auto isTrue = [](Interval x) { return x.lo > 0 || x.hi < 0; };
  auto isFalse = [](Interval x) { return x.lo == 0 && x.hi == 0; };
  bool equal = a.lo == a.hi && b.lo == b.hi && a.lo == b.lo;
  bool apart = a.hi < b.lo || b.hi < a.lo;
  switch (kind) {
  case Kind::Not:
    return truth(isFalse(a), isTrue(a));
  case Kind::Neg:
    return a.lo == INT64_MIN ? anything() : Interval{-a.hi, -a.lo};
  case Kind::Add:
    return corners(a, b, [](int64_t x, int64_t y, int64_t &r) {
      return AddOverflow(x, y, r) != 0;
    });
  case Kind::Sub:
    return corners(a, b, [](int64_t x, int64_t y, int64_t &r) {
      return SubOverflow(x, y, r) != 0;
    });
  case Kind::Mul:
    return corners(a, b, [](int64_t x, int64_t y, int64_t &r) {
      return MulOverflow(x, y, r) != 0;
    });
  case Kind::Div:
  case Kind::CeilDiv:
    // Quotients are monotone in both operands while the divisor keeps its sign.
    if (b.lo <= 0)
      return anything();
    return corners(a, b, [&](int64_t x, int64_t y, int64_t &r) {
      r = floorDivide(x, y) + (kind == Kind::CeilDiv && x % y != 0);
      return false;
    });
  case Kind::Mod:
    if (b.lo <= 0)
      return anything();
    if (b.lo == b.hi && floorDivide(a.lo, b.lo) == floorDivide(a.hi, b.lo)) {
      // Both ends lie in one period: the remainder rises with the value.
      auto remainder = [&](int64_t x) {
        int64_t r = x % b.lo;
        return r < 0 ? r + b.lo : r;
      };
      return {remainder(a.lo), remainder(a.hi)};
    }
    return {0, b.hi - 1};
  case Kind::Eq:
    return truth(equal, apart);
  case Kind::Ne:
    return truth(apart, equal);
  case Kind::Lt:
    return truth(a.hi < b.lo, a.lo >= b.hi);
  case Kind::Le:
    return truth(a.hi <= b.lo, a.lo > b.hi);
  case Kind::Gt:
    return truth(a.lo > b.hi, a.hi <= b.lo);
  case Kind::Ge:
    return truth(a.lo >= b.hi, a.hi < b.lo);
  case Kind::And:
    return truth(isTrue(a) && isTrue(b), isFalse(a) || isFalse(b));
  case Kind::Or:
    return truth(isTrue(a) || isTrue(b), isFalse(a) && isFalse(b));
  case Kind::Min:
    return {std::min(a.lo, b.lo), std::min(a.hi, b.hi)};
  case Kind::Max:
    return {std::max(a.lo, b.lo), std::max(a.hi, b.hi)};
  default:
    TENSOROP_CHECK(false, "expression kind cannot be compiled");
  }
  return anything();
}

} // namespace tensorop::model
