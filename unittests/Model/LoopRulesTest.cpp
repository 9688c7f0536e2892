//===- LoopRulesTest.cpp - One wrong plan for each rule: names, loops, fusion
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

class LoopRules : public testing::TestWithParam<RuleCase> {};

TEST_P(LoopRules, Diagnose) { checkRule(GetParam()); }

const RuleCase cases[] = {
    {"HeaderUnknownOp", "x86-64-v4", "mm",
     "root nn(m, n, k) numerics(reassoc, contract)\n"
     "",
     "", "H-OP@-1: unknown op 'nn'; the ops are mm"},
    {"HeaderOpTwice", "x86-64-v4", "none",
     "root mm(m, n, k) with [mm(m, n)] numerics(reassoc, contract)\n"
     "",
     "", "H-OP@-1: op 'mm' is listed twice"},
    {"HeaderDimTwice", "x86-64-v4", "none",
     "root mm(m, n, m) numerics(reassoc, contract)\n"
     "",
     "", "H-DIMS@-1: op 'mm' has dimension 'm' twice"},
    {"HeaderDimCount", "x86-64-v4", "mm",
     "root mm(m, n) numerics(reassoc, contract)\n"
     "",
     "", "H-DIMS@-1: op 'mm' has 3 dimensions, the plan names 2"},
    {"HeaderExtentsDiffer", "x86-64-v4", "mm_relu",
     "root mm(m, n, k) with [relu(n, m)] numerics(reassoc, contract)\n"
     "",
     "",
     "H-EXTENT@-1: dimension 'n' is 256 in 'mm' and 128 in 'relu'; names "
     "shared by ops mean one extent\n"
     "H-EXTENT@-1: dimension 'm' is 128 in 'mm' and 256 in 'relu'; names "
     "shared by ops mean one extent\n"
     "H-ACCESS@-1: dimension 0 of the result of 'mm' is 'm' where it is made "
     "and 'n' where 'relu' reads it\n"
     "H-ACCESS@-1: dimension 1 of the result of 'mm' is 'n' where it is made "
     "and 'm' where 'relu' reads it"},
    {"HeaderAccessesDiffer", "x86-64-v4", "square",
     "root mm(m, n, k) with [relu(n, m)] numerics(reassoc, contract)\n"
     "",
     "",
     "H-ACCESS@-1: dimension 0 of the result of 'mm' is 'm' where it is made "
     "and 'n' where 'relu' reads it\n"
     "H-ACCESS@-1: dimension 1 of the result of 'mm' is 'n' where it is made "
     "and 'm' where 'relu' reads it"},
    {"HeaderGuard", "x86-64-v4", "mm",
     "root mm(m, n, k) when \"m <= 16\" numerics(reassoc, contract)\n"
     "",
     "", "H-GUARD@-1: the guard 'm <= 16' does not hold for this kernel"},
    {"GuardUnknownName", "x86-64-v4", "mm",
     "root mm(m, n, k) when \"zz > 1\" numerics(reassoc, contract)\n"
     "tile [i: m = 8]",
     "",
     "S-NAME@-1: guard: unknown name 'zz'; the names are cores, k, l1, l2, l3, "
     "lanes, line, m, n, smem, sms, vbits, vregs"},
    {"HeaderGuardName", "x86-64-v4", "mm",
     "root mm(m, n, k) when \"q <= 16\" numerics(reassoc, contract)\n"
     "",
     "",
     "S-NAME@-1: guard: unknown name 'q'; the names are cores, k, l1, l2, l3, "
     "lanes, line, m, n, smem, sms, vbits, vregs"},
    {"HeaderFeature", "x86-64-v4", "mm",
     "root mm(m, n, k) requires [sm_90a] numerics(reassoc, contract)\n"
     "",
     "",
     "H-REQUIRES@-1: target 'x86-64-v4' lacks feature 'sm_90a', which the plan "
     "requires; it has avx, avx2, bmi, bmi2, f16c, fma, lzcnt, movbe, popcnt, "
     "sse4_2, avx512f, avx512bw, avx512cd, avx512dq, avx512vl"},
    {"UnknownOp", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile on zz [i: m = 4]\n"
     "fuse zz into pc\n"
     "vectorize zz [m = 1]\n"
     "layout zz.lhs at call\n"
     "online k over zz\n"
     "algorithm zz direct",
     "",
     "S-NAME@0: unknown op 'zz'; the ops are mm\n"
     "S-NAME@1: unknown loop 'pc'; the loops are none\n"
     "S-NAME@1: unknown op 'zz'; the ops are mm\n"
     "S-NAME@2: unknown op 'zz'; the ops are mm\n"
     "S-NAME@3: unknown op 'zz'; the ops are mm\n"
     "S-NAME@4: unknown op 'zz'; the ops are mm\n"
     "S-NAME@5: unknown op 'zz'; the ops are mm\n"
     "A-FIRST@5: 'algorithm' must come before the steps that use its "
     "dimensions"},
    {"UnknownLoop", "x86-64-v4", "mm_relu",
     "root mm(m, n, k) with [relu(m, n)] numerics(reassoc, contract)\n"
     "reorder [a, b]\n"
     "unroll a by 2\n"
     "parallelize [a] to threads\n"
     "pipeline a copies(prefetch)\n"
     "fuse relu into a",
     "",
     "S-NAME@0: unknown loop 'a'; the loops are none\n"
     "S-NAME@0: unknown loop 'b'; the loops are none\n"
     "S-NAME@1: unknown loop 'a'; the loops are none\n"
     "S-NAME@2: unknown loop 'a'; the loops are none\n"
     "S-NAME@3: unknown loop 'a'; the loops are none\n"
     "S-NAME@4: unknown loop 'a'; the loops are none"},
    {"UnknownDimension", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: q = 4]\n"
     "vectorize mm [q = 4]\n"
     "split q at [4]\n"
     "layout mm.lhs pack [n = 4] at call",
     "",
     "S-NAME@0: unknown dimension 'q'; the dimensions of 'mm' are m, n, k\n"
     "S-NAME@1: unknown dimension 'q'; the dimensions of 'mm' are m, n, k\n"
     "S-NAME@2: unknown dimension 'q'; the dimensions are m, n, k\n"
     "L-PACK@3: 'mm.lhs' is not indexed by 'n' alone: it cannot be packed "
     "along it"},
    {"UnknownOperand", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.in7 at call",
     "", "S-NAME@0: unknown operand 'mm.in7'; the operands are lhs, rhs, out"},
    {"UnknownOperandNoPayload", "x86-64-v4", "none",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "layout mm.left at call",
     "",
     "S-NAME@0: unknown operand 'mm.left'; operands are lhs, rhs, acc, filter, "
     "in0, in1, ..., out"},
    {"UnknownNameInSize", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = mr]\n"
     "require zz < 4",
     "",
     "S-NAME@0: size of loop 'i': unknown name 'mr'; the names are cores, k, "
     "l1, l2, l3, lanes, line, m, n, smem, sms, vbits, vregs\n"
     "S-NAME@1: condition: unknown name 'zz'; the names are cores, k, l1, l2, "
     "l3, lanes, line, m, n, smem, sms, vbits, vregs"},
    {"UnknownApplyTarget", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "apply @seq on zz",
     "",
     "S-NAME@0: unknown loop or op 'zz'; the loops are none, the ops are mm"},
    {"EdgeOfForeignLoop", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 4] edge(j = mask)",
     "", "S-NAME@0: edge names loop 'j', which this step does not make"},
    {"FreshNames", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "param mr = 4 in 1 to 8\n"
     "param mr = 2 in 1 to 4\n"
     "param m = 2 in [2]\n"
     "param l2 = 2 in [2]\n"
     "tile [mr: m = 4]\n"
     "tile [call: m = 4]",
     "",
     "S-FRESH@1: parameter 'mr' has the name of a parameter\n"
     "S-FRESH@2: parameter 'm' has the name of a dimension\n"
     "S-FRESH@3: parameter 'l2' has the name of a hardware factor\n"
     "S-FRESH@4: loop 'mr' has the name of a parameter\n"
     "S-FRESH@5: loop 'call' has the name of a word of the language"},
    {"ScalableOnFixed", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: n = [4]]",
     "",
     "S-SCALABLE@0: size of loop 'i' on 'x86-64-v4': '[4]' has no meaning "
     "here: the target has no scalable vectors"},
    {"PartsWithoutSplit", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: n = 4|6]",
     "", "S-PARTS@0: size of loop 'i' '4|6' has 2 parts, dimension 'n' has 1"},
    {"WrongNumberOfParts", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "split n at [16, 32]\n"
     "tile [i: n = 4|6]",
     "", "S-PARTS@1: size of loop 'i' '4|6' has 2 parts, dimension 'n' has 3"},
    {"FullWithoutDimension", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: n = 4]\n"
     "unroll i by full",
     "", "S-FULL@1: 'full' has no dimension here"},
    {"SizeWithoutValue", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: n = 4 / 0]",
     "", "S-VALUE@0: division by zero in '4 / 0'"},
    {"ParamDefault", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "param mr = 20 in 1 to 14",
     "",
     "P-DEFAULT@0: the default of 'mr' is 20, which is not in the domain 1 to "
     "14"},
    {"ParamEmptyDomain", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "param mr = 4 in []",
     "", "P-DOMAIN@0: the domain of 'mr' is empty"},
    {"ParamEmptyRange", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "param mr in 5 to 3",
     "", "P-DOMAIN@0: the domain of 'mr' is empty: 5 to 3"},
    {"ParamEmptyForEarlier", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "param mr in [4]\n"
     "param mc in 5 to mr\n"
     "tile [i: m = mr]",
     "",
     "C-NONE@-1: no values of the parameters are legal: the domain of "
     "parameter 'mc' is empty (5 to mr)"},
    {"NoneNamesTheRuleThatFails", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "param a = 2 in [2]\n"
     "tile [pc: k = a, ic: m = 12]\n"
     "tile [ir: m = 6, kk: k = 3]",
     "",
     "C-NONE@-1: no values of the parameters are legal; the rules that exclude "
     "all points are T-NEST; at the preferred values: T-NEST: size of loop "
     "'kk', inside loop 'pc', is 3, must be <= 2 (3 <= a with a = 2)"},
    {"ParamStepZero", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "param mr = 4 in 1 to 14 step 0",
     "", "P-DOMAIN@0: the step of the domain of 'mr' is 0, the least is 1"},
    {"ParamLargeDomain", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "param a in 1 to 100000000",
     "", "P-DOMAIN@0: the domain of 'a' has more than 1048576 values"},
    {"ParamLargeDomainOfExtents", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "param a in 1 to m * n * k",
     "", "P-DOMAIN@0: the domain of 'a' has more than 1048576 values"},
    {"SearchLimit", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "param a in 2 to 1000000\n"
     "param b in 2 to 1000000\n"
     "require a * b == 982451653",
     "",
     "C-SEARCH@-1: no legal point found within 10000000 points: narrow the "
     "domains or give legal defaults"},
    {"ParamUnknownInDomain", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "param mc in zz to 8",
     "",
     "S-NAME@0: domain of 'mc': unknown name 'zz'; the names are cores, k, l1, "
     "l2, l3, lanes, line, m, n, smem, sms, vbits, vregs"},
    {"ParamValueOutside", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "param mr = 4 in 1 to 14",
     "mr=15", "P-DOMAIN@0: parameter 'mr' is 15, the domain is 1 to 14"},
    {"ParamForeignValue", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "param mr = 4 in 1 to 14",
     "mr=5,zz=1",
     "P-DOMAIN@-1: parameter 'zz' does not exist; the parameters are mr"},
    {"ParamForeignValueOpen", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "param mr = 4 in 1 to 14",
     "zz=1",
     "P-DOMAIN@-1: parameter 'zz' does not exist; the parameters are mr"},
    {"ChosenValueExcludesAll", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "param a in 1 to 4\n"
     "param b in 1 to 4",
     "a=9",
     "C-NONE@-1: no values of the parameters are legal; the rules that exclude "
     "all points are P-CHOSEN; at the preferred values: P-CHOSEN: parameter "
     "'a' is 1, must be == 9 (a == 9 with a = 1)"},
    {"ConditionUnknown", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 4] if pb",
     "", "S-NAME@0: unknown parameter 'pb' in 'if'; the parameters are none"},
    {"ConditionNoBoolean", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "param pb = 3 in 1 to 4\n"
     "tile [i: m = 4] if pb",
     "",
     "S-CONDITION@1: 'if pb' needs a boolean, the domain of 'pb' is 1 to 4"},
    {"ConditionalAlgorithm", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "param pb = 1 in bool\n"
     "algorithm mm direct if pb",
     "", "S-CONDITION@1: algorithm cannot be conditional"},
    {"Requirement", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "param mr = 4 in 1 to 14\n"
     "require mr * 4 <= vregs",
     "mr=14",
     "Q-REQUIRE@1: the requirement does not hold: mr * 4 <= vregs with mr = "
     "14, vregs = 32"},
    {"NoLegalPoint", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "param mr = 4 in 1 to 14\n"
     "param q = 1 in [1, 2]\n"
     "require mr > 20",
     "",
     "C-NONE@-1: no values of the parameters are legal; the rules that exclude "
     "all points are Q-REQUIRE; at the preferred values: Q-REQUIRE: the "
     "requirement does not hold: mr > 20 with mr = 4"},
    {"AlgorithmName", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "algorithm mm fft",
     "",
     "A-NAME@0: unknown algorithm 'fft'; the algorithms are direct, im2col, "
     "winograd, subpixel, two_pass, three_pass"},
    {"AlgorithmLate", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 4]\n"
     "algorithm mm direct",
     "",
     "A-FIRST@1: 'algorithm' must come before the steps that use its "
     "dimensions"},
    {"AlgorithmTwice", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "algorithm mm direct\n"
     "algorithm mm direct",
     "", "A-TWICE@1: op 'mm' has an algorithm already (step 0)"},
    {"AlgorithmArgument", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "algorithm mm winograd",
     "", "A-ARGUMENT@0: winograd needs its output tile: winograd(m)"},
    {"AlgorithmNoArgument", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "algorithm mm direct(2)",
     "", "A-ARGUMENT@0: 'direct' takes no argument"},
    {"AlgorithmIm2col", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "algorithm mm im2col",
     "",
     "A-OP@0: im2col needs a convolution with an operand 'filter', 'mm' is "
     "none"},
    {"AlgorithmIm2colOther", "x86-64-v4", "pooled",
     "root conv(oh, ow, kh, kw, c) numerics(reassoc, contract)\n"
     "algorithm conv im2col",
     "",
     "A-OP@0: im2col needs a convolution with an operand 'filter', 'conv' "
     "reduces a dimension that the filter lacks"},
    {"AlgorithmWinograd", "x86-64-v4", "mm_relu",
     "root relu(m, n) numerics(reassoc, contract)\n"
     "algorithm relu winograd(4)",
     "", "A-OP@0: 'winograd' needs a convolution, 'relu' is none"},
    {"AlgorithmPasses", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "algorithm mm two_pass",
     "", "A-OP@0: 'two_pass' needs a normalisation, 'mm' is none"},
    {"SplitEmpty", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "split m at []",
     "", "SP-AT@0: 'split' needs at least one index"},
    {"SplitTwice", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "split m at [48]\n"
     "split m at [32]",
     "", "SP-TWICE@1: dimension 'm' is split already (step 0)"},
    {"SplitAfterTile", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 4]\n"
     "split m at [48]",
     "",
     "SP-ORDER@1: dimension 'm' is tiled by loop 'i' already; split it before"},
    {"SplitRange", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "split m at [48, 48]",
     "", "SP-RANGE@0: index of the split of 'm' is 48, must be >= 49"},
    {"SplitBeyond", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "split m at [4096]",
     "",
     "SP-RANGE@0: index of the split of 'm' is 4096, must be <= 999 (4096 <= m "
     "- 1 with m = 1000)"},
    {"TileEmpty", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile []",
     "", "T-EMPTY@0: 'tile' needs at least one loop"},
    {"TileDepth", "x86-64-v4", "none",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [a0: m = 64, a1: m = 64, a2: m = 64, a3: m = 64, a4: m = 64, "
     "a5: m = 64, a6: m = 64, a7: m = 64, a8: m = 64, a9: m = 64, b0: m = 64, "
     "b1: m = 64, b2: m = 64, b3: m = 64, b4: m = 64, b5: m = 64]\n"
     "tile [c0: n = 64, c1: n = 64, c2: n = 64, c3: n = 64, c4: n = 64, "
     "c5: n = 64, c6: n = 64, c7: n = 64, c8: n = 64, c9: n = 64, d0: n = 64, "
     "d1: n = 64, d2: n = 64, d3: n = 64, d4: n = 64, d5: n = 64]\n"
     "tile [e: k = 64, f: k = 1]\n"
     "split_reduction [s: k = 4] combine(atomics)",
     "",
     "T-DEPTH@2: loop 'e' would be number 33 around 'mm', the limit is 32\n"
     "T-DEPTH@3: loop 's' would be number 33 around 'mm', the limit is 32"},
    {"TileEvl", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [j: n = v(2)] edge(j = evl)",
     "",
     "T-EVL@0: edge 'evl' of loop 'j' needs a vector length register, "
     "'x86-64-v4' has none"},
    {"TileEdgeSizes", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8] edge(i = mask(4))",
     "", "T-EDGE@0: edge 'mask' of loop 'i' takes no sizes"},
    {"TileEdgeOfAReduction", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [pc: k = 7] edge(pc = peel)",
     "",
     "T-EDGE@0: edge 'peel' of loop 'pc' has no effect: 'mm' reduces over 'k', "
     "which takes the exact rest"},
    {"TilePositive", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 0]",
     "", "T-POSITIVE@0: size of loop 'i' is 0, must be >= 1"},
    {"TileNest", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "tile [i2: m = 16]",
     "", "T-NEST@1: size of loop 'i2', inside loop 'i', is 16, must be <= 8"},
    {"TileExact", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 48] edge(i = exact)",
     "",
     "T-EXACT@0: the extent of 'm', cut exactly by loop 'i', is 1000, must be "
     "a multiple of 48 (m a multiple of 48 with m = 1000)"},
    {"TileExactInARest", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [ic: m = 48]\n"
     "tile [i: m = 16] edge(i = exact)",
     "",
     "T-EXACT@1: the extent of 'm', cut exactly by loop 'i', is 1000, must be "
     "a multiple of 16 (m a multiple of 16 with m = 1000)"},
    {"TileNarrow", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8] edge(i = narrow(8))",
     "", "T-NARROW@0: narrow size of loop 'i' is 8, must be <= 7"},
    {"TileNarrowZero", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8] edge(i = narrow(0))",
     "", "T-NARROW@0: narrow size of loop 'i' is 0, must be >= 1"},
    {"ReorderOne", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "reorder [i]",
     "", "R-FEW@1: 'reorder' needs at least two loops"},
    {"ReorderTwice", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8, j: n = 8]\n"
     "reorder [i, i]",
     "", "R-TWICE@1: loop 'i' is listed twice"},
    {"ReorderChains", "x86-64-v4", "mm_relu",
     "root mm(m, n, k) with [relu(m, n)] numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "tile on relu [r: m = 8]\n"
     "reorder [i, r]",
     "", "R-CHAIN@2: no op has all of these loops around it: i, r"},
    {"ReorderShared", "x86-64-v4", "mm_relu",
     "root mm(m, n, k) with [relu(m, n)] numerics(reassoc, contract)\n"
     "tile [i: m = 8, j: n = 8]\n"
     "fuse relu into i\n"
     "reorder [j, i]",
     "",
     "R-SHARED@2: the new order would move loops into or out of the part that "
     "'relu' shares with 'mm'"},
    {"FuseRoot", "x86-64-v4", "mm",
     "root mm(m, n, k) numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "fuse mm into i",
     "", "F-ROOT@1: the root 'mm' cannot be fused into its own loops"},
    {"FuseTwice", "x86-64-v4", "mm_relu",
     "root mm(m, n, k) with [relu(m, n)] numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "fuse relu, relu into i",
     "", "F-TWICE@1: op 'relu' is listed twice"},
    {"FuseWhenNothing", "x86-64-v4", "mm_relu",
     "root mm(m, n, k) with [relu(m, n)] numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "fuse relu into i when last()",
     "", "F-WHEN@1: 'when first' and 'when last' name a reduction loop"},
    {"FuseWhenInside", "x86-64-v4", "mm_relu",
     "root mm(m, n, k) with [relu(m, n)] numerics(reassoc, contract)\n"
     "tile [i: m = 8, p: k = 64]\n"
     "fuse relu into i when last(p)",
     "", "F-WHEN@1: loop 'p' of 'when' is not around loop 'i'"},
    {"FuseOwnLoop", "x86-64-v4", "mm_relu",
     "root mm(m, n, k) with [relu(m, n)] numerics(reassoc, contract)\n"
     "tile on relu [r: m = 8]\n"
     "fuse relu into r",
     "", "F-HOST@1: loop 'r' belongs only to the ops that are fused"},
    {"FuseTiledOp", "x86-64-v4", "mm_relu",
     "root mm(m, n, k) with [relu(m, n)] numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "tile on relu [r: m = 8]\n"
     "fuse relu into i",
     "",
     "F-CHAIN@2: op 'relu' has loop 'r' around it, which is not around loop "
     "'i' of 'mm'; fuse before tiling it"},
    {"FuseAgain", "x86-64-v4", "mm_relu",
     "root mm(m, n, k) with [relu(m, n)] numerics(reassoc, contract)\n"
     "tile [i: m = 8]\n"
     "fuse relu into i\n"
     "fuse relu into i",
     "", "F-PLACE@2: op 'relu' is in loop 'i' already"},
    {"FuseNoDimension", "x86-64-v4", "mm_relu",
     "root mm(m, n, k) with [relu(m, n)] numerics(reassoc, contract)\n"
     "tile [p: k = 64]\n"
     "fuse relu into p when last(p)",
     "",
     "F-DIM@1: op 'relu' (m, n) has none of the dimensions of the loops around "
     "and at 'p'"},
    {"FuseFillLast", "x86-64-v4", "fill",
     "root mm(m, n, k) with [zero(m, n)] numerics(reassoc, contract)\n"
     "tile [i: m = 8, p: k = 64]\n"
     "fuse zero into i when last(p)",
     "",
     "F-WHEN@1: loop 'p' of 'when' is not around loop 'i'\n"
     "F-FILL@1: 'zero' fills the result: it comes first, not last"},
    {"FuseSplitReduction", "x86-64-v4", "mm_relu",
     "root mm(m, n, k) with [relu(m, n)] numerics(reassoc, contract)\n"
     "split_reduction [s: k = 4] combine(atomics)\n"
     "tile [i: m = 8]\n"
     "fuse relu into i when last(s)",
     "",
     "F-UNFINISHED@2: 'relu' in loop 'i' would read an unfinished result: loop "
     "'s' around it is a reduction of 'mm' (dimension 'k'); the parts are only "
     "combined outside it"},
    {"OnlineReassoc", "x86-64-v4", "attention",
     "root pv(b, q, kv, e) with [qk(b, q, kv, d), softmax(b, q, kv)] "
     "numerics(contract)\n"
     "online kv over softmax",
     "",
     "O-REASSOC@0: 'online' rescales partial results: it needs "
     "numerics(reassoc)"},
    {"OnlineDim", "x86-64-v4", "attention",
     "root pv(b, q, kv, e) with [qk(b, q, kv, d), softmax(b, q, kv)] "
     "numerics(reassoc, contract)\n"
     "online q over softmax",
     "", "O-DIM@0: 'softmax' does not reduce over 'q'"},
    {"OnlineOp", "x86-64-v4", "attention",
     "root pv(b, q, kv, e) with [qk(b, q, kv, d), softmax(b, q, kv)] "
     "numerics(reassoc, contract)\n"
     "online d over qk",
     "", "O-OP@0: 'qk' is no normalisation"},
    {"OnlineTwice", "x86-64-v4", "attention",
     "root pv(b, q, kv, e) with [qk(b, q, kv, d), softmax(b, q, kv)] "
     "numerics(reassoc, contract)\n"
     "online kv over softmax\n"
     "online kv over softmax",
     "", "O-TWICE@1: 'softmax' is online already (step 0)"},
    {"OnlineNoReader", "x86-64-v4", "attention",
     "root softmax(b, q, kv) numerics(reassoc, contract)\n"
     "online kv over softmax",
     "",
     "O-OP@0: no op of the plan reads 'softmax': there is nothing to rescale"},
};

INSTANTIATE_TEST_SUITE_P(Cases, LoopRules, testing::ValuesIn(cases),
                         [](const auto &info) {
                           return std::string(info.param.name);
                         });

} // namespace
