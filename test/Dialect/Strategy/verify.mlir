// RUN: tensorop-opt %s --split-input-file --strategy-verify=target=x86-64-v3 --verify-diagnostics

// A closed plan, an open one and a plan without payload: all fine.
func.func @good(%a: tensor<100x64xf32>, %b: tensor<64x70xf32>, %c: tensor<100x70xf32>) -> tensor<100x70xf32>
    attributes {strategy.plans = [@closed, @open]} {
  %0 = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<100x64xf32>, tensor<64x70xf32>)
      outs(%c : tensor<100x70xf32>) -> tensor<100x70xf32>
  return %0 : tensor<100x70xf32>
}
strategy.plan @closed root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [jr: n = v(2), ir: m = 6]
  strategy.tile [kk: k = 1]
  strategy.vectorize mm [m = 6, n = v(2)] with fma
}
// 14 rows spill on AVX2, fewer do not.
strategy.plan @open root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.param mr = 14 in 1 to 14
  strategy.tile [jr: n = v(2), ir: m = mr]
  strategy.tile [kk: k = 1]
  strategy.vectorize mm [m = mr, n = v(2)] with fma
}
strategy.plan @alone root mm(m, n, k) {
  strategy.tile [ic: m = 120]
}

// -----

// Registers: 14 * 2 accumulators do not fit 16 registers.
func.func @spill(%a: tensor<100x64xf32>, %b: tensor<64x70xf32>, %c: tensor<100x70xf32>) -> tensor<100x70xf32>
    attributes {strategy.plans = [@p]} {
  %0 = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<100x64xf32>, tensor<64x70xf32>)
      outs(%c : tensor<100x70xf32>) -> tensor<100x70xf32>
  return %0 : tensor<100x70xf32>
}
strategy.plan @p root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [jr: n = v(2), ir: m = 14]
  strategy.tile [kk: k = 1]
  // expected-error@+1 {{vector registers of the register tile of 'mm' is 31, must be <= 16}}
  strategy.vectorize mm [m = 14, n = v(2)] with fma
}

// -----

// A constraint of the plan's own.
strategy.plan @own root mm(m, n, k) {
  strategy.param kc = 256 in [256]
  // expected-error@+1 {{kc * 4 <= 512}}
  strategy.require "kc * 4 <= 512"
}

// -----

func.func @missing() attributes {strategy.plans = [@nope]} {
  return
}
// expected-error@-3 {{there is no plan @nope in this module}}

// -----

// A plan for another machine is not taken.
// expected-remark@+1 {{not taken on x86-64-v3: }}
strategy.plan @gpu root mm(m, n, k) requires [sm_90a] {
}

// -----

// A bad size is found where it stands.
strategy.plan @text root mm(m, n, k) {
  // expected-error@+1 {{in 'm +': }}
  strategy.tile [ir: m = "m +"]
}

// -----

func.func @twice(%a: tensor<4xf32>, %c: f32) -> tensor<4xf32> attributes {strategy.plans = [@p]} {
  // expected-note@+1 {{this op}}
  %0 = linalg.fill {strategy.op = "f"} ins(%c : f32) outs(%a : tensor<4xf32>) -> tensor<4xf32>
  // expected-error@+1 {{another op of this kernel is also named 'f'}}
  %1 = linalg.fill {strategy.op = "f"} ins(%c : f32) outs(%0 : tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}
strategy.plan @p root f(m) {
}

// -----

func.func @dynamic(%a: tensor<?xf32>, %c: f32) -> tensor<?xf32> attributes {strategy.plans = [@p]} {
  // expected-error@+1 {{dimension 0 of op 'f' is dynamic; plans need static sizes}}
  %0 = linalg.fill {strategy.op = "f"} ins(%c : f32) outs(%a : tensor<?xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}
strategy.plan @p root f(m) {
}
