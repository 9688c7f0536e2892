//===- RuleCases.h - Wrong plans and their diagnostics ----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_UNITTESTS_MODEL_RULECASES_H
#define TENSOROP_UNITTESTS_MODEL_RULECASES_H

#include <ostream>

namespace tensorop::model::test {

/// A plan that breaks a rule. `values` chooses parameters: "mr=4,nv=2".
struct RuleCase {
  const char *name, *machine, *kernel, *plan, *values, *expected;
};

inline void PrintTo(const RuleCase &test, std::ostream *os) {
  *os << test.plan;
}

/// Builds the plan and compares the diagnostics with the expected text.
void checkRule(const RuleCase &test);

} // namespace tensorop::model::test

#endif // TENSOROP_UNITTESTS_MODEL_RULECASES_H
