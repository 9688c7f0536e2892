// The references of f64 leave the range where the kernel does, in their own order.
func.func @gemm(%a: tensor<16x300xf64> {tensorop.name = "a"}, %b: tensor<300x16xf64> {tensorop.name = "b"}, %bias0_in: tensor<16xf64> {tensorop.name = "bias0"}) -> tensor<16x16xf64> {
  %zero = arith.constant 0.0 : f64
  %empty = tensor.empty() : tensor<16x16xf64>
  %init = linalg.fill ins(%zero : f64) outs(%empty : tensor<16x16xf64>) -> tensor<16x16xf64>
  %product = linalg.matmul ins(%a, %b : tensor<16x300xf64>, tensor<300x16xf64>) outs(%init : tensor<16x16xf64>) -> tensor<16x16xf64>
  %bias0 = linalg.generic {
      indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (n)>, affine_map<(m, n) -> (m, n)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%product, %bias0_in : tensor<16x16xf64>, tensor<16xf64>) outs(%empty : tensor<16x16xf64>) {
    ^bb0(%x: f64, %y: f64, %unused: f64):
      %r = arith.addf %x, %y : f64
      linalg.yield %r : f64
  } -> tensor<16x16xf64>
  return %bias0 : tensor<16x16xf64>
}
