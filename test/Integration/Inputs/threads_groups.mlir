// Pairs of i8 in panels, those of the left operand a copy of each thread, of the right one for all.
strategy.plan @p root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [ic: m = 12]
  strategy.parallelize [ic] to threads
  strategy.tile [jr: n = v(2), ir: m = 6]
  strategy.tile [kk: k = 2]
  strategy.layout mm.rhs pack [n = v(2), k = 2] at call
  strategy.layout mm.lhs pack [m = 6, k = 2] at ic
  strategy.vectorize mm [m = 6, n = v(2), k = 2] with pmaddwd acc i32
}
func.func @f(%a: tensor<64x96xi8>, %b: tensor<96x64xi8>) -> tensor<64x64xi32> {
%zero = arith.constant 0 : i32
%e = tensor.empty() : tensor<64x64xi32>
%i = linalg.fill ins(%zero : i32) outs(%e : tensor<64x64xi32>) -> tensor<64x64xi32>
%m = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<64x96xi8>, tensor<96x64xi8>) outs(%i : tensor<64x64xi32>) -> tensor<64x64xi32>
return %m : tensor<64x64xi32>
}
