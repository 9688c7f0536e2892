func.func @layer(%a: tensor<127x511xf32>, %b: tensor<511x255xf32>, %bias: tensor<255xf32>) -> tensor<127x255xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<127x255xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<127x255xf32>) -> tensor<127x255xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<127x511xf32>, tensor<511x255xf32>) outs(%f : tensor<127x255xf32>) -> tensor<127x255xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(i,j)->(i,j)>, affine_map<(i,j)->(j)>, affine_map<(i,j)->(i,j)>], iterator_types = ["parallel","parallel"]} ins(%0, %bias : tensor<127x255xf32>, tensor<255xf32>) outs(%e : tensor<127x255xf32>) attrs = {strategy.op = "relu"} {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %s = arith.addf %x, %y : f32
    %r = arith.maximumf %s, %z : f32
    linalg.yield %r : f32
  } -> tensor<127x255xf32>
  return %1 : tensor<127x255xf32>
}
// k is cut twice outside the register tile: the epilogue waits for the last part of the last block.
strategy.plan @p root mm(m, n, k) with [relu(m, n)] requires [fma] numerics(reassoc, contract) {
  strategy.tile [pc: k = 256, ic: m = 60, qc: k = 96]
  strategy.tile [jr: n = v(2), ir: m = 6] edge(jr = mask, ir = peel)
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(2)] at qc
  strategy.fuse relu into ir when last(pc, qc)
  strategy.vectorize mm [m = 6, n = v(2)] with fma
  strategy.unroll kk by 2
}
