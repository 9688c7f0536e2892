func.func @bmm(%a: tensor<3x40x50xf32>, %b: tensor<3x50x70xf32>) -> tensor<3x40x70xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3x40x70xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<3x40x70xf32>) -> tensor<3x40x70xf32>
  %0 = linalg.batch_matmul ins(%a, %b : tensor<3x40x50xf32>, tensor<3x50x70xf32>) outs(%f : tensor<3x40x70xf32>) -> tensor<3x40x70xf32>
  return %0 : tensor<3x40x70xf32>
}
strategy.plan @p root bmm(b, m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [bb: b = 1, pc: k = 32]
  strategy.tile [jr: n = v(2), ir: m = 6]
  strategy.tile [kk: k = 1]
  strategy.layout bmm.rhs pack [n = v(2)] at pc
  strategy.vectorize bmm [m = 6, n = v(2)] with fma
}
