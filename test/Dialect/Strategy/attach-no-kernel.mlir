// RUN: tensorop-opt %s --strategy-attach-plans --verify-diagnostics

func.func @not_marked(%a: tensor<8x8xf32>) -> tensor<8x8xf32> {
  return %a : tensor<8x8xf32>
}
// expected-warning@+1 {{plan 'p' fits no kernel: no function of this module has 'strategy.kernel', which tensorop-form-kernels gives}}
strategy.plan @p root mm(m, n, k) {
}
