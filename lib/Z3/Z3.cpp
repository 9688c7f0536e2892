//===- Z3.cpp - Formulas and constraint sets for Z3 -----------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Z3/Z3.h"
#include "Core.h"
#include "llvm/ADT/STLExtras.h"
#include <numeric>

using namespace llvm;
using namespace tensorop;
using namespace tensorop::model;
using namespace tensorop::z3;

using Answer = Script::Answer;

static std::vector<std::string> switches(ArrayRef<size_t> assertions) {
  std::vector<std::string> names;
  for (size_t index : assertions)
    names.push_back(switchName(index));
  return names;
}

std::vector<size_t> z3::selected(ArrayRef<size_t> assertions,
                                 ArrayRef<std::string> names) {
  std::vector<size_t> result;
  for (size_t index : assertions)
    if (is_contained(names, switchName(index)))
      result.push_back(index);
  return result;
}

std::vector<size_t> z3::smallCore(Script &script, ArrayRef<size_t> always,
                                  std::vector<size_t> assertions) {
  auto ask = [&](ArrayRef<size_t> some) {
    std::vector<size_t> all(always.begin(), always.end());
    append_range(all, some);
    return script.check(switches(all));
  };
  for (size_t next = 0; next < assertions.size();) {
    std::vector<size_t> fewer = assertions;
    fewer.erase(fewer.begin() + next);
    if (ask(fewer) != Answer::Unsat) {
      ++next;
      continue;
    }
    // What comes before was needed with more, so it still is.
    std::vector<size_t> core = selected(fewer, script.core());
    for (size_t kept : ArrayRef(assertions).take_front(next))
      if (!is_contained(core, kept))
        core.push_back(kept);
    llvm::sort(core);
    assertions = std::move(core);
  }
  return assertions;
}

Expected<Solution> z3::solve(const Formula &formula, unsigned steps) {
  Expected<Script> script = Script::parse(smtlib(formula), steps);
  if (!script)
    return script.takeError();
  std::vector<size_t> all(formula.assertions.size());
  std::iota(all.begin(), all.end(), 0);
  Solution solution;
  switch (script->check(switches(all))) {
  case Answer::Sat:
    solution.kind = Solution::Kind::Satisfied;
    for (auto [index, variable] : enumerate(formula.variables)) {
      auto value = script->value(variableName(index), variable.isBoolean);
      if (!value)
        return createStringError(inconvertibleErrorCode(),
                                 "Z3's value of '%s' does not fit 64 bits",
                                 variable.name.c_str());
      solution.values.push_back(*value);
    }
    return solution;
  case Answer::Unsat:
    solution.kind = Solution::Kind::Impossible;
    solution.core = smallCore(*script, {}, selected(all, script->core()));
    return solution;
  case Answer::Unknown:
    solution.reason = script->reason();
    break;
  }
  return solution;
}
