//===- ConstraintSet.cpp - Finite domains and labelled rules --------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Model/ConstraintSet.h"
#include "ConstraintSearch.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace tensorop::model {

template <typename... Ts> static Error fail(const char *format, Ts... values) {
  return createStringError(inconvertibleErrorCode(), format, values...);
}

//===----------------------------------------------------------------------===//
// Domain
//===----------------------------------------------------------------------===//

Domain Domain::ofList(ArrayRef<int64_t> values) {
  Domain domain;
  for (int64_t value : values)
    domain.list.push_back(Expr::literal(value));
  return domain;
}

Domain Domain::ofRange(Expr lo, Expr hi, Expr step) {
  Domain domain;
  domain.kind = Kind::Range;
  domain.lo = std::move(lo);
  domain.hi = std::move(hi);
  domain.step = std::move(step);
  return domain;
}

Domain Domain::boolean() {
  Domain domain;
  domain.kind = Kind::Boolean;
  return domain;
}

Expected<Domain> Domain::parse(StringRef text) {
  text = text.trim();
  if (text == "bool")
    return boolean();
  if (text.starts_with("[")) {
    StringRef inner = text.drop_front();
    if (!inner.consume_back("]"))
      return fail("domain '%s': expected ']' at the end", text.str().c_str());
    Domain domain;
    if (inner.trim().empty())
      return domain;
    // Commas inside parentheses belong to a call.
    size_t start = 0;
    int depth = 0;
    for (size_t i = 0; i <= inner.size(); ++i) {
      if (i < inner.size()) {
        depth += inner[i] == '(' || inner[i] == '[';
        depth -= inner[i] == ')' || inner[i] == ']';
        if (inner[i] != ',' || depth > 0)
          continue;
      }
      auto value = Expr::parse(inner.slice(start, i));
      if (!value)
        return value.takeError();
      domain.list.push_back(*value);
      start = i + 1;
    }
    return domain;
  }
  auto [lo, rest] = text.contains("..") ? text.split("..") : text.split(" to ");
  if (rest.empty())
    return fail("domain '%s': expected a list '[a, b]', a range 'lo to hi step "
                "s' or 'bool'",
                text.str().c_str());
  auto [hi, step] = rest.split(" step ");
  auto low = Expr::parse(lo), high = Expr::parse(hi);
  if (!low || !high)
    return joinErrors(low ? Error::success() : low.takeError(),
                      high ? Error::success() : high.takeError());
  Domain domain = ofRange(*low, *high);
  if (!step.empty()) {
    auto by = Expr::parse(step);
    if (!by)
      return by.takeError();
    domain.step = *by;
  }
  return domain;
}

std::string Domain::str() const {
  switch (kind) {
  case Kind::Boolean:
    return "bool";
  case Kind::List:
    return "[" +
           join(map_range(list, [](const Expr &e) { return e.str(); }), ", ") +
           "]";
  case Kind::Range:
    break;
  }
  std::string text = lo.str() + " to " + hi.str();
  if (!step.isLiteral(1))
    text += " step " + step.str();
  return text;
}

//===----------------------------------------------------------------------===//
// Building
//===----------------------------------------------------------------------===//

StringRef symbol(Relation relation) {
  switch (relation) {
  case Relation::LessEqual:
    return "<=";
  case Relation::GreaterEqual:
    return ">=";
  case Relation::Equal:
    return "==";
  case Relation::MultipleOf:
    return "a multiple of";
  case Relation::Holds:
    return "true";
  }
  return "";
}

static SmallVector<Expr> expressionsOf(const Domain &domain) {
  if (domain.kind == Domain::Kind::Boolean)
    return {};
  if (domain.kind == Domain::Kind::List)
    return SmallVector<Expr>(domain.list);
  return {domain.lo, domain.hi, domain.step};
}

void ConstraintSet::addConstant(StringRef name, int64_t value) {
  constants[name] = value;
}

const Variable *ConstraintSet::find(StringRef name) const {
  for (const Variable &variable : vars)
    if (variable.name == name)
      return &variable;
  return nullptr;
}

/// Diagnoses what `expr` uses and the set does not have.
static Error checkNames(const Expr &expr, ArrayRef<Variable> vars,
                        const StringMap<int64_t> &constants) {
  if (expr.usesVectors() || expr.usesFull())
    return fail("'%s' uses v(), [] or full, which have no value here",
                expr.str().c_str());
  Environment env;
  for (const auto &entry : constants)
    env.declare(entry.getKey());
  for (const Variable &variable : vars)
    env.declare(variable.name);
  for (const std::string &name : expr.freeNames())
    if (!env.values.count(name))
      // Evaluating the bare name gives the message with the list of names.
      return Expr::name(name).evaluate(env).takeError();
  return Error::success();
}

Error ConstraintSet::addVariable(Variable variable) {
  if (find(variable.name) || constants.count(variable.name))
    return fail("the name '%s' is taken", variable.name.c_str());
  for (const Expr &expr : expressionsOf(variable.domain))
    if (Error error = checkNames(expr, vars, constants))
      return error;
  vars.push_back(std::move(variable));
  return Error::success();
}

Error ConstraintSet::addConstraint(Constraint constraint) {
  if (Error error = checkNames(constraint.value, vars, constants))
    return error;
  if (constraint.relation != Relation::Holds)
    if (Error error = checkNames(constraint.limit, vars, constants))
      return error;
  if (constraint.condition)
    if (Error error = checkNames(*constraint.condition, vars, constants))
      return error;
  rules.push_back(std::move(constraint));
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Checking one point
//===----------------------------------------------------------------------===//

static Environment environment(const StringMap<int64_t> &constants,
                               const Assignment &point) {
  Environment env;
  for (const auto &entry : constants)
    env.set(entry.getKey(), entry.second);
  for (const auto &[name, value] : point)
    env.set(name, value);
  return env;
}

Expected<SmallVector<int64_t>>
ConstraintSet::domainValues(StringRef name, const Assignment &earlier) const {
  const Variable *variable = find(name);
  if (!variable)
    return fail("unknown parameter '%s'", name.str().c_str());
  const Domain &domain = variable->domain;
  Environment env = environment(constants, earlier);
  SmallVector<int64_t> values;
  if (domain.kind == Domain::Kind::Boolean)
    return SmallVector<int64_t>{0, 1};
  if (domain.kind == Domain::Kind::List) {
    for (const Expr &expr : domain.list) {
      auto value = expr.evaluate(env);
      if (!value)
        return value.takeError();
      if (!is_contained(values, *value))
        values.push_back(*value);
    }
    return values;
  }
  auto lo = domain.lo.evaluate(env), hi = domain.hi.evaluate(env),
       step = domain.step.evaluate(env);
  if (!lo || !hi || !step) {
    Error errors = Error::success();
    for (auto *value : {&lo, &hi, &step})
      if (!*value)
        errors = joinErrors(std::move(errors), value->takeError());
    return std::move(errors);
  }
  if (*step < 1)
    return fail("the step of the domain of '%s' is %lld, the least is 1",
                name.str().c_str(), (long long)*step);
  if (*hi >= *lo &&
      (uint64_t(*hi) - uint64_t(*lo)) / uint64_t(*step) >= maxDomain)
    return fail("the domain of '%s' has more than %u values",
                name.str().c_str(), unsigned(maxDomain));
  for (int64_t value = *lo; value <= *hi;) {
    values.push_back(value);
    if (AddOverflow(value, *step, value))
      break;
  }
  return values;
}

/// "mr = 14, nv = 3" for the parameters that the expressions use.
static std::string usedValues(ArrayRef<Expr> exprs, const Environment &env) {
  SmallVector<std::string> names;
  for (const Expr &expr : exprs)
    for (std::string &name : expr.freeNames())
      if (!is_contained(names, name))
        names.push_back(std::move(name));
  std::string text;
  for (const std::string &name : names)
    if (auto it = env.values.find(name); it != env.values.end() && it->second)
      text += (text.empty() ? " with " : ", ") + name + " = " +
              std::to_string(*it->second);
  return text;
}

bool isMultiple(int64_t value, int64_t of) {
  // INT64_MIN % -1 overflows.
  return of != 0 && (of == -1 || value % of == 0);
}

/// Nothing when the rule holds or does not apply.
static std::optional<Violation> evaluateRule(const Constraint &rule,
                                             const Environment &env) {
  Violation violation;
  violation.label = rule.label;
  violation.factor = rule.factor;
  violation.step = rule.step;
  violation.relation = rule.relation;
  auto invalid = [&](Error error) {
    violation.message = rule.label + ": " + rule.factor +
                        " has no value: " + toString(std::move(error));
    return violation;
  };
  if (rule.condition) {
    auto applies = rule.condition->evaluate(env);
    if (!applies)
      return invalid(applies.takeError());
    if (*applies == 0)
      return std::nullopt;
  }
  auto value = rule.value.evaluate(env);
  if (!value)
    return invalid(value.takeError());
  violation.value = *value;
  bool holds = *value != 0;
  if (rule.relation != Relation::Holds) {
    auto limit = rule.limit.evaluate(env);
    if (!limit)
      return invalid(limit.takeError());
    violation.limit = *limit;
    switch (rule.relation) {
    case Relation::LessEqual:
      holds = *value <= *limit;
      break;
    case Relation::GreaterEqual:
      holds = *value >= *limit;
      break;
    case Relation::Equal:
      holds = *value == *limit;
      break;
    case Relation::MultipleOf:
      holds = isMultiple(*value, *limit);
      break;
    case Relation::Holds:
      break;
    }
  }
  if (holds)
    return std::nullopt;
  raw_string_ostream os(violation.message);
  os << rule.label << ": ";
  if (rule.relation == Relation::Holds) {
    os << rule.factor << " does not hold: " << rule.value.str()
       << usedValues({rule.value}, env);
    return violation;
  }
  os << rule.factor << " is " << violation.value << ", must be "
     << symbol(rule.relation) << " " << violation.limit;
  bool computed = !rule.value.isLiteral() || !rule.limit.isLiteral();
  if (computed) {
    os << " (";
    if (!rule.value.isLiteral())
      os << rule.value.str();
    else
      os << violation.value;
    os << " " << symbol(rule.relation) << " " << rule.limit.str()
       << usedValues({rule.value, rule.limit}, env) << ")";
  }
  return violation;
}

std::vector<Violation> ConstraintSet::check(const Assignment &point) const {
  std::vector<Violation> violations;
  auto report = [&](int step, const std::string &name, std::string text) {
    Violation violation;
    violation.label = "P-DOMAIN";
    violation.factor = "parameter '" + name + "'";
    violation.step = step;
    violation.message = "P-DOMAIN: " + violation.factor + " " + text;
    violations.push_back(std::move(violation));
  };
  StringMap<bool> bad;
  for (const Variable &variable : vars) {
    auto it = point.find(variable.name);
    if (it == point.end()) {
      report(variable.step, variable.name, "has no value");
      bad[variable.name] = true;
      continue;
    }
    auto values = domainValues(variable.name, point);
    if (!values) {
      report(variable.step, variable.name,
             "has no domain: " + toString(values.takeError()));
      continue;
    }
    if (!is_contained(*values, it->second)) {
      report(variable.step, variable.name,
             "is " + std::to_string(it->second) + ", the domain is " +
                 variable.domain.str() +
                 usedValues(expressionsOf(variable.domain),
                            environment(constants, point)));
      violations.back().value = it->second;
    }
  }
  for (const auto &[name, value] : point)
    if (!find(name)) {
      SmallVector<StringRef> names;
      for (const Variable &variable : vars)
        names.push_back(variable.name);
      report(-1, name,
             "does not exist; the parameters are " + join(names, ", "));
    }
  Environment env = environment(constants, point);
  for (auto [index, rule] : enumerate(rules)) {
    bool known = true;
    for (const Expr &expr : {rule.value, rule.limit})
      for (const std::string &name : expr.freeNames())
        known &= !bad.count(name);
    if (!known)
      continue;
    if (auto violation = evaluateRule(rule, env)) {
      violation->rule = index;
      violations.push_back(std::move(*violation));
    }
  }
  return violations;
}

std::vector<Violation> ConstraintSet::checkConstants() const {
  std::vector<Violation> violations;
  Environment env = environment(constants, {});
  for (const Constraint &rule : rules) {
    bool isConstant = true;
    SmallVector<Expr> exprs = {rule.value, rule.limit};
    if (rule.condition)
      exprs.push_back(*rule.condition);
    for (const Expr &expr : exprs)
      for (const std::string &name : expr.freeNames())
        isConstant &= constants.count(name) != 0;
    if (isConstant)
      if (auto violation = evaluateRule(rule, env))
        violations.push_back(std::move(*violation));
  }
  return violations;
}

std::string ConstraintSet::str() const {
  std::string text;
  raw_string_ostream os(text);
  for (const Variable &variable : vars) {
    os << variable.name;
    if (variable.preferred)
      os << " = " << *variable.preferred;
    os << " in " << variable.domain.str() << "\n";
  }
  for (const Constraint &rule : rules) {
    os << rule.label << ": ";
    if (rule.condition)
      os << "if " << rule.condition->str() << ": ";
    os << rule.value.str();
    if (rule.relation != Relation::Holds)
      os << " " << symbol(rule.relation) << " " << rule.limit.str();
    os << "  // " << rule.factor << "\n";
  }
  return text;
}

} // namespace tensorop::model
