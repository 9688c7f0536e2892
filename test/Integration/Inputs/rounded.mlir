// Whole numbers behind a dozen roundings: where these cancel in the references, they need not in the kernel.
#ij = affine_map<(i, j) -> (i, j)>

func.func @rounded(%a: tensor<512x2xf32>, %b: tensor<2x512xf32>, %c: tensor<2x512xf32>) -> tensor<512x512xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<512x512xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<512x512xf32>) -> tensor<512x512xf32>
  %m = linalg.matmul ins(%a, %b : tensor<512x2xf32>, tensor<2x512xf32>) outs(%i : tensor<512x512xf32>) -> tensor<512x512xf32>
  %m2 = linalg.matmul ins(%a, %c : tensor<512x2xf32>, tensor<2x512xf32>) outs(%i : tensor<512x512xf32>) -> tensor<512x512xf32>
  %o = tensor.empty() : tensor<512x512xf32>
  %y = linalg.generic {indexing_maps = [#ij, #ij, #ij], iterator_types = ["parallel", "parallel"]}
      ins(%m, %m2 : tensor<512x512xf32>, tensor<512x512xf32>) outs(%o : tensor<512x512xf32>) {
  ^bb0(%x: f32, %w: f32, %old: f32):
    %c0 = arith.constant 3.000000e+03 : f32
    %t0 = arith.mulf %x, %c0 : f32
    %k0 = arith.constant 2.018769e+03 : f32
    %s0 = arith.mulf %w, %k0 : f32
    %t1 = arith.addf %t0, %s0 : f32
    %k1 = arith.constant -1.418807e+02 : f32
    %s1 = arith.mulf %w, %k1 : f32
    %t2 = arith.addf %t1, %s1 : f32
    %k2 = arith.constant 8.344088e+02 : f32
    %s2 = arith.mulf %w, %k2 : f32
    %t3 = arith.addf %t2, %s2 : f32
    %k3 = arith.constant -2.096301e+03 : f32
    %s3 = arith.mulf %w, %k3 : f32
    %t4 = arith.addf %t3, %s3 : f32
    %k4 = arith.constant 8.091639e+02 : f32
    %s4 = arith.mulf %w, %k4 : f32
    %t5 = arith.addf %t4, %s4 : f32
    %k5 = arith.constant 2.208272e+03 : f32
    %s5 = arith.mulf %w, %k5 : f32
    %t6 = arith.addf %t5, %s5 : f32
    %k6 = arith.constant 1.390873e+02 : f32
    %s6 = arith.mulf %w, %k6 : f32
    %t7 = arith.addf %t6, %s6 : f32
    %k7 = arith.constant 1.447511e+03 : f32
    %s7 = arith.mulf %w, %k7 : f32
    %t8 = arith.addf %t7, %s7 : f32
    %k8 = arith.constant 1.028469e+03 : f32
    %s8 = arith.mulf %w, %k8 : f32
    %t9 = arith.addf %t8, %s8 : f32
    %k9 = arith.constant -2.615811e+03 : f32
    %s9 = arith.mulf %w, %k9 : f32
    %t10 = arith.addf %t9, %s9 : f32
    %k10 = arith.constant 1.549381e+03 : f32
    %s10 = arith.mulf %w, %k10 : f32
    %t11 = arith.addf %t10, %s10 : f32
    %k11 = arith.constant 5.465975e+02 : f32
    %s11 = arith.mulf %w, %k11 : f32
    %t12 = arith.addf %t11, %s11 : f32
    %r = math.floor %t12 : f32
    linalg.yield %r : f32
  } -> tensor<512x512xf32>
  return %y : tensor<512x512xf32>
}
