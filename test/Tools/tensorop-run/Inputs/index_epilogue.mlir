func.func @f(%a: tensor<8x9xf32>, %b: tensor<9x7xf32>) -> tensor<8x7xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x7xf32>
  %c = linalg.fill ins(%z : f32) outs(%e : tensor<8x7xf32>) -> tensor<8x7xf32>
  %y = linalg.matmul ins(%a, %b : tensor<8x9xf32>, tensor<9x7xf32>) outs(%c : tensor<8x7xf32>) -> tensor<8x7xf32>
  %q = linalg.generic {indexing_maps=[affine_map<(x,y)->(x,y)>,affine_map<(x,y)->(x,y)>],iterator_types=["parallel","parallel"]} ins(%y:tensor<8x7xf32>) outs(%e:tensor<8x7xf32>) { ^bb0(%p:f32,%r:f32): %i=linalg.index 0:index
   %j=linalg.index 1:index
   %cc=arith.cmpi sle,%j,%i:index
   %zz=arith.constant 0xFF800000:f32
   %m=arith.select %cc,%p,%zz:f32
   linalg.yield %m:f32 } -> tensor<8x7xf32>
  return %q : tensor<8x7xf32>
}
