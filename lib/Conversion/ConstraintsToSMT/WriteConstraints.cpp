//===- WriteConstraints.cpp - Formulas in the smt dialect -----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Conversion/ConstraintsToSMT/ConstraintsToSMT.h"
#include "TensorOp/Model/Formula.h"
#include "TensorOp/Support/Check.h"
#include "mlir/Dialect/SMT/IR/SMTOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringSet.h"
#include <map>

using namespace mlir;
using namespace tensorop;
using namespace tensorop::model;

using Kind = Term::Kind;

namespace {
class TermWriter {
public:
  TermWriter(OpBuilder &builder, ArrayRef<Value> variables)
      : builder(builder), variables(variables) {}
  Value operator()(Location loc, const Term &term) {
    if (term.kind() == Kind::Variable)
      return variables[term.index()];
    if (term.kind() == Kind::Integer)
      return integer(loc, term.value());
    if (Value value = known.lookup(term.id()))
      return value;
    Value value = write(loc, term);
    return known[term.id()] = value;
  }

private:
  OpBuilder &builder;
  ArrayRef<Value> variables;
  DenseMap<const void *, Value> known;
  /// A DenseMap does not take the ends of 64 bits.
  std::map<int64_t, Value> integers;

  Value positive(Location loc, const APInt &value) {
    return smt::IntConstantOp::create(
        builder, loc,
        IntegerAttr::get(builder.getIntegerType(value.getBitWidth()), value));
  }
  /// A numeral of SMT-LIB has no sign, and exporters print what they get.
  Value integer(Location loc, int64_t value) {
    if (auto it = integers.find(value); it != integers.end())
      return it->second;
    APInt wide(65, uint64_t(value), /*isSigned=*/true);
    Value result = positive(loc, wide.abs());
    if (value < 0)
      result = smt::IntSubOp::create(builder, loc, integer(loc, 0), result);
    return integers[value] = result;
  }
  Value write(Location loc, const Term &term);
};
} // namespace

Value TermWriter::write(Location loc, const Term &term) {
  SmallVector<Value> operands;
  for (const Term &operand : term.operands())
    operands.push_back((*this)(loc, operand));
  auto compare = [&](smt::IntPredicate predicate) -> Value {
    return smt::IntCmpOp::create(builder, loc, predicate, operands[0],
                                 operands[1]);
  };
  switch (term.kind()) {
  case Kind::Boolean:
    return smt::BoolConstantOp::create(builder, loc, term.isTrue());
  case Kind::Add:
    return smt::IntAddOp::create(builder, loc, operands);
  case Kind::Sub:
    return smt::IntSubOp::create(builder, loc, operands[0], operands[1]);
  case Kind::Mul:
    return smt::IntMulOp::create(builder, loc, operands);
  case Kind::Div:
    return smt::IntDivOp::create(builder, loc, operands[0], operands[1]);
  case Kind::Mod:
    return smt::IntModOp::create(builder, loc, operands[0], operands[1]);
  case Kind::Ite:
    return smt::IteOp::create(builder, loc, operands[0], operands[1],
                              operands[2]);
  case Kind::Not:
    return smt::NotOp::create(builder, loc, operands[0]);
  case Kind::And:
    return smt::AndOp::create(builder, loc, operands);
  case Kind::Or:
    return smt::OrOp::create(builder, loc, operands);
  case Kind::Implies:
    return smt::ImpliesOp::create(builder, loc, operands[0], operands[1]);
  case Kind::Equal:
    return smt::EqOp::create(builder, loc, operands[0], operands[1]);
  case Kind::Less:
    return compare(smt::IntPredicate::lt);
  case Kind::LessEqual:
    return compare(smt::IntPredicate::le);
  case Kind::Integer:
  case Kind::Variable:
    break;
  }
  TENSOROP_CHECK(false, "literals and variables have no operands");
  return Value();
}

/// Exporters take the name as it is; a word of SMT-LIB or of its theories would
/// not read back.
static std::string symbolOf(StringRef name) {
  static const llvm::StringSet<> words = {
      "as",      "let",         "par",     "exists", "forall", "match",
      "true",    "false",       "not",     "and",    "or",     "xor",
      "ite",     "distinct",    "div",     "mod",    "abs",    "to_real",
      "to_int",  "is_int",      "Int",     "Bool",   "Real",   "assert",
      "check",   "declare",     "define",  "echo",   "exit",   "get",
      "pop",     "push",        "reset",   "set",    "BINARY", "STRING",
      "DECIMAL", "HEXADECIMAL", "NUMERAL", "_"};
  return words.contains(name) ? "param_" + name.str() : name.str();
}

static std::string textOf(const Constraint &rule) {
  std::string text = rule.value.str();
  if (rule.relation != Relation::Holds)
    text += " " + symbol(rule.relation).str() + " " + rule.limit.str();
  if (rule.condition)
    text += " if " + rule.condition->str();
  return text;
}

smt::SolverOp
strategy::writeConstraints(OpBuilder &builder, const ConstraintSet &set,
                           llvm::function_ref<Location(int step)> at) {
  OpBuilder::InsertionGuard guard(builder);
  auto solver =
      smt::SolverOp::create(builder, at(-1), TypeRange(), ValueRange());
  builder.createBlock(&solver.getBodyRegion());
  Formula formula = formulaOf(set);
  SmallVector<Value> variables;
  for (const Variable &variable : set.variables()) {
    auto declared = smt::DeclareFunOp::create(
        builder, at(variable.step), smt::IntType::get(builder.getContext()),
        builder.getStringAttr(symbolOf(variable.name)));
    declared->setAttr(kSMTParamAttr, builder.getStringAttr(variable.name));
    variables.push_back(declared);
  }
  TermWriter write(builder, variables);
  for (const Assertion &assertion : formula.assertions) {
    int step;
    std::string factor, text;
    if (assertion.rule >= 0) {
      const Constraint &rule = set.constraints()[assertion.rule];
      step = rule.step;
      factor = rule.factor;
      text = textOf(rule);
    } else {
      const Variable &variable = set.variables()[assertion.variable];
      step = variable.step;
      factor = "parameter '" + variable.name + "'";
      text = variable.name + " in " + variable.domain.str();
    }
    auto asserted = smt::AssertOp::create(builder, at(step),
                                          write(at(step), assertion.holds));
    asserted->setAttr(kSMTLabelAttr, builder.getStringAttr(assertion.label));
    asserted->setAttr(kSMTFactorAttr, builder.getStringAttr(factor));
    asserted->setAttr(kSMTRuleAttr, builder.getStringAttr(text));
  }
  auto check = smt::CheckOp::create(builder, at(-1), TypeRange());
  for (Region &region : check->getRegions()) {
    OpBuilder::InsertionGuard inner(builder);
    builder.createBlock(&region);
    smt::YieldOp::create(builder, at(-1));
  }
  smt::YieldOp::create(builder, at(-1));
  return solver;
}
