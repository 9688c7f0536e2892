// RUN: tensorop-opt %s --split-input-file --verify-diagnostics

// expected-error@+1 {{'func.func' op expects 'strategy.plans' to be a list of plan symbols on a function}}
func.func private @plans_attr() attributes {strategy.plans = "p"}

// -----

func.func @op_attr(%a: tensor<4xf32>, %c: f32) -> tensor<4xf32> {
  // expected-error@+1 {{expects 'strategy.op' to be a non-empty string}}
  %0 = linalg.fill {strategy.op = ""} ins(%c : f32) outs(%a : tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// expected-error@+1 {{expects at least one dimension of the root}}
strategy.plan @p root mm() {
}

// -----

// expected-error@+1 {{names dimension 'm' twice}}
strategy.plan @p root mm(m, m) {
}

// -----

// expected-error@+1 {{names op 'relu' twice}}
strategy.plan @p root mm(m, n, k) with [relu(m), relu(n)] {
}

// -----

// expected-error@+1 {{names the root 'mm' in 'with'}}
strategy.plan @p root mm(m, n, k) with [mm(m)] {
}

// -----

// expected-error@+1 {{unknown permission 'fast'; known are reassoc, contract, approx, nnan, ninf}}
strategy.plan @p root mm(m, n, k) numerics(fast) {
}

// -----

// expected-error@+1 {{expects approx(ulp) with an integer, but got 'approx'}}
strategy.plan @p root mm(m, n, k) numerics(approx) {
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{'arith.constant' op is no step of a plan}}
  arith.constant 1 : index
}

// -----

strategy.plan @p root conv(m, n, k) {
  strategy.tile [ir: m = 6]
  // expected-error@+1 {{comes after another step; the algorithm is chosen first}}
  strategy.algorithm conv im2col
}

// -----

// expected-error@+1 {{'strategy.unroll' op expects parent op 'strategy.plan'}}
strategy.unroll kk by 4

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{names value '4' twice}}
  strategy.param mr in [4, 4]
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{expects at least one value in the domain}}
  "strategy.param"() <{name = "mr", values = []}> : () -> ()
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{expects a list or a range as its domain, not both}}
  "strategy.param"() <{name = "mr", values = ["4"], range = ["1", "2", "1"]}> : () -> ()
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{expects a range of three sizes: low, high and step}}
  "strategy.param"() <{name = "mr", range = ["1", "2"]}> : () -> ()
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{default 5 of 'mr' is not in its domain [4, 6]}}
  strategy.param mr = 5 in [4, 6]
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{unknown algorithm 'fft'; known are direct, im2col, winograd, subpixel, two_pass, three_pass}}
  strategy.algorithm mm fft
}

// -----

strategy.plan @p root conv(m, n, k) {
  // expected-error@+1 {{expects an output tile for winograd(m), and for it only}}
  strategy.algorithm conv winograd
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{expects at least one loop}}
  strategy.tile []
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{names loop 'i' twice}}
  strategy.tile [i: m = 4, i: n = 4]
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{expects one dimension and one size for each loop}}
  "strategy.tile"() <{loops = ["i"], dims = [], sizes = ["1"]}> : () -> ()
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{expects one policy for each loop of 'edge'}}
  "strategy.tile"() <{loops = ["i"], dims = ["m"], sizes = ["1"], edge_loops = ["i"]}> : () -> ()
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{edge names 'j', which is no loop of this step}}
  strategy.tile [i: m = 4] edge(j = mask)
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{names edge 'i' twice}}
  strategy.tile [i: m = 4] edge(i = mask, i = pad)
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{unknown edge policy 'crop'; known are mask, evl, pad, peel, narrow, exact, auto}}
  strategy.tile [i: m = 4] edge(i = crop)
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{expects a size for narrow(size) only, but got 'mask(2)'}}
  strategy.tile [i: m = 4] edge(i = mask(2))
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{expected a size: an integer, a parameter, v(x), [x], full or a quoted expression}}
  strategy.tile [i: m = @x]
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{expects at least two loops}}
  strategy.reorder [i]
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{names loop 'i' twice}}
  strategy.reorder [i, i]
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{names op 'relu' twice}}
  strategy.fuse relu, relu into i
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{expected first(loop) or last(loop)}}
  strategy.fuse relu into i when always(k)
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{expects a loop for 'when'}}
  "strategy.fuse"() <{ops = ["relu"], into = "i", visit = "last"}> : () -> ()
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{expects a loop for 'when'}}
  strategy.fuse relu into i when last()
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{names loop 'pc' twice}}
  strategy.fuse relu into i when last(pc, pc)
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{expects op.operand, but got 'mm'}}
  strategy.layout mm at i
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{expects at least one packed dimension}}
  strategy.layout mm.lhs pack [] at i
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{names packed dimension 'm' twice}}
  strategy.layout mm.lhs pack [m = 4, m = 2] at i
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{expects one size for each packed dimension}}
  "strategy.layout"() <{operand = "mm.lhs", dims = ["m"], place = "i"}> : () -> ()
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{unknown space 'cache'; known are registers, shared, memory, tmem}}
  strategy.layout mm.lhs in cache at i
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{expects at least one dimension}}
  strategy.vectorize mm [] with fma
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{expects one size for each dimension}}
  "strategy.vectorize"() <{op = "mm", dims = ["m"], sizes = []}> : () -> ()
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{unknown accumulate type 'f8'; known are f16, bf16, f32, f64, i32, i64}}
  strategy.vectorize mm [m = 4] with fma acc f8
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{unknown parallel unit 'cores'; known are threads, blocks, warpgroups, warps, lanes}}
  strategy.parallelize [i] to cores
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{expects cluster(loop = size)}}
  strategy.parallelize [i] to blocks cluster(i)
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{unknown combination 'tree'; known are dsmem, workspace, atomics, shuffle}}
  strategy.split_reduction [ks: k = 4] combine(tree)
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{unknown kind of copy 'dma'; known are tma, cp_async, prefetch}}
  strategy.pipeline kk stages(2) copies(dma)
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{unknown schedule 'eager'; known are cooperative, pingpong, inline, overlap}}
  strategy.pipeline kk stages(2) copies(tma) schedule(eager)
}

// -----

strategy.plan @p root mm(m, n, k) {
  // expected-error@+1 {{expects two numbers in roles(producers, consumers)}}
  "strategy.pipeline"() <{loop = "kk", stages = "2", copies = "tma", producers = "1"}> : () -> ()
}
