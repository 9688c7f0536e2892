// Lanes along a reduction over panels of both operands: the first blocks are full,
// the last one leaves a rest.
strategy.plan @p root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [pc: k = v(4)]
  strategy.tile [ir: m = 2, jr: n = 2]
  strategy.tile [kk: k = v(1)]
  strategy.layout mm.lhs pack [k = v(4)] at pc
  strategy.layout mm.rhs pack [k = v(4)] at pc
  strategy.vectorize mm [m = 2, n = 2, k = v(1)] with fma
}
func.func @f(%a: tensor<13x203xf32>, %b: tensor<203x33xf32>) -> tensor<13x33xf32> {
%zero = arith.constant 0.0 : f32
%e = tensor.empty() : tensor<13x33xf32>
%i = linalg.fill ins(%zero : f32) outs(%e : tensor<13x33xf32>) -> tensor<13x33xf32>
%m = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<13x203xf32>, tensor<203x33xf32>) outs(%i : tensor<13x33xf32>) -> tensor<13x33xf32>
return %m : tensor<13x33xf32>
}
