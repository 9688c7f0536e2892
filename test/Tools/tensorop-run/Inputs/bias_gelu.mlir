// A bias and GELU as one op; its elementary function may be approximated.
#mn = affine_map<(m, n) -> (m, n)>
#n = affine_map<(m, n) -> (n)>
func.func @bias_gelu(%x: tensor<256x512xf32> {bufferization.writable = true}, %bias: tensor<512xf32>) -> tensor<256x512xf32> {
  %z = linalg.generic {indexing_maps = [#n, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%bias : tensor<512xf32>) outs(%x : tensor<256x512xf32>) {
  ^bb0(%w: f32, %q: f32):
    %v = arith.addf %q, %w : f32
    %half = arith.constant 0.5 : f32
    %root = arith.constant 0.707106781 : f32
    %one = arith.constant 1.0 : f32
    %s = arith.mulf %v, %root : f32
    %t = math.erf %s fastmath<afn> : f32
    %u = arith.addf %t, %one : f32
    %h = arith.mulf %v, %half : f32
    %r = arith.mulf %h, %u : f32
    linalg.yield %r : f32
  } -> tensor<256x512xf32>
  return %z : tensor<256x512xf32>
}
