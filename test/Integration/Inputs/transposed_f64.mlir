func.func @tb(%a: tensor<50x40xf64>, %b: tensor<70x50xf64>) -> tensor<40x70xf64> {
  %z = arith.constant 0.0 : f64
  %e = tensor.empty() : tensor<40x70xf64>
  %f = linalg.fill ins(%z : f64) outs(%e : tensor<40x70xf64>) -> tensor<40x70xf64>
  %0 = linalg.generic {indexing_maps = [affine_map<(m,n,k)->(k,m)>, affine_map<(m,n,k)->(n,k)>, affine_map<(m,n,k)->(m,n)>], iterator_types = ["parallel","parallel","reduction"]} ins(%a, %b : tensor<50x40xf64>, tensor<70x50xf64>) outs(%f : tensor<40x70xf64>) {
  ^bb0(%x: f64, %y: f64, %o: f64):
    %s = arith.mulf %x, %y : f64
    %r = arith.addf %s, %o : f64
    linalg.yield %r : f64
  } -> tensor<40x70xf64>
  return %0 : tensor<40x70xf64>
}
strategy.plan @p root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [pc: k = 32]
  strategy.tile [jr: n = v(2), ir: m = 6]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(2)] at pc
  strategy.layout mm.lhs pack [m = 6] at pc
  strategy.vectorize mm [m = 6, n = v(2)] with fma
}
