//===- WholeTreeRulesTest.cpp - Order, cover, steps without effect --------===//
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

class WholeTreeRules : public testing::TestWithParam<RuleCase> {};

TEST_P(WholeTreeRules, Diagnose) { checkRule(GetParam()); }

#define CHAIN                                                                  \
  "root mm(m, n, k) with [bias(m, n), relu(m, n)] numerics(reassoc)\n"

const RuleCase cases[] = {
    {"OrderFollowsTheData", "x86-64-v4", "mm_bias_relu",
     "root mm(m, n, k) with [relu(m, n), bias(m, n)] numerics(reassoc)\n"
     "tile [p: k = 64, i: m = 8]\n"
     "fuse relu into i when last(p)\n"
     "fuse bias into i when last(p)",
     "", ""},
    {"OrderInAList", "x86-64-v4", "mm_bias_relu",
     CHAIN "tile [p: k = 64, i: m = 8]\n"
           "fuse relu, bias into i when last(p)",
     "", "F-ORDER@1: 'relu' is listed before 'bias', whose result it reads"},
    {"OrderLeavesAnOpOut", "x86-64-v4", "mm_bias_relu",
     CHAIN "tile [i: m = 8, j: n = 16]\n"
           "fuse relu into j",
     "",
     "F-ORDER@1: 'relu' in loop 'i' reads 'bias', which is outside 'i' and "
     "needs the whole of 'mm' inside it: fuse 'bias' too, or 'relu' outside "
     "'i'"},
    {"OrderOfAnOpThatThePlanDoesNotName", "x86-64-v4", "mm_bias_relu",
     "root mm(m, n, k) with [relu(m, n)] numerics(reassoc)\n"
     "tile [i: m = 8, j: n = 16]\n"
     "fuse relu into j",
     "",
     "F-ORDER@1: 'relu' in loop 'i' reads 'bias', which is outside 'i' and "
     "needs the whole of 'mm' inside it: fuse 'bias' too, or 'relu' outside "
     "'i'"},
    {"OrderOfPlaces", "x86-64-v4", "mm_bias_relu",
     CHAIN "tile [i: m = 8, j: n = 16]\n"
           "fuse bias into i\n"
           "fuse relu into j",
     "",
     "F-ORDER@2: 'relu' in loop 'j' reads 'bias', which is outside 'j' and "
     "needs the whole of 'mm' inside it: fuse 'bias' too, or 'relu' outside "
     "'j'"},
    {"OrderOfVisits", "x86-64-v4", "scale_mm",
     "root mm(m, n, k) with [scale(m, k)] numerics(reassoc)\n"
     "tile [j: n = 16, i: m = 8]\n"
     "fuse scale into i when last(j)",
     "",
     "F-ORDER@1: 'mm' reads 'scale' in each iteration of loop 'j', which "
     "computes it in the last one only"},
    {"WhenOfAnOwnDimension", "x86-64-v4", "mm_bias_relu",
     CHAIN "tile [i: m = 8, j: n = 16]\n"
           "fuse bias into j when last(i)",
     "",
     "F-WHEN@1: loop 'i' of 'when' walks 'm', a dimension of 'bias', which is "
     "needed in each iteration"},
    {"WhenTwice", "x86-64-v4", "mm_bias_relu",
     CHAIN "tile [p: k = 64, i: m = 8]\n"
           "fuse bias into i when last(p, p)",
     "", "F-WHEN@1: loop 'p' of 'when' is listed twice"},
    {"WhenNeedsAllLoops", "x86-64-v4", "mm_bias_relu",
     CHAIN "tile [p: k = 64, q: k = 16, i: m = 8]\n"
           "fuse bias into i when last(p)",
     "",
     "F-UNFINISHED@1: 'bias' in loop 'i' would read an unfinished result: loop "
     "'q' around it is a reduction of 'mm' (dimension 'k'); fuse it outside "
     "'q' or add 'when last(p, q)'"},
    {"WhenHasAllLoops", "x86-64-v4", "mm_bias_relu",
     CHAIN "tile [p: k = 64, q: k = 16, i: m = 8]\n"
           "fuse bias into i when last(p, q)",
     "", ""},
    {"CoverListed", "x86-64-v3", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [j: n = v(4), i: m = 6, kk: k = 1]\n"
     "vectorize mm [m = 6, n = v(2)] with fma",
     "",
     "V-COVER@1: what the loops leave of 'n' to the register tile of 'mm' is "
     "32, must be <= 16 (min(32, n) <= 16 with n = 1024)"},
    {"CoverParameter", "x86-64-v3", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "param mb = 12 in [6, 12]\n"
     "tile [i: m = mb, j: n = v(2), kk: k = 1]\n"
     "vectorize mm [m = 6, n = v(2)] with fma",
     "mb=12",
     "V-COVER@2: what the loops leave of 'm' to the register tile of 'mm' is "
     "12, must be <= 6 (min(mb, m) <= 6 with mb = 12, m = 1000)"},
    {"CoverParameterOpen", "x86-64-v3", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "param mb = 12 in [6, 12]\n"
     "tile [i: m = mb, j: n = v(2), kk: k = 1]\n"
     "vectorize mm [m = 6, n = v(2)] with fma",
     "", ""},
    {"CoverReduction", "x86-64-v3", "small",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [p: k = 16, i: m = 6, j: n = v(2)]\n"
     "vectorize mm [m = 6, n = v(2)] with fma",
     "",
     "V-COVER@1: what the loops leave of 'k' to the register tile of 'mm', "
     "which does not list it, is 16, must be <= 1 (min(16, k) <= 1 with k = "
     "128)"},
    {"CoverLargerTile", "x86-64-v3", "small",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 2, j: n = v(1), kk: k = 1]\n"
     "vectorize mm [m = 6, n = v(1)] with fma",
     "",
     "V-BLOCK@1: size of loop 'i', filled by the register tile of 'mm' along "
     "'m', is 2, must be a multiple of 6"},
    {"CoverElementwiseMayBeMore", "x86-64-v3", "mm_relu",
     "root mm(m, n, k) with [relu(m, n)] numerics(reassoc, contract)\n"
     "tile [i: m = 6, j: n = v(2), kk: k = 1]\n"
     "vectorize mm [m = 6, n = v(2)] with fma\n"
     "tile on relu [r: m = 8]\n"
     "vectorize relu [n = v(1)]",
     "", ""},
    {"CoverReductionMayBeMore", "x86-64-v3", "rowsum",
     "root sum(m, n) numerics(reassoc)\n"
     "tile [r: m = 1]\n"
     "vectorize sum [n = v(1)]",
     "", ""},
    {"CoverRowsOfAReduction", "x86-64-v3", "rowsum",
     "root sum(m, n) numerics(reassoc)\n"
     "vectorize sum [n = v(1)]",
     "",
     "V-COVER@0: what the loops leave of 'm' to the register tile of 'sum', "
     "which does not list it, is 128, must be <= 1 (m <= 1 with m = 128)"},
    {"EffectOfNothing", "x86-64-v4", "mm", "root mm(m, n, k) numerics(reassoc)",
     "", "S-EFFECT@-1: the plan has no step that changes the kernel"},
    {"EffectOfParametersAlone", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc)\n"
     "param a = 1 in 1 to 4\n"
     "require a < 3",
     "", "S-EFFECT@-1: the plan has no step that changes the kernel"},
    {"EffectSwitchedOff", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc)\n"
     "param on = 1 in bool\n"
     "tile [i: m = 8] if on",
     "on=0", "S-EFFECT@-1: the plan has no step that changes the kernel"},
    {"EffectOfAParameter", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc)\n"
     "param a = 1 in 1 to 4\n"
     "tile [i: m = 8]",
     "", "S-EFFECT@0: no step uses parameter 'a'"},
    {"EffectOfUnrolling", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc)\n"
     "tile [i: m = 8]\n"
     "unroll i by 1",
     "", "S-EFFECT@1: unrolling loop 'i' by 1 changes nothing"},
    {"EffectOfReordering", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc)\n"
     "tile [i: m = 8, j: n = 8]\n"
     "reorder [i, j]",
     "", "S-EFFECT@1: the loops i, j are in this order already"},
};

INSTANTIATE_TEST_SUITE_P(Cases, WholeTreeRules, testing::ValuesIn(cases),
                         [](const auto &info) {
                           return std::string(info.param.name);
                         });

} // namespace
