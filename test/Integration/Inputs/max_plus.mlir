#a0 = affine_map<(i, j, k) -> (i, k)>
#b0 = affine_map<(i, j, k) -> (k, j)>
#c0 = affine_map<(i, j, k) -> (i, j)>
func.func @maxplus(%a: tensor<64x4xf32>, %b: tensor<4x256xf32>, %c: tensor<64x256xf32>) -> tensor<64x256xf32> {
  %0 = linalg.generic {indexing_maps = [#a0, #b0, #c0], iterator_types = ["parallel","parallel","reduction"]} ins(%a, %b : tensor<64x4xf32>, tensor<4x256xf32>) outs(%c : tensor<64x256xf32>) {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %s = arith.subf %x, %y : f32
    %m = arith.maximumf %s, %z : f32
    linalg.yield %m : f32
  } -> tensor<64x256xf32>
  return %0 : tensor<64x256xf32>
}
