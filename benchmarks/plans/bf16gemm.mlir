// bf16 GEMM with f32 sums on x86, best first. vdpbf16ps takes subnormal numbers as
// zeros, which approx permits; elsewhere operands are widened to f32 in their panels.

strategy.plan @bf16gemm_dot root mm(m, n, k)
    requires [avx512_bf16] numerics(reassoc, contract, approx(1))
    attributes {why = "two products of bf16 in each lane and instruction"} {
  strategy.param kc = 1024 in [1024, 512]
  strategy.param mc = 120 in [120, 240]
  strategy.tile [pc: k = kc, ic: m = mc]
  strategy.tile [jr: n = v(3), ir: m = 8]
  strategy.tile [kk: k = 2]
  strategy.layout mm.rhs pack [n = v(3), k = 2] at pc
  strategy.layout mm.lhs pack [m = 8, k = 2] at ic
  strategy.vectorize mm [m = 8, n = v(3), k = 2] with dpbf16 acc f32
  strategy.unroll kk by 2
}

strategy.plan @bf16gemm root mm(m, n, k)
    requires [fma] numerics(reassoc, contract)
    attributes {why = "operands widened to f32 in their panels"} {
  strategy.param mr = 8 in [8, 6]
  strategy.param nv = 3 in [3, 2]
  strategy.param kc = 512 in [512, 256]
  strategy.param mc = 120 in [120, 240]
  strategy.tile [pc: k = kc, ic: m = mc]
  strategy.tile [jr: n = v(nv), ir: m = mr]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(nv)] at pc
  strategy.layout mm.lhs pack [m = mr] at ic
  strategy.vectorize mm [m = mr, n = v(nv)] with fma acc f32
  strategy.unroll kk by 2
}
