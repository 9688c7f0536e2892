// Groups of four along k: any machine with such dot products of signed bytes.
strategy.plan @i8gemm root mm(m, n, k) requires [dotprod] {
  strategy.tile [jr: n = v(3), ir: m = 8]
  strategy.tile [kk: k = 4]
  strategy.layout mm.rhs pack [n = v(3), k = 4] at jr
  strategy.layout mm.lhs pack [m = 8, k = 4] at call
  strategy.vectorize mm [m = 8, n = v(3), k = 4] with sdot
  strategy.unroll kk by 4
}
