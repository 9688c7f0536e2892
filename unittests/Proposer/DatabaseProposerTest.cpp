//===- DatabaseProposerTest.cpp - Plans that were measured ----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"
#include "TensorOp/Database/Database.h"
#include "TensorOp/Database/Keys.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "gtest/gtest.h"

using namespace tensorop;
using namespace tensorop::model;
using namespace tensorop::database;

namespace {
class DatabaseProposerTest : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("proposer", folder));
    path = folder.str().str() + "/t.sqlite";
    auto opened = TrialDatabase::open(path);
    ASSERT_TRUE(bool(opened)) << llvm::toString(opened.takeError());
    trials = std::move(*opened);
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }

  /// Stores the plan `text` with `seconds` for `kernel`.
  void store(const KernelInfo &kernel, const std::string &text, double seconds,
             const char *unit = "seconds") {
    Trial trial;
    trial.fingerprint = fingerprintOf(kernel);
    trial.extents = extentsOf(kernel);
    trial.target = hw.name;
    trial.machineHash = machineHashOf(hw);
    trial.threads = threads;
    trial.unit = unit;
    trial.ops = opNamesOf(kernel);
    trial.planText = text;
    trial.planHash = hashOf(text);
    trial.outcome = "measured";
    trial.samples = {seconds};
    trial.score = seconds;
    trial.when = "2026-11-22T05:38:00Z";
    trial.uid = "u" + std::to_string(++stored);
    llvm::Error error = trials->add(trial);
    EXPECT_FALSE(bool(error)) << llvm::toString(std::move(error));
  }

  /// The proposal, which must be there and legal.
  Proposal propose(const KernelInfo &kernel) {
    auto proposer = createDatabaseProposer(path);
    EXPECT_TRUE(bool(proposer)) << llvm::toString(proposer.takeError());
    EXPECT_EQ("database", (*proposer)->name());
    auto plan = (*proposer)->propose(kernel, hw, threads);
    EXPECT_TRUE(bool(plan)) << llvm::toString(plan.takeError());
    auto tree = LoopTree::build(plan->header, plan->plainSteps(), hw, &kernel);
    EXPECT_TRUE(bool(tree)) << llvm::toString(tree.takeError());
    return *plan;
  }

  /// A legal plan of a product, told by its unrolling.
  static std::string plan(int unroll, const std::string &op = "mm",
                          const std::string &more = "") {
    return "strategy.plan @mine root " + op +
           "(m, n, k) requires [fma] numerics(reassoc, contract) {\n"
           "  strategy.tile [ir: m = 6, jr: n = v(2)]\n"
           "  strategy.tile [kk: k = 1]\n"
           "  strategy.vectorize " +
           op + " [m = 6, n = v(2)] with fma {why = \"say \\22four\\22\"}\n" +
           "  strategy.unroll kk by " + std::to_string(unroll) + "\n" + more +
           "}\n";
  }
  static bool unrolls(const Proposal &proposal, int by) {
    return llvm::StringRef(proposal.str())
        .contains("strategy.unroll kk by " + std::to_string(by) + "\n");
  }

  llvm::SmallString<128> folder;
  std::string path;
  std::unique_ptr<TrialDatabase> trials;
  HardwareModel hw = machine("x86-64-v3");
  int64_t threads = 1;
  int stored = 0;
};

TEST_F(DatabaseProposerTest, TakesTheBestOfTheseExtents) {
  KernelInfo kernel = gemm(64, 128, 96);
  store(kernel, plan(2), 3e-3);
  store(kernel, plan(4), 1e-3);
  store(kernel, plan(8), 2e-3);
  store(gemm(64, 128, 95), plan(16), 1e-6);
  Proposal found = propose(kernel);
  EXPECT_TRUE(unrolls(found, 4)) << found.str();
  EXPECT_EQ("database", found.header.name);
  EXPECT_EQ("exact: 1.000e-03 seconds on 2026-11-22T05:38:00Z, the best of "
            "64x128x96 on this machine in t.sqlite",
            found.why);
  EXPECT_TRUE(found.warnings.empty());
  // Reasons stay, with their quotes.
  EXPECT_NE(found.str().find("{why = \"say \\22four\\22\"}"),
            std::string::npos);
}

TEST_F(DatabaseProposerTest, OpsMayHaveOtherNames) {
  KernelInfo kernel = gemm(64, 128, 96);
  store(kernel, plan(4), 1e-3);
  KernelInfo other = kernel;
  other.ops[0].name = "product";
  Proposal found = propose(other);
  EXPECT_TRUE(unrolls(found, 4));
  EXPECT_EQ("product", found.header.root.op);
}

TEST_F(DatabaseProposerTest, TakesTheNearestExtents) {
  store(gemm(64, 128, 128), plan(2), 1e-3);
  store(gemm(64, 512, 128), plan(4), 1e-6);
  // Whatever the cost model says, it is legal: take this kernel's own first.
  KernelInfo kernel = gemm(64, 128, 256);
  Proposal found = propose(kernel);
  EXPECT_EQ(0u, found.why.find("nearest: plan of 64x128x128, at distance 1.00, "
                               "with 1.000e-03 seconds there, in t.sqlite; "
                               "estimated at "))
      << found.why;
  EXPECT_TRUE(unrolls(found, 2));
  // Of another machine of this name.
  hw.vectorRegisters += 1;
  EXPECT_NE(propose(gemm(64, 128, 128))
                .why.find(" on another machine of this "
                          "name, in t.sqlite"),
            std::string::npos);
}

TEST_F(DatabaseProposerTest, ANeighbourThatLooksWorseIsNotTaken) {
  // One row at a time and nothing kept in caches: fine for 2 x 16 x 16.
  std::string poor = "strategy.plan @mine root mm(m, n, k) requires [fma] "
                     "numerics(reassoc, contract) {\n"
                     "  strategy.tile [ir: m = 1, jr: n = v(1)]\n"
                     "  strategy.tile [kk: k = 1]\n"
                     "  strategy.vectorize mm [m = 1, n = v(1)] with fma\n}\n";
  store(gemm(2, 16, 16), poor, 1e-7);
  Proposal found = propose(gemm(512, 512, 512));
  EXPECT_EQ("analytic", found.header.name);
  EXPECT_EQ(0u,
            found.why.find("the nearest plan, of 2x16x16, is not taken: it is "
                           "estimated at "))
      << found.why;
  EXPECT_NE(found.why.find(" times the cycles of the analytic plan, above "
                           "1.2; register tile "),
            std::string::npos)
      << found.why;
  // For its own extents it was measured, and is not doubted.
  EXPECT_EQ(0u, propose(gemm(2, 16, 16)).why.find("exact: "));
}

TEST_F(DatabaseProposerTest, ANeighbourThatIsIllegalHereIsNotTaken) {
  store(gemm(64, 128, 128), plan(2, "mm", "  strategy.require \"k <= 128\"\n"),
        1e-3);
  Proposal found = propose(gemm(64, 128, 256));
  EXPECT_EQ("analytic", found.header.name);
  EXPECT_EQ(0u,
            found.why.find("the nearest plan, of 64x128x128, is not taken: "))
      << found.why;
  EXPECT_TRUE(found.warnings.empty());
}

TEST_F(DatabaseProposerTest, NothingFitsSoTheAnalyticPlanDoes) {
  store(gemm(64, 128, 128, "f64"), plan(2), 1e-3);
  Proposal found = propose(gemm(64, 128, 128));
  EXPECT_EQ("analytic", found.header.name);
  EXPECT_EQ("nothing of kernel " + fingerprintOf(gemm(1, 1, 1)) +
                " for x86-64-v3 in t.sqlite",
            found.why.substr(0, found.why.find(';')));
  auto proposer = createDatabaseProposer(path);
  ASSERT_TRUE(bool(proposer));
  auto none = (*proposer)->propose(KernelInfo(), hw);
  ASSERT_FALSE(bool(none));
  EXPECT_NE(llvm::toString(none.takeError()).find("it has no contraction"),
            std::string::npos);
}

TEST_F(DatabaseProposerTest, TimesComeBeforeCyclesOfASimulation) {
  KernelInfo kernel = gemm(64, 128, 128);
  store(kernel, plan(8), 5000, "cycles");
  Proposal found = propose(kernel);
  EXPECT_EQ(0u, found.why.find("exact: 5000 cycles on ")) << found.why;
  store(kernel, plan(2), 1e-3);
  EXPECT_TRUE(unrolls(propose(kernel), 2));
}

TEST_F(DatabaseProposerTest, BrokenRowsAreLeftOutWithAWarning) {
  KernelInfo kernel = gemm(64, 128, 128);
  store(kernel, "no plan at all", 1e-5);
  std::string second = plan(4);
  store(kernel, plan(2) + second.replace(second.find("mine"), 4, "more"), 2e-5);
  store(kernel, "strategy.plan @a root mm(m, n) {\n}\n", 3e-5);
  std::string open = plan(2);
  open.replace(open.find("  strategy.tile"), 0,
               "  strategy.param p = 2 in [2, 4]\n");
  open.replace(open.find("kk by 2"), 7, "kk by p");
  store(kernel, open, 4e-5);
  store(kernel, plan(4), 5e-5);
  Proposal found = propose(kernel);
  EXPECT_TRUE(unrolls(found, 4)) << found.str();
  ASSERT_EQ(4u, found.warnings.size());
  auto warns = [&](size_t index, const std::string &text) {
    EXPECT_EQ(0u, found.warnings[index].find("t.sqlite: the plan of trial u" +
                                             std::to_string(index + 1) +
                                             " is left out: " + text))
        << found.warnings[index];
  };
  warns(0, "");
  warns(1, "the text holds 2 plans, not one");
  warns(2, "");
  warns(3, "it has parameters without a value");
  // For a neighbour as well.
  found = propose(gemm(64, 128, 129));
  EXPECT_EQ("analytic", found.header.name);
  ASSERT_EQ(1u, found.warnings.size());
  EXPECT_EQ(0u, found.warnings[0].find("t.sqlite: the plan of trial u1 "));
}

TEST_F(DatabaseProposerTest, NumbersOfOpsMustAgree) {
  KernelInfo kernel = gemm(64, 128, 128);
  KernelInfo two = kernel;
  two.ops.push_back(kernel.ops[0]);
  two.ops[1].name = "other";
  Trial trial;
  trial.fingerprint = fingerprintOf(kernel);
  trial.extents = extentsOf(kernel);
  trial.target = hw.name;
  trial.machineHash = machineHashOf(hw);
  trial.ops = opNamesOf(two);
  trial.planText = plan(2);
  trial.planHash = "h";
  trial.outcome = "measured";
  trial.samples = {1e-3};
  trial.score = 1e-3;
  ASSERT_FALSE(bool(trials->add(trial)));
  Proposal found = propose(kernel);
  ASSERT_EQ(1u, found.warnings.size());
  EXPECT_NE(found.warnings[0].find("it names 2 ops, the kernel has 1"),
            std::string::npos);
}

TEST_F(DatabaseProposerTest, MissingFile) {
  auto missing = createProposer("database", path + ".none");
  ASSERT_FALSE(bool(missing));
  EXPECT_NE(llvm::toString(missing.takeError()).find("there is no such file"),
            std::string::npos);
}
} // namespace
