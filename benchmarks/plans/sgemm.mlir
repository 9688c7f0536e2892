// Hand-written plans for f32 GEMM on x86, best first; the first whose guard and
// features hold is taken. Measured on Zen 5 (AVX-512): 8 x 3 vectors; AVX2 has
// half the registers, which leaves 6 x 2 in the domains.
//
// Common to all: with the default policy `auto`, edges have narrow versions of
// their own, so that no FMA is wasted; kk stays a loop, since unrolling it by more
// than 2 gains nothing.

// Operands that stay in the second-level cache, or that are used by few rows
// only: copying costs more than it gains.
strategy.plan @sgemm_small root mm(m, n, k) when "n * k <= 262144 || m <= 32"
    requires [fma] numerics(reassoc, contract)
    attributes {why = "used by few rows or small enough for the second-level cache: a copy costs more than it gains"} {
  strategy.param mr = 8 in [8, 6]
  strategy.param nv = 3 in [3, 2]
  strategy.param kc = 512 in [512, 256]
  strategy.tile [pc: k = kc]
  strategy.tile [jr: n = v(nv), ir: m = mr]
  strategy.tile [kk: k = 1]
  strategy.vectorize mm [m = mr, n = v(nv)] with fma
  strategy.unroll kk by 2
}

// Few columns: the left operand is read once or a few times, so only the right
// one is copied.
strategy.plan @sgemm_skinny root mm(m, n, k) when "n <= 192"
    requires [fma] numerics(reassoc, contract)
    attributes {why = "few columns: only the right operand is copied to panels"} {
  strategy.param mr = 8 in [8, 6]
  strategy.param nv = 3 in [3, 2]
  strategy.param kc = 512 in [512, 256]
  strategy.param mc = 480 in [480, 240]
  strategy.tile [pc: k = kc, ic: m = mc]
  strategy.tile [jr: n = v(nv), ir: m = mr]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(nv)] at pc
  strategy.vectorize mm [m = mr, n = v(nv)] with fma
  strategy.unroll kk by 2
}

// Everything else: panels of both operands, the left block in the second-level
// cache (mc * kc), one right panel streamed from it.
strategy.plan @sgemm root mm(m, n, k)
    requires [fma] numerics(reassoc, contract)
    attributes {why = "panels of both operands, the left block in the second-level cache"} {
  strategy.param mr = 8 in [8, 6]
  strategy.param nv = 3 in [3, 2]
  strategy.param kc = 512 in [512, 256]
  strategy.param mc = 120 in [120, 240]
  strategy.tile [pc: k = kc, ic: m = mc]
  strategy.tile [jr: n = v(nv), ir: m = mr]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(nv)] at pc
  strategy.layout mm.lhs pack [m = mr] at ic
  strategy.vectorize mm [m = mr, n = v(nv)] with fma
  strategy.unroll kk by 2
}
