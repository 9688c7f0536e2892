//===- ExprTest.cpp - Expressions -----------------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Model/Expr.h"
#include "PlanReader.h"
#include "llvm/ADT/StringExtras.h"
#include <gtest/gtest.h>
#include <random>

using namespace tensorop::model;
using llvm::StringRef;
using tensorop::model::test::expr;

namespace {

int64_t value(StringRef text, const Environment &env = Environment()) {
  auto result = expr(text).evaluate(env);
  if (!result) {
    ADD_FAILURE() << text.str() << ": " << toString(result.takeError());
    return INT64_MIN;
  }
  return *result;
}

std::string evaluationError(StringRef text,
                            const Environment &env = Environment()) {
  auto result = expr(text).evaluate(env);
  return result ? "value " + std::to_string(*result)
                : toString(result.takeError());
}

std::string parseError(StringRef text) {
  auto result = Expr::parse(text);
  return result ? "parsed " + result->str() : toString(result.takeError());
}

TEST(Expr, Arithmetic) {
  EXPECT_EQ(value("1 + 2 * 3"), 7);
  EXPECT_EQ(value("(1 + 2) * 3"), 9);
  EXPECT_EQ(value("10 - 4 - 3"), 3);
  EXPECT_EQ(value("7 / 2"), 3);
  EXPECT_EQ(value("-7 / 2"), -4);
  EXPECT_EQ(value("-7 % 3"), 2);
  EXPECT_EQ(value("7 % -3"), -2);
  EXPECT_EQ(value("ceildiv(7, 2) + ceildiv(-7, 2)"), 1);
  EXPECT_EQ(value("min(3, 5) + 10 * max(3, 5)"), 53);
  EXPECT_EQ(value("--3"), 3);
}

TEST(Expr, Logic) {
  EXPECT_EQ(value("1 < 2 && 2 <= 2 && 3 > 2 && 2 >= 2"), 1);
  EXPECT_EQ(value("1 == 2 || 1 != 2"), 1);
  EXPECT_EQ(value("!(1 == 1)"), 0);
  EXPECT_EQ(value("true && !false"), 1);
  // What does not matter is not evaluated.
  EXPECT_EQ(value("0 && 1 / 0"), 0);
  EXPECT_EQ(value("1 || nothing"), 1);
}

TEST(Expr, NamesAndVectors) {
  Environment env;
  env.set("m", 100);
  env.lanes = 16;
  env.full = 48;
  EXPECT_EQ(value("m % 8 == 4", env), 1);
  EXPECT_EQ(value("v(2) + 1", env), 33);
  EXPECT_EQ(value("full / 2", env), 24);
  env.vscale = 4;
  EXPECT_EQ(value("[3]", env), 12);
}

TEST(Expr, EvaluationErrors) {
  Environment env;
  env.set("m", 4);
  env.declare("kc");
  EXPECT_EQ(evaluationError("m + x", env),
            "unknown name 'x'; the names are kc, m");
  EXPECT_EQ(evaluationError("x"), "unknown name 'x'; no names exist here");
  EXPECT_EQ(evaluationError("kc", env), "'kc' has no value yet");
  EXPECT_EQ(evaluationError("m / (m - 4)", env),
            "division by zero in 'm / (m - 4)'");
  EXPECT_EQ(evaluationError("ceildiv(1, 0)"),
            "division by zero in 'ceildiv(1, 0)'");
  EXPECT_EQ(
      evaluationError("9223372036854775807 + 1"),
      "overflow in '9223372036854775807 + 1' (9223372036854775807 and 1)");
  EXPECT_EQ(evaluationError("9223372036854775807 * 2").substr(0, 8),
            "overflow");
  EXPECT_EQ(evaluationError("v(2)"),
            "'v(2)' has no meaning here: no vector type is known");
  EXPECT_EQ(evaluationError("[4]"),
            "'[4]' has no meaning here: the target has no scalable vectors");
  EXPECT_EQ(evaluationError("full"), "'full' has no value here");
}

TEST(Expr, ParseErrors) {
  EXPECT_EQ(parseError("1 +"), "column 4 of '1 +': expected an integer or a "
                               "name, found the end");
  EXPECT_EQ(parseError("(1 + 2"),
            "column 7 of '(1 + 2': expected ')', found the end");
  EXPECT_EQ(parseError("[4"), "column 3 of '[4': expected ']', found the end");
  EXPECT_EQ(parseError("1 2"),
            "column 3 of '1 2': expected end of expression, found '2'");
  EXPECT_EQ(parseError("1 @ 2"),
            "column 3 of '1 @ 2': expected end of expression, found '@ 2'");
  EXPECT_EQ(parseError("12abc"),
            "column 3 of '12abc': expected an operator, found 'abc'");
  EXPECT_EQ(parseError("99999999999999999999"),
            "column 1 of '99999999999999999999': expected an integer below "
            "2^63, found '99999999'");
  EXPECT_EQ(parseError("foo(1)"),
            "column 1 of 'foo(1)': no function 'foo' with 1 arguments; the "
            "functions are v(x), min(a, b), max(a, b), ceildiv(a, b)");
  EXPECT_EQ(parseError("min(1; 2)"), "column 6 of 'min(1; 2)': expected ',' or "
                                     "')', found '; 2)'");
  std::string deep = parseError(std::string(300, '('));
  EXPECT_EQ(deep.substr(0, 11), "column 201 ");
  EXPECT_NE(deep.find("expected less nesting (limit 200)"), std::string::npos);
}

TEST(Expr, PrintsCanonicalText) {
  EXPECT_EQ(expr("a+b*c").str(), "a + b * c");
  EXPECT_EQ(expr("((a)+(b))*c").str(), "(a + b) * c");
  EXPECT_EQ(expr("a-(b-c)").str(), "a - (b - c)");
  EXPECT_EQ(expr("(a-b)-c").str(), "a - b - c");
  EXPECT_EQ(expr("!( a&&b )||c").str(), "!(a && b) || c");
  EXPECT_EQ(expr("v( nv )").str(), "v(nv)");
  EXPECT_EQ(expr("[ 4 ]*2").str(), "[4] * 2");
  EXPECT_EQ(expr("-(a+1)").str(), "-(a + 1)");
  EXPECT_EQ(expr("ceildiv(m,4)").str(), "ceildiv(m, 4)");
  EXPECT_EQ(expr("true").str(), "1");
}

/// A random expression over a, b, c.
Expr randomExpr(std::mt19937 &rng, int depth) {
  using Kind = Expr::Kind;
  if (depth == 0 || rng() % 5 == 0) {
    static const char *names[] = {"a", "b", "c"};
    return rng() % 2 ? Expr::literal(int64_t(rng() % 20) - 6)
                     : Expr::name(names[rng() % 3]);
  }
  static const Kind kinds[] = {Kind::Add, Kind::Sub, Kind::Mul, Kind::Div,
                               Kind::Mod, Kind::Eq,  Kind::Ne,  Kind::Lt,
                               Kind::Le,  Kind::Gt,  Kind::Ge,  Kind::And,
                               Kind::Or,  Kind::Min, Kind::Max, Kind::CeilDiv};
  unsigned pick = rng() % 18;
  if (pick == 16)
    return Expr::unary(Kind::Not, randomExpr(rng, depth - 1));
  if (pick == 17)
    return Expr::unary(Kind::Neg, randomExpr(rng, depth - 1));
  return Expr::binary(kinds[pick], randomExpr(rng, depth - 1),
                      randomExpr(rng, depth - 1));
}

TEST(Expr, TextRoundTripKeepsTreeAndValue) {
  std::mt19937 rng(1);
  int evaluated = 0;
  for (int i = 0; i < 2000; ++i) {
    Expr e = randomExpr(rng, 4);
    auto again = Expr::parse(e.str());
    ASSERT_TRUE(bool(again)) << e.str() << ": " << toString(again.takeError());
    EXPECT_TRUE(*again == e) << e.str() << " became " << again->str();
    Environment env;
    for (const char *name : {"a", "b", "c"})
      env.set(name, int64_t(rng() % 11) - 3);
    auto x = e.evaluate(env);
    auto y = e.substitute(env);
    ASSERT_EQ(bool(x), bool(y)) << e.str();
    if (!x) {
      consumeError(x.takeError());
      consumeError(y.takeError());
      continue;
    }
    ++evaluated;
    ASSERT_TRUE(y->isLiteral()) << e.str();
    EXPECT_EQ(*x, y->value()) << e.str();
  }
  EXPECT_GT(evaluated, 1000);
}

TEST(Expr, SubstituteKeepsOpenNames) {
  Environment env;
  env.declare("nv");
  env.lanes = 8;
  auto result = expr("v(nv) * 1 + 0 * 3").substitute(env);
  ASSERT_TRUE(bool(result));
  EXPECT_EQ(result->str(), "nv * 8");
  auto unknown = expr("nv + mv").substitute(env);
  EXPECT_EQ(toString(unknown.takeError()),
            "unknown name 'mv'; the names are nv");
}

TEST(Expr, FreeNames) {
  auto names = expr("a + min(b, a) * v(c)").freeNames();
  EXPECT_EQ(llvm::join(names, " "), "a b c");
  EXPECT_TRUE(expr("a + v(2)").usesVectors());
  EXPECT_FALSE(expr("a + 2").usesVectors());
  EXPECT_TRUE(expr("full").usesFull());
}

TEST(Size, Parts) {
  Size two = tensorop::model::test::size("6|4");
  ASSERT_EQ(two.parts.size(), 2u);
  EXPECT_EQ(two.str(), "6|4");
  EXPECT_EQ(two.part(1).value(), 4);
  Size one = tensorop::model::test::size("a || b");
  ASSERT_EQ(one.parts.size(), 1u);
  EXPECT_EQ(one.part(3).str(), "a || b");
  auto bad = Size::parse("6|");
  EXPECT_EQ(toString(bad.takeError()),
            "column 1 of '': expected an integer or a name, found the end");
}

} // namespace
