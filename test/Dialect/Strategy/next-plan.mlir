// RUN: tensorop-opt %s --strategy-attach-plans --strategy-assign=target=x86-64-v3 | FileCheck %s

// The right operand lies transposed: the plan that reads it in place leaves the
// kernel to the one that packs it.
// CHECK-LABEL: func.func @transposed
// CHECK-SAME: strategy.plans = [@packed.transposed]
func.func @transposed(%a: tensor<16x16xf32>, %b: tensor<16x16xf32>, %c: tensor<16x16xf32>) -> tensor<16x16xf32>
    attributes {strategy.kernel} {
  %0 = linalg.matmul
      indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
      {strategy.op = "mm"} ins(%a, %b : tensor<16x16xf32>, tensor<16x16xf32>) outs(%c : tensor<16x16xf32>) -> tensor<16x16xf32>
  return %0 : tensor<16x16xf32>
}
strategy.plan @plain root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [jr: n = v(1), ir: m = 4]
  strategy.tile [kk: k = 1]
  strategy.vectorize mm [m = 4, n = v(1)] with fma
}
strategy.plan @packed root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [pc: k = 16]
  strategy.tile [jr: n = v(1), ir: m = 4]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(1)] at pc
  strategy.vectorize mm [m = 4, n = v(1)] with fma
}
