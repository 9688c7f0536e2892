// Plans become code for processors whose vectors have a known length.
// RUN: tensorop-opt %s --convert-strategy-to-transform=target=rvv --verify-diagnostics
// RUN: not tensorop-opt %s --convert-strategy-to-transform=target=sm_90a 2>&1 | FileCheck %s
// RUN: tensorop-opt %s --convert-strategy-to-transform=target=rvv:vlen=256
// CHECK: plans are not lowered for sm_90a (nvptx64-nvidia-cuda) in this release

func.func @kernel(%a: tensor<8x8xf32>, %b: tensor<8x8xf32>, %c: tensor<8x8xf32>) -> tensor<8x8xf32>
    attributes {strategy.plans = [@p]} {
  %0 = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<8x8xf32>, tensor<8x8xf32>)
      outs(%c : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}
// expected-error@+1 {{plans are lowered for vectors of a known length, not for those of rvv, which have 128 to 65536 bits}}
strategy.plan @p root mm(m, n, k) {
  strategy.tile [ic: m = 4]
}
