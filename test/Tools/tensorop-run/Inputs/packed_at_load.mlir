strategy.plan @load root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [jr: n = v(2), ir: m = 6]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(2)] at load
  strategy.vectorize mm [m = 6, n = v(2)] with fma
}
