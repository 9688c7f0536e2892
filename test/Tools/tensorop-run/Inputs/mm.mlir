// C += A * B, small.
func.func @mm(%x: tensor<12x30xf32>, %w: tensor<30x16xf32>, %y: tensor<12x16xf32> {bufferization.writable = true}) -> tensor<12x16xf32> {
  %z = linalg.matmul ins(%x, %w : tensor<12x30xf32>, tensor<30x16xf32>) outs(%y : tensor<12x16xf32>) -> tensor<12x16xf32>
  return %z : tensor<12x16xf32>
}
