// RUN: tensorop-opt %s | tensorop-opt | FileCheck %s
// RUN: tensorop-opt %s --mlir-print-op-generic | tensorop-opt | FileCheck %s
// RUN: tensorop-opt %s --emit-bytecode | tensorop-opt | FileCheck %s

// The header, with every clause.
// CHECK-LABEL: strategy.plan @header root mm(m, n, k) with [bias(m, n), gelu(m, n)] when "m <= 16 && k % 8 == 0" requires [fma, avx2] numerics(reassoc, approx(2)) {
strategy.plan @header root mm(m, n, k) with [bias(m, n), gelu(m, n)]
    when "m <= 16 && k % 8 == 0" requires [fma, avx2] numerics(reassoc, approx(2)) {
}

// CHECK-LABEL: strategy.plan @params
strategy.plan @params root mm(m, n, k) {
  // CHECK-NEXT: strategy.param kc = 256 in [128, 256, 512]
  strategy.param kc = 256 in [128, 256, 512]
  // CHECK-NEXT: strategy.param mr = 6 in 1 to 14
  strategy.param mr = 6 in 1 to 14
  // CHECK-NEXT: strategy.param mc in mr to 480 step mr
  strategy.param mc in mr to 480 step mr
  // CHECK-NEXT: strategy.param pb = true in [true, false]
  strategy.param pb = true in [true, false]
  // CHECK-NEXT: strategy.param free{{$}}
  strategy.param free
  // CHECK-NEXT: strategy.require "mc * kc * 4 <= l2 / 2" if pb
  strategy.require "mc * kc * 4 <= l2 / 2" if pb
}

// CHECK-LABEL: strategy.plan @algorithms
strategy.plan @algorithms root conv(n, oh, ow, f, kh, kw, c) {
  // CHECK-NEXT: strategy.algorithm conv winograd(4)
  strategy.algorithm conv winograd(4)
  // CHECK-NEXT: strategy.split ow at [48]
  strategy.split ow at [48]
  // CHECK-NEXT: strategy.tile [wt: ow = 6|4] edge(wt = narrow(4))
  strategy.tile [wt: ow = 6|4] edge(wt = narrow(4))
}

// CHECK-LABEL: strategy.plan @steps
strategy.plan @steps root mm(m, n, k) with [relu(m, n)] numerics(reassoc) {
  // CHECK-NEXT: strategy.param pb = true in [true, false]
  strategy.param pb = true in [true, false]
  // CHECK-NEXT: strategy.tile [pc: k = 256, ic: m = 120] skip_masked
  strategy.tile [pc: k = 256, ic: m = 120] skip_masked
  // CHECK-NEXT: strategy.tile [jr: n = v(2), ir: m = 6] edge(jr = mask, ir = auto) if pb
  strategy.tile [jr: n = v(2), ir: m = 6] edge(jr = mask, ir = auto) if pb
  // CHECK-NEXT: strategy.tile on mm [kk: k = 1]
  strategy.tile on mm [kk: k = 1]
  // CHECK-NEXT: strategy.reorder [ir, jr]
  strategy.reorder [ir, jr]
  // CHECK-NEXT: strategy.fuse relu into ir when last(pc)
  strategy.fuse relu into ir when last(pc)
  // CHECK-NEXT: strategy.fuse zero into ir when first(pc, qc)
  strategy.fuse zero into ir when first(pc, qc)
  // CHECK-NEXT: strategy.layout mm.rhs pack [n = v(2)] at pc
  strategy.layout mm.rhs pack [n = v(2)] at pc
  // CHECK-NEXT: strategy.layout mm.lhs in shared at ic swizzle(128) multicast(ic) pad(8) if pb {by = "hand", why = "fits L2"}
  strategy.layout mm.lhs in shared at ic swizzle(128) multicast(ic) pad(8) if pb {by = "hand", why = "fits L2"}
  // CHECK-NEXT: strategy.vectorize mm [m = 6, n = [4]] with fma acc f32
  strategy.vectorize mm [m = 6, n = [4]] with fma acc f32
  // CHECK-NEXT: strategy.vectorize relu [n = v(1)]
  strategy.vectorize relu [n = v(1)]
  // CHECK-NEXT: strategy.unroll kk by 4
  strategy.unroll kk by 4
  // CHECK-NEXT: strategy.apply @mine on kk
  strategy.apply @mine on kk
}

// CHECK-LABEL: strategy.plan @gpu
strategy.plan @gpu root mm(m, n, k) requires [sm_90a] numerics(reassoc) {
  // CHECK-NEXT: strategy.split_reduction [ks: k = 4] combine(dsmem)
  strategy.split_reduction [ks: k = 4] combine(dsmem)
  // CHECK-NEXT: strategy.tile [bi: m = 128, bj: n = "ceildiv(n, 2)"]
  strategy.tile [bi: m = 128, bj: n = "ceildiv(n, 2)"]
  // CHECK-NEXT: strategy.parallelize [bi, bj] to blocks schedule(static) persistent order(grouped = 8) cluster(bi = 2)
  strategy.parallelize [bi, bj] to blocks schedule(static) persistent order(grouped = 8) cluster(bi = 2)
  // CHECK-NEXT: strategy.tile [kk: k = 2 * 32 + 4 / 2 - 2]
  strategy.tile [kk: k = 2 * 32 + 4 / 2 - 2]
  // CHECK-NEXT: strategy.pipeline kk stages(4) copies(tma) roles(1, 2) schedule(pingpong)
  strategy.pipeline kk stages(4) copies(tma) roles(1, 2) schedule(pingpong)
}

// CHECK-LABEL: strategy.plan @streaming
strategy.plan @streaming root pv(q, kv, e) with [qk(q, kv, d), softmax(q, kv)] numerics(reassoc) {
  // CHECK-NEXT: strategy.online kv over softmax
  strategy.online kv over softmax
}
