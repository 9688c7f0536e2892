// y = x * w + b for weights that stay the same: w is packed once (plan.mlir), the kernel is called
// from C as often as there is input (main.c).
func.func @layer(%x: tensor<16x200xf32> {tensorop.name = "x"},
                 %w: tensor<200x70xf32> {tensorop.name = "w"},
                 %b: tensor<70xf32> {tensorop.name = "b"}) -> tensor<16x70xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<16x70xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<16x70xf32>) -> tensor<16x70xf32>
  %xw = linalg.matmul ins(%x, %w : tensor<16x200xf32>, tensor<200x70xf32>)
                      outs(%init : tensor<16x70xf32>) -> tensor<16x70xf32>
  %y = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>,
                       affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%xw, %b : tensor<16x70xf32>, tensor<70xf32>) outs(%empty : tensor<16x70xf32>)
      attrs = {strategy.op = "bias"} {
    ^bb0(%v: f32, %bias: f32, %out: f32):
      %sum = arith.addf %v, %bias : f32
      linalg.yield %sum : f32
  } -> tensor<16x70xf32>
  return %y : tensor<16x70xf32>
}
