// Lanes along a reduction, and an operand that does not have it.
strategy.plan @p root mm(m, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [ir: m = 4]
  strategy.tile [kk: k = v(1)]
  strategy.vectorize mm [m = 4, k = v(1)] with fma
}
func.func @f(%a: tensor<13x203xf32>, %s: tensor<13xf32>) -> tensor<13xf32> {
%zero = arith.constant 0.0 : f32
%e = tensor.empty() : tensor<13xf32>
%i = linalg.fill ins(%zero : f32) outs(%e : tensor<13xf32>) -> tensor<13xf32>
%m = linalg.generic {indexing_maps=[affine_map<(m,k)->(m,k)>,affine_map<(m,k)->(m)>,affine_map<(m,k)->(m)>], iterator_types=["parallel","reduction"]} ins(%a,%s : tensor<13x203xf32>, tensor<13xf32>) outs(%i : tensor<13xf32>) attrs={strategy.op="mm"} {
^bb0(%p: f32, %q: f32, %o: f32):
  %t = arith.mulf %p, %q : f32
  %u = arith.addf %o, %t : f32
 linalg.yield %u : f32
} -> tensor<13xf32>
return %m : tensor<13xf32>
}
