// C[a, b, c] = sum over d of A[b, d, a] * B[d, c]: the first operand has its
// dimensions in another order than the result.
#a = affine_map<(a, b, c, d) -> (b, d, a)>
#b = affine_map<(a, b, c, d) -> (d, c)>
#c = affine_map<(a, b, c, d) -> (a, b, c)>
func.func @contraction(%a: tensor<24x160x48xf32>, %b: tensor<160x192xf32>) -> tensor<48x24x192xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<48x24x192xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<48x24x192xf32>) -> tensor<48x24x192xf32>
  %c = linalg.generic {indexing_maps = [#a, #b, #c],
                       iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%a, %b : tensor<24x160x48xf32>, tensor<160x192xf32>) outs(%init : tensor<48x24x192xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %product = arith.mulf %x, %y : f32
    %next = arith.addf %sum, %product : f32
    linalg.yield %next : f32
  } -> tensor<48x24x192xf32>
  return %c : tensor<48x24x192xf32>
}
