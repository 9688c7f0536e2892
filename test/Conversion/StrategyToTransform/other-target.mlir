// RUN: tensorop-opt %s --convert-strategy-to-transform=target=neoverse-n1 --verify-diagnostics

func.func @kernel(%a: tensor<8x8xf32>, %b: tensor<8x8xf32>, %c: tensor<8x8xf32>) -> tensor<8x8xf32>
    attributes {strategy.plans = [@p]} {
  %0 = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<8x8xf32>, tensor<8x8xf32>)
      outs(%c : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}
// expected-error@+1 {{plans are not lowered for neoverse-n1}}
strategy.plan @p root mm(m, n, k) {
  strategy.tile [ic: m = 4]
}
