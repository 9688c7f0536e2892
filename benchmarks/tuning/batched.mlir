// Scores of attention: 16 heads, 128 queries and keys of 64 elements.
func.func @batched(%a: tensor<16x128x64xf32>, %b: tensor<16x64x128xf32>) -> tensor<16x128x128xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<16x128x128xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<16x128x128xf32>) -> tensor<16x128x128xf32>
  %c = linalg.batch_matmul ins(%a, %b : tensor<16x128x64xf32>, tensor<16x64x128xf32>)
                           outs(%init : tensor<16x128x128xf32>) -> tensor<16x128x128xf32>
  return %c : tensor<16x128x128xf32>
}
