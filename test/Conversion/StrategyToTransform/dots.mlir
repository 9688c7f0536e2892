// An instruction that adds up several products in each lane is in the code, or the plan is refused.
// RUN: sed 's/"sdot", "types": \[ \["i8", "i32"\] \], "group": 4/"bfdot", "types": [ ["bf16", "f32"] ], "group": 2/' %src/data/hardware/neoverse-v1.json > %t.json
// RUN: tensorop-opt %s --convert-strategy-to-transform=target=%t.json --verify-diagnostics

func.func @kernel(%a: tensor<8x8xbf16>, %b: tensor<8x8xbf16>, %c: tensor<8x8xf32>) -> tensor<8x8xf32>
    attributes {strategy.plans = [@p]} {
  %0 = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<8x8xbf16>, tensor<8x8xbf16>)
      outs(%c : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}
strategy.plan @p root mm(m, n, k) numerics(reassoc, contract) {
  strategy.tile [jr: n = v(2), ir: m = 4]
  strategy.tile [kk: k = 2]
  strategy.layout mm.rhs pack [n = v(2), k = 2] at call
  strategy.layout mm.lhs pack [m = 4, k = 2] at call
  // expected-error@+1 {{'strategy.vectorize': instruction 'bfdot' is not lowered for neoverse-v1 in this release}}
  strategy.vectorize mm [m = 4, n = v(2), k = 2] with bfdot
}
