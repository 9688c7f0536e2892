//===- TileRulesTest.cpp - One wrong plan for each rule: layouts, tiles, marks
//===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RuleCases.h"
#include <gtest/gtest.h>
#include <string>

using namespace tensorop::model::test;

namespace {

class TileRules : public testing::TestWithParam<RuleCase> {};

TEST_P(TileRules, Diagnose) { checkRule(GetParam()); }

const RuleCase cases[] = {
    {"LayoutLoadResult", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.acc pack [n = 16] at load",
     "",
     "L-LOAD@0: 'mm.acc' is a result: only constant inputs can be packed at "
     "load"},
    {"LayoutLoadProduced", "x86-64-v4", "attention",
     "root pv(b, q, kv, e) with [qk(b, q, kv, d), softmax(b, q, kv)] "
     "numerics(reassoc, contract)\n"
     "layout pv.lhs at load",
     "",
     "L-LOAD@0: 'pv.lhs' is made by 'softmax' in this kernel: only constant "
     "inputs can be packed at load"},
    {"LayoutLoadSpace", "sm_90a", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.rhs in shared at load",
     "", "L-LOAD@0: a copy at load lies in memory, not in shared"},
    {"LayoutPlace", "x86-64-v4", "mm_relu",
     "root mm(m, n, k) with [relu(m, n)] numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "tile on relu [r: m = 8]\n"
     "layout mm.lhs at r",
     "", "L-PLACE@2: loop 'r' is not around 'mm'; its loops are i"},
    {"LayoutShared", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.lhs in shared at call",
     "", "L-SPACE@0: 'x86-64-v4' has no shared memory"},
    {"LayoutTmem", "sm_90a", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.lhs in tmem at call",
     "", "L-SPACE@0: 'sm_90a' has no tensor memory"},
    {"LayoutSwizzle", "sm_90a", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.lhs in shared at call swizzle(48)",
     "", "L-SWIZZLE@0: swizzle is 48, must be 32, 64 or 128"},
    {"LayoutSwizzleMemory", "sm_90a", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.lhs at call swizzle(64)",
     "", "L-SWIZZLE@0: swizzle needs a copy in shared memory"},
    {"LayoutMulticastMemory", "sm_90a", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "layout mm.rhs at i multicast(i)",
     "", "L-MULTICAST@1: multicast needs a copy in shared memory"},
    {"LayoutMulticastNoCluster", "sm_90a", "small",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 64]\n"
     "parallelize [i] to blocks\n"
     "layout mm.rhs in shared at i multicast(i)",
     "",
     "L-MULTICAST@2: multicast names loop 'i', which no 'parallelize' puts in "
     "a cluster"},
    {"LayoutPackTwice", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.rhs pack [n = 16, n = 4] at call",
     "", "L-PACK@0: dimension 'n' is packed twice"},
    {"LayoutPackWindow", "x86-64-v4", "conv",
     "root conv(n, oh, ow, f, kh, kw, c) numerics(reassoc, contract)\n"
     "layout conv.in0 pack [ow = 4] at call",
     "",
     "L-PACK@0: 'conv.in0' is not indexed by 'ow' alone: it cannot be packed "
     "along it"},
    {"LayoutTwice", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.rhs pack [n = 16] at call\n"
     "layout mm.rhs pack [n = 32] at call",
     "", "L-TWICE@1: 'mm.rhs' has a layout at 'call' already (step 0)"},
    {"LayoutPanel", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 10]\n"
     "layout mm.lhs pack [m = 4] at call",
     "",
     "L-PANEL@1: size of loop 'i', which walks the panels of 'mm.lhs', is 10, "
     "must be a multiple of 4"},
    {"LayoutPackedAlready", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 64]\n"
     "layout mm.rhs pack [n = 16] at call\n"
     "layout mm.rhs pack [n = 32] at i",
     "", "L-TWICE@2: 'mm.rhs' is packed already (step 1)"},
    {"LayoutOutput", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.acc pack [n = 16] at call",
     "", "L-OUTPUT@0: 'mm.acc' is a result: only inputs can be packed"},
    {"LayoutInsideTile", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [j: n = v(2), i: m = 4, kk: k = 1]\n"
     "layout mm.rhs pack [n = v(2)] at kk\n"
     "vectorize mm [m = 4, n = v(2)] with fma",
     "",
     "L-PLACE@1: loop 'kk' runs inside the register tile of 'mm': 'mm.rhs' "
     "cannot be copied there"},
    {"VectorStep", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [j: n = v(2), i: m = 4, kk: k = 2]\n"
     "vectorize mm [m = 4, n = v(2)] with fma",
     "",
     "V-STEP@0: step of loop 'kk', which runs inside the register tile of "
     "'mm', is 2, must be == 1"},
    {"LayoutPanelSize", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.rhs pack [n = 65536] at call",
     "", "L-SIZE@0: elements of a panel of 'mm.rhs' is 65536, must be <= 1024"},
    {"LayoutPanelSizeOfTwo", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.rhs pack [n = 64, k = 32] at call",
     "", "L-SIZE@0: elements of a panel of 'mm.rhs' is 2048, must be <= 1024"},
    {"LayoutBytes", "x86-64-v4", "huge",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.rhs pack [n = 16] at call",
     "", "L-BYTES@0: bytes of 'mm.rhs' do not fit in 63 bits"},
    {"LayoutPanelZero", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.lhs pack [m = 0] at call",
     "", "L-POSITIVE@0: panel of 'mm.lhs' along 'm' is 0, must be >= 1"},
    {"LayoutPad", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.lhs pack [m = 4] at call pad(0 - 1)",
     "", "L-POSITIVE@0: pad of 'mm.lhs' is -1, must be >= 0"},
    {"LayoutTile", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [j: n = v(2)]\n"
     "layout mm.rhs pack [n = v(2)] at call\n"
     "vectorize mm [m = 1, n = v(4)] with fma",
     "",
     "L-TILE@1: panel of 'mm.rhs' along 'n', read by the register tile, is 32, "
     "must be a multiple of 64\n"
     "V-BLOCK@2: size of loop 'j', filled by the register tile of 'mm' along "
     "'n', is 32, must be a multiple of 64"},
    {"VectorTwice", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "vectorize mm [n = v(1)]\n"
     "vectorize mm [n = v(1)]",
     "", "V-TWICE@1: op 'mm' has a register tile already (step 0)"},
    {"VectorEmpty", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "vectorize mm []",
     "", "V-DIM@0: 'vectorize' needs at least one dimension"},
    {"VectorDimTwice", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "vectorize mm [n = v(1), n = v(1)]",
     "", "V-DIM@0: dimension 'n' is listed twice"},
    {"VectorInstruction", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "vectorize mm [n = v(1)] with sdot",
     "",
     "V-INSTR@0: unknown instruction 'sdot' on 'x86-64-v4'; the instructions "
     "are fma, pmaddwd, vector, auto"},
    {"VectorType", "x86-64-v4", "i8",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "vectorize mm [n = v(1)] with fma",
     "",
     "V-TYPE@0: 'fma' on 'x86-64-v4' takes f32 to f32, f64 to f64, f16 to f32, "
     "bf16 to f32; 'mm' needs i8 to i32"},
    {"VectorContract", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc)\n"
     "vectorize mm [n = v(1)] with fma",
     "",
     "V-CONTRACT@0: 'fma' rounds once for multiply and add: it needs "
     "numerics(contract)"},
    {"VectorBody", "x86-64-v4", "mm_relu",
     "root relu(m, n) numerics(reassoc, contract)\n"
     "vectorize relu [n = v(1)] with fma",
     "", "V-BODY@0: 'fma' multiplies and adds, 'relu' does not: use auto"},
    {"VectorRolesMatrix", "sm_90a", "f16",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "vectorize mm [n = 64] with wgmma",
     "",
     "V-ROLES@0: 'wgmma' needs dimensions for M, N and K, the step lists 1"},
    {"VectorRolesGroup", "znver5", "i8",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "vectorize mm [n = v(1)] with vnni",
     "",
     "V-ROLES@0: 'vnni' needs a vector dimension and, last, the reduced one; "
     "the step lists 1"},
    {"VectorRolesReduced", "znver5", "i8",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "vectorize mm [k = 4, n = v(1)] with vnni",
     "",
     "V-ROLES@0: 'vnni' reduces its last dimension, 'n' is no reduction of "
     "'mm'"},
    {"VectorGroupSize", "znver5", "i8",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.rhs pack [n = v(1), k = 8] at call\n"
     "vectorize mm [n = v(1), k = 8] with vnni",
     "",
     "V-GROUP@1: register tile of 'mm' along 'k', reduced inside 'vnni', is 8, "
     "must be == 4"},
    {"VectorGroupLayout", "znver5", "i8",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "vectorize mm [m = 4, n = v(1), k = 4] with vnni",
     "",
     "V-LAYOUT@0: 'vnni' reads 'mm.lhs' packed: it needs 'layout mm.lhs pack "
     "[m = 4, k = 4]'\n"
     "V-LAYOUT@0: 'vnni' reads 'mm.rhs' packed: it needs 'layout mm.rhs pack "
     "[n = v(1), k = 4]'"},
    {"VectorSign", "znver5", "u8",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.lhs pack [m = 4, k = 4] at call\n"
     "layout mm.rhs pack [n = v(1), k = 4] at call\n"
     "vectorize mm [m = 4, n = v(1), k = 4] with vnni",
     "",
     "V-SIGN@2: 'vnni' multiplies unsigned by signed numbers, lanes run along "
     "'mm.rhs', which is unsigned: use pmaddwd"},
    {"VectorSigned", "apple-m1", "u8",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.lhs pack [m = 4, k = 4] at call\n"
     "layout mm.rhs pack [n = v(1), k = 4] at call\n"
     "vectorize mm [m = 4, n = v(1), k = 4] with sdot",
     "",
     "V-SIGN@2: 'sdot' multiplies signed numbers, and 2 of the inputs of 'mm' "
     "are unsigned"},
    {"VectorUnsigned", "apple-m1", "i8",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.lhs pack [m = 4, k = 4] at call\n"
     "layout mm.rhs pack [n = v(1), k = 4] at call\n"
     "vectorize mm [m = 4, n = v(1), k = 4] with udot",
     "",
     "V-SIGN@2: 'udot' multiplies unsigned numbers, and 0 of the inputs of "
     "'mm' are unsigned"},
    {"VectorMixedSigns", "neoverse-v1", "u8",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.lhs pack [m = 4, k = 4] at call\n"
     "layout mm.rhs pack [n = v(1), k = 4] at call\n"
     "vectorize mm [m = 4, n = v(1), k = 4] with usdot",
     "",
     "V-SIGN@2: 'usdot' multiplies unsigned by signed numbers, and 2 of the "
     "inputs of 'mm' are unsigned"},
    {"VectorSubnormal", "znver5", "bf16",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.lhs pack [m = 4, k = 2] at call\n"
     "layout mm.rhs pack [n = v(1), k = 2] at call\n"
     "vectorize mm [m = 4, n = v(1), k = 2] with dpbf16",
     "",
     "V-SUBNORMAL@2: 'dpbf16' takes subnormal numbers as zeros and gives none: "
     "it needs numerics(approx(1)), or use fma"},
    {"VectorPairs", "znver5", "bf16",
     "root mm(m, n, k) numerics(contract)\n"
     "layout mm.lhs pack [m = 4, k = 2] at call\n"
     "layout mm.rhs pack [n = v(1), k = 2] at call\n"
     "vectorize mm [m = 4, n = v(1), k = 2] with dpbf16",
     "",
     "V-SUBNORMAL@2: 'dpbf16' takes subnormal numbers as zeros and gives none: "
     "it needs numerics(approx(1)), or use fma\n"
     "V-REASSOC@2: 'dpbf16' adds up pairs of products, in another order: it "
     "needs numerics(reassoc)"},
    {"VectorReassoc", "x86-64-v4", "rowsum",
     "root sum(m, n) numerics(contract)\n"
     "vectorize sum [n = v(1)]",
     "",
     "V-REASSOC@0: lanes along 'n', a reduction of 'sum', add in another "
     "order: they need numerics(reassoc)"},
    {"VectorContiguous", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "vectorize mm [n = 4, m = v(1)] with fma",
     "",
     "V-CONTIG@0: 'mm.lhs' is not contiguous along 'm' (dimension 0 of 2): "
     "choose another dimension for the lanes or pack it\n"
     "V-CONTIG@0: 'mm.out' is not contiguous along 'm' (dimension 0 of 2): "
     "choose another dimension for the lanes or pack it"},
    {"VectorStride", "x86-64-v4", "nchw2",
     "root conv(n, f, oh, ow, kh, kw, c) numerics(reassoc, contract)\n"
     "vectorize conv [f = 2, ow = v(1)] with fma",
     "",
     "V-CONTIG@0: 'conv.in0' has stride 2 along 'ow': lanes need neighbouring "
     "elements, pack it"},
    {"VectorPackedOther", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.rhs pack [n = v(1), k = 4] at call\n"
     "vectorize mm [m = 4, n = v(1)] with fma",
     "",
     "V-CONTIG@1: 'mm.rhs' is packed with 'k' innermost (step 0), lanes run "
     "along 'n'"},
    {"VectorGather", "x86-64-v4", "gather",
     "root g(d0, d1) numerics(reassoc, contract)\n"
     "vectorize g [d1 = v(1)]",
     "",
     "V-AFFINE@0: 'g.in0' is indexed by tensor.extract, which is not affine in "
     "'d1': lanes cannot run along it"},
    {"VectorLanes", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "vectorize mm [m = 4, n = 20] with fma",
     "",
     "V-LANES@0: register tile of 'mm' along 'n', which runs along lanes, is "
     "20, must be a multiple of 16"},
    {"VectorZero", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "vectorize mm [m = 0, n = v(1)] with fma",
     "", "V-POSITIVE@0: register tile of 'mm' along 'm' is 0, must be >= 1"},
    {"VectorBlock", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 20]\n"
     "vectorize mm [m = 6, n = v(1)] with fma",
     "",
     "V-BLOCK@1: size of loop 'i', filled by the register tile of 'mm' along "
     "'m', is 20, must be a multiple of 6"},
    {"VectorRegistersNeon", "neoverse-n1", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "vectorize mm [m = 14, n = v(2)] with fma",
     "",
     "V-REGS@0: vector registers of the register tile of 'mm' is 34, must be "
     "<= 32 (34 <= vregs with vregs = 32)"},
    {"VectorRegistersReduction", "x86-64-v4", "rowsum",
     "root sum(m, n) numerics(reassoc, contract)\n"
     "vectorize sum [m = 16, n = v(2)]",
     "",
     "V-REGS@0: vector registers of the register tile of 'sum' is 33, must be "
     "<= 32 (33 <= vregs with vregs = 32)"},
    {"MatrixShape", "sm_90a", "f16",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 32, j: n = 500]\n"
     "vectorize mm [m = 32, n = 500, k = 8] with wgmma",
     "",
     "V-SHAPE@1: M of 'wgmma' in 'mm' is 32, must be a multiple of 64\n"
     "V-SHAPE@1: N of 'wgmma' in 'mm' is 500, must be a multiple of 8\n"
     "V-SHAPE@1: N of 'wgmma' in 'mm' is 500, must be <= 256\n"
     "V-SHAPE@1: K of 'wgmma' in 'mm' is 8, must be a multiple of 16"},
    {"MatrixRegisters", "sm_90a", "f16",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 256, j: n = 256]\n"
     "vectorize mm [m = 64, n = 256, k = 16] with wgmma",
     "",
     "V-REGS@1: accumulator registers of a thread of 'wgmma' in 'mm' is 512, "
     "must be <= 223 (ceildiv(min(256, m) * min(256, n), 128) <= 223 with m = "
     "1024, n = 1024)"},
    {"ParallelEmpty", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "parallelize [] to threads",
     "", "P-EMPTY@0: 'parallelize' needs at least one loop"},
    {"ParallelTwice", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "parallelize [i] to threads\n"
     "parallelize [i] to threads",
     "", "P-TWICE@2: loop 'i' runs in parallel already, on threads (step 1)"},
    {"ParallelListedTwice", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "parallelize [i, i] to threads",
     "", "P-TWICE@1: loop 'i' is listed twice"},
    {"ParallelUnit", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "parallelize [i] to blocks",
     "", "P-UNIT@1: 'x86-64-v4' has no blocks; its units are threads"},
    {"ParallelUnitGpu", "sm_90a", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "parallelize [i] to threads",
     "",
     "P-UNIT@1: 'sm_90a' has no threads; its units are blocks, warpgroups, "
     "warps, lanes"},
    {"ParallelPersistent", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "parallelize [i] to threads persistent",
     "",
     "P-UNIT@1: 'persistent' and 'cluster' need blocks, the unit is threads"},
    {"ParallelSchedule", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "parallelize [i] to threads schedule(guided)",
     "",
     "P-SCHEDULE@1: unknown schedule 'guided'; the schedules are static, "
     "dynamic"},
    {"ParallelOrder", "sm_90a", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "parallelize [i] to blocks order(snake)",
     "", "P-ORDER@1: unknown order 'snake'; the orders are grouped, balanced"},
    {"ParallelOrderSize", "sm_90a", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "parallelize [i] to blocks order(grouped)",
     "", "P-ORDER@1: order 'grouped' needs a size"},
    {"ParallelOrderNoSize", "sm_90a", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "parallelize [i] to blocks order(balanced = 4)",
     "", "P-ORDER@1: order 'balanced' takes no size"},
    {"ParallelOrderZero", "sm_90a", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "parallelize [i] to blocks order(grouped = 0)",
     "", "P-ORDER@1: size of order 'grouped' is 0, must be >= 1"},
    {"ParallelClusterLoop", "sm_90a", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "parallelize [i] to blocks cluster(j = 2)",
     "", "P-CLUSTER@1: cluster names loop 'j', which this step does not list"},
    {"ParallelClusterSize", "sm_90a", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "parallelize [i] to blocks cluster(i = 32)",
     "", "P-CLUSTER@1: blocks in a cluster is 32, must be <= 16"},
    {"ParallelClusterParts", "sm_90a", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "split_reduction [s: k = 4] combine(dsmem)\n"
     "parallelize [s] to blocks cluster(s = 2)",
     "",
     "P-CLUSTER@1: cluster size of loop 's', whose parts are combined in "
     "distributed shared memory, is 2, must be == 4"},
    {"ParallelReduction", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [p: k = 64]\n"
     "parallelize [p] to threads",
     "",
     "P-REDUCTION@1: loop 'p' is a reduction of 'mm' (dimension 'k'); only "
     "'split_reduction' loops can run in parallel"},
    {"ParallelAdjacent", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 64, p: k = 64, j: n = 64]\n"
     "parallelize [i, j] to threads",
     "",
     "P-ADJACENT@1: loops 'i' and 'j' are not adjacent: loop 'p' lies between "
     "them"},
    {"ParallelChains", "x86-64-v4", "mm_relu",
     "root mm(m, n, k) with [relu(m, n)] numerics(reassoc, contract)\n"
     "tile [i: m = 64]\n"
     "tile on relu [r: m = 64]\n"
     "parallelize [i, r] to threads",
     "", "P-ADJACENT@2: the loops lie in different chains"},
    {"ParallelSeparatedLater", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 64, j: n = 64, p: k = 64]\n"
     "parallelize [i, j] to threads\n"
     "reorder [p, j]",
     "",
     "P-ADJACENT@1: loops 'i' and 'j' are not adjacent any more: loop 'p' lies "
     "between them"},
    {"SplitReductionCombine", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "split_reduction [s: k = 4] combine(magic)",
     "",
     "SR-COMBINE@0: unknown way to combine 'magic'; the ways are dsmem, "
     "workspace, atomics, shuffle"},
    {"SplitReductionTarget", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "split_reduction [s: k = 4] combine(dsmem)",
     "", "SR-COMBINE@0: combine(dsmem) is not possible on 'x86-64-v4'"},
    {"SplitReductionReassoc", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(contract)\n"
     "split_reduction [s: k = 4] combine(atomics)",
     "",
     "SR-REASSOC@0: 'split_reduction' adds partial results in another order: "
     "it needs numerics(reassoc)"},
    {"SplitReductionDim", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "split_reduction [s: m = 4] combine(atomics)",
     "", "SR-DIM@0: 'mm' does not reduce over 'm'"},
    {"SplitReductionParts", "x86-64-v4", "small",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "split_reduction [s: k = 4096] combine(atomics)",
     "",
     "SR-PARTS@0: number of parts of loop 's' is 4096, must be <= 128 (4096 <= "
     "k with k = 128)"},
    {"UnrollTwice", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "unroll i by 2\n"
     "unroll i by 4",
     "", "U-TWICE@2: loop 'i' is unrolled already (step 1)"},
    {"UnrollParallel", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "parallelize [i] to threads\n"
     "unroll i by 2",
     "",
     "U-PARALLEL@2: loop 'i' runs in parallel on threads, it cannot be "
     "unrolled"},
    {"UnrollFactor", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "unroll i by 0",
     "", "U-FACTOR@1: unroll factor of loop 'i' is 0, must be >= 1"},
    {"UnrollFactorLarge", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "unroll i by 100",
     "", "U-FACTOR@1: unroll factor of loop 'i' is 100, must be <= 64"},
    {"PipelineCopies", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [p: k = 64]\n"
     "pipeline p copies(dma)",
     "", "PL-COPIES@1: unknown copies 'dma'; they are tma, cp_async, prefetch"},
    {"PipelineTarget", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [p: k = 64]\n"
     "pipeline p copies(tma)",
     "", "PL-COPIES@1: 'x86-64-v4' has no tma"},
    {"PipelineRoles", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [p: k = 64]\n"
     "pipeline p copies(prefetch) roles(1, 2)",
     "", "PL-ROLES@1: 'roles' needs a GPU, the target is 'x86-64-v4'"},
    {"PipelineSchedule", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [p: k = 64]\n"
     "pipeline p copies(prefetch) schedule(fast)",
     "",
     "PL-SCHEDULE@1: unknown schedule 'fast'; the schedules are cooperative, "
     "pingpong, inline, overlap"},
    {"PipelineTwice", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [p: k = 64]\n"
     "pipeline p copies(prefetch)\n"
     "pipeline p copies(prefetch)",
     "", "PL-TWICE@2: loop 'p' is a pipeline already (step 1)"},
    {"PipelineParallel", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 64]\n"
     "parallelize [i] to threads\n"
     "pipeline i copies(prefetch)",
     "",
     "PL-PARALLEL@2: loop 'i' runs in parallel on threads, its iterations have "
     "no order"},
    {"PipelineNothing", "sm_90a", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [p: k = 64]\n"
     "pipeline p copies(tma)",
     "",
     "PL-BUFFERS@1: no layout in shared memory is filled at loop 'p': there is "
     "nothing to pipeline"},
    {"PipelinePrefetch", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [j: n = v(2), i: m = 4, kk: k = 1]\n"
     "layout mm.rhs pack [n = v(2)] at call\n"
     "vectorize mm [m = 4, n = v(2)] with fma\n"
     "pipeline kk stages(8) copies(prefetch)",
     "",
     "PL-BUFFERS@3: every operand of 'mm' that loop 'kk' reads in vectors is "
     "packed: there is nothing to prefetch"},
    {"PipelineStages", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [p: k = 64]\n"
     "pipeline p stages(0) copies(prefetch)",
     "", "PL-STAGES@1: stages of loop 'p' is 0, must be >= 1"},
    {"PipelineRolesZero", "sm_90a", "small",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [p: k = 64]\n"
     "layout mm.rhs in shared at p\n"
     "pipeline p copies(tma) roles(0, 1)",
     "", "PL-ROLES@2: groups of a role of loop 'p' is 0, must be >= 1"},
    {"ReductionOrder", "x86-64-v4", "conv",
     "root conv(n, oh, ow, f, kh, kw, c) numerics(contract)\n"
     "tile [b: c = 16, h: kh = 1]",
     "",
     "N-ORDER@0: 'conv' would add along 'kh' inside 'c', the payload does the "
     "opposite: this needs numerics(reassoc)"},
};

INSTANTIATE_TEST_SUITE_P(Cases, TileRules, testing::ValuesIn(cases),
                         [](const auto &info) {
                           return std::string(info.param.name);
                         });

} // namespace
