// A product and an elementwise consumer.
func.func @mm_bias(%a: tensor<24x64xf32>, %b: tensor<64x48xf32>, %bias: tensor<48xf32>) -> tensor<24x48xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<24x48xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<24x48xf32>) -> tensor<24x48xf32>
  %c = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<24x64xf32>, tensor<64x48xf32>)
                     outs(%init : tensor<24x48xf32>) -> tensor<24x48xf32>
  %d = linalg.generic {
      indexing_maps = [affine_map<(m, n) -> (n)>, affine_map<(m, n) -> (m, n)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%bias : tensor<48xf32>) outs(%c : tensor<24x48xf32>) attrs = {strategy.op = "bias"} {
    ^bb0(%v: f32, %acc: f32):
      %sum = arith.addf %acc, %v : f32
      linalg.yield %sum : f32
  } -> tensor<24x48xf32>
  return %d : tensor<24x48xf32>
}
