// Plans for 12x30x16, to be chosen and refused by the length of vectors.
strategy.plan @shortest root mm(m, n, k) when "vbits == 128" requires [fma] numerics(reassoc, contract) {
  strategy.tile [jr: n = v(2), ir: m = 6]
  strategy.tile [kk: k = 1]
  strategy.vectorize mm [m = 6, n = v(2)] with fma
}
