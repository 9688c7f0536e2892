// A product of bf16 with sums in f32, then a bias and ReLU: 13 rows, 21 columns
// and 17 terms leave a rest in every tile.

#mn = affine_map<(m, n) -> (m, n)>
#n = affine_map<(m, n) -> (n)>

func.func @layer(%a: tensor<13x17xbf16>, %b: tensor<17x21xbf16>, %bias: tensor<21xf32>) -> tensor<13x21xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<13x21xf32>
  %f = linalg.fill ins(%zero : f32) outs(%empty : tensor<13x21xf32>) -> tensor<13x21xf32>
  %x = linalg.matmul ins(%a, %b : tensor<13x17xbf16>, tensor<17x21xbf16>) outs(%f : tensor<13x21xf32>) -> tensor<13x21xf32>
  %y = linalg.generic {indexing_maps = [#mn, #n, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%x, %bias : tensor<13x21xf32>, tensor<21xf32>) outs(%empty : tensor<13x21xf32>) {
  ^bb0(%v: f32, %w: f32, %o: f32):
    %s = arith.addf %v, %w : f32
    %r = arith.maximumf %s, %zero : f32
    linalg.yield %r : f32
  } -> tensor<13x21xf32>
  return %y : tensor<13x21xf32>
}
