#ij = affine_map<(i, j) -> (i, j)>
func.func @both(%a: tensor<64x256xf32>, %b: tensor<256x96xf32>) -> (tensor<64x96xf32>, tensor<64x96xf32>) {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64x96xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<64x96xf32>) -> tensor<64x96xf32>
  %m = linalg.matmul ins(%a, %b : tensor<64x256xf32>, tensor<256x96xf32>) outs(%i : tensor<64x96xf32>) -> tensor<64x96xf32>
  %y = linalg.generic {indexing_maps = [#ij, #ij], iterator_types = ["parallel", "parallel"]}
      ins(%m : tensor<64x96xf32>) outs(%e : tensor<64x96xf32>) {
  ^bb0(%x: f32, %old: f32):
    %lo = arith.maximumf %x, %z : f32
    linalg.yield %lo : f32
  } -> tensor<64x96xf32>
  return %m, %y : tensor<64x96xf32>, tensor<64x96xf32>
}
func.func @transposed(%a: tensor<64x256xf32>, %b: tensor<256x96xf32>) -> tensor<96x64xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64x96xf32>
  %f = tensor.empty() : tensor<96x64xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<64x96xf32>) -> tensor<64x96xf32>
  %m = linalg.matmul ins(%a, %b : tensor<64x256xf32>, tensor<256x96xf32>) outs(%i : tensor<64x96xf32>) -> tensor<64x96xf32>
  %y = linalg.generic {indexing_maps = [#ij, affine_map<(i, j) -> (j, i)>], iterator_types = ["parallel", "parallel"]}
      ins(%m : tensor<64x96xf32>) outs(%f : tensor<96x64xf32>) {
  ^bb0(%x: f32, %old: f32):
    %lo = arith.maximumf %x, %z : f32
    linalg.yield %lo : f32
  } -> tensor<96x64xf32>
  return %y : tensor<96x64xf32>
}
func.func @users(%a: tensor<64x256xf32>, %b: tensor<256x96xf32>) -> (tensor<64x96xf32>, tensor<64x96xf32>) {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64x96xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<64x96xf32>) -> tensor<64x96xf32>
  %m = linalg.matmul ins(%a, %b : tensor<64x256xf32>, tensor<256x96xf32>) outs(%i : tensor<64x96xf32>) -> tensor<64x96xf32>
  %y = linalg.generic {indexing_maps = [#ij, #ij], iterator_types = ["parallel", "parallel"]}
      ins(%m : tensor<64x96xf32>) outs(%e : tensor<64x96xf32>) {
  ^bb0(%x: f32, %old: f32):
    %lo = arith.maximumf %x, %z : f32
    linalg.yield %lo : f32
  } -> tensor<64x96xf32>
  %y2 = linalg.generic {indexing_maps = [#ij, #ij], iterator_types = ["parallel", "parallel"]}
      ins(%m : tensor<64x96xf32>) outs(%e : tensor<64x96xf32>) {
  ^bb0(%x: f32, %old: f32):
    %lo = arith.minimumf %x, %z : f32
    linalg.yield %lo : f32
  } -> tensor<64x96xf32>
  return %y2, %y : tensor<64x96xf32>, tensor<64x96xf32>
}

func.func @narrow(%a: tensor<64x256xf32>, %b: tensor<256x96xf32>) -> tensor<64x96xbf16> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64x96xf32>
  %f = tensor.empty() : tensor<64x96xbf16>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<64x96xf32>) -> tensor<64x96xf32>
  %m = linalg.matmul ins(%a, %b : tensor<64x256xf32>, tensor<256x96xf32>) outs(%i : tensor<64x96xf32>) -> tensor<64x96xf32>
  %y = linalg.generic {indexing_maps = [#ij, #ij], iterator_types = ["parallel", "parallel"]}
      ins(%m : tensor<64x96xf32>) outs(%f : tensor<64x96xbf16>) {
  ^bb0(%x: f32, %old: bf16):
    %lo = arith.maximumf %x, %z : f32
    %t = arith.truncf %lo : f32 to bf16
    linalg.yield %t : bf16
  } -> tensor<64x96xbf16>
  return %y : tensor<64x96xbf16>
}
func.func @index(%a: tensor<64x256xf32>, %b: tensor<256x96xf32>) -> tensor<64x96xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64x96xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<64x96xf32>) -> tensor<64x96xf32>
  %m = linalg.matmul ins(%a, %b : tensor<64x256xf32>, tensor<256x96xf32>) outs(%i : tensor<64x96xf32>) -> tensor<64x96xf32>
  %y = linalg.generic {indexing_maps = [#ij, #ij], iterator_types = ["parallel", "parallel"]}
      ins(%m : tensor<64x96xf32>) outs(%e : tensor<64x96xf32>) {
  ^bb0(%x: f32, %old: f32):
    %row = linalg.index 0 : index
    %n = arith.index_cast %row : index to i32
    %s = arith.sitofp %n : i32 to f32
    %r = arith.addf %x, %s : f32
    linalg.yield %r : f32
  } -> tensor<64x96xf32>
  return %y : tensor<64x96xf32>
}
func.func @repeated(%a: tensor<64x256xf32>, %b: tensor<256x96xf32>) -> tensor<4x64x96xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64x96xf32>
  %f = tensor.empty() : tensor<4x64x96xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<64x96xf32>) -> tensor<64x96xf32>
  %m = linalg.matmul ins(%a, %b : tensor<64x256xf32>, tensor<256x96xf32>) outs(%i : tensor<64x96xf32>) -> tensor<64x96xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(h, i, j) -> (i, j)>, affine_map<(h, i, j) -> (h, i, j)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%m : tensor<64x96xf32>) outs(%f : tensor<4x64x96xf32>) {
  ^bb0(%x: f32, %old: f32):
    %r = arith.maximumf %x, %z : f32
    linalg.yield %r : f32
  } -> tensor<4x64x96xf32>
  return %y : tensor<4x64x96xf32>
}
