// RUN: tensorop-opt %s --split-input-file --convert-strategy-to-transform=target=x86-64-v3 --verify-diagnostics

// An open plan.
func.func @open(%a: tensor<8x8xf32>, %b: tensor<8x8xf32>, %c: tensor<8x8xf32>) -> tensor<8x8xf32>
    attributes {strategy.plans = [@p]} {
  %0 = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<8x8xf32>, tensor<8x8xf32>)
      outs(%c : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}
// expected-error@+1 {{is open: no value for mr; run strategy-assign first}}
strategy.plan @p root mm(m, n, k) requires [fma] {
  strategy.param mr = 4 in [2, 4]
  strategy.tile [ir: m = mr]
}

// -----

// expected-error@+1 {{expects one plan chosen by strategy-assign, but the kernel lists 2}}
func.func @two() attributes {strategy.plans = [@p, @q]} {
  return
}

// -----

// expected-error@+1 {{there is no plan @p in this module}}
func.func @none() attributes {strategy.plans = [@p]} {
  return
}

// -----

// Steps that this release does not lower say so, each at its place.
func.func @steps(%a: tensor<8x8xf32>, %b: tensor<8x8xf32>, %c: tensor<8x8xf32>) -> tensor<8x8xf32>
    attributes {strategy.plans = [@p]} {
  %0 = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<8x8xf32>, tensor<8x8xf32>)
      outs(%c : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}
strategy.plan @p root mm(m, n, k) requires [fma] numerics(reassoc) {
  // expected-error@+1 {{'strategy.split_reduction': split_reduction is not lowered for x86-64-v3 in this release}}
  strategy.split_reduction [ks: k = 2] combine(workspace)
  strategy.tile [ic: m = 4]
  // expected-error@+1 {{'strategy.parallelize': order(balanced) is not lowered for x86-64-v3 in this release}}
  strategy.parallelize [ic] to threads order(balanced)
  strategy.tile [kk: k = 4]
  // expected-error@+1 {{'strategy.pipeline': a pipeline of 'kk', which is neither the innermost reduction loop of a register tile nor the loop along its lanes, is not lowered for x86-64-v3 in this release}}
  strategy.pipeline kk stages(2) copies(prefetch)
  // expected-error@+1 {{'strategy.apply': apply is not lowered for x86-64-v3 in this release}}
  strategy.apply @mine on kk
}

// -----

// A step that is switched off is not refused.
func.func @off(%a: tensor<8x8xf32>, %b: tensor<8x8xf32>, %c: tensor<8x8xf32>) -> tensor<8x8xf32>
    attributes {strategy.plans = [@p]} {
  %0 = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<8x8xf32>, tensor<8x8xf32>)
      outs(%c : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}
strategy.plan @p root mm(m, n, k) requires [fma] {
  strategy.param par = false in [false]
  strategy.tile [ic: m = 4]
  strategy.parallelize [ic] to threads if par
}

// -----

func.func @unroll(%a: tensor<8x8xf32>, %b: tensor<8x8xf32>, %c: tensor<8x8xf32>) -> tensor<8x8xf32>
    attributes {strategy.plans = [@p]} {
  %0 = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<8x8xf32>, tensor<8x8xf32>)
      outs(%c : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}
strategy.plan @p root mm(m, n, k) requires [fma] {
  strategy.tile [ic: m = 4]
  // expected-error@+1 {{'strategy.unroll': only the innermost reduction loop of a register tile is unrolled in this release, and 'ic' is not that}}
  strategy.unroll ic by 2
}

// -----

// 56 = 8 * 6 + 2 * 4 needs a loop of its own for the last tiles; 54 + 2 does not.
func.func @ranges(%a: tensor<56x8xf32>, %b: tensor<8x8xf32>, %c: tensor<56x8xf32>) -> tensor<56x8xf32>
    attributes {strategy.plans = [@p]} {
  %0 = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<56x8xf32>, tensor<8x8xf32>)
      outs(%c : tensor<56x8xf32>) -> tensor<56x8xf32>
  return %0 : tensor<56x8xf32>
}
strategy.plan @p root mm(m, n, k) requires [fma] {
  // expected-error@+1 {{'strategy.tile': edge(ir = narrow(size)), which cuts the loop into ranges, is not lowered for x86-64-v3 in this release}}
  strategy.tile [ir: m = 6] edge(ir = narrow(4))
}

// -----

// Threads divide one band of loops over different dimensions; nothing is copied between them.
func.func @bands(%a: tensor<64x64xf32>, %b: tensor<64x64xf32>, %c: tensor<64x64xf32>) -> tensor<64x64xf32>
    attributes {strategy.plans = [@p]} {
  %0 = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<64x64xf32>, tensor<64x64xf32>)
      outs(%c : tensor<64x64xf32>) -> tensor<64x64xf32>
  return %0 : tensor<64x64xf32>
}
strategy.plan @p root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [ic: m = 16, jc: n = 32]
  // expected-error@+1 {{'strategy.parallelize': a second parallelize is not lowered}}
  strategy.parallelize [ic, jc] to threads
  // expected-error@+1 {{'strategy.layout': a layout at 'ic', between loops that are divided together, is not lowered}}
  strategy.layout mm.lhs pack [m = 4] at ic
  strategy.tile [i2: m = 8, i3: m = 4]
  // expected-error@+1 {{'strategy.parallelize': dividing two loops over 'm' together is not lowered}}
  strategy.parallelize [i2, i3] to threads
}

// -----

// A producer is computed where its result is packed, each time.
#id = affine_map<(i, j) -> (i, j)>
func.func @producers(%q: tensor<8x8xi8>, %b: tensor<8x8xf32>, %c: tensor<8x8xf32>) -> tensor<8x8xf32>
    attributes {strategy.plans = [@p]} {
  %e = tensor.empty() : tensor<8x8xf32>
  %w = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q : tensor<8x8xi8>) outs(%e : tensor<8x8xf32>) attrs = {strategy.op = "widen"} {
  ^bb0(%x: i8, %o: f32):
    %v = arith.sitofp %x : i8 to f32
    linalg.yield %v : f32
  } -> tensor<8x8xf32>
  %s = linalg.exp {strategy.op = "exp"} ins(%w : tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  %n = linalg.negf {strategy.op = "neg"} ins(%b : tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  %0 = linalg.matmul {strategy.op = "mm"} ins(%n, %s : tensor<8x8xf32>, tensor<8x8xf32>)
      outs(%c : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}
strategy.plan @p root mm(m, n, k) with [widen(k, n), exp(k, n), neg(m, k)] requires [fma] numerics(reassoc) {
  strategy.tile [jc: n = 4, pc: k = 4, ic: m = 4]
  strategy.layout mm.rhs pack [n = 4] at jc
  // expected-error@+1 {{'strategy.fuse': fusing 'widen', whose result 'mm' does not read itself, is not lowered for x86-64-v3 in this release}}
  strategy.fuse widen into jc
  // expected-error@+1 {{'strategy.fuse': fusing 'exp' into 'pc', where no layout packs its result 'mm.rhs', is not lowered for x86-64-v3 in this release}}
  strategy.fuse exp into pc
  strategy.layout mm.lhs pack [m = 4] at ic
  // expected-error@+1 {{'strategy.fuse': 'when' of 'neg', which 'mm' reads, is not lowered for x86-64-v3 in this release}}
  strategy.fuse neg into ic when first(jc)
}
