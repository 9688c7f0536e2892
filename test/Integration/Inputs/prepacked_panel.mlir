// One panel, with a rest of k: filled without a loop around it.
strategy.plan @p root mm(m, n, k) requires [avx2] {
  strategy.tile [jr: n = v(1), ir: m = 6]
  strategy.tile [kk: k = 2]
  strategy.layout mm.rhs pack [n = v(1), k = 2] at load
  strategy.layout mm.lhs pack [m = 6, k = 2] at call
  strategy.vectorize mm [m = 6, n = v(1), k = 2] with pmaddwd acc i32
}

func.func @panel(%a: tensor<61x31xi8>, %b: tensor<31x8xi8>) -> tensor<61x8xi32> {
  %zero = arith.constant 0 : i32
  %empty = tensor.empty() : tensor<61x8xi32>
  %init = linalg.fill ins(%zero : i32) outs(%empty : tensor<61x8xi32>) -> tensor<61x8xi32>
  %c = linalg.matmul ins(%a, %b : tensor<61x31xi8>, tensor<31x8xi8>)
                     outs(%init : tensor<61x8xi32>) -> tensor<61x8xi32>
  return %c : tensor<61x8xi32>
}

func.func @constant(%a: tensor<61x31xi8>) -> tensor<61x8xi32> {
  %b = arith.constant dense<3> : tensor<31x8xi8>
  %zero = arith.constant 0 : i32
  %empty = tensor.empty() : tensor<61x8xi32>
  %init = linalg.fill ins(%zero : i32) outs(%empty : tensor<61x8xi32>) -> tensor<61x8xi32>
  %c = linalg.matmul ins(%a, %b : tensor<61x31xi8>, tensor<31x8xi8>)
                     outs(%init : tensor<61x8xi32>) -> tensor<61x8xi32>
  return %c : tensor<61x8xi32>
}
