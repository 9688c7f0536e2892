// Scalars of the payload start the accumulator and scale the result of a planned kernel.
strategy.plan @p_scaled root mm(m, n, k) with [init(m, n), scale(m, n)] requires [fma] numerics(reassoc, contract) {
  strategy.tile [pc: k = 16]
  strategy.tile [jr: n = v(1), ir: m = 4]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(1)] at pc
  strategy.vectorize mm [m = 4, n = v(1)] with fma
  strategy.fuse scale into ir when last(pc)
}
func.func @scaled(%a: tensor<37x29xf32>, %b: tensor<29x41xf32>, %start: f32, %alpha: f32) -> tensor<37x41xf32> {
  %e = tensor.empty() : tensor<37x41xf32>
  %c = linalg.fill ins(%start : f32) outs(%e : tensor<37x41xf32>) -> tensor<37x41xf32>
  %y = linalg.matmul ins(%a, %b : tensor<37x29xf32>, tensor<29x41xf32>) outs(%c : tensor<37x41xf32>) -> tensor<37x41xf32>
  %q = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%y : tensor<37x41xf32>) outs(%e : tensor<37x41xf32>) attrs = {strategy.op = "scale"} {
  ^bb0(%x: f32, %o: f32):
    %m = arith.mulf %x, %alpha : f32
    linalg.yield %m : f32
  } -> tensor<37x41xf32>
  return %q : tensor<37x41xf32>
}
