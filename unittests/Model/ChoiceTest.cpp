//===- ChoiceTest.cpp - Open plans, switches, remarks, text ---------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlanReader.h"
#include "Plans.h"
#include "llvm/ADT/StringExtras.h"
#include <gtest/gtest.h>

using namespace tensorop;
using namespace tensorop::model;
using namespace tensorop::model::test;

namespace {

PlanSource source(llvm::StringRef plan, llvm::StringRef machine,
                  const KernelInfo *info) {
  Plan p = readPlan(plan);
  return {p.header, p.steps, target(machine), info};
}

const char *switched = R"(root mm(m, n, k) numerics(reassoc, contract)
  param mr = 6 in 1 to 14
  param pb = 1 in bool
  tile [pc: k = 64]
  tile [ir: m = mr, jr: n = v(2), kk: k = 1]
  layout mm.rhs pack [n = v(2)] at pc if pb
  vectorize mm [m = mr, n = v(2)] with fma
)";

TEST(Choice, SwitchesDecideSteps) {
  KernelInfo info{"k", {matmul(64, 64, 64)}};
  LoopTree with =
      build(switched, target("x86-64-v3"), &info, {{"mr", 6}, {"pb", 1}});
  EXPECT_EQ(with.layouts().size(), 1u);
  LoopTree without =
      build(switched, target("x86-64-v3"), &info, {{"mr", 6}, {"pb", 0}});
  EXPECT_TRUE(without.layouts().empty());
  LoopTree open = build(switched, target("x86-64-v3"), &info);
  EXPECT_FALSE(open.isClosed());
  EXPECT_EQ(open.layouts().size(), 1u);
  EXPECT_EQ(open.steps().size(), 6u);
}

TEST(Choice, NearestPointMaySwitchAStepOff) {
  // Packed panels must hold the tile; unpacked, any tile goes.
  std::string plan = R"(root mm(m, n, k) numerics(reassoc, contract)
  param pb = 1 in bool
  param mr = 5 in [5]
  tile [ir: m = mr, jr: n = v(1), kk: k = 1]
  layout mm.lhs pack [m = 4] at call if pb
  vectorize mm [m = mr, n = v(1)] with fma
)";
  KernelInfo info{"k", {matmul(64, 64, 64)}};
  PlanSource p = source(plan, "x86-64-v3", &info);
  auto preferred = preferredValues(p);
  ASSERT_TRUE(bool(preferred));
  EXPECT_EQ(diagnose(plan, target("x86-64-v3"), &info, *preferred),
            "L-PANEL@3: size of loop 'ir', which walks the panels of 'mm.lhs', "
            "is 5, must be a multiple of 4 (mr a multiple of 4 with mr = 5)\n"
            "L-TILE@3: panel of 'mm.lhs' along 'm', read by the register tile, "
            "is 4, must be a multiple of 5 (4 a multiple of mr with mr = 5)");
  auto legal = nearestLegal(p, *preferred);
  ASSERT_TRUE(bool(legal));
  EXPECT_EQ(*legal, (Assignment{{"mr", 5}, {"pb", 0}}));
  EXPECT_EQ(diagnose(plan, target("x86-64-v3"), &info, *legal), "");
}

TEST(Choice, DefaultsMoveToTheTarget) {
  KernelInfo info{"k", {matmul(1024, 1024, 1024)}};
  for (const char *machine : {"x86-64-v3", "x86-64-v4", "neoverse-n1",
                              "spacemit-x60", "rvv:vlen=128"}) {
    PlanSource p = source(plans::sgemm, machine, &info);
    // 14 rows of two vectors: AVX-512 only; the row count moves elsewhere.
    auto legal =
        nearestLegal(p, {{"kc", 256}, {"mr", 14}, {"nv", 2}, {"mc", 140}});
    ASSERT_TRUE(bool(legal)) << toString(legal.takeError());
    EXPECT_EQ(diagnose(plans::sgemm, p.hardware, &info, *legal), "") << machine;
    if (llvm::StringRef(machine) == "x86-64-v4") {
      EXPECT_EQ(legal->at("mr"), 14);
    }
    if (llvm::StringRef(machine) == "x86-64-v3") {
      EXPECT_LE(legal->at("mr") * legal->at("nv") + legal->at("nv") + 1, 16);
    }
  }
}

TEST(Choice, FreeSizesFillTheCacheEvenly) {
  // 1024 rows in blocks of at most half of L2 (256 KB, kc 256: 128 rows): eight
  // blocks would need 128 rows, no multiple of 6; nine need 114.
  KernelInfo info{"k", {matmul(1024, 1024, 1024)}};
  PlanSource p = source(plans::sgemm, "x86-64-v3", &info);
  auto legal = nearestLegal(p, {{"kc", 256}, {"mr", 6}, {"nv", 2}});
  ASSERT_TRUE(bool(legal));
  EXPECT_EQ(legal->at("mc"), 114);
  KernelInfo small{"k", {matmul(40, 64, 64)}};
  p.kernel = &small;
  legal = nearestLegal(p, {{"kc", 256}, {"mr", 6}, {"nv", 2}});
  ASSERT_TRUE(bool(legal));
  EXPECT_EQ(legal->at("mc"), 42);
}

TEST(Choice, NoLegalPointIsAnError) {
  KernelInfo info{"k", {matmul(64, 64, 64)}};
  PlanSource p = source("root mm(m, n, k) numerics(reassoc, contract)\n"
                        "param mr = 20 in [20, 30]\n"
                        "tile [ir: m = mr, jr: n = v(1), kk: k = 1]\n"
                        "vectorize mm [m = mr, n = v(1)] with fma",
                        "x86-64-v3", &info);
  auto legal = nearestLegal(p, {});
  EXPECT_EQ(text(legal.takeError()),
            "C-NONE@-1: no values of the parameters are legal; the rules that "
            "exclude all points are V-REGS; at the preferred values: V-REGS: "
            "vector registers of the register tile of 'mm' is 22, must be <= "
            "16 (mr + 1 + 1 <= vregs with mr = 20, vregs = 16)");
}

TEST(Choice, TooManySwitches) {
  std::string plan = "root mm(m, n, k)\n";
  for (int i = 0; i < 13; ++i)
    plan += "param b" + std::to_string(i) + " = 1 in bool\ntile [l" +
            std::to_string(i) + ": m = 1] if b" + std::to_string(i) + "\n";
  PlanSource p = source(plan, "x86-64-v3", nullptr);
  EXPECT_EQ(text(nearestLegal(p, {}).takeError()),
            "C-SWITCHES@-1: the plan has 13 conditional parameters, the limit "
            "is 12");
}

TEST(Choice, DomainsMayNeedThePayload) {
  const char *plan = "root mm(m, n, k) numerics(reassoc, contract)\n"
                     "param mr = 6 in 1 to m\ntile [ir: m = mr]";
  EXPECT_EQ(diagnose(plan, target("x86-64-v3")), "");
  KernelInfo info{"k", {matmul(4, 64, 64)}};
  EXPECT_EQ(diagnose(plan, target("x86-64-v3"), &info, {{"mr", 6}}),
            "P-DOMAIN@0: parameter 'mr' is 6, the domain is 1 to m with m = 4");
}

TEST(Choice, DomainMayBeDerived) {
  KernelInfo info{"k", {matmul(64, 64, 64)}};
  PlanSource p = source("root mm(m, n, k) numerics(reassoc, contract)\n"
                        "param mr\n"
                        "tile [ir: m = mr, jr: n = v(2), kk: k = 1]\n"
                        "vectorize mm [m = mr, n = v(2)] with fma",
                        "x86-64-v3", &info);
  auto legal = nearestLegal(p, {{"mr", 50}});
  ASSERT_TRUE(bool(legal));
  EXPECT_EQ(legal->at("mr"), 6);
}

TEST(Choice, ScalableSizes) {
  KernelInfo info{"k", {matmul(64, 64, 64)}};
  const char *plan = "root mm(m, n, k) numerics(reassoc, contract)\n"
                     "tile [ir: m = 6, jr: n = v(2), kk: k = 1]\n"
                     "vectorize mm [m = 6, n = v(2)] with vfmacc";
  LoopTree any = build(plan, target("rvv"), &info);
  unsigned jr = *any.findLoop("jr");
  EXPECT_TRUE(any.isScalable(any.loops()[jr].size));
  EXPECT_FALSE(any.isScalable(any.loops()[0].size));
  EXPECT_EQ(any.loopSize(jr), 8);
  EXPECT_EQ(build(plan, target("rvv:vlen=256"), &info).loopSize(jr), 16);
  LoopTree brackets = build("root mm(m, n, k)\ntile [jr: n = [4]]",
                            target("rvv:vlen=256"), &info);
  EXPECT_EQ(brackets.loopSize(0), 16);
}

//===----------------------------------------------------------------------===//
// Numerics, remarks
//===----------------------------------------------------------------------===//

TEST(Numerics, LateInitNeedsReassociation) {
  const char *steps = "tile [ir: m = 6, jr: n = v(2), kk: k = 1]\n"
                      "vectorize mm [m = 6, n = v(2)]";
  KernelInfo floats{"k", {matmul(64, 64, 64)}};
  KernelInfo integers{"k", {matmul(64, 64, 64, "i32", "i32")}};
  auto lateInit = [&](const char *numerics, const KernelInfo &info) {
    return build(std::string("root mm(m, n, k) numerics(") + numerics + ")\n" +
                     steps,
                 target("x86-64-v3"), &info)
        .lateInit(0);
  };
  EXPECT_TRUE(lateInit("reassoc, contract", floats));
  EXPECT_FALSE(lateInit("contract", floats));
  EXPECT_TRUE(lateInit("", integers));
}

TEST(Numerics, AutoUsesFmaOnlyWhenItMay) {
  KernelInfo info{"k", {matmul(64, 64, 64)}};
  auto instr = [&](const char *numerics) {
    return build(std::string("root mm(m, n, k) numerics(") + numerics +
                     ")\ntile [ir: m = 6, jr: n = v(2), kk: k = 1]\n"
                     "vectorize mm [m = 6, n = v(2)]",
                 target("x86-64-v3"), &info)
        .root()
        .tile->instr;
  };
  EXPECT_EQ(instr("contract"), "fma");
  EXPECT_EQ(instr(""), "vector");
}

TEST(Numerics, FillComesFirst) {
  OpInfo zero = makeOp("zero", {64, 64}, "pp", BodyClass::Fill);
  zero.operands = {makeOperand("out", {0, 1})};
  OpInfo mm = matmul(64, 64, 512);
  mm.operands[2].producer = "zero";
  KernelInfo info{"k", {zero, mm}};
  LoopTree t = build("root mm(m, n, k) with [zero(m, n)] numerics(reassoc)\n"
                     "tile [pc: k = 64, ic: m = 8]\nfuse zero into ic",
                     target("x86-64-v3"), &info);
  const OpNode &node = t.ops()[1];
  EXPECT_EQ(node.when, FuseStep::When::First);
  ASSERT_EQ(node.whenLoops.size(), 1u);
  EXPECT_EQ(node.whenLoops[0], *t.findLoop("pc"));
  EXPECT_EQ(t.recomputation(1), 1);
}

std::vector<std::string> remarks(const LoopTree &t) {
  std::vector<std::string> result;
  for (const Remark &remark : t.remarks())
    result.push_back(remark.label + "@" + std::to_string(remark.step) + ": " +
                     remark.message);
  return result;
}

TEST(Remarks, CachesThatOverflow) {
  KernelInfo info{"k", {matmul(4096, 4096, 4096)}};
  Assignment values = {{"kc", 512}, {"mr", 6}, {"nv", 2}, {"mc", 480}};
  LoopTree t = build(plans::sgemm, target("x86-64-v3"), &info, values);
  EXPECT_EQ(remarks(t),
            (std::vector<std::string>{
                "M-L3@7: 'mm.rhs' takes 8388608 bytes, l3 has 2097152",
                "M-L2@8: 'mm.lhs' takes 983040 bytes, l2 has 262144"}));
  // Panels may come from L2, unless the tile is so small that it waits.
  values["mr"] = 1;
  EXPECT_EQ(
      remarks(build(plans::sgemm, target("x86-64-v3"), &info, values)).back(),
      "M-L1@8: one panel of each packed operand takes 34816 bytes, l1 "
      "has 32768");
  values["mr"] = 6;
  values["mc"] = 96;
  values["kc"] = 128;
  KernelInfo small{"k", {matmul(512, 512, 512)}};
  EXPECT_TRUE(remarks(build(plans::sgemm, target("x86-64-v3"), &small, values))
                  .empty());
}

TEST(Remarks, RecomputedProducers) {
  KernelInfo info{"k",
                  {elementwise("scale", {64, 32}, ""), matmul(64, 128, 32)}};
  info.ops[1].operands[0].producer = "scale";
  LoopTree t = build("root mm(m, n, k) with [scale(m, k)] numerics(reassoc)\n"
                     "tile [i: m = 8, j: n = 32]\nfuse scale into j",
                     target("x86-64-v3"), &info);
  EXPECT_EQ(t.recomputation(1), 4);
  EXPECT_EQ(t.flops(), 2.0 * 64 * 128 * 32 + 4 * 64 * 32);
  EXPECT_EQ(remarks(t),
            std::vector<std::string>{
                "F-RECOMPUTE@1: 'scale' is computed 4 times in loops "
                "that it has no dimension of: 6144 "
                "operations more"});
}

//===----------------------------------------------------------------------===//
// Steps through the API and as text
//===----------------------------------------------------------------------===//

std::string applyError(const Step &step) {
  Plan p = readPlan("root mm(m, n, k)\ntile [i: m = 8]");
  auto tree = LoopTree::create(p.header, target("x86-64-v3"));
  EXPECT_TRUE(bool(tree));
  EXPECT_EQ(text(tree->apply(p.steps[0])), "");
  return text(tree->apply(step));
}

TEST(Steps, EmptyLists) {
  EXPECT_EQ(applyError(FuseStep{{}, "i", FuseStep::When::Always, {}}),
            "F-EMPTY@1: 'fuse' needs at least one op");
  EXPECT_EQ(applyError(ApplyStep{"", "mm"}),
            "AP-SEQUENCE@1: 'apply' needs the name of a sequence");
  TileStep noSize;
  noSize.loops.push_back({"j", "n", Size()});
  EXPECT_EQ(applyError(noSize), "S-PARTS@1: size of loop 'j' is missing");
}

TEST(Steps, ApplyIsNotModelled) {
  LoopTree t = build("root mm(m, n, k)\ntile [i: m = 8]\napply @mine on i",
                     target("x86-64-v3"));
  EXPECT_FALSE(t.isModelled());
}

TEST(Steps, TextIsWhatThePlanSays) {
  const char *lines[] = {
      "param kc = 256 in [128, 256, 512]",
      "param mc in mr to 480 step mr",
      "require \"kc * 4 <= l1\"",
      "algorithm conv winograd(4)",
      "split ow at [48]",
      "tile [pc: k = kc, ic: m = 6|4] edge(pc = exact, ic = narrow(4, 2))",
      "tile on mm [jj: kv = 64] skip_masked",
      "reorder [ic, pc]",
      "fuse bias, relu into ir when last(pc)",
      "fuse zero into ir when first(pc)",
      "online kv over softmax",
      "layout mm.rhs pack [n = v(2), k = 4] at load",
      "layout mm.rhs in shared at kk swizzle(128) multicast(bi)",
      "layout mm.lhs at call pad(8)",
      "vectorize mm [m = 6, n = v(2)] with sdot acc i32",
      "vectorize mm [n = v(1)]",
      "parallelize [bi, bj] to blocks persistent order(grouped = 8) cluster(bi "
      "= "
      "2)",
      "parallelize [nn] to threads schedule(dynamic)",
      "split_reduction [ks: k = 4] combine(dsmem)",
      "unroll kk by 4",
      "pipeline kk stages(st) copies(tma) roles(1, 2) schedule(overlap)",
      "apply @seq on mm",
      "tile [i: m = 4] if pb"};
  for (const char *line : lines) {
    Plan plan = readPlan(std::string("root mm(m, n, k)\n") + line);
    ASSERT_EQ(plan.steps.size(), 1u);
    EXPECT_EQ(plan.steps[0].str(), line);
  }
  EXPECT_FALSE(parseEdgeKind("round"));
  EXPECT_FALSE(parseSpace("disk"));
  EXPECT_FALSE(parseUnit("gangs"));
}

/// A solver that gives what it is told.
class Oracle : public ConstraintSolver {
public:
  LimitedSearch answerFirst, answerNearest;
  std::string name() const override { return "oracle"; }
  LimitedSearch first(const ConstraintSet &) const override {
    return answerFirst;
  }
  LimitedSearch nearest(const ConstraintSet &,
                        const Assignment &) const override {
    return answerNearest;
  }
  std::vector<size_t> unsatCore(const ConstraintSet &) const override {
    return {0};
  }
  std::string limitMessage() const override { return "the oracle is silent"; }
};

TEST(Choice, PointsOfASolverAreChecked) {
  KernelInfo info{"k", {matmul(64, 64, 64)}};
  PlanSource p = source(switched, "x86-64-v3", &info);
  Oracle oracle;
  p.solver = &oracle;
  Assignment good = {{"mr", 3}, {"pb", 1}}, bad = {{"mr", 14}, {"pb", 1}};
  oracle.answerFirst.point = oracle.answerNearest.point = good;
  auto legal = nearestLegal(p, {{"mr", 6}, {"pb", 1}});
  ASSERT_TRUE(bool(legal)) << text(legal.takeError());
  EXPECT_EQ(*legal, good);

  oracle.answerNearest.point = bad;
  std::string wrong = "C-SOLVER@-1: internal error: solver 'oracle' gave a "
                      "point that is not legal: V-REGS: ";
  EXPECT_EQ(text(nearestLegal(p, {}).takeError()).substr(0, wrong.size()),
            wrong);
  oracle.answerFirst.point = bad;
  Plan plan = readPlan(switched);
  auto build = [&] {
    return text(LoopTree::build(plan.header, plan.steps, target("x86-64-v3"),
                                &info, {}, oracle)
                    .takeError());
  };
  EXPECT_EQ(build().substr(0, wrong.size()), wrong);

  oracle.answerFirst = {std::nullopt, /*gaveUp=*/true};
  EXPECT_EQ(build(), "C-SEARCH@-1: the oracle is silent");
  oracle.answerFirst.gaveUp = false;
  EXPECT_EQ(build().rfind("C-NONE@-1: no values of the parameters are legal; "
                          "the rules that exclude all points are ",
                          0),
            0u)
      << build();
}

} // namespace
