// The sgemm plan of the design, for every target: v(nv) is that many vectors,
// whatever they hold.
strategy.plan @sgemm root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.param kc = 256 in [128, 256, 512]
  strategy.param mr = 6 in 1 to 14
  strategy.param nv = 2 in [1, 2, 3, 4]
  strategy.param mc in mr to 480 step mr
  strategy.tile [pc: k = kc, ic: m = mc]
  strategy.tile [ir: m = mr, jr: n = v(nv)] edge(ir = auto, jr = auto)
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(nv)] at pc
  strategy.layout mm.lhs pack [m = mr] at ic
  strategy.vectorize mm [m = mr, n = v(nv)] with fma
  strategy.unroll kk by 4
}
