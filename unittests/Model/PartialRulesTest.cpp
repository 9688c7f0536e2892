//===- PartialRulesTest.cpp - Wrong plans: partial sums, narrow vectors ---===//
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

class PartialRules : public testing::TestWithParam<RuleCase> {};

TEST_P(PartialRules, Diagnose) { checkRule(GetParam()); }

const RuleCase cases[] = {
    {"VectorTooNarrow", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "vectorize mm [m = 4, n = 2] with fma",
     "",
     "V-LANES@0: register tile of 'mm' along 'n', which runs along lanes, is "
     "2, must be a multiple of 16"},
    {"VectorNarrowScalable", "rvv", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "vectorize mm [m = 4, n = 2] with fma",
     "",
     "V-LANES@0: register tile of 'mm' along 'n', which runs along lanes, is "
     "2, must be a multiple of 4"},
    {"PartialReassoc", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(contract)\n"
     "tile [kk: k = 4]\n"
     "vectorize mm [m = 4, k = 4, n = v(1)] with fma",
     "",
     "V-REASSOC@1: partial sums along 'k', a reduction of 'mm', add in another "
     "order: they need numerics(reassoc)"},
    {"PartialLoop", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "vectorize mm [m = 4, k = 4, n = v(1)] with fma",
     "",
     "V-PARTIAL@0: partial sums along 'k' of 'mm' need an innermost loop along "
     "it, of the tile's size"},
    {"PartialStep", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [kk: k = 8]\n"
     "vectorize mm [m = 4, k = 4, n = v(1)] with fma",
     "",
     "V-STEP@0: step of loop 'kk', which runs inside the register tile of "
     "'mm', is 8, must be == 4"},
    {"PartialTwice", "x86-64-v4", "conv",
     "root conv(n, oh, ow, f, kh, kw, c) numerics(reassoc, contract)\n"
     "tile [rh: kh = 1, rw: kw = 3, cc: c = 4]\n"
     "vectorize conv [kw = 3, c = 4, f = v(1)] with fma",
     "",
     "V-CONTIG@1: 'conv.filter' is not contiguous along 'f' (dimension 0 of "
     "4): choose another dimension for the lanes or pack it\n"
     "V-PARTIAL@1: register tile of 'conv' has two reductions, 'kw' and 'c': "
     "partial sums are kept of one\n"
     "V-PARTIAL@1: partial sums along 'kw' of 'conv' need an innermost loop "
     "along it, of the tile's size"},
    {"PartialOutside", "x86-64-v4", "nchw2",
     "root conv(n, f, oh, ow, kh, kw, c) numerics(reassoc, contract)\n"
     "vectorize conv [f = 2, kh = 3, ow = v(1)] with fma",
     "",
     "V-CONTIG@0: 'conv.in0' has stride 2 along 'ow': lanes need neighbouring "
     "elements, pack it\n"
     "V-PARTIAL@0: partial sums along 'kh' of 'conv' need an innermost loop "
     "along it, of the tile's size"},
    {"PartialPad", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [ir: m = 3, jr: n = 8] edge(jr = pad)\n"
     "tile [kk: k = v(1)]\n"
     "layout mm.rhs pack [k = 512] at call\n"
     "vectorize mm [m = 3, n = 8, k = v(1)] with fma",
     "",
     "V-PARTIAL@0: edge 'pad' of loop 'jr': lanes along 'k', a reduction, give "
     "single sums, which need no padded tile; use mask or narrow"},
    {"PartialPanel", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [pc: k = v(4), ir: m = 3, jr: n = 8]\n"
     "tile [kk: k = v(1)]\n"
     "layout mm.rhs pack [k = v(2)] at pc\n"
     "vectorize mm [m = 3, n = 8, k = v(1)] with fma",
     "",
     "L-PANEL@2: panel of 'mm.rhs' along 'k', all of which loop 'kk' walks, is "
     "32, must be >= 64 (32 >= min(64, k) with k = 512)"},
    {"PartialRegisters", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [kk: k = v(1)]\n"
     "layout mm.rhs pack [k = 512] at call\n"
     "vectorize mm [m = 4, n = 8, k = v(1)] with fma",
     "",
     "V-REGS@2: vector registers of the register tile of 'mm' is 37, must be "
     "<= 32 (37 <= vregs with vregs = 32)"},
};

INSTANTIATE_TEST_SUITE_P(Cases, PartialRules, testing::ValuesIn(cases),
                         [](const auto &info) {
                           return std::string(info.param.name);
                         });

} // namespace
