//===- ReadRegions.cpp - Formulas of constrained params -------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ReadRegions.h"
#include "mlir/Dialect/SMT/IR/SMTOps.h"
#include "mlir/Dialect/Transform/IR/TransformOps.h"
#include "mlir/Dialect/Transform/IR/TransformTypes.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace tensorop;
using model::Term;
using Kind = Term::Kind;
using transform::smt::ConstrainParamsOp;

/// A 64-bit integer or a Boolean (i1) as a literal; nothing for anything else.
static std::optional<Term> literal(Attribute attribute) {
  auto integer = dyn_cast_or_null<IntegerAttr>(attribute);
  if (!integer)
    return std::nullopt;
  const APInt &value = integer.getValue();
  if (integer.getType().isSignlessInteger(1))
    return Term::boolean(value.isOne());
  bool isUnsigned = integer.getType().isUnsignedInteger();
  if (isUnsigned ? value.getActiveBits() > 63 : value.getSignificantBits() > 64)
    return std::nullopt;
  return Term::integer(isUnsigned ? int64_t(value.getZExtValue())
                                  : value.getSExtValue());
}

unsigned ScriptReader::variable(StringRef name, bool isBoolean) {
  unsigned count = ++names[name];
  std::string unique = name.str();
  if (count > 1)
    unique += " (" + std::to_string(count) + ")";
  result.variables.push_back({unique, isBoolean});
  return result.variables.size() - 1;
}

void ScriptReader::holds(Term term, Operation *at, std::string what) {
  model::Assertion assertion;
  assertion.holds = std::move(term);
  assertion.label = std::to_string(from.size());
  result.assertions.push_back(std::move(assertion));
  from.push_back({at, std::move(what)});
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

FailureOr<Term> ScriptReader::knob(ConstrainParamsOp op, unsigned operand,
                                   transform::tune::KnobOp knob) {
  auto refuse = [&](Attribute value) {
    InFlightDiagnostic diag = op.emitOpError()
                              << "operand #" << operand
                              << " is a knob with the option " << value
                              << ", which is no integer of 64 bits";
    diag.attachNote(knob.getLoc()) << "the knob";
    return failure();
  };
  if (Attribute selected = knob.getSelectedAttr()) {
    std::optional<Term> value = literal(selected);
    if (!value)
      return refuse(selected);
    return *value;
  }
  auto options = dyn_cast<ArrayAttr>(knob.getOptions());
  if (!options) {
    InFlightDiagnostic diag = op.emitOpError()
                              << "operand #" << operand
                              << " is a knob whose options are no list";
    diag.attachNote(knob.getLoc()) << "the knob";
    return failure();
  }
  bool isBoolean = !options.empty() && literal(options[0]) &&
                   literal(options[0])->isBoolean();
  unsigned index = variable(knob.getName(), isBoolean);
  Term choice = Term::variable(index, isBoolean);
  SmallVector<Term> choices;
  for (Attribute option : options) {
    std::optional<Term> value = literal(option);
    if (!value || value->isBoolean() != isBoolean)
      return refuse(option);
    choices.push_back(Term::compare(Kind::Equal, choice, *value));
  }
  holds(Term::disjunction(choices), knob, "the options of the knob");
  open[knob] = index;
  return choice;
}

FailureOr<Term> ScriptReader::param(ConstrainParamsOp op, unsigned operand) {
  Value value = op.getParams()[operand];
  if (auto it = terms.find(value); it != terms.end())
    return it->second;
  Operation *producer = value.getDefiningOp();
  if (auto constant = dyn_cast_or_null<transform::ParamConstantOp>(producer)) {
    std::optional<Term> term = literal(constant.getValueAttr());
    if (!term)
      return op.emitOpError()
             << "operand #" << operand << " is " << constant.getValueAttr()
             << ", which is no integer of 64 bits";
    return terms[value] = *term;
  }
  if (auto choice = dyn_cast_or_null<transform::tune::KnobOp>(producer)) {
    FailureOr<Term> term = knob(op, operand, choice);
    if (succeeded(term))
      terms[value] = *term;
    return term;
  }
  InFlightDiagnostic diag =
      op.emitOpError()
      << "operand #" << operand
      << " is not known before the script runs; known are "
         "'transform.param.constant', 'transform.tune.knob' and results of "
         "'transform.smt.constrain_params' before this one";
  if (producer)
    diag.attachNote(producer->getLoc()) << "its definition";
  return diag;
}

//===----------------------------------------------------------------------===//
// Regions
//===----------------------------------------------------------------------===//

FailureOr<Term> ScriptReader::term(Operation &op) {
  SmallVector<Term> operands;
  for (Value operand : op.getOperands()) {
    auto known = terms.find(operand);
    if (known == terms.end())
      return op.emitOpError("uses a value that is not of its region");
    operands.push_back(known->second);
  }
  if (operands.empty() &&
      isa<smt::IntAddOp, smt::IntMulOp, smt::AndOp, smt::OrOp, smt::XOrOp>(op))
    return op.emitOpError("has no operands");
  auto chain = [&](Kind kind) {
    Term all = operands[0];
    for (const Term &next : llvm::drop_begin(operands))
      all = Term::arithmetic(kind, all, next);
    return all;
  };
  auto pairs = [&](bool neighbours, bool equal) {
    SmallVector<Term> parts;
    for (size_t i = 0; i < operands.size(); ++i)
      for (size_t j = i + 1; j < (neighbours ? std::min(i + 2, operands.size())
                                             : operands.size());
           ++j) {
        Term same = Term::compare(Kind::Equal, operands[i], operands[j]);
        parts.push_back(equal ? same : Term::negation(same));
      }
    return Term::conjunction(parts);
  };
  return llvm::TypeSwitch<Operation *, FailureOr<Term>>(&op)
      .Case([&](smt::IntConstantOp constant) -> FailureOr<Term> {
        APInt value = constant.getValue();
        if (value.getSignificantBits() > 64)
          return constant.emitOpError("has a value of more than 64 bits");
        return Term::integer(value.getSExtValue());
      })
      .Case([&](smt::BoolConstantOp constant) -> FailureOr<Term> {
        return Term::boolean(constant.getValue());
      })
      .Case([&](smt::DeclareFunOp declared) -> FailureOr<Term> {
        bool isBoolean = isa<smt::BoolType>(declared.getType());
        StringRef name = declared.getNamePrefix().value_or("");
        return Term::variable(
            variable(name.empty() ? "unnamed" : name, isBoolean), isBoolean);
      })
      .Case([&](smt::IntAddOp) -> FailureOr<Term> { return chain(Kind::Add); })
      .Case([&](smt::IntMulOp) -> FailureOr<Term> { return chain(Kind::Mul); })
      .Case([&](smt::IntSubOp) -> FailureOr<Term> { return chain(Kind::Sub); })
      .Case([&](smt::IntDivOp) -> FailureOr<Term> { return chain(Kind::Div); })
      .Case([&](smt::IntModOp) -> FailureOr<Term> { return chain(Kind::Mod); })
      .Case([&](smt::IntAbsOp) -> FailureOr<Term> {
        Term negative =
            Term::arithmetic(Kind::Sub, Term::integer(0), operands[0]);
        return Term::ite(Term::compare(Kind::LessEqual, negative, operands[0]),
                         operands[0], negative);
      })
      .Case([&](smt::IntCmpOp compared) -> FailureOr<Term> {
        switch (compared.getPred()) {
        case smt::IntPredicate::lt:
          return Term::compare(Kind::Less, operands[0], operands[1]);
        case smt::IntPredicate::le:
          return Term::compare(Kind::LessEqual, operands[0], operands[1]);
        case smt::IntPredicate::gt:
          return Term::compare(Kind::Less, operands[1], operands[0]);
        case smt::IntPredicate::ge:
          return Term::compare(Kind::LessEqual, operands[1], operands[0]);
        }
        return failure();
      })
      .Case([&](smt::EqOp) -> FailureOr<Term> { return pairs(true, true); })
      .Case([&](smt::DistinctOp) -> FailureOr<Term> {
        return pairs(false, false);
      })
      .Case([&](smt::IteOp) -> FailureOr<Term> {
        return Term::ite(operands[0], operands[1], operands[2]);
      })
      .Case([&](smt::NotOp) -> FailureOr<Term> {
        return Term::negation(operands[0]);
      })
      .Case([&](smt::AndOp) -> FailureOr<Term> {
        return Term::conjunction(operands);
      })
      .Case([&](smt::OrOp) -> FailureOr<Term> {
        return Term::disjunction(operands);
      })
      .Case([&](smt::XOrOp) -> FailureOr<Term> {
        Term odd = operands[0];
        for (const Term &next : llvm::drop_begin(operands))
          odd = Term::negation(Term::compare(Kind::Equal, odd, next));
        return odd;
      })
      .Case([&](smt::AssertOp) -> FailureOr<Term> { return operands[0]; })
      .Case([&](smt::ImpliesOp) -> FailureOr<Term> {
        return Term::implies(operands[0], operands[1]);
      })
      .Default([&](Operation *other) -> FailureOr<Term> {
        return other->emitOpError(
            "is not supported in 'transform.smt.constrain_params': regions are "
            "solved over !smt.int and !smt.bool, without quantifiers");
      });
}

LogicalResult ScriptReader::read(Operation &op) {
  for (Type type : op.getResultTypes())
    if (!isa<smt::IntType, smt::BoolType>(type))
      return op.emitOpError() << "makes a value of type " << type
                              << "; 'transform.smt.constrain_params' is solved "
                                 "over !smt.int and "
                                 "!smt.bool";
  FailureOr<Term> value = term(op);
  if (failed(value))
    return failure();
  if (isa<smt::AssertOp>(op))
    holds(*value, &op, "the assertion");
  else
    terms[op.getResult(0)] = *value;
  return success();
}

LogicalResult ScriptReader::yield(ConstrainParamsOp op, unsigned index,
                                  Value yielded) {
  Value param = op.getResults()[index];
  auto known = terms.find(yielded);
  if (known == terms.end())
    return op.emitOpError()
           << "result #" << index << " is not a value of its region";
  Term term = known->second;
  Type type;
  if (auto typed = dyn_cast<transform::ParamType>(param.getType()))
    type = typed.getType();
  else if (isa<transform::AnyParamType>(param.getType()))
    type = IntegerType::get(op.getContext(), term.isBoolean() ? 1 : 64);
  bool isBit = type && type.isSignlessInteger(1);
  if (!type || isBit != term.isBoolean())
    return op.emitOpError()
           << "result #" << index << " of type " << param.getType()
           << " cannot hold a value of " << yielded.getType()
           << "; an !smt.int needs an integer of 2 to 64 bits, an !smt.bool an "
              "i1";
  std::string name = "result #" + std::to_string(index);
  unsigned variable = this->variable(name, isBit);
  Term made = Term::variable(variable, isBit);
  holds(Term::compare(Kind::Equal, made, term), op, "");
  if (!isBit) {
    unsigned bits = type.getIntOrFloatBitWidth();
    bool isUnsigned = type.isUnsignedInteger();
    // Values are of 64 bits; those of unsigned 64 use the lower half.
    int64_t low = isUnsigned ? 0 : llvm::minIntN(bits),
            high = isUnsigned && bits < 64 ? int64_t(llvm::maxUIntN(bits))
                   : isUnsigned            ? INT64_MAX
                                           : llvm::maxIntN(bits);
    std::string text;
    llvm::raw_string_ostream(text) << "that " << name << " fits " << type;
    holds(Term::conjunction(
              {Term::compare(Kind::LessEqual, Term::integer(low), made),
               Term::compare(Kind::LessEqual, made, Term::integer(high))}),
          op, text);
  }
  this->made.push_back({param, variable, type});
  terms[param] = made;
  return success();
}

LogicalResult ScriptReader::add(ConstrainParamsOp op) {
  Block &block = op.getBody().front();
  for (auto [index, argument] : llvm::enumerate(block.getArguments())) {
    FailureOr<Term> value = param(op, index);
    if (failed(value))
      return failure();
    bool fits = value->isBoolean() ? isa<smt::BoolType>(argument.getType())
                                   : isa<smt::IntType>(argument.getType());
    if (!fits)
      return op.emitOpError()
             << "operand #" << index << " is "
             << (value->isBoolean() ? "a Boolean" : "an integer")
             << ", its argument has type " << argument.getType()
             << "; integers are !smt.int, i1 is !smt.bool";
    terms[argument] = *value;
  }
  for (Operation &inner : block.without_terminator())
    if (failed(read(inner)))
      return failure();
  for (auto [index, value] :
       llvm::enumerate(block.getTerminator()->getOperands()))
    if (failed(yield(op, index, value)))
      return failure();
  return success();
}
