// RUN: tensorop-opt %s --strategy-attach-plans --verify-diagnostics

func.func @not_marked(%a: tensor<8x8xf32>) -> tensor<8x8xf32> {
  return %a : tensor<8x8xf32>
}
// expected-warning@+1 {{plan 'p' fits no kernel: there is no kernel; one is made of each sum of products of a payload (matmul, convolution, ...)}}
strategy.plan @p root mm(m, n, k) {
}
