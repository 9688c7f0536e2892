// Factors in i16, sums in i32.
func.func @matmul(%a: tensor<5x24xi16>, %b: tensor<24x7xi16>, %c: tensor<5x7xi32> {bufferization.writable = true}) -> tensor<5x7xi32> {
  %r = linalg.matmul ins(%a, %b : tensor<5x24xi16>, tensor<24x7xi16>) outs(%c : tensor<5x7xi32>) -> tensor<5x7xi32>
  return %r : tensor<5x7xi32>
}
