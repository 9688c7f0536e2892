func.func @f(%x: tensor<37x61xf32>, %w: tensor<61x53xf32>, %acc: tensor<37x53xf32> {bufferization.writable = true}, %res: tensor<37x53xf32> {bufferization.writable = true}) -> tensor<37x53xf32> {
  %r = linalg.matmul ins(%x,%w:tensor<37x61xf32>,tensor<61x53xf32>) outs(%acc:tensor<37x53xf32>) -> tensor<37x53xf32>
  %s = linalg.generic {indexing_maps=[affine_map<(i,j)->(i,j)>,affine_map<(i,j)->(i,j)>],iterator_types=["parallel","parallel"]} ins(%r:tensor<37x53xf32>) outs(%res:tensor<37x53xf32>) {
   ^bb0(%a: f32, %o: f32):
     %t = arith.addf %a, %o : f32
     linalg.yield %t : f32 } -> tensor<37x53xf32>
  return %s : tensor<37x53xf32>
}
