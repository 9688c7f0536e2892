//===- ConstraintSet.h - Finite domains and labelled rules ------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Variables with finite domains and constraints over them. The search prunes
// with bounds of partially assigned constraints and treats independent groups
// of variables separately, so that spaces of 1e8 points take milliseconds.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_MODEL_CONSTRAINTSET_H
#define TENSOROP_MODEL_CONSTRAINTSET_H

#include "TensorOp/Model/Expr.h"
#include <map>
#include <vector>

namespace tensorop::model {

/// Values a parameter may take.
struct Domain {
  enum class Kind { List, Range, Boolean };
  Kind kind = Kind::List;
  /// List: the values in order of preference.
  llvm::SmallVector<Expr> list;
  /// Range: lo, lo + step, ... up to hi inclusive; may use earlier parameters.
  Expr lo, hi, step = Expr::literal(1);

  static Domain ofList(llvm::ArrayRef<int64_t> values);
  static Domain ofRange(Expr lo, Expr hi, Expr step = Expr::literal(1));
  static Domain boolean();
  /// Parses `[1, 2, 3]`, `lo to hi`, `lo to hi step s` (`..` is `to`) or
  /// `bool`.
  static llvm::Expected<Domain> parse(llvm::StringRef text);
  std::string str() const;
};

/// Chosen values by parameter name.
using Assignment = std::map<std::string, int64_t>;

enum class Relation {
  LessEqual,
  GreaterEqual,
  Equal,
  /// value is a multiple of limit
  MultipleOf,
  /// value is not zero; limit is not used
  Holds
};

/// One rule. It holds when `condition` is 0 or `value relation limit` is true.
struct Constraint {
  /// Documented in docs/constraints.md, e.g. "V-REGS".
  std::string label;
  Expr value;
  Relation relation = Relation::Holds;
  Expr limit;
  /// What is limited, in words: "vector registers of the register tile of mm".
  std::string factor;
  /// Index of the step that brought it; -1: the plan's header.
  int step = -1;
  /// Structural switch (an `if` parameter) under which the rule applies.
  std::optional<Expr> condition;
};

/// A constraint that does not hold at a point.
struct Violation {
  std::string label, factor;
  int step = -1;
  /// Index in ConstraintSet::constraints; -1: a domain's violation.
  int rule = -1;
  int64_t value = 0, limit = 0;
  Relation relation = Relation::Holds;
  /// "V-REGS: vector registers ... are 33, the limit is 32 (mr * nv + nv + 1)"
  std::string message;
};

struct Variable {
  std::string name;
  Domain domain;
  std::optional<int64_t> preferred;
  int step = -1;
};

/// Number of points, exact unless `capped`.
struct PointCount {
  uint64_t count = 0;
  bool capped = false;
};

class ConstraintSet {
public:
  /// Domains with more values are refused: they are not a choice any more.
  static constexpr size_t maxDomain = 1 << 20;

  /// A name with a fixed value (an extent, a hardware factor).
  void addConstant(llvm::StringRef name, int64_t value);
  /// Domains may use constants and earlier variables. Diagnoses a name that is
  /// taken, an unknown name in the domain, v() or `full` in it.
  llvm::Error addVariable(Variable variable);
  /// Diagnoses unknown names in the expressions. v(), [] and `full` must have
  /// been substituted.
  llvm::Error addConstraint(Constraint constraint);

  llvm::ArrayRef<Variable> variables() const { return vars; }
  llvm::ArrayRef<Constraint> constraints() const { return rules; }
  const Variable *find(llvm::StringRef name) const;
  const llvm::StringMap<int64_t> &namedConstants() const { return constants; }

  /// Values of a variable's domain under `earlier` (its other uses are not
  /// looked at). Errors: unknown name, no value, step < 1, more than 2^20
  /// values.
  llvm::Expected<llvm::SmallVector<int64_t>>
  domainValues(llvm::StringRef name, const Assignment &earlier) const;

  /// All violations at `point`: missing or unknown variables and values outside
  /// their domain (label "P-DOMAIN") included. Empty: legal.
  std::vector<Violation> check(const Assignment &point) const;
  bool isLegal(const Assignment &point) const { return check(point).empty(); }

  /// Constraints without variables that are violated whatever is chosen.
  std::vector<Violation> checkConstants() const;

  /// First legal point in the order of variables and domains (preferred values
  /// first), or nothing when there is none.
  std::optional<Assignment> first() const;
  /// Legal point with the fewest changed values against `target`, then the
  /// smallest sum of relative changes; names that `target` lacks are free.
  std::optional<Assignment> nearest(const Assignment &target) const;
  /// Calls `visit` with legal points until it returns false.
  void forEachLegal(llvm::function_ref<bool(const Assignment &)> visit) const;
  /// Number of points of the domains, of legal points. Counting stops at `cap`.
  PointCount countPoints(uint64_t cap = UINT64_MAX) const;
  PointCount countLegal(uint64_t cap = UINT64_MAX) const;

  /// When there is no legal point: indices in constraints() of a small set of
  /// rules that together exclude all points (each is needed).
  std::vector<size_t> unsatCore() const;

  /// Variables, domains and rules as text, one a line.
  std::string str() const;

private:
  friend class Search;
  std::vector<Variable> vars;
  std::vector<Constraint> rules;
  llvm::StringMap<int64_t> constants;
};

/// "value <= limit" and so on, for messages.
llvm::StringRef symbol(Relation relation);

} // namespace tensorop::model

#endif // TENSOROP_MODEL_CONSTRAINTSET_H
