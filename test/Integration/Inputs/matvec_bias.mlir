func.func @layer(%w: tensor<61x203xf32>, %x: tensor<203xf32>, %b: tensor<61xf32>) -> tensor<61xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<61xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<61xf32>) -> tensor<61xf32>
  %y = linalg.matvec ins(%w, %x : tensor<61x203xf32>, tensor<203xf32>) outs(%init : tensor<61xf32>) -> tensor<61xf32>
  %s = linalg.add ins(%y, %b : tensor<61xf32>, tensor<61xf32>) outs(%empty : tensor<61xf32>) -> tensor<61xf32>
  return %s : tensor<61xf32>
}
