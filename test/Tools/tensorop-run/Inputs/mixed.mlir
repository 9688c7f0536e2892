// Sums of floats with factors that are integers, of one and of both operands.
func.func @mix(%a: tensor<9x33xi8>, %b: tensor<33x18xf32>) -> tensor<9x18xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<9x18xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<9x18xf32>) -> tensor<9x18xf32>
  %r = linalg.matmul ins(%a, %b : tensor<9x33xi8>, tensor<33x18xf32>) outs(%f : tensor<9x18xf32>) -> tensor<9x18xf32>
  return %r : tensor<9x18xf32>
}

func.func @bytes(%a: tensor<9x33xi8>, %b: tensor<33x18xi8>) -> tensor<9x18xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<9x18xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<9x18xf32>) -> tensor<9x18xf32>
  %r = linalg.matmul ins(%a, %b : tensor<9x33xi8>, tensor<33x18xi8>) outs(%f : tensor<9x18xf32>) -> tensor<9x18xf32>
  return %r : tensor<9x18xf32>
}
