// Factors in f16, sums in f32.
func.func @matmul(%a: tensor<9x33xf16>, %b: tensor<33x17xf16>, %c: tensor<9x17xf32> {bufferization.writable = true}) -> tensor<9x17xf32> {
  %r = linalg.matmul ins(%a, %b : tensor<9x33xf16>, tensor<33x17xf16>) outs(%c : tensor<9x17xf32>) -> tensor<9x17xf32>
  return %r : tensor<9x17xf32>
}
