//===- Formula.h - Constraints in logic -------------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A constraint set as formulas of SMT-LIB's theory Ints: unbounded integers,
// total functions. What a rule means is said once, here; writers (the `smt`
// dialect, text for a solver) only spell terms.
//
// An expression of 64 bits has no value at some points (overflow, division by
// zero). Its formula is a term and a condition under which the term is the
// value; the condition is left out where bounds show that it holds.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_MODEL_FORMULA_H
#define TENSOROP_MODEL_FORMULA_H

#include "TensorOp/Model/ConstraintSet.h"

namespace tensorop::model {

/// An immutable term; copies share the node, so that terms are graphs.
class Term {
public:
  enum class Kind {
    Integer,
    Boolean,
    Variable,
    Add,
    Sub,
    Mul,
    /// Quotient and remainder as in SMT-LIB: the remainder is not negative.
    Div,
    Mod,
    Ite,
    Not,
    And,
    Or,
    Implies,
    Equal,
    Less,
    LessEqual
  };
  /// The Boolean true.
  Term();
  static Term integer(int64_t value);
  static Term boolean(bool value);
  /// A variable of a formula by its index.
  static Term variable(unsigned index, bool isBoolean = false);
  /// Add, Sub, Mul, Div, Mod on integers.
  static Term arithmetic(Kind kind, Term lhs, Term rhs);
  static Term ite(Term condition, Term yes, Term no);
  static Term negation(Term operand);
  static Term conjunction(llvm::ArrayRef<Term> operands);
  static Term disjunction(llvm::ArrayRef<Term> operands);
  static Term implies(Term premise, Term conclusion);
  /// Equal (operands of one sort), Less, LessEqual.
  static Term compare(Kind kind, Term lhs, Term rhs);

  Kind kind() const;
  /// Of an integer or Boolean (0, 1).
  int64_t value() const;
  /// Of a variable.
  unsigned index() const;
  llvm::ArrayRef<Term> operands() const;
  bool isBoolean() const;
  bool isTrue() const { return kind() == Kind::Boolean && value() != 0; }
  bool isFalse() const { return kind() == Kind::Boolean && value() == 0; }
  /// Identity of the node, for tables.
  const void *id() const { return node.get(); }

  struct Node;

private:
  explicit Term(std::shared_ptr<const Node> node) : node(std::move(node)) {}
  std::shared_ptr<const Node> node;
};

/// One thing that must hold.
struct Assertion {
  Term holds;
  /// Of a rule: its index in ConstraintSet::constraints(); -1: a domain.
  int rule = -1;
  /// Of a domain: the variable.
  int variable = -1;
  /// Shown to the user; "P-DOMAIN" for a domain.
  std::string label;
};

struct FormulaVariable {
  std::string name;
  bool isBoolean = false;
};

/// Variables and what must hold of them.
struct Formula {
  std::vector<FormulaVariable> variables;
  std::vector<Assertion> assertions;
};

/// The formula of `set`: variables in their order, domains first, then rules. A
/// point satisfies it exactly when ConstraintSet::check finds nothing.
Formula formulaOf(const ConstraintSet &set);

/// The formula with finite domains, for the searches of ConstraintSet: one rule
/// for each assertion, in their order; domains from the bounds that all of them
/// give, 0 for a variable that none uses. An error says what our search cannot
/// do: a variable without bounds or with more than 2^20 values, a term that may
/// leave 60 bits, a divisor that may be zero.
llvm::Expected<ConstraintSet> constraintsOf(const Formula &formula);

/// Open: SMT-LIB does not say what a division by zero gives.
enum class Holds { No, Yes, Open };
/// Which assertions hold at a point (a value for each variable).
llvm::SmallVector<Holds> evaluate(const Formula &formula,
                                  llvm::ArrayRef<int64_t> point);

/// \name Names in smtlib
/// @{
std::string variableName(unsigned variable);
/// The Boolean that switches an assertion on.
std::string switchName(unsigned assertion);
/// @}

/// SMT-LIB text that declares the variables as x0, x1, ... and asserts each
/// assertion under a Boolean of its own, a0, a1, ... Shared terms are named.
std::string smtlib(const Formula &formula);

} // namespace tensorop::model

#endif // TENSOROP_MODEL_FORMULA_H
