// `at load`: the weights are packed by an entry of their own, before the first call.
strategy.plan @prepacked root mm(m, n, k) with [bias(m, n)] requires [fma] numerics(reassoc, contract)
    attributes {why = "the weights stay the same from call to call"} {
  strategy.tile [jr: n = v(2), ir: m = 6]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(2)] at load
  strategy.fuse bias into ir
  strategy.vectorize mm [m = 6, n = v(2)] with fma
  strategy.unroll kk by 2
}
