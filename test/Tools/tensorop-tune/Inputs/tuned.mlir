strategy.plan @own root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [ir: m = 4, jr: n = v(1)]
  strategy.tile [kk: k = 1]
  strategy.vectorize mm [m = 4, n = v(1)] with fma
}
func.func @matmul(%a: tensor<48x40xf32>, %b: tensor<40x56xf32>) -> tensor<48x56xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<48x56xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<48x56xf32>) -> tensor<48x56xf32>
  %c = linalg.matmul ins(%a, %b : tensor<48x40xf32>, tensor<40x56xf32>)
                     outs(%init : tensor<48x56xf32>) -> tensor<48x56xf32>
  return %c : tensor<48x56xf32>
}
