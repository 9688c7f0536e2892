// Fuses a consumer that knows its place in the result.
strategy.plan @p root mm(m, n, k) with [ew0(m, n)] requires [fma]
    numerics(reassoc, contract) {
  strategy.tile [pc: k = 9]
  strategy.tile [jr: n = v(1), ir: m = 4]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(1)] at pc
  strategy.vectorize mm [m = 4, n = v(1)] with fma
  strategy.fuse ew0 into ir when last(pc)
}
