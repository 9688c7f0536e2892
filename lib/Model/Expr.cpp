//===- Expr.cpp - Integer expressions over names --------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Model/Expr.h"
#include "TensorOp/Support/Check.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>

using namespace llvm;

namespace tensorop::model {

struct Expr::Node {
  Kind kind = Kind::Literal;
  int64_t value = 0;
  std::string identifier;
  SmallVector<Expr, 2> operands;
};

template <typename... Ts> static Error fail(const char *format, Ts... values) {
  return createStringError(inconvertibleErrorCode(), format, values...);
}

//===----------------------------------------------------------------------===//
// Construction
//===----------------------------------------------------------------------===//

static std::shared_ptr<Expr::Node> makeNode(Expr::Kind kind) {
  auto node = std::make_shared<Expr::Node>();
  node->kind = kind;
  return node;
}

Expr::Expr() {
  static const std::shared_ptr<const Node> zero = makeNode(Kind::Literal);
  node = zero;
}

Expr Expr::literal(int64_t value) {
  auto node = makeNode(Kind::Literal);
  node->value = value;
  return Expr(node);
}

Expr Expr::name(StringRef name) {
  auto node = makeNode(Kind::Name);
  node->identifier = name.str();
  return Expr(node);
}

Expr Expr::unary(Kind kind, Expr operand) {
  TENSOROP_CHECK(kind == Kind::Not || kind == Kind::Neg ||
                     kind == Kind::Vectors || kind == Kind::Scalable,
                 "not a unary expression");
  if (kind == Kind::Neg && operand.isLiteral() && operand.value() > 0)
    return literal(-operand.value());
  auto node = makeNode(kind);
  node->operands.push_back(std::move(operand));
  return Expr(node);
}

Expr Expr::binary(Kind kind, Expr lhs, Expr rhs) {
  auto node = makeNode(kind);
  node->operands.push_back(std::move(lhs));
  node->operands.push_back(std::move(rhs));
  return Expr(node);
}

Expr Expr::full() { return Expr(makeNode(Kind::Full)); }

Expr::Kind Expr::kind() const { return node->kind; }
int64_t Expr::value() const { return node->value; }
StringRef Expr::identifier() const { return node->identifier; }
ArrayRef<Expr> Expr::operands() const { return node->operands; }

bool operator==(const Expr &a, const Expr &b) {
  if (a.node == b.node)
    return true;
  return a.kind() == b.kind() && a.value() == b.value() &&
         a.identifier() == b.identifier() &&
         std::equal(a.operands().begin(), a.operands().end(),
                    b.operands().begin(), b.operands().end());
}

//===----------------------------------------------------------------------===//
// Evaluation
//===----------------------------------------------------------------------===//

static std::string listNames(const Environment &env) {
  SmallVector<StringRef> names(env.values.keys());
  llvm::sort(names);
  return names.empty() ? "no names exist here"
                       : "the names are " + join(names, ", ");
}

static int64_t floorDivide(int64_t a, int64_t b) {
  int64_t q = a / b;
  return q - (a % b != 0 && (a < 0) != (b < 0));
}

/// What floorDivide leaves; its product with `b` may not fit.
static int64_t floorModulo(int64_t a, int64_t b) {
  int64_t r = a % b;
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

/// Value of a binary operation on evaluated operands.
static Expected<int64_t> combine(const Expr &expr, int64_t a, int64_t b) {
  int64_t result = 0;
  bool overflow = false;
  switch (expr.kind()) {
  case Expr::Kind::Add:
    overflow = AddOverflow(a, b, result);
    break;
  case Expr::Kind::Sub:
    overflow = SubOverflow(a, b, result);
    break;
  case Expr::Kind::Mul:
    overflow = MulOverflow(a, b, result);
    break;
  case Expr::Kind::Div:
  case Expr::Kind::Mod:
  case Expr::Kind::CeilDiv: {
    if (b == 0)
      return fail("division by zero in '%s'", expr.str().c_str());
    overflow = a == INT64_MIN && b == -1;
    if (overflow)
      break;
    int64_t quotient = floorDivide(a, b);
    if (expr.kind() == Expr::Kind::Div)
      result = quotient;
    else if (expr.kind() == Expr::Kind::Mod)
      result = floorModulo(a, b);
    else
      result = quotient + (a % b != 0);
    break;
  }
  case Expr::Kind::Eq:
    return a == b;
  case Expr::Kind::Ne:
    return a != b;
  case Expr::Kind::Lt:
    return a < b;
  case Expr::Kind::Le:
    return a <= b;
  case Expr::Kind::Gt:
    return a > b;
  case Expr::Kind::Ge:
    return a >= b;
  case Expr::Kind::And:
    return a && b;
  case Expr::Kind::Or:
    return a || b;
  case Expr::Kind::Min:
    return std::min(a, b);
  case Expr::Kind::Max:
    return std::max(a, b);
  default:
    TENSOROP_CHECK(false, "not a binary expression");
  }
  if (overflow)
    return fail("overflow in '%s' (%lld and %lld)", expr.str().c_str(),
                (long long)a, (long long)b);
  return result;
}

Expected<int64_t> Expr::evaluate(const Environment &env) const {
  auto times = [&](int64_t factor, const char *missing) -> Expected<int64_t> {
    auto count = operands()[0].evaluate(env);
    if (!count)
      return count;
    if (factor == 0)
      return fail("'%s' has no meaning here: %s", str().c_str(), missing);
    int64_t result;
    if (MulOverflow(*count, factor, result))
      return fail("overflow in '%s'", str().c_str());
    return result;
  };
  switch (kind()) {
  case Kind::Literal:
    return value();
  case Kind::Name: {
    auto it = env.values.find(identifier());
    if (it == env.values.end())
      return fail("unknown name '%s'; %s", node->identifier.c_str(),
                  listNames(env).c_str());
    if (!it->second)
      return fail("'%s' has no value yet", node->identifier.c_str());
    return *it->second;
  }
  case Kind::Full:
    if (!env.full)
      return fail("'full' has no value here");
    return *env.full;
  case Kind::Vectors:
    return times(env.lanes, "no vector type is known");
  case Kind::Scalable:
    return times(env.vscale, "the target has no scalable vectors");
  case Kind::Not: {
    auto operand = operands()[0].evaluate(env);
    if (!operand)
      return operand;
    return *operand == 0;
  }
  case Kind::Neg: {
    auto operand = operands()[0].evaluate(env);
    if (!operand)
      return operand;
    if (*operand == INT64_MIN)
      return fail("overflow in '%s'", str().c_str());
    return -*operand;
  }
  default:
    break;
  }
  auto lhs = operands()[0].evaluate(env);
  if (!lhs)
    return lhs;
  if (kind() == Kind::And && *lhs == 0)
    return 0;
  if (kind() == Kind::Or && *lhs != 0)
    return 1;
  auto rhs = operands()[1].evaluate(env);
  if (!rhs)
    return rhs;
  return combine(*this, *lhs, *rhs);
}

static void collectNames(const Expr &expr, SmallVector<std::string> &names) {
  if (expr.kind() == Expr::Kind::Name &&
      !is_contained(names, expr.identifier()))
    names.push_back(expr.identifier().str());
  for (const Expr &operand : expr.operands())
    collectNames(operand, names);
}

SmallVector<std::string> Expr::freeNames() const {
  SmallVector<std::string> names;
  collectNames(*this, names);
  return names;
}

static bool usesKind(const Expr &expr, ArrayRef<Expr::Kind> kinds) {
  return is_contained(kinds, expr.kind()) ||
         any_of(expr.operands(),
                [&](const Expr &e) { return usesKind(e, kinds); });
}

bool Expr::usesVectors() const {
  return usesKind(*this, {Kind::Vectors, Kind::Scalable});
}
bool Expr::usesFull() const { return usesKind(*this, {Kind::Full}); }

Expected<Expr> Expr::substitute(const Environment &env) const {
  switch (kind()) {
  case Kind::Literal:
    return *this;
  case Kind::Name: {
    auto it = env.values.find(identifier());
    if (it != env.values.end() && !it->second)
      return *this;
    auto value = evaluate(env);
    if (!value)
      return value.takeError();
    return literal(*value);
  }
  case Kind::Full: {
    auto value = evaluate(env);
    if (!value)
      return value.takeError();
    return literal(*value);
  }
  default:
    break;
  }
  SmallVector<Expr, 2> inner;
  for (const Expr &operand : operands()) {
    auto replaced = operand.substitute(env);
    if (!replaced)
      return replaced;
    inner.push_back(*replaced);
    // What && and || do not evaluate is not looked at.
    if (inner.size() == 1 && inner[0].isLiteral()) {
      if (kind() == Kind::And && inner[0].value() == 0)
        return literal(0);
      if (kind() == Kind::Or && inner[0].value() != 0)
        return literal(1);
    }
  }
  Expr result;
  if (kind() == Kind::Vectors || kind() == Kind::Scalable) {
    int64_t factor = kind() == Kind::Vectors ? env.lanes : env.vscale;
    if (factor == 0) {
      auto ignored = evaluate(env);
      if (!ignored)
        return ignored.takeError();
    }
    result =
        factor == 1 ? inner[0] : binary(Kind::Mul, inner[0], literal(factor));
  } else {
    result = inner.size() == 1 ? unary(kind(), inner[0])
                               : binary(kind(), inner[0], inner[1]);
  }
  if (all_of(result.operands(), [](const Expr &e) { return e.isLiteral(); }) &&
      !result.isLiteral() && result.kind() != Kind::Name) {
    auto value = result.evaluate(Environment());
    if (!value)
      return value.takeError();
    return literal(*value);
  }
  if ((result.kind() == Kind::Mul || result.kind() == Kind::Div ||
       result.kind() == Kind::CeilDiv) &&
      result.operands()[1].isLiteral(1))
    return result.operands()[0];
  if ((result.kind() == Kind::Mul && result.operands()[0].isLiteral(1)) ||
      (result.kind() == Kind::Add && result.operands()[0].isLiteral(0)))
    return result.operands()[1];
  if ((result.kind() == Kind::Add || result.kind() == Kind::Sub) &&
      result.operands()[1].isLiteral(0))
    return result.operands()[0];
  return result;
}

} // namespace tensorop::model
