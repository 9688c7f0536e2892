//===- Plans.h - Plans for tests --------------------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_UNITTESTS_MODEL_PLANS_H
#define TENSOROP_UNITTESTS_MODEL_PLANS_H

// The fourteen plans that the project was designed on, good and bad.
namespace tensorop::model::test::plans {

inline constexpr const char *sgemm =
    R"(root mm(m, n, k) numerics(reassoc, contract)
  param kc = 256 in [128, 256, 512]
  param mr = 6 in 1..14
  param nv = 2 in [1, 2, 3, 4]
  param mc in mr..480 step mr
  tile [pc: k = kc, ic: m = mc]
  tile [ir: m = mr, jr: n = v(nv)] edge(ir = auto, jr = auto)
  tile [kk: k = 1]
  layout mm.rhs pack [n = v(nv)] at pc
  layout mm.lhs pack [m = mr] at ic
  vectorize mm [m = mr, n = v(nv)] with fma
  unroll kk by 4
)";

inline constexpr const char *i8gemm =
    R"(root mm(m, n, k) requires [dotprod] numerics(reassoc, contract)
  tile [pc: k = 512, ic: m = 96]
  tile [jr: n = v(2), ir: m = 8] edge(jr = pad, ir = pad)
  tile [kk: k = 4]
  layout mm.rhs pack [n = v(2), k = 4] at load
  layout mm.lhs pack [m = 8, k = 4] at ic
  vectorize mm [m = 8, n = v(2), k = 4] with sdot acc i32
  unroll kk by 2
)";

inline constexpr const char *hgemm =
    R"(root mm(m, n, k) with [bias(m, n), gelu(m, n)] requires [sm_90a] numerics(reassoc, contract)
  param bm = 128 in [64, 128, 192, 256]
  param bn = 256 in [64, 128, 192, 256]
  param st = 4 in 2..8
  tile [bi: m = bm, bj: n = bn]
  parallelize [bi, bj] to blocks persistent order(grouped = 8) cluster(bi = 2)
  tile [kk: k = 64]
  tile [wi: m = 64]
  parallelize [wi] to warpgroups
  layout mm.lhs in shared at kk swizzle(128)
  layout mm.rhs in shared at kk swizzle(128) multicast(bi)
  layout mm.acc in registers at bj
  vectorize mm [m = 64, n = bn, k = 16] with wgmma acc f32
  pipeline kk stages(st) copies(tma) roles(1, 2)
  fuse bias, gelu into bj
  layout gelu.out in shared at bj swizzle(128)
)";

inline constexpr const char *skinny =
    R"(root mm(m, n, k) requires [sm_90a] numerics(reassoc, contract)
  split_reduction [ks: k = 4] combine(dsmem)
  tile [bj: n = 64]
  parallelize [bj, ks] to blocks cluster(ks = 4)
  tile [kk: k = 128]
  layout mm.rhs in shared at kk swizzle(128)
  layout mm.acc in registers at bj
  vectorize mm [n = 64, m = 16, k = 16] with wgmma acc f32
  pipeline kk stages(8) copies(tma) roles(1, 1)
)";

inline constexpr const char *fa_sm90 =
    R"(root pv(b, q, kv, e) with [qk(b, q, kv, d), softmax(b, q, kv)] requires [sm_90a] numerics(reassoc, contract)
  online kv over softmax
  tile [bb: b = 1, qi: q = 128]
  parallelize [bb, qi] to blocks persistent order(balanced)
  tile [jj: kv = 128] skip_masked
  fuse qk, softmax into jj
  tile [wi: q = 64]
  parallelize [wi] to warpgroups
  layout qk.lhs in shared at qi swizzle(128)
  layout qk.rhs in shared at jj swizzle(128)
  layout pv.rhs in shared at jj swizzle(128)
  layout softmax.out in registers at jj
  vectorize qk [q = 64, kv = 128, d = 16] with wgmma acc f32
  vectorize pv [q = 64, e = full, kv = 16] with wgmma acc f32
  pipeline jj stages(2) copies(tma) roles(1, 2) schedule(overlap)
)";

inline constexpr const char *fa_cpu =
    R"(root pv(b, q, kv, e) with [qk(b, q, kv, d), softmax(b, q, kv)] numerics(reassoc, contract)
  online kv over softmax
  tile [bb: b = 1, qi: q = 48]
  parallelize [bb, qi] to threads
  tile [jj: kv = 64] skip_masked
  fuse qk, softmax into jj
  layout qk.rhs pack [kv = v(2)] at bb
  tile on qk [qa: kv = v(2), qb: q = 6, qd: d = 1]
  tile on softmax [sr: q = 1, sc: kv = v(1)]
  tile on pv [pa: e = v(2), pb: q = 6, pd: kv = 1]
  vectorize qk [q = 6, kv = v(2)] with fma
  vectorize softmax [kv = v(1)]
  vectorize pv [q = 6, e = v(2)] with fma
)";

inline constexpr const char *conv3x3 =
    R"(root conv(n, oh, ow, f, kh, kw, c) numerics(reassoc, contract)
  tile [nn: n = 1, hh: oh = 1, ff: f = v(2)]
  parallelize [nn, hh] to threads
  tile [wt: ow = 6] edge(wt = narrow(4))
  tile [rh: kh = 1, rw: kw = 1, cc: c = 1]
  layout conv.filter pack [f = v(2)] at load
  vectorize conv [ow = 6, f = v(2)] with fma
  unroll cc by 4
)";

inline constexpr const char *conv_im2col =
    R"(root conv(m, n, k) numerics(reassoc, contract)
  algorithm conv im2col
  tile [pc: k = 256, ic: m = 120]
  layout conv.lhs pack [m = 6] at ic
  tile [jr: n = v(2), ir: m = 6]
  tile [kk: k = 1]
  layout conv.rhs pack [n = v(2)] at load
  vectorize conv [m = 6, n = v(2)] with fma
)";

inline constexpr const char *mm_layernorm =
    R"(root norm(m, n) with [mm(m, n, k), mean(m, n), var(m, n)] numerics(reassoc, contract)
  tile [mi: m = 48]
  parallelize [mi] to threads
  fuse mm, mean, var into mi
  tile on mm [pc: k = 256]
  tile on mm [jr: n = v(2), ir: m = 6, kk: k = 1]
  layout mm.rhs pack [n = v(2)] at load
  vectorize mm [m = 6, n = v(2)] with fma
  tile on mean [r1: m = 1, c1: n = v(4)]
  tile on var [r2: m = 1, c2: n = v(4)]
  tile on norm [r3: m = 1, c3: n = v(4)]
  vectorize mean [n = v(4)]
  vectorize var [n = v(4)]
  vectorize norm [n = v(4)]
)";

inline constexpr const char *l2_chain =
    R"(root norm(n, g, cg, oh, ow) with [conv(n, g, cg, oh, ow, c, kh, kw), bias(n, g, cg, oh, ow), sigmoid(n, g, cg, oh, ow), stats(n, g, cg, oh, ow)] numerics(reassoc, contract)
  tile [nn: n = 1, gg: g = 1]
  parallelize [nn, gg] to threads
  fuse conv, bias, sigmoid, stats into gg
  tile on conv [hh: oh = 1, wt: ow = 6] edge(wt = narrow(4))
  fuse bias, sigmoid into wt
  tile on conv [cc: c = 1, rh: kh = 1, rw: kw = 1]
  layout conv.filter pack [cg = v(2)] at load
  vectorize conv [ow = 6, cg = v(2)] with fma
  vectorize stats [ow = v(1)]
  vectorize norm [ow = v(1)]
)";

inline constexpr const char *bad_epilogue =
    R"(root mm(m, n, k) with [gelu(m, n)]
  tile [pc: k = 256]
  tile [jr: n = 16, ir: m = 6, kk: k = 1]
  fuse gelu into ir
)";

inline constexpr const char *ok_epilogue = R"(root mm(m, n, k) with [gelu(m, n)]
  tile [pc: k = 256]
  tile [jr: n = 16, ir: m = 6, kk: k = 1]
  fuse gelu into ir when last(pc)
)";

inline constexpr const char *bad_reorder = R"(root mm(m, n, k)
  tile [ic: m = 120, jr: n = 16, ir: m = 6]
  reorder [ir, ic]
)";

inline constexpr const char *bad_names = R"(root mm(m, n, k)
  tile [k: k = 256, ic: m = 120]
  tile [ic: n = 16]
  layout mm.rhs pack [n = 16] at jc
)";

} // namespace tensorop::model::test::plans

#endif // TENSOROP_UNITTESTS_MODEL_PLANS_H
