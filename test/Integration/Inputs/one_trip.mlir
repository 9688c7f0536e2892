// Loop jc runs once and so starts at a panel, whatever its size is.
strategy.plan @p root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [ic: m = 4, jc: n = 64]
  strategy.tile [ir: m = 2, jr: n = v(3)] edge(ir = peel, jr = auto)
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(3)] at ic
  strategy.vectorize mm [m = 2, n = v(3)] with fma
}

func.func @f(%a: tensor<12x48xf32>, %b: tensor<48x8xf32>) -> tensor<12x8xf32> {
  %zero = arith.constant 0.5 : f32
  %empty = tensor.empty() : tensor<12x8xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<12x8xf32>) -> tensor<12x8xf32>
  %c = linalg.matmul ins(%a, %b : tensor<12x48xf32>, tensor<48x8xf32>)
                     outs(%init : tensor<12x8xf32>) -> tensor<12x8xf32>
  return %c : tensor<12x8xf32>
}
