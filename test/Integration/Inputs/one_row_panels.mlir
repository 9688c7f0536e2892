// Panels of one row, as the reduction goes step by step: their copies have no
// loop over rows.
func.func @mm(%a: tensor<37x24xf32>, %b: tensor<24x64xf32>) -> tensor<37x64xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<37x64xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<37x64xf32>) -> tensor<37x64xf32>
  %c = linalg.matmul ins(%a, %b : tensor<37x24xf32>, tensor<24x64xf32>)
                     outs(%init : tensor<37x64xf32>) -> tensor<37x64xf32>
  return %c : tensor<37x64xf32>
}
strategy.plan @p root mm(m, n, k) numerics(reassoc, contract) {
  strategy.tile [pc: k = 1]
  strategy.tile [jr: n = v(2), ir: m = 4]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(2)] at jr
  strategy.vectorize mm [m = 4, n = v(2)] with fma
}
