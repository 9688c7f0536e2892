// Products with a vector, in the forms that the dialect has for them.
#km = affine_map<(m, k) -> (k, m)>
#k = affine_map<(m, k) -> (k)>
#m = affine_map<(m, k) -> (m)>

func.func @matvec(%a: tensor<40x30xf32>, %x: tensor<30xf32>) -> tensor<40xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<40xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<40xf32>) -> tensor<40xf32>
  %r = linalg.matvec ins(%a, %x : tensor<40x30xf32>, tensor<30xf32>) outs(%f : tensor<40xf32>) -> tensor<40xf32>
  return %r : tensor<40xf32>
}

func.func @vecmat(%x: tensor<30xf32>, %a: tensor<30x40xf32>) -> tensor<40xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<40xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<40xf32>) -> tensor<40xf32>
  %r = linalg.vecmat ins(%x, %a : tensor<30xf32>, tensor<30x40xf32>) outs(%f : tensor<40xf32>) -> tensor<40xf32>
  return %r : tensor<40xf32>
}

// The transposed matrix times a vector.
func.func @transposed(%a: tensor<30x40xf32>, %x: tensor<30xf32>) -> tensor<40xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<40xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<40xf32>) -> tensor<40xf32>
  %r = linalg.generic {indexing_maps = [#km, #k, #m], iterator_types = ["parallel", "reduction"]}
      ins(%a, %x : tensor<30x40xf32>, tensor<30xf32>) outs(%f : tensor<40xf32>) {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %t = arith.mulf %p, %q : f32
    %s = arith.addf %o, %t : f32
    linalg.yield %s : f32
  } -> tensor<40xf32>
  return %r : tensor<40xf32>
}

// The same as a matrix of one column.
func.func @column(%a: tensor<30x40xf32>, %x: tensor<30x1xf32>) -> tensor<40x1xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<40x1xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<40x1xf32>) -> tensor<40x1xf32>
  %r = linalg.matmul
      indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%a, %x : tensor<30x40xf32>, tensor<30x1xf32>) outs(%f : tensor<40x1xf32>) -> tensor<40x1xf32>
  return %r : tensor<40x1xf32>
}
