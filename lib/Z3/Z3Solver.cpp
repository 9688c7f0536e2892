//===- Z3Solver.cpp - Z3 as a solver of constraint sets -------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Core.h"
#include "Script.h"
#include "TensorOp/Z3/Z3.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace tensorop;
using namespace tensorop::model;
using namespace tensorop::z3;

using Answer = Script::Answer;

std::string z3::whyAbsent() {
  return "this build has no Z3 (CMake found none; Debian: libz3-dev)";
}

/// Domains of at most this many values have a table of distances; others have a
/// division, which is harder to reason about.
static constexpr size_t maxTable = 4096;

static std::string numeral(int64_t value) {
  return value < 0 ? "(- " + std::to_string(0 - uint64_t(value)) + ")"
                   : std::to_string(value);
}

/// The relative change from `target` to the variable in thousandths, at least 1
/// for any change.
static std::string distance(const ConstraintSet &set, unsigned index,
                            int64_t target) {
  std::string x = variableName(index), t = numeral(target);
  Expected<SmallVector<int64_t>> values =
      set.domainValues(set.variables()[index].name, {});
  if (values && values->size() <= maxTable) {
    std::string table = "0";
    for (int64_t value : *values)
      if (int64_t far = changeDistance(target, value); value != target)
        table = "(ite (= " + x + " " + numeral(value) + ") " + numeral(far) +
                " " + table + ")";
    return table;
  }
  // A domain that other parameters decide has no values yet.
  consumeError(values.takeError());
  std::string size =
      std::to_string(target < 0 ? 0 - uint64_t(target) : uint64_t(target));
  return "(ite (= " + x + " " + t + ") 0 (let ((s (let ((v (ite (< " + x +
         " 0) (- " + x + ") " + x + "))) (ite (< v " + size + ") " + size +
         " (ite (< v 1) 1 v)))) (d (ite (< " + x + " " + t + ") (- " + t + " " +
         x + ") (- " + x + " " + t +
         ")))) (let ((q (div (+ (* 2000 d) s) (* 2 s)))) (ite (< q 1) 1 q))))";
}

namespace {
class Z3Solver : public ConstraintSolver {
public:
  explicit Z3Solver(unsigned steps) : steps(steps) {}

  std::string name() const override { return "z3"; }
  std::string limitMessage() const override {
    return "no legal point found by Z3 within " + std::to_string(steps) +
           " steps and " + std::to_string(maxSeconds) +
           " seconds: narrow the domains or give legal defaults";
  }
  LimitedSearch first(const ConstraintSet &set) const override;
  LimitedSearch nearest(const ConstraintSet &set,
                        const Assignment &target) const override;
  std::vector<size_t> unsatCore(const ConstraintSet &set) const override;

private:
  unsigned steps;

  struct Question {
    Script script;
    std::vector<size_t> domains, rules;
    /// Switches of all assertions.
    std::vector<std::string> all;
  };
  /// Nothing when Z3 does not take it, which our own text gives no reason for.
  std::optional<Question> ask(const ConstraintSet &set,
                              const std::string &more = "") const;
  static LimitedSearch read(Script &script, const ConstraintSet &set);
};
} // namespace

std::optional<Z3Solver::Question> Z3Solver::ask(const ConstraintSet &set,
                                                const std::string &more) const {
  Formula formula = formulaOf(set);
  Expected<Script> script = Script::parse(smtlib(formula) + more, steps);
  if (!script) {
    consumeError(script.takeError());
    return std::nullopt;
  }
  Question question{std::move(*script), {}, {}, {}};
  for (auto [index, assertion] : enumerate(formula.assertions)) {
    (assertion.rule < 0 ? question.domains : question.rules).push_back(index);
    question.all.push_back(switchName(index));
  }
  return question;
}

LimitedSearch Z3Solver::read(Script &script, const ConstraintSet &set) {
  LimitedSearch result;
  result.point.emplace();
  for (auto [index, variable] : enumerate(set.variables())) {
    auto value = script.value(variableName(index), /*isBoolean=*/false);
    // Domains hold values of 64 bits only: who asks will find it missing.
    if (value)
      (*result.point)[variable.name] = *value;
  }
  return result;
}

LimitedSearch Z3Solver::first(const ConstraintSet &set) const {
  LimitedSearch result;
  std::optional<Question> question = ask(set);
  Answer answer =
      question ? question->script.check(question->all) : Answer::Unknown;
  if (answer == Answer::Sat)
    return read(question->script, set);
  result.gaveUp = answer == Answer::Unknown;
  return result;
}

LimitedSearch Z3Solver::nearest(const ConstraintSet &set,
                                const Assignment &target) const {
  std::string changes = "0", distances = "0";
  int64_t wanted = 0;
  for (auto [index, variable] : enumerate(set.variables())) {
    auto it = target.find(variable.name);
    if (it == target.end())
      continue;
    ++wanted;
    changes += " (ite (= " + variableName(index) + " " + numeral(it->second) +
               ") 0 1)";
    distances += " " + distance(set, index, it->second);
  }
  std::optional<Question> question = ask(
      set, "(declare-const changes Int)\n(assert (= changes (+ 0 " + changes +
               ")))\n(declare-const distance Int)\n"
               "(assert (= distance (+ 0 " +
               distances + ")))\n");
  LimitedSearch result;
  if (!question) {
    result.gaveUp = true;
    return result;
  }
  Script &script = question->script;
  for (int64_t most = 0; most <= wanted; ++most) {
    Answer answer = script.check(question->all, {{"changes", most}});
    result.gaveUp |= answer == Answer::Unknown;
    if (answer != Answer::Sat)
      continue;
    result.point = read(script, set).point;
    // Halving: sums of distances have no other structure that we know of.
    int64_t low = 0, high = script.value("distance", false).value_or(0);
    while (low < high) {
      int64_t middle = low + (high - low) / 2;
      answer = script.check(question->all,
                            {{"changes", most}, {"distance", middle}});
      if (answer == Answer::Unknown) {
        result.gaveUp = true;
        break;
      }
      if (answer == Answer::Sat) {
        result.point = read(script, set).point;
        high = script.value("distance", false).value_or(middle);
      } else {
        low = middle + 1;
      }
    }
    return result;
  }
  return result;
}

std::vector<size_t> Z3Solver::unsatCore(const ConstraintSet &set) const {
  std::optional<Question> question = ask(set);
  if (!question || question->script.check(question->all) != Answer::Unsat)
    return {};
  std::vector<size_t> core;
  for (size_t assertion :
       smallCore(question->script, question->domains,
                 selected(question->rules, question->script.core())))
    core.push_back(assertion - question->domains.size());
  return core;
}

Expected<std::unique_ptr<ConstraintSolver>> z3::createSolver(unsigned steps) {
  if (version().empty())
    return createStringError(inconvertibleErrorCode(), whyAbsent().c_str());
  return std::make_unique<Z3Solver>(steps);
}
