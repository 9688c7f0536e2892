//===- PlansTest.cpp - The plans of the design ----------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Plans.h"
#include "PlanReader.h"
#include <gtest/gtest.h>

using namespace tensorop;
using namespace tensorop::model;
using namespace tensorop::model::test;
using testing::Test;

namespace {

KernelInfo kernel(std::vector<OpInfo> ops) {
  KernelInfo info;
  info.name = "kernel";
  info.ops = std::move(ops);
  return info;
}

KernelInfo gelu() {
  return kernel(
      {matmul(1024, 1024, 1024), elementwise("gelu", {1024, 1024}, "mm")});
}

KernelInfo attention(int64_t b, int64_t q, int64_t kv, int64_t d,
                     const char *type) {
  OpInfo qk = matmul(q, kv, d, type, "f32", "qk");
  qk.extents = {b, q, kv, d};
  qk.iterators = {IteratorKind::Parallel, IteratorKind::Parallel,
                  IteratorKind::Parallel, IteratorKind::Reduction};
  qk.operands = {makeOperand("lhs", {0, 1, 3}, type),
                 makeOperand("rhs", {0, 3, 2}, type),
                 makeOperand("out", {0, 1, 2}, "f32")};
  OpInfo softmax =
      makeOp("softmax", {b, q, kv}, "ppr", BodyClass::Normalization);
  softmax.operands = {makeOperand("in0", {0, 1, 2}, "f32", "qk"),
                      makeOperand("out", {0, 1, 2}, type)};
  OpInfo pv = qk;
  pv.name = "pv";
  pv.extents = {b, q, kv, d};
  pv.iterators = {IteratorKind::Parallel, IteratorKind::Parallel,
                  IteratorKind::Reduction, IteratorKind::Parallel};
  pv.operands = {makeOperand("lhs", {0, 1, 2}, type, "softmax"),
                 makeOperand("rhs", {0, 2, 3}, type),
                 makeOperand("out", {0, 1, 3}, "f32")};
  return kernel({qk, softmax, pv});
}

KernelInfo layernorm(int64_t m, int64_t n, int64_t k) {
  OpInfo mean = makeOp("mean", {m, n}, "pr", BodyClass::Reduction);
  mean.operands = {makeOperand("in0", {0, 1}, "f32", "mm"),
                   makeOperand("out", {0})};
  OpInfo var = mean;
  var.name = "var";
  var.operands.insert(var.operands.begin() + 1,
                      makeOperand("in1", {0}, "f32", "mean"));
  OpInfo norm = elementwise("norm", {m, n}, "mm");
  norm.operands.insert(norm.operands.begin() + 1,
                       {makeOperand("in1", {0}, "f32", "mean"),
                        makeOperand("in2", {0}, "f32", "var")});
  return kernel({matmul(m, n, k), mean, var, norm});
}

KernelInfo groupnorm() {
  std::vector<int64_t> out = {2, 4, 32, 56, 56};
  OpInfo conv = makeOp("conv", {2, 4, 32, 56, 56, 64, 3, 3}, "ppppprrr",
                       BodyClass::Contraction);
  OperandInfo input = makeOperand("in0", {0, 5, 3, 4});
  input.access[2].terms.push_back({6, 1});
  input.access[3].terms.push_back({7, 1});
  conv.operands = {input, makeOperand("filter", {1, 2, 5, 6, 7}),
                   makeOperand("out", {0, 1, 2, 3, 4})};
  OpInfo stats = makeOp("stats", out, "pprrr", BodyClass::Reduction);
  stats.operands = {makeOperand("in0", {0, 1, 2, 3, 4}, "f32", "sigmoid"),
                    makeOperand("out", {0, 1})};
  OpInfo norm = elementwise("norm", out, "sigmoid");
  norm.operands.insert(norm.operands.begin() + 1,
                       makeOperand("in1", {0, 1}, "f32", "stats"));
  return kernel({conv, elementwise("bias", out, "conv"),
                 elementwise("sigmoid", out, "bias"), stats, norm});
}

PlanSource source(const char *plan, HardwareModel hardware,
                  const KernelInfo *info) {
  Plan p = readPlan(plan);
  return {p.header, p.steps, std::move(hardware), info};
}

std::string tree(const LoopTree &t) { return t.str(); }

//===----------------------------------------------------------------------===//
// Without payload: names and placement only
//===----------------------------------------------------------------------===//

TEST(Plans, AllGoodPlansBuildWithoutPayload) {
  const std::pair<const char *, const char *> good[] = {
      {plans::sgemm, "x86-64-v4"},        {plans::i8gemm, "neoverse-n1"},
      {plans::hgemm, "sm_90a"},           {plans::skinny, "sm_90a"},
      {plans::fa_sm90, "sm_90a"},         {plans::fa_cpu, "x86-64-v4"},
      {plans::conv3x3, "x86-64-v3"},      {plans::conv_im2col, "x86-64-v3"},
      {plans::mm_layernorm, "x86-64-v3"}, {plans::l2_chain, "x86-64-v3"},
      {plans::ok_epilogue, "x86-64-v3"}};
  for (auto [plan, machine] : good)
    EXPECT_EQ(diagnose(plan, target(machine)), "") << plan;
}

TEST(Plans, TheSamePlanFitsAllCpus) {
  for (const char *machine : {"x86-64-v3", "x86-64-v4", "znver3", "znver4",
                              "znver5", "sapphirerapids", "neoverse-n1", "neon",
                              "spacemit-x60", "rvv", "rvv:vlen=512"})
    EXPECT_EQ(diagnose(plans::sgemm, target(machine)), "") << machine;
}

TEST(Plans, BadEpilogue) {
  KernelInfo info = gelu();
  const char *expected =
      "F-UNFINISHED@2: 'gelu' in loop 'ir' would read an unfinished result: "
      "loop 'pc' around it is a reduction of 'mm' (dimension 'k'); fuse it "
      "outside 'pc' or add 'when last(pc)'";
  EXPECT_EQ(diagnose(plans::bad_epilogue, target("x86-64-v4")), expected);
  EXPECT_EQ(diagnose(plans::bad_epilogue, target("x86-64-v4"), &info),
            expected);
  EXPECT_EQ(diagnose(plans::ok_epilogue, target("x86-64-v4"), &info), "");
}

TEST(Plans, BadReorder) {
  EXPECT_EQ(
      diagnose(plans::bad_reorder, target("x86-64-v4")),
      "R-NEST@1: loop 'ir' would run outside loop 'ic', the outer tile of "
      "the same dimension 'm'");
}

TEST(Plans, BadNames) {
  EXPECT_EQ(
      diagnose(plans::bad_names, target("x86-64-v4")),
      "S-FRESH@0: loop 'k' has the name of a dimension\n"
      "S-FRESH@1: loop 'ic' has the name of a loop (step 0)\n"
      "S-NAME@2: unknown place 'jc'; the loops are ic; other places are call, "
      "load");
}

//===----------------------------------------------------------------------===//
// With payload
//===----------------------------------------------------------------------===//

TEST(Plans, SgemmOpenAndClosed) {
  KernelInfo info = kernel({matmul(1024, 1000, 512)});
  LoopTree open = build(plans::sgemm, target("x86-64-v3"), &info);
  EXPECT_FALSE(open.isClosed());
  PlanSource plan = source(plans::sgemm, target("x86-64-v3"), &info);
  auto preferred = preferredValues(plan);
  ASSERT_TRUE(bool(preferred));
  EXPECT_EQ(preferred->count("mc"), 0u);
  auto chosen = nearestLegal(plan, *preferred);
  ASSERT_TRUE(bool(chosen));
  EXPECT_EQ(chosen->at("mr"), 6);
  EXPECT_EQ(chosen->at("mc") % 6, 0);
  (*chosen)["mc"] = 120;
  LoopTree closed = build(plans::sgemm, target("x86-64-v3"), &info, *chosen);
  EXPECT_TRUE(closed.isClosed());
  EXPECT_EQ(
      tree(closed),
      "@p for x86-64-v3\n"
      "param kc = 256, mr = 6, nv = 2, mc = 120\n"
      "for pc: k = kc (256)  // 2 trips\n"
      "  copy mm.rhs pack [n = v(nv)]  // 63x256x16 f32, 1032192 bytes\n"
      "  for ic: m = mc (120)  // 9 trips\n"
      "    copy mm.lhs pack [m = mr]  // 20x256x6 f32, 122880 bytes\n"
      "    for ir: m = mr (6)  // 20 trips\n"
      "      for jr: n = v(nv) (16)  // 63 trips\n"
      "        for kk: k = 1 unroll by 4  // 256 trips\n"
      "          mm(m, n, k) registers [m = mr, n = v(nv)] with fma, from "
      "zero\n");
  EXPECT_EQ(closed.possibleExtents(0, 0, *closed.findLoop("ir")),
            (llvm::SmallVector<int64_t>{6, 4}));
  EXPECT_EQ(closed.possibleExtents(0, 1, *closed.findLoop("jr")),
            (llvm::SmallVector<int64_t>{16, 8}));
  EXPECT_EQ(closed.copies(*closed.findLoop("kk")), 4);
  EXPECT_EQ(closed.copies(*closed.findLoop("ic")), 1);
}

TEST(Plans, SgemmSpillsRegisters) {
  KernelInfo info = kernel({matmul(1024, 1024, 1024)});
  Assignment values = {{"kc", 256}, {"mr", 14}, {"nv", 2}, {"mc", 140}};
  EXPECT_EQ(diagnose(plans::sgemm, target("x86-64-v4"), &info, values), "");
  EXPECT_EQ(diagnose(plans::sgemm, target("x86-64-v3"), &info, values),
            "V-REGS@9: vector registers of the register tile of 'mm' is 31, "
            "must be <= 16 (mr * nv + nv + 1 <= vregs with mr = 14, nv = 2, "
            "vregs = 16)");
  values["nv"] = 3;
  EXPECT_EQ(diagnose(plans::sgemm, target("spacemit-x60"), &info, values),
            "V-LMUL@9: LMUL of the register tile of 'mm' along 'n' does not "
            "hold: nv == 1 || nv == 2 || nv == 4 || nv == 8 with nv = 3\n"
            "V-REGS@9: vector registers of the register tile of 'mm' is 48, "
            "must be <= 32 (mr * nv + 2 * nv <= vregs with mr = 14, nv = 3, "
            "vregs = 32)");
}

TEST(Plans, I8Gemm) {
  KernelInfo info = kernel({matmul(384, 256, 1024, "i8", "i32")});
  LoopTree t = build(plans::i8gemm, target("neoverse-n1"), &info);
  EXPECT_TRUE(t.isClosed());
  auto buffers = t.buffers();
  ASSERT_EQ(buffers.size(), 2u);
  EXPECT_EQ(buffers[0].shape, (llvm::SmallVector<int64_t>{32, 256, 8, 4}));
  EXPECT_EQ(buffers[1].shape, (llvm::SmallVector<int64_t>{12, 128, 8, 4}));
  EXPECT_EQ(buffers[0].bytes, 256 * 1024);
  EXPECT_EQ(diagnose(plans::i8gemm, target("x86-64-v3"), &info),
            "H-REQUIRES@-1: target 'x86-64-v3' lacks feature 'dotprod', which "
            "the plan requires; it has avx, avx2, bmi, bmi2, f16c, fma, lzcnt, "
            "movbe, popcnt, sse4_2");
}

TEST(Plans, HgemmNeedsFewerStages) {
  OpInfo bias = elementwise("bias", {4096, 4096}, "mm", "f16");
  OpInfo act = elementwise("gelu", {4096, 4096}, "bias", "f16");
  KernelInfo info = kernel({matmul(4096, 4096, 4096, "f16", "f32"), bias, act});
  PlanSource plan = source(plans::hgemm, target("sm_90a"), &info);
  auto preferred = preferredValues(plan);
  ASSERT_TRUE(bool(preferred));
  EXPECT_EQ(diagnose(plans::hgemm, target("sm_90a"), &info, *preferred),
            "PL-SMEM@14: bytes of shared memory is 262144, must be <= 232448 ("
            "2 * min(bm, m) * min(64, k) * st + 2 * min(64, k) * min(bn, n) * "
            "st + 2 * min(bm, m) * min(bn, n) <= smem with bm = 128, m = 4096, "
            "k = 4096, st = 4, bn = 256, n = 4096, smem = 232448)");
  auto legal = nearestLegal(plan, *preferred);
  ASSERT_TRUE(bool(legal));
  EXPECT_EQ(*legal, (Assignment{{"bm", 128}, {"bn", 256}, {"st", 3}}));
  LoopTree t = build(plans::hgemm, target("sm_90a"), &info, *legal);
  EXPECT_TRUE(t.buffers()[0].shared);
  EXPECT_TRUE(t.buffers()[0].perWorker);
  EXPECT_EQ(t.buffers()[0].stages, 3);
}

TEST(Plans, Skinny) {
  KernelInfo info = kernel({matmul(16, 4096, 4096, "bf16", "f32")});
  LoopTree t = build(plans::skinny, target("sm_90a"), &info);
  EXPECT_EQ(t.loopSize(*t.findLoop("ks")), 1024);
  EXPECT_EQ(t.tripCount(*t.findLoop("ks")), 4);
  EXPECT_EQ(t.tripCount(*t.findLoop("kk")), 8);
  EXPECT_EQ(diagnose(plans::skinny, target("x86-64-v4"), &info).substr(0, 10),
            "H-REQUIRES");
}

TEST(Plans, AttentionOnBothMachines) {
  KernelInfo half = attention(32, 4096, 4096, 128, "bf16");
  EXPECT_EQ(diagnose(plans::fa_sm90, target("sm_90a"), &half), "");
  KernelInfo single = attention(32, 1024, 1024, 64, "f32");
  LoopTree t = build(plans::fa_cpu, target("x86-64-v4"), &single);
  EXPECT_EQ(
      tree(t),
      "@p for x86-64-v4\n"
      "parallel bb: b = 1 on threads  // 32 trips\n"
      "  copy qk.rhs pack [kv = v(2)]  // 32x1x64x32 f32, 262144 bytes\n"
      "  parallel qi: q = 48 on threads  // 22 trips\n"
      "    for jj: kv = 64 skip_masked  // 16 trips\n"
      "      for qa: kv = v(2) (32)  // 2 trips\n"
      "        for qb: q = 6  // 8 trips\n"
      "          for qd: d = 1  // 64 trips\n"
      "            qk(b, q, kv, d) registers [q = 6, kv = v(2)] with fma, "
      "from zero\n"
      "      for sr: q = 1  // 48 trips\n"
      "        for sc: kv = v(1) (16)  // 4 trips\n"
      "          softmax(b, q, kv) online kv registers [kv = v(1)] with "
      "vector\n"
      "      for pa: e = v(2) (32)  // 2 trips\n"
      "        for pb: q = 6  // 8 trips\n"
      "          for pd: kv = 1  // 64 trips\n"
      "            pv(b, q, kv, e) registers [q = 6, e = v(2)] with fma, "
      "from zero\n");
}

TEST(Plans, AttentionWithoutOnlineIsRefused) {
  KernelInfo info = attention(32, 1024, 1024, 64, "f32");
  std::string plan = plans::fa_cpu;
  plan.replace(plan.find("  online"), sizeof("  online kv over softmax"), "");
  EXPECT_EQ(
      diagnose(plan, target("x86-64-v4"), &info),
      "F-UNFINISHED@3: 'pv' in loop 'jj' would read an unfinished result: "
      "loop 'jj' around it is a reduction of 'softmax' (dimension 'kv'); "
      "use 'online kv over softmax' or fuse outside 'jj'");
}

TEST(Plans, Conv3x3) {
  KernelInfo info = kernel({conv2d(1, 56, 56, 64, 3, 3, 64)});
  LoopTree t = build(plans::conv3x3, target("x86-64-v3"), &info);
  unsigned wt = *t.findLoop("wt");
  auto segments = t.segments(wt, 56);
  ASSERT_EQ(segments.size(), 2u);
  EXPECT_EQ(segments[0].count, 8);
  EXPECT_EQ(segments[1].size, 4);
  EXPECT_EQ(segments[1].count, 2);
  EXPECT_EQ(t.possibleExtents(0, 2, wt), (llvm::SmallVector<int64_t>{6, 4}));
  EXPECT_EQ(t.tripCount(wt), 10);
  EXPECT_EQ(t.buffers()[0].shape,
            (llvm::SmallVector<int64_t>{4, 3, 3, 64, 16}));
  EXPECT_EQ(t.innerReductionLoops(0).size(), 3u);
  EXPECT_EQ(t.copies(*t.findLoop("cc")), 2);
}

TEST(Plans, Im2col) {
  KernelInfo info = kernel({conv2d(1, 14, 14, 256, 3, 3, 256)});
  LoopTree t = build(plans::conv_im2col, target("x86-64-v3"), &info);
  EXPECT_EQ(t.extent(*t.findDim("m")), 196);
  EXPECT_EQ(t.extent(*t.findDim("n")), 256);
  EXPECT_EQ(t.extent(*t.findDim("k")), 2304);
  EXPECT_EQ(t.buffers()[0].shape, (llvm::SmallVector<int64_t>{20, 256, 6}));
}

TEST(Plans, Layernorm) {
  KernelInfo info = layernorm(512, 768, 1024);
  LoopTree t = build(plans::mm_layernorm, target("x86-64-v3"), &info);
  EXPECT_EQ(t.ops()[*t.findOp("mm")].chain.size(), 5u);
  EXPECT_EQ(t.footprint(*t.findLoop("mi")),
            4 * (48 * 1024 + 1024 * 768 + 48 * 768 /*mm*/ + 48 /*mean*/ +
                 48 /*var*/ + 48 * 768 /*norm.out*/));
  EXPECT_EQ(diagnose(plans::mm_layernorm, target("x86-64-v3"), &info), "");
  // Lanes along n add in another order.
  std::string strict = plans::mm_layernorm;
  strict.replace(strict.find("reassoc, "), 9, "");
  EXPECT_EQ(diagnose(strict, target("x86-64-v3"), &info),
            "V-REASSOC@10: lanes along 'n', a reduction of 'mean', add in "
            "another order: they need numerics(reassoc)\n"
            "V-REASSOC@11: lanes along 'n', a reduction of 'var', add in "
            "another order: they need numerics(reassoc)");
}

TEST(Plans, GroupnormChain) {
  KernelInfo info = groupnorm();
  // NCHW: the plan's lanes along cg are not contiguous in the result. The 32
  // channels of a group are two vectors of AVX-512, but four of AVX2.
  const std::string contiguity =
      "V-CONTIG@7: 'conv.out' is not contiguous along 'cg' (dimension 2 of "
      "5): choose another dimension for the lanes or pack it";
  EXPECT_EQ(diagnose(plans::l2_chain, target("x86-64-v4"), &info), contiguity);
  EXPECT_EQ(diagnose(plans::l2_chain, target("x86-64-v3"), &info),
            contiguity +
                "\nV-COVER@7: what the loops leave of 'cg' to the register "
                "tile of 'conv' is 32, must be <= 16 (cg <= 16 with cg = 32)");
  std::string wide = plans::l2_chain;
  wide.replace(wide.find("hh: oh = 1, wt: ow = 6"), 22,
               "ch: cg = 1, hh: oh = 1, wt: ow = v(2)");
  wide.replace(wide.find(" edge(wt = narrow(4))"), 21, "");
  wide.replace(wide.find("  layout conv"),
               sizeof("  layout conv.filter pack [cg = v(2)] at load"), "");
  wide.replace(wide.find("[ow = 6, cg = v(2)]"), 19, "[cg = 1, ow = v(2)]");
  LoopTree t = build(wide, target("x86-64-v3"), &info);
  const OpNode &bias = t.ops()[*t.findOp("bias")];
  EXPECT_EQ(bias.chain.size(), 5u);
  EXPECT_EQ(bias.fusedInto, int(*t.findLoop("wt")));
}

} // namespace
