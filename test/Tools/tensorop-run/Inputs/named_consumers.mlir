func.func @f(%x: tensor<37x61xf32>, %w: tensor<61x53xf32>, %b: tensor<37x53xf32>) -> tensor<37x53xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<37x53xf32>
  %e2 = tensor.empty() : tensor<37x53xf32>
  %i = linalg.fill ins(%z:f32) outs(%e:tensor<37x53xf32>) -> tensor<37x53xf32>
  %r = linalg.matmul ins(%x,%w:tensor<37x61xf32>,tensor<61x53xf32>) outs(%i:tensor<37x53xf32>) -> tensor<37x53xf32>
  %s = linalg.add ins(%r,%b:tensor<37x53xf32>,tensor<37x53xf32>) outs(%e2:tensor<37x53xf32>) -> tensor<37x53xf32>
  %t = linalg.tanh ins(%s:tensor<37x53xf32>) outs(%e2:tensor<37x53xf32>) -> tensor<37x53xf32>
  return %t : tensor<37x53xf32>
}
