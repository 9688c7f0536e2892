// Several accumulators for each sum: of elements of k, of one more reduction outside, and in lanes along k, with remainders of
// all dimensions, a start value, a consumer on the sums, and single elements at the end of an operand.
strategy.plan @rows root rows(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [pc: k = 48]
  strategy.tile [jr: n = 4, ir: m = 3] edge(jr = mask, ir = mask)
  strategy.tile [kk: k = 4]
  strategy.layout rows.rhs pack [n = 4] at pc
  strategy.vectorize rows [m = 3, k = 4, n = 4] with fma
  strategy.unroll kk by 2
}
strategy.plan @dots root dots(m, n, k) with [relu(m, n)] requires [fma] numerics(reassoc, contract) {
  strategy.tile [pc: k = v(4)]
  strategy.tile [jr: n = 2, ir: m = 2] edge(jr = mask, ir = narrow)
  strategy.tile [kk: k = v(1)]
  strategy.layout dots.rhs pack [k = v(4)] at pc
  strategy.fuse relu into ir when last(pc)
  strategy.vectorize dots [m = 2, n = 2, k = v(1)] with fma
  strategy.unroll kk by 2
}
strategy.plan @column root column(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [ir: m = 4]
  strategy.tile [kk: k = v(2)]
  strategy.vectorize column [m = 4, k = v(2)] with fma
}
strategy.plan @dot root dot(k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [kk: k = v(4)]
  strategy.vectorize dot [k = v(4)] with fma
}
func.func @f(%a: tensor<11x203xf32>, %b: tensor<203x3xf32>, %c: tensor<11x3xf32> {bufferization.writable = true},
             %w: tensor<203x9xf32>, %x: tensor<203x1xf32>, %u: tensor<203xf32>, %v: tensor<203xf32>)
    -> (tensor<11x3xf32>, tensor<11x9xf32>, tensor<11x1xf32>, tensor<f32>) {
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.5 : f32
  %0 = linalg.matmul {strategy.op = "rows"}
      ins(%a, %b : tensor<11x203xf32>, tensor<203x3xf32>) outs(%c : tensor<11x3xf32>) -> tensor<11x3xf32>
  %e1 = tensor.empty() : tensor<11x9xf32>
  %i1 = linalg.fill ins(%half : f32) outs(%e1 : tensor<11x9xf32>) -> tensor<11x9xf32>
  %m1 = linalg.matmul {strategy.op = "dots"}
      ins(%a, %w : tensor<11x203xf32>, tensor<203x9xf32>) outs(%i1 : tensor<11x9xf32>) -> tensor<11x9xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%m1 : tensor<11x9xf32>) outs(%e1 : tensor<11x9xf32>) attrs = {strategy.op = "relu"} {
  ^bb0(%p: f32, %out: f32):
    %max = arith.maximumf %p, %zero : f32
    linalg.yield %max : f32
  } -> tensor<11x9xf32>
  %e2 = tensor.empty() : tensor<11x1xf32>
  %i2 = linalg.fill ins(%half : f32) outs(%e2 : tensor<11x1xf32>) -> tensor<11x1xf32>
  %2 = linalg.matmul {strategy.op = "column"}
      ins(%a, %x : tensor<11x203xf32>, tensor<203x1xf32>) outs(%i2 : tensor<11x1xf32>) -> tensor<11x1xf32>
  %e3 = tensor.empty() : tensor<f32>
  %i3 = linalg.fill ins(%half : f32) outs(%e3 : tensor<f32>) -> tensor<f32>
  %3 = linalg.dot {strategy.op = "dot"}
      ins(%u, %v : tensor<203xf32>, tensor<203xf32>) outs(%i3 : tensor<f32>) -> tensor<f32>
  return %0, %1, %2, %3 : tensor<11x3xf32>, tensor<11x9xf32>, tensor<11x1xf32>, tensor<f32>
}
