// relu(A * B + bias) in f32: the GEMM of sgemm.mlir with two elementwise consumers
// fused into the register tile. A front end's ops have no names; tensorop-form-kernels
// calls the first elementwise consumer `ew0`, the next `ew1`.
//
// The consumers run where the tile's sum is finished: inside `ir`, the innermost loop
// around the register tile, in the last iteration of `pc`, the loop over blocks of k.
strategy.plan @sgemm_bias_relu root mm(m, n, k) with [ew0(m, n), ew1(m, n)]
    requires [fma] numerics(reassoc, contract)
    attributes {why = "bias and relu on the tile while it is in the first-level cache: the result is written once"} {
  strategy.param mr = 8 in [8, 6]
  strategy.param nv = 3 in [3, 2]
  strategy.param kc = 512 in [512, 256]
  strategy.param mc = 120 in [120, 240]
  strategy.tile [pc: k = kc, ic: m = mc]
  strategy.tile [jr: n = v(nv), ir: m = mr]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(nv)] at pc
  strategy.layout mm.lhs pack [m = mr] at ic
  strategy.fuse ew0, ew1 into ir when last(pc)
  strategy.vectorize mm [m = mr, n = v(nv)] with fma
  strategy.unroll kk by 2
}
