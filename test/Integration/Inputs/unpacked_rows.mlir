strategy.plan @unpacked_rows root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [jr: n = v(6), ir: m = 4]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(6)] at jr
  strategy.vectorize mm [m = 4, n = v(6)] with fma
  strategy.unroll kk by 8
}
