// C[i, j, k] = sum over l and m of A[i, l, m] * B[j, m, k, l]: two reductions,
// which the operands have in different orders.
#a = affine_map<(i, j, k, l, m) -> (i, l, m)>
#b = affine_map<(i, j, k, l, m) -> (j, m, k, l)>
#c = affine_map<(i, j, k, l, m) -> (i, j, k)>
func.func @contraction(%a: tensor<96x20x32xf32>, %b: tensor<24x32x40x20xf32>) -> tensor<96x24x40xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<96x24x40xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<96x24x40xf32>) -> tensor<96x24x40xf32>
  %c = linalg.generic {indexing_maps = [#a, #b, #c],
                       iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%a, %b : tensor<96x20x32xf32>, tensor<24x32x40x20xf32>) outs(%init : tensor<96x24x40xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %product = arith.mulf %x, %y : f32
    %next = arith.addf %sum, %product : f32
    linalg.yield %next : f32
  } -> tensor<96x24x40xf32>
  return %c : tensor<96x24x40xf32>
}
