// relu(X * W + b), f32: a fully connected layer as a front end writes it, three ops after the fill.
func.func @fused_layer(%x: tensor<512x1024xf32>, %w: tensor<1024x768xf32>, %b: tensor<768xf32>) -> tensor<512x768xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<512x768xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<512x768xf32>) -> tensor<512x768xf32>
  %product = linalg.matmul ins(%x, %w : tensor<512x1024xf32>, tensor<1024x768xf32>)
                           outs(%init : tensor<512x768xf32>) -> tensor<512x768xf32>
  %sum = linalg.generic {
      indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (n)>, affine_map<(m, n) -> (m, n)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%product, %b : tensor<512x768xf32>, tensor<768xf32>) outs(%empty : tensor<512x768xf32>) {
    ^bb0(%p: f32, %v: f32, %out: f32):
      %s = arith.addf %p, %v : f32
      linalg.yield %s : f32
  } -> tensor<512x768xf32>
  %relu = linalg.generic {
      indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%sum : tensor<512x768xf32>) outs(%empty : tensor<512x768xf32>) {
    ^bb0(%p: f32, %out: f32):
      %r = arith.maximumf %p, %zero : f32
      linalg.yield %r : f32
  } -> tensor<512x768xf32>
  return %relu : tensor<512x768xf32>
}
