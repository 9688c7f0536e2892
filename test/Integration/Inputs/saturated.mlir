// Products whose results are saturated, or stored in a narrow type: roundings
// of the sums move few of their elements, and these by as much as they are.
#ij = affine_map<(i, j) -> (i, j)>
#j = affine_map<(i, j) -> (j)>

func.func @gelu_erf(%a: tensor<64x32xbf16>, %b: tensor<32x96xbf16>, %bias: tensor<96xf32>) -> tensor<64x96xbf16> {
  %z = arith.constant 0.0 : f32
  %half = arith.constant 0.5 : f32
  %one = arith.constant 1.0 : f32
  %s2 = arith.constant 0.70710678118654752440 : f32
  %e = tensor.empty() : tensor<64x96xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<64x96xf32>) -> tensor<64x96xf32>
  %m = linalg.matmul ins(%a, %b : tensor<64x32xbf16>, tensor<32x96xbf16>) outs(%i : tensor<64x96xf32>) -> tensor<64x96xf32>
  %o = tensor.empty() : tensor<64x96xbf16>
  %y = linalg.generic {indexing_maps = [#ij, #j, #ij], iterator_types = ["parallel", "parallel"]}
      ins(%m, %bias : tensor<64x96xf32>, tensor<96xf32>) outs(%o : tensor<64x96xbf16>) {
  ^bb0(%x: f32, %v: f32, %old: bf16):
    %s = arith.addf %x, %v : f32
    %t = arith.mulf %s, %s2 : f32
    %erf = math.erf %t : f32
    %p = arith.addf %erf, %one : f32
    %h = arith.mulf %s, %half : f32
    %g = arith.mulf %h, %p : f32
    %r = arith.truncf %g : f32 to bf16
    linalg.yield %r : bf16
  } -> tensor<64x96xbf16>
  return %y : tensor<64x96xbf16>
}

func.func @gelu_tanh(%a: tensor<64x32xbf16>, %b: tensor<32x96xbf16>, %bias: tensor<96xf32>) -> tensor<64x96xbf16> {
  %z = arith.constant 0.0 : f32
  %half = arith.constant 0.5 : f32
  %one = arith.constant 1.0 : f32
  %s2 = arith.constant 0.70710678118654752440 : f32
  %e = tensor.empty() : tensor<64x96xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<64x96xf32>) -> tensor<64x96xf32>
  %m = linalg.matmul ins(%a, %b : tensor<64x32xbf16>, tensor<32x96xbf16>) outs(%i : tensor<64x96xf32>) -> tensor<64x96xf32>
  %o = tensor.empty() : tensor<64x96xbf16>
  %y = linalg.generic {indexing_maps = [#ij, #j, #ij], iterator_types = ["parallel", "parallel"]}
      ins(%m, %bias : tensor<64x96xf32>, tensor<96xf32>) outs(%o : tensor<64x96xbf16>) {
  ^bb0(%x: f32, %v: f32, %old: bf16):
    %s = arith.addf %x, %v : f32
    %t = arith.mulf %s, %s2 : f32
    %erf = math.tanh %t : f32
    %p = arith.addf %erf, %one : f32
    %h = arith.mulf %s, %half : f32
    %g = arith.mulf %h, %p : f32
    %r = arith.truncf %g : f32 to bf16
    linalg.yield %r : bf16
  } -> tensor<64x96xbf16>
  return %y : tensor<64x96xbf16>
}

func.func @clamp(%a: tensor<64x3000xf32>, %b: tensor<3000x96xf32>) -> tensor<64x96xf32> {
  %z = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %e = tensor.empty() : tensor<64x96xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<64x96xf32>) -> tensor<64x96xf32>
  %m = linalg.matmul ins(%a, %b : tensor<64x3000xf32>, tensor<3000x96xf32>) outs(%i : tensor<64x96xf32>) -> tensor<64x96xf32>
  %y = linalg.generic {indexing_maps = [#ij, #ij], iterator_types = ["parallel", "parallel"]}
      ins(%m : tensor<64x96xf32>) outs(%e : tensor<64x96xf32>) {
  ^bb0(%x: f32, %old: f32):
    %lo = arith.maximumf %x, %z : f32
    %hi = arith.minimumf %lo, %one : f32
    linalg.yield %hi : f32
  } -> tensor<64x96xf32>
  return %y : tensor<64x96xf32>
}
