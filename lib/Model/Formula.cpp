//===- Formula.cpp - Terms of SMT-LIB's theory Ints -----------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Model/Formula.h"
#include "TensorOp/Support/Check.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace tensorop::model {

struct Term::Node {
  Kind kind = Kind::Boolean;
  /// Of a literal or the index of a variable.
  int64_t value = 1;
  bool isBoolean = true;
  SmallVector<Term, 2> operands;
};

//===----------------------------------------------------------------------===//
// Construction
//===----------------------------------------------------------------------===//

static std::shared_ptr<Term::Node> makeNode(Term::Kind kind, int64_t value,
                                            bool isBoolean) {
  auto node = std::make_shared<Term::Node>();
  node->kind = kind;
  node->value = value;
  node->isBoolean = isBoolean;
  return node;
}

Term::Term() {
  static const std::shared_ptr<const Node> yes =
      makeNode(Kind::Boolean, 1, true);
  node = yes;
}

Term Term::integer(int64_t value) {
  return Term(makeNode(Kind::Integer, value, false));
}

Term Term::boolean(bool value) {
  return value ? Term() : Term(makeNode(Kind::Boolean, 0, true));
}

Term Term::variable(unsigned index, bool isBoolean) {
  return Term(makeNode(Kind::Variable, index, isBoolean));
}

Term Term::arithmetic(Kind kind, Term lhs, Term rhs) {
  TENSOROP_CHECK(kind >= Kind::Add && kind <= Kind::Mod && !lhs.isBoolean() &&
                     !rhs.isBoolean(),
                 "not arithmetic on integers");
  auto node = makeNode(kind, 0, false);
  node->operands = {std::move(lhs), std::move(rhs)};
  return Term(node);
}

Term Term::ite(Term condition, Term yes, Term no) {
  TENSOROP_CHECK(condition.isBoolean() && yes.isBoolean() == no.isBoolean(),
                 "a choice needs a condition and two terms of one sort");
  if (condition.kind() == Kind::Boolean)
    return condition.isTrue() ? yes : no;
  auto node = makeNode(Kind::Ite, 0, yes.isBoolean());
  node->operands = {std::move(condition), std::move(yes), std::move(no)};
  return Term(node);
}

Term Term::negation(Term operand) {
  if (operand.kind() == Kind::Boolean)
    return boolean(operand.isFalse());
  if (operand.kind() == Kind::Not)
    return operand.operands()[0];
  auto node = makeNode(Kind::Not, 0, true);
  node->operands.push_back(std::move(operand));
  return Term(node);
}

/// Conjunctions and disjunctions without neutral, nested or decided operands.
template <typename Make>
static Term junction(Term::Kind kind, ArrayRef<Term> operands, Make make) {
  bool neutral = kind == Term::Kind::And;
  SmallVector<Term> flat;
  for (const Term &operand : operands) {
    if (operand.kind() == Term::Kind::Boolean) {
      if (operand.isTrue() == neutral)
        continue;
      return operand;
    }
    if (operand.kind() == kind)
      append_range(flat, operand.operands());
    else
      flat.push_back(operand);
  }
  if (flat.empty())
    return Term::boolean(neutral);
  return flat.size() == 1 ? flat[0] : make(std::move(flat));
}

Term Term::conjunction(ArrayRef<Term> operands) {
  return junction(Kind::And, operands, [](SmallVector<Term> flat) {
    auto node = makeNode(Kind::And, 0, true);
    node->operands.assign(flat.begin(), flat.end());
    return Term(node);
  });
}

Term Term::disjunction(ArrayRef<Term> operands) {
  return junction(Kind::Or, operands, [](SmallVector<Term> flat) {
    auto node = makeNode(Kind::Or, 0, true);
    node->operands.assign(flat.begin(), flat.end());
    return Term(node);
  });
}

Term Term::implies(Term premise, Term conclusion) {
  if (premise.isTrue() || conclusion.isTrue())
    return conclusion;
  if (premise.isFalse())
    return boolean(true);
  if (conclusion.isFalse())
    return negation(std::move(premise));
  auto node = makeNode(Kind::Implies, 0, true);
  node->operands = {std::move(premise), std::move(conclusion)};
  return Term(node);
}

Term Term::compare(Kind kind, Term lhs, Term rhs) {
  TENSOROP_CHECK(kind >= Kind::Equal && lhs.isBoolean() == rhs.isBoolean() &&
                     (kind == Kind::Equal || !lhs.isBoolean()),
                 "not a comparison of terms of one sort");
  auto isLiteral = [](const Term &term) {
    return term.kind() == Kind::Integer || term.kind() == Kind::Boolean;
  };
  if (isLiteral(lhs) && isLiteral(rhs))
    return boolean(kind == Kind::Equal  ? lhs.value() == rhs.value()
                   : kind == Kind::Less ? lhs.value() < rhs.value()
                                        : lhs.value() <= rhs.value());
  auto node = makeNode(kind, 0, true);
  node->operands = {std::move(lhs), std::move(rhs)};
  return Term(node);
}

Term::Kind Term::kind() const { return node->kind; }
int64_t Term::value() const { return node->value; }
unsigned Term::index() const { return node->value; }
ArrayRef<Term> Term::operands() const { return node->operands; }
bool Term::isBoolean() const { return node->isBoolean; }

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

std::string variableName(unsigned variable) {
  return "x" + std::to_string(variable);
}
std::string switchName(unsigned assertion) {
  return "a" + std::to_string(assertion);
}

static StringRef operatorName(Term::Kind kind) {
  switch (kind) {
  case Term::Kind::Add:
    return "+";
  case Term::Kind::Sub:
    return "-";
  case Term::Kind::Mul:
    return "*";
  case Term::Kind::Div:
    return "div";
  case Term::Kind::Mod:
    return "mod";
  case Term::Kind::Ite:
    return "ite";
  case Term::Kind::Not:
    return "not";
  case Term::Kind::And:
    return "and";
  case Term::Kind::Or:
    return "or";
  case Term::Kind::Implies:
    return "=>";
  case Term::Kind::Equal:
    return "=";
  case Term::Kind::Less:
    return "<";
  case Term::Kind::LessEqual:
    return "<=";
  default:
    TENSOROP_CHECK(false, "a literal or variable has no operator");
  }
  return "";
}

namespace {
/// Prints terms; one that is used more than once is defined before its first
/// use, or the text could be exponentially longer than the graph.
class TextWriter {
public:
  explicit TextWriter(raw_ostream &os) : os(os) {}
  void count(const Term &term) {
    if (++uses[term.id()] == 1)
      for (const Term &operand : term.operands())
        count(operand);
  }
  std::string text(const Term &term) {
    switch (term.kind()) {
    case Term::Kind::Integer:
      // A numeral has no sign; the least integer has no positive twin.
      if (term.value() < 0)
        return "(- " + std::to_string(0 - uint64_t(term.value())) + ")";
      return std::to_string(term.value());
    case Term::Kind::Boolean:
      return term.isTrue() ? "true" : "false";
    case Term::Kind::Variable:
      return variableName(term.index());
    default:
      break;
    }
    auto known = names.find(term.id());
    if (known != names.end())
      return known->second;
    std::string result = "(" + operatorName(term.kind()).str();
    for (const Term &operand : term.operands())
      result += " " + text(operand);
    result += ")";
    if (uses[term.id()] < 2)
      return result;
    std::string name = "t" + std::to_string(names.size());
    os << "(define-fun " << name << " () "
       << (term.isBoolean() ? "Bool" : "Int") << " " << result << ")\n";
    names[term.id()] = name;
    return name;
  }

private:
  raw_ostream &os;
  DenseMap<const void *, unsigned> uses;
  DenseMap<const void *, std::string> names;
};
} // namespace

std::string smtlib(const Formula &formula) {
  std::string result;
  raw_string_ostream os(result);
  for (auto [index, variable] : enumerate(formula.variables))
    os << "(declare-const " << variableName(index)
       << (variable.isBoolean ? " Bool" : " Int") << ")\n";
  TextWriter writer(os);
  for (const Assertion &assertion : formula.assertions)
    writer.count(assertion.holds);
  for (auto [index, assertion] : enumerate(formula.assertions)) {
    std::string text = writer.text(assertion.holds);
    os << "(declare-const " << switchName(index) << " Bool)\n(assert (=> "
       << switchName(index) << " " << text << "))\n";
  }
  return result;
}

} // namespace tensorop::model
