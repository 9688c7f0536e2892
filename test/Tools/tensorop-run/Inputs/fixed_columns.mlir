// 16 columns are too many registers for short vectors, and less than one long one.
strategy.plan @columns root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [jr: n = 16, ir: m = 12]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = 16] at ir
  strategy.vectorize mm [m = 12, n = 16] with fma
}
