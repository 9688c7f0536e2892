// y = x * w + b: one layer, to be called from C (main.c beside it).
func.func @layer(%x: tensor<5x7xf32> {tensorop.name = "x"},
                 %w: tensor<7x3xf32> {tensorop.name = "w"},
                 %b: tensor<3xf32> {tensorop.name = "b"}) -> tensor<5x3xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<5x3xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<5x3xf32>) -> tensor<5x3xf32>
  %xw = linalg.matmul ins(%x, %w : tensor<5x7xf32>, tensor<7x3xf32>)
                      outs(%init : tensor<5x3xf32>) -> tensor<5x3xf32>
  %y = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>,
                       affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%xw, %b : tensor<5x3xf32>, tensor<3xf32>) outs(%empty : tensor<5x3xf32>) {
    ^bb0(%v: f32, %bias: f32, %out: f32):
      %sum = arith.addf %v, %bias : f32
      linalg.yield %sum : f32
  } -> tensor<5x3xf32>
  return %y : tensor<5x3xf32>
}
