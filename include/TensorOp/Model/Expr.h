//===- Expr.h - Integer expressions over names ------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Expressions of plans: sizes, domains, requirements, guards. Pure data; values
// are 64-bit integers, booleans are 0 and 1.
//
//   expr := expr (|| && == != < <= > >= + - * / %) expr | ! expr | - expr
//         | min(e, e) | max(e, e) | ceildiv(e, e) | v(e) | [e] | full
//         | integer | name | true | false | ( expr )
//
// `/` and `%` floor. v(x) is x native vectors of the accumulate type, [x] is x
// times vscale. Both need the context of an op and a machine (Environment).
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_MODEL_EXPR_H
#define TENSOROP_MODEL_EXPR_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace tensorop::model {

/// What names and vector sizes mean while an expression is evaluated.
struct Environment {
  /// Existing names; a name without value exists but is not known yet.
  llvm::StringMap<std::optional<int64_t>> values;
  /// Elements of the accumulate type in one native vector (the minimum when
  /// scalable); 0: v(x) is an error.
  int64_t lanes = 0;
  /// Factor of [x]; 0: the machine has no scalable vectors and [x] is an error.
  int64_t vscale = 0;
  /// Value of `full`, when it means something.
  std::optional<int64_t> full;

  void set(llvm::StringRef name, int64_t value) { values[name] = value; }
  /// Declares `name` without a value.
  void declare(llvm::StringRef name) { values.try_emplace(name, std::nullopt); }
};

/// An immutable expression; copies share the tree.
class Expr {
public:
  enum class Kind {
    Literal,
    Name,
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    And,
    Or,
    Not,
    Neg,
    Min,
    Max,
    CeilDiv,
    Vectors,
    Scalable,
    Full
  };
  /// The literal 0.
  Expr();
  static Expr literal(int64_t value);
  static Expr name(llvm::StringRef name);
  static Expr unary(Kind kind, Expr operand);
  static Expr binary(Kind kind, Expr lhs, Expr rhs);
  static Expr vectors(Expr count) { return unary(Kind::Vectors, count); }
  static Expr full();

  /// Parses the whole text; an error gives the position (1-based column) and
  /// what was expected.
  static llvm::Expected<Expr> parse(llvm::StringRef text);

  Kind kind() const;
  /// Value of a literal.
  int64_t value() const;
  /// Identifier of a name.
  llvm::StringRef identifier() const;
  llvm::ArrayRef<Expr> operands() const;
  bool isLiteral() const { return kind() == Kind::Literal; }
  bool isLiteral(int64_t v) const { return isLiteral() && value() == v; }

  /// Canonical text: minimal parentheses, one space around binary operators.
  /// parse(str()) gives an equal expression.
  std::string str() const;
  friend bool operator==(const Expr &a, const Expr &b);
  friend bool operator!=(const Expr &a, const Expr &b) { return !(a == b); }

  /// Value, or an error: a name that does not exist (with the list of those
  /// that do), a name without value, division by zero, overflow, v() or []
  /// without a meaning. `&&` and `||` do not evaluate what does not matter.
  llvm::Expected<int64_t> evaluate(const Environment &env) const;
  /// Names used, each once, in order of appearance.
  llvm::SmallVector<std::string> freeNames() const;
  /// True when the expression has v(x) or [x].
  bool usesVectors() const;
  bool usesFull() const;
  /// Replaces names that have a value, v(x), [x] and `full` by what `env` says
  /// and folds constants. Names without value stay. An error as in evaluate.
  llvm::Expected<Expr> substitute(const Environment &env) const;

  struct Node;

private:
  explicit Expr(std::shared_ptr<const Node> node) : node(std::move(node)) {}
  std::shared_ptr<const Node> node;
};

/// A size: one expression, or one per part of a split dimension (`a|b`).
struct Size {
  llvm::SmallVector<Expr, 1> parts;
  Size() = default;
  Size(Expr expr) { parts.push_back(std::move(expr)); }
  Size(int64_t value) : Size(Expr::literal(value)) {}
  /// Parses `expr` or `expr|expr|...`.
  static llvm::Expected<Size> parse(llvm::StringRef text);
  std::string str() const;
  /// Expression for `part`; a single expression serves all parts.
  const Expr &part(unsigned index) const {
    return parts.size() == 1 ? parts[0] : parts[index];
  }
};

} // namespace tensorop::model

#endif // TENSOROP_MODEL_EXPR_H
