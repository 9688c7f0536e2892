//===- WriteConstraintsTest.cpp - The smt dialect against check() ---------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../../lib/Z3/Script.h"
#include "../../Model/PlanReader.h"
#include "../../Model/Plans.h"
#include "../../Model/RandomSets.h"
#include "TensorOp/Conversion/ConstraintsToSMT/ConstraintsToSMT.h"
#include "TensorOp/Z3/Z3.h"
#include "mlir/Dialect/SMT/IR/SMTOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Target/SMTLIB/ExportSMTLIB.h"
#include <gtest/gtest.h>

using namespace mlir;
using namespace tensorop;
using namespace tensorop::model;
using namespace tensorop::model::test;

namespace {

class WriteConstraints : public testing::Test {
protected:
  WriteConstraints() {
    context.loadDialect<smt::SMTDialect>();
    context.allowUnregisteredDialects();
  }

  /// What upstream's exporter makes of the set, without its last commands.
  std::string smtlib(const ConstraintSet &set) {
    OpBuilder builder(&context);
    OwningOpRef<ModuleOp> module = ModuleOp::create(builder.getUnknownLoc());
    builder.setInsertionPointToEnd(module->getBody());
    smt::SolverOp solver = strategy::writeConstraints(
        builder, set, [&](int) { return builder.getUnknownLoc(); });
    EXPECT_TRUE(succeeded(verify(*module)));
    EXPECT_EQ(std::distance(solver.getOps<smt::DeclareFunOp>().begin(),
                            solver.getOps<smt::DeclareFunOp>().end()),
              std::ptrdiff_t(set.variables().size()));
    std::string text;
    llvm::raw_string_ostream os(text);
    EXPECT_TRUE(succeeded(smt::exportSMTLIB(*module, os)));
    return text.substr(0, text.find("(check-sat)"));
  }

  /// Z3's point of the exported text; nothing when there is none.
  std::optional<Assignment> solve(const ConstraintSet &set) {
    std::string text = smtlib(set);
    auto script = z3::Script::parse(text, z3::defaultSteps);
    EXPECT_TRUE(bool(script)) << llvm::toString(script.takeError()) << text;
    if (!script)
      return std::nullopt;
    z3::Script::Answer answer = script->check({});
    EXPECT_NE(answer, z3::Script::Answer::Unknown) << text;
    if (answer != z3::Script::Answer::Sat)
      return std::nullopt;
    Assignment point;
    for (const Variable &variable : set.variables())
      if (auto value = script->value(variable.name, /*isBoolean=*/false))
        point[variable.name] = *value;
    return point;
  }

  void compare(const ConstraintSet &set) {
    std::optional<Assignment> point = solve(set);
    EXPECT_EQ(point.has_value(), set.first().has_value()) << set.str();
    if (point) {
      EXPECT_TRUE(set.isLegal(*point)) << set.str();
    }
  }

  MLIRContext context;
};

TEST_F(WriteConstraints, Z3AgreesOnWhatIsExported) {
  if (z3::version().empty())
    GTEST_SKIP() << z3::whyAbsent();
  std::mt19937 rng(29);
  unsigned satisfiable = 0, impossible = 0;
  for (int round = 0; round < 150; ++round) {
    ConstraintSet set = randomSet(rng);
    compare(set);
    (set.first() ? satisfiable : impossible)++;
  }
  EXPECT_GT(satisfiable, 30u);
  EXPECT_GT(impossible, 30u);
}

TEST_F(WriteConstraints, Z3AgreesOnPlans) {
  if (z3::version().empty())
    GTEST_SKIP() << z3::whyAbsent();
  KernelInfo info{"k", {matmul(100, 70, 64)}};
  for (const char *name : {"x86-64-v3", "neon", "rvv:vlen=256"})
    for (const char *require : {"mr >= 1", "mr * nv > 40", "kc % 7 == 4"}) {
      std::string plan =
          std::string(plans::sgemm) + "  require \"" + require + "\"\n";
      LoopTree tree = [&] {
        Plan p = readPlan(plan);
        auto made = LoopTree::create(p.header, target(name), &info);
        EXPECT_TRUE(bool(made));
        for (const Step &step : p.steps)
          EXPECT_FALSE(bool(made->apply(step)));
        EXPECT_FALSE(bool(made->finish(/*numbers=*/false)));
        return std::move(*made);
      }();
      ConstraintSet set;
      ASSERT_FALSE(bool(tree.constraints(set)));
      compare(set);
    }
}

TEST_F(WriteConstraints, NumeralsHaveNoSign) {
  ConstraintSet set;
  ASSERT_FALSE(bool(set.addVariable(
      {"a", Domain::ofList({INT64_MIN, -1, INT64_MAX}), {}, -1})));
  EXPECT_EQ(smtlib(set).find(" -"), std::string::npos) << smtlib(set);
  EXPECT_NE(smtlib(set).find("(- 0 9223372036854775808)"), std::string::npos)
      << smtlib(set);
}

} // namespace
