// f32 GEMM with a bias and one more elementwise op fused into the register tile,
// where elementary functions may be off by 2 ulp. Tiles as in sgemm.mlir.

// Short sums: the output is what moves, so it is written row by row, and only the
// right operand is copied.
strategy.plan @sgemm_epilogue_short root mm(m, n, k) with [bias(m, n), act(m, n)] when "k <= 128"
    requires [fma] numerics(reassoc, contract, approx(2))
    attributes {why = "short sums: one visit of the output, only the right operand is copied to panels"} {
  strategy.param mr = 8 in [8, 6]
  strategy.param nv = 3 in [3, 2]
  strategy.tile [pc: k = 128]
  strategy.tile [ir: m = mr, jr: n = v(nv)]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(nv)] at pc
  strategy.vectorize mm [m = mr, n = v(nv)] with fma
  strategy.fuse bias, act into jr when last(pc)
  strategy.unroll kk by 2
}

strategy.plan @sgemm_epilogue root mm(m, n, k) with [bias(m, n), act(m, n)]
    requires [fma] numerics(reassoc, contract, approx(2))
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
  strategy.fuse bias, act into ir when last(pc)
  strategy.unroll kk by 2
}
