// What a plan costs beside what it says is told at its step: a copy beyond its cache.
// RUN: tensorop-opt %s --convert-strategy-to-transform=target=x86-64-v3 2>&1 | FileCheck %s

// CHECK: remarks.mlir:[[# @LINE + 15]]:3: remark: plan 'p': 'mm.rhs' takes 67108864 bytes, l2 has {{[0-9]+}} [M-L2]
// CHECK: remarks.mlir:[[# @LINE + 14]]:3: remark: plan 'p': one panel of each packed operand takes 262144 bytes, l1 has {{[0-9]+}} [M-L1]
// CHECK: transform.named_sequence
func.func @large(%a: tensor<64x4096xf32>, %b: tensor<4096x4096xf32>, %c: tensor<64x4096xf32>) -> tensor<64x4096xf32>
    attributes {strategy.kernel, strategy.plans = [@p]} {
  %0 = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<64x4096xf32>, tensor<4096x4096xf32>)
      outs(%c : tensor<64x4096xf32>) -> tensor<64x4096xf32>
  return %0 : tensor<64x4096xf32>
}
strategy.plan @p root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [pc: k = 256]
  strategy.tile [jr: n = v(2), ir: m = 1]
  strategy.tile [kk: k = 1]
  strategy.vectorize mm [m = 1, n = v(2)] with fma
  // The whole of b.
  strategy.layout mm.rhs pack [n = v(2)] at call
}
