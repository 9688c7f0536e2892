//===- ExprText.cpp - Reads and prints expressions ------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Model/Expr.h"
#include "TensorOp/Support/Check.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace tensorop::model {

template <typename... Ts> static Error fail(const char *format, Ts... values) {
  return createStringError(inconvertibleErrorCode(), format, values...);
}

//===----------------------------------------------------------------------===//
// Parser
//===----------------------------------------------------------------------===//

namespace {
struct BinaryOperator {
  const char *text;
  Expr::Kind kind;
  int level;
};
} // namespace

/// Two-character operators come before their prefixes.
static constexpr BinaryOperator binaryOperators[] = {
    {"||", Expr::Kind::Or, 1}, {"&&", Expr::Kind::And, 2},
    {"==", Expr::Kind::Eq, 3}, {"!=", Expr::Kind::Ne, 3},
    {"<=", Expr::Kind::Le, 3}, {">=", Expr::Kind::Ge, 3},
    {"<", Expr::Kind::Lt, 3},  {">", Expr::Kind::Gt, 3},
    {"+", Expr::Kind::Add, 4}, {"-", Expr::Kind::Sub, 4},
    {"*", Expr::Kind::Mul, 5}, {"/", Expr::Kind::Div, 5},
    {"%", Expr::Kind::Mod, 5},
};
static constexpr int unaryLevel = 6, primaryLevel = 7;

namespace {
class Parser {
public:
  explicit Parser(StringRef text) : text(text) {}

  Expected<Expr> whole() {
    auto expr = binary(1);
    if (!expr)
      return expr;
    skipSpace();
    if (pos != text.size())
      return error("end of expression");
    return expr;
  }

private:
  StringRef text;
  size_t pos = 0;
  int depth = 0;

  void skipSpace() {
    while (pos < text.size() && isSpace(text[pos]))
      ++pos;
  }
  Error error(StringRef expected) {
    skipSpace();
    std::string found = pos < text.size()
                            ? "'" + text.substr(pos, 8).str() + "'"
                            : std::string("the end");
    return fail("column %u of '%s': expected %s, found %s", unsigned(pos + 1),
                text.str().c_str(), expected.str().c_str(), found.c_str());
  }
  bool consume(StringRef token) {
    skipSpace();
    if (!text.substr(pos).starts_with(token))
      return false;
    pos += token.size();
    return true;
  }

  Expected<Expr> binary(int minLevel) {
    auto lhs = unary();
    if (!lhs)
      return lhs;
    while (true) {
      skipSpace();
      const BinaryOperator *found = nullptr;
      for (const BinaryOperator &op : binaryOperators)
        if (text.substr(pos).starts_with(op.text)) {
          found = &op;
          break;
        }
      if (!found || found->level < minLevel)
        return lhs;
      pos += StringRef(found->text).size();
      auto rhs = binary(found->level + 1);
      if (!rhs)
        return rhs;
      lhs = Expr::binary(found->kind, *lhs, *rhs);
    }
  }

  Expected<Expr> unary() {
    // Deep nesting would overflow the stack of this recursive parser.
    if (++depth > 200)
      return error("less nesting (limit 200)");
    Expected<Expr> result = unaryInner();
    --depth;
    return result;
  }
  Expected<Expr> unaryInner() {
    skipSpace();
    if (text.substr(pos).starts_with("!") && consume("!"))
      return wrap(Expr::Kind::Not, unary());
    if (consume("-")) {
      return wrap(Expr::Kind::Neg, unary());
    }
    return primary();
  }
  Expected<Expr> wrap(Expr::Kind kind, Expected<Expr> operand) {
    if (!operand)
      return operand;
    return Expr::unary(kind, *operand);
  }

  Expected<Expr> primary() {
    skipSpace();
    if (consume("(")) {
      auto inner = binary(1);
      if (!inner)
        return inner;
      if (!consume(")"))
        return error("')'");
      return inner;
    }
    if (consume("[")) {
      auto inner = binary(1);
      if (!inner)
        return inner;
      if (!consume("]"))
        return error("']'");
      return Expr::unary(Expr::Kind::Scalable, *inner);
    }
    if (pos >= text.size())
      return error("an integer or a name");
    if (isDigit(text[pos])) {
      size_t start = pos;
      while (pos < text.size() && isDigit(text[pos]))
        ++pos;
      int64_t value;
      if (text.slice(start, pos).getAsInteger(10, value)) {
        pos = start;
        return error("an integer below 2^63");
      }
      if (pos < text.size() && (isAlpha(text[pos]) || text[pos] == '_'))
        return error("an operator");
      return Expr::literal(value);
    }
    if (isAlpha(text[pos]) || text[pos] == '_') {
      size_t start = pos;
      while (pos < text.size() && (isAlnum(text[pos]) || text[pos] == '_'))
        ++pos;
      return named(text.slice(start, pos));
    }
    return error("an integer or a name");
  }

  Expected<Expr> named(StringRef name) {
    if (name == "true" || name == "false")
      return Expr::literal(name == "true");
    if (name == "full")
      return Expr::full();
    size_t afterName = pos;
    if (!consume("(")) {
      pos = afterName;
      return Expr::name(name);
    }
    SmallVector<Expr, 2> arguments;
    do {
      auto argument = binary(1);
      if (!argument)
        return argument;
      arguments.push_back(*argument);
    } while (consume(","));
    if (!consume(")"))
      return error("',' or ')'");
    if (name == "v" && arguments.size() == 1)
      return Expr::vectors(arguments[0]);
    if (arguments.size() == 2) {
      if (name == "min")
        return Expr::binary(Expr::Kind::Min, arguments[0], arguments[1]);
      if (name == "max")
        return Expr::binary(Expr::Kind::Max, arguments[0], arguments[1]);
      if (name == "ceildiv")
        return Expr::binary(Expr::Kind::CeilDiv, arguments[0], arguments[1]);
    }
    return fail("column %u of '%s': no function '%s' with %u arguments; the "
                "functions are v(x), min(a, b), max(a, b), ceildiv(a, b)",
                unsigned(afterName - name.size() + 1), text.str().c_str(),
                name.str().c_str(), unsigned(arguments.size()));
  }
};
} // namespace

Expected<Expr> Expr::parse(StringRef text) { return Parser(text).whole(); }

//===----------------------------------------------------------------------===//
// Printer
//===----------------------------------------------------------------------===//

static const BinaryOperator *findOperator(Expr::Kind kind) {
  for (const BinaryOperator &op : binaryOperators)
    if (op.kind == kind)
      return &op;
  return nullptr;
}

static int levelOf(const Expr &expr) {
  if (const BinaryOperator *op = findOperator(expr.kind()))
    return op->level;
  if (expr.kind() == Expr::Kind::Not || expr.kind() == Expr::Kind::Neg ||
      (expr.isLiteral() && expr.value() < 0))
    return unaryLevel;
  return primaryLevel;
}

static void print(raw_ostream &os, const Expr &expr, int minLevel) {
  int level = levelOf(expr);
  if (level < minLevel)
    os << "(";
  auto call = [&](StringRef name) {
    os << name << "(";
    interleaveComma(expr.operands(), os,
                    [&](const Expr &e) { print(os, e, 0); });
    os << ")";
  };
  switch (expr.kind()) {
  case Expr::Kind::Literal:
    os << expr.value();
    break;
  case Expr::Kind::Name:
    os << expr.identifier();
    break;
  case Expr::Kind::Full:
    os << "full";
    break;
  case Expr::Kind::Not:
    os << "!";
    print(os, expr.operands()[0], unaryLevel);
    break;
  case Expr::Kind::Neg:
    os << "-";
    print(os, expr.operands()[0], primaryLevel);
    break;
  case Expr::Kind::Min:
    call("min");
    break;
  case Expr::Kind::Max:
    call("max");
    break;
  case Expr::Kind::CeilDiv:
    call("ceildiv");
    break;
  case Expr::Kind::Vectors:
    call("v");
    break;
  case Expr::Kind::Scalable:
    os << "[";
    print(os, expr.operands()[0], 0);
    os << "]";
    break;
  default: {
    const BinaryOperator *op = findOperator(expr.kind());
    TENSOROP_CHECK(op, "expression kind without text");
    print(os, expr.operands()[0], level);
    os << " " << op->text << " ";
    print(os, expr.operands()[1], level + 1);
  }
  }
  if (level < minLevel)
    os << ")";
}

std::string Expr::str() const {
  std::string text;
  raw_string_ostream os(text);
  print(os, *this, 0);
  return text;
}

//===----------------------------------------------------------------------===//
// Size
//===----------------------------------------------------------------------===//

Expected<Size> Size::parse(StringRef text) {
  // A single bar separates parts; "||" belongs to an expression.
  Size size;
  size_t start = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '|' && i + 1 < text.size() &&
        text[i + 1] == '|') {
      ++i;
      continue;
    }
    if (i < text.size() && text[i] != '|')
      continue;
    auto part = Expr::parse(text.slice(start, i));
    if (!part)
      return part.takeError();
    size.parts.push_back(*part);
    start = i + 1;
  }
  return size;
}

std::string Size::str() const {
  return join(map_range(parts, [](const Expr &e) { return e.str(); }), "|");
}

} // namespace tensorop::model
