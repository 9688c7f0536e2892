// A sum whose worst error would be as large as the sum itself.
func.func @long_bias(%a: tensor<16x20000xf32>, %b: tensor<20000x32xf32>, %bias: tensor<32xf32>) -> tensor<16x32xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<16x32xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<16x32xf32>) -> tensor<16x32xf32>
  %r = linalg.matmul ins(%a, %b : tensor<16x20000xf32>, tensor<20000x32xf32>) outs(%i : tensor<16x32xf32>) -> tensor<16x32xf32>
  %g = linalg.generic {indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (n)>, affine_map<(m, n) -> (m, n)>], iterator_types = ["parallel", "parallel"]} ins(%r, %bias : tensor<16x32xf32>, tensor<32xf32>) outs(%e : tensor<16x32xf32>) {
  ^bb0(%v: f32, %w: f32, %o: f32):
    %q = arith.addf %v, %w : f32
    linalg.yield %q : f32 } -> tensor<16x32xf32>
  return %g : tensor<16x32xf32>
}
