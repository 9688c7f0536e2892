// Threads with a tile on the stack each, rests in every tile, and an epilogue in the last block of terms only.
strategy.plan @p root mm(m, n, k) with [act(m, n)] requires [fma] numerics(reassoc, contract, approx(2)) {
  strategy.tile [pc: k = 32, ic: m = 12]
  strategy.parallelize [ic] to threads
  strategy.tile [jr: n = v(2), ir: m = 6]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(2)] at pc
  strategy.vectorize mm [m = 6, n = v(2)] with fma
  strategy.fuse act into ir when last(pc)
}
#mn = affine_map<(m, n) -> (m, n)>
func.func @f(%a: tensor<101x70xf32>, %b: tensor<70x75xf32>) -> tensor<101x75xf32> {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %e = tensor.empty() : tensor<101x75xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<101x75xf32>) -> tensor<101x75xf32>
  %m = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<101x70xf32>, tensor<70x75xf32>) outs(%i : tensor<101x75xf32>) -> tensor<101x75xf32>
  %z = linalg.generic {indexing_maps = [#mn, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%m : tensor<101x75xf32>) outs(%e : tensor<101x75xf32>) attrs = {strategy.op = "act"} {
  ^bb0(%v: f32, %o: f32):
    %t = math.erf %v : f32
    %u = arith.addf %t, %one : f32
    %r = arith.mulf %v, %u : f32
    linalg.yield %r : f32
  } -> tensor<101x75xf32>
  return %z : tensor<101x75xf32>
}
