func.func @f(%x: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %z = arith.constant dense<0.0> : tensor<8x8xf32>
  %b = linalg.matmul ins(%x, %x : tensor<8x8xf32>, tensor<8x8xf32>) outs(%z : tensor<8x8xf32>) {strategy.op = "good"} -> tensor<8x8xf32>
  %c = linalg.matmul ins(%b, %x : tensor<8x8xf32>, tensor<8x8xf32>) outs(%z : tensor<8x8xf32>) {strategy.op = "x y"} -> tensor<8x8xf32>
  return %c : tensor<8x8xf32>
}
