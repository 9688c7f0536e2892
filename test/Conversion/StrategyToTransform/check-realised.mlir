// RUN: tensorop-opt %s --split-input-file --strategy-check-realised --verify-diagnostics

// A promise that is kept, and what does not count: allocations outside loops, on
// the stack of each thread.
func.func @kept(%m: memref<16xf32>) attributes {strategy.promise = {
    loops = [{name = "ir", step = 4, copies = 1, at = loc("plan":1:1)}],
    buffers = [{name = "mm.lhs", type = memref<4x4xf32>, at = loc("plan":2:1)}]}} {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c16 = arith.constant 16 : index
  %buffer = memref.alloc() {strategy.buffer = "mm.lhs"} : memref<4x4xf32>
  %other = memref.alloc() : memref<16xf32>
  memref.copy %m, %other : memref<16xf32> to memref<16xf32>
  scf.for %i = %c0 to %c16 step %c4 {
  } {strategy.loop = "ir"}
  omp.parallel {
    %own = memref.alloca() : memref<16xf32>
    omp.terminator
  }
  return
}

// -----

// expected-error@unknown {{not realised in kernel 'lost': expects 2 loops 'ir' of step 4, but the IR has 0}}
// expected-error@unknown {{not realised in kernel 'lost': expects one buffer 'mm.lhs', but the IR has 0}}
func.func @lost() attributes {strategy.promise = {
    loops = [{name = "ir", step = 4, copies = 2, at = loc(unknown)}],
    buffers = [{name = "mm.lhs", type = memref<4x4xf32>, at = loc(unknown)}]}} {
  return
}

// -----

// expected-error@unknown {{not realised in kernel 'step': loop 'ir' steps by 4 in the plan, by 8 in the IR}}
// expected-error@unknown {{not realised in kernel 'step': expects 1 loops 'ir' of step 4, but the IR has 0}}
func.func @step() attributes {strategy.promise = {
    loops = [{name = "ir", step = 4, copies = 1, at = loc(unknown)}],
    buffers = []}} {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  // expected-note@+1 {{this is the loop}}
  scf.for %i = %c0 to %c8 step %c8 {
  } {strategy.loop = "ir"}
  return
}

// -----

// An unrolled loop and its rest; two rests are one too many.
// expected-error@unknown {{expects at most 1 remainder loops of the unrolled loop 'kk', but the IR has 2}}
func.func @rest() attributes {strategy.promise = {
    loops = [{name = "kk", step = 4, copies = 1, remainder = 1, at = loc(unknown)}],
    buffers = []}} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  scf.for %i = %c0 to %c4 step %c4 {
  } {strategy.loop = "kk"}
  scf.for %i = %c0 to %c4 step %c1 {
  } {strategy.loop = "kk"}
  scf.for %i = %c0 to %c4 step %c1 {
  } {strategy.loop = "kk"}
  return
}

// -----

// expected-error@unknown {{buffer 'mm.lhs' is 'memref<4x4xf32>' in the plan, 'memref<4x8xf32>' in the IR}}
func.func @type() attributes {strategy.promise = {
    loops = [],
    buffers = [{name = "mm.lhs", type = memref<4x4xf32>, at = loc(unknown)}]}} {
  // expected-note@+1 {{this is the buffer}}
  %buffer = memref.alloc() {strategy.buffer = "mm.lhs"} : memref<4x8xf32>
  return
}

// -----

func.func @stray(%m: memref<16xf32>) attributes {strategy.promise = {loops = [], buffers = []}} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error@+1 {{buffer 'mm.rhs' is not in the plan's loop tree}}
  %buffer = memref.alloc() {strategy.buffer = "mm.rhs"} : memref<4x8xf32>
  scf.for %i = %c0 to %c1 step %c1 {
    // expected-error@+1 {{not realised in kernel 'stray': allocation in a loop that the plan's loop tree does not have}}
    %a = memref.alloc() : memref<16xf32>
    // expected-error@+1 {{stack allocation in a loop that the plan's loop tree does not have}}
    %s = memref.alloca() : memref<16xf32>
    // expected-error@+1 {{copy in a loop that the plan's loop tree does not have}}
    memref.copy %m, %a : memref<16xf32> to memref<16xf32>
  }
  return
}

// -----

// expected-error@unknown {{a register tile has 1 accumulator vectors; the plan has 2, 4}}
func.func @accumulators(%v: vector<4xf32>) attributes {strategy.promise = {
    loops = [{name = "kk", step = 1, copies = 1, inside = "", at = loc(unknown)}], buffers = [],
    tile = {loop = "kk", vector = vector<4xf32>, accumulators = array<i64: 2, 4>, at = loc(unknown)}}} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %c1 step %c1 iter_args(%a = %v) -> vector<4xf32> {
    scf.yield %a : vector<4xf32>
  } {strategy.loop = "kk"}
  return
}

// -----

// expected-error@unknown {{loop 'kk' carries accumulators of type 'vector<8xf32>', expected 'vector<4xf32>'}}
func.func @vector(%v: vector<8xf32>) attributes {strategy.promise = {
    loops = [{name = "kk", step = 1, copies = 1, inside = "", at = loc(unknown)}], buffers = [],
    tile = {loop = "kk", vector = vector<4xf32>, accumulators = array<i64: 1>, at = loc(unknown)}}} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-note@+1 {{this is the loop}}
  %r = scf.for %i = %c0 to %c1 step %c1 iter_args(%a = %v) -> vector<8xf32> {
    scf.yield %a : vector<8xf32>
  } {strategy.loop = "kk"}
  return
}

// -----

// Places: which loop lies in which, loops that no step made, where a buffer is
// filled, where a fused op is.

// expected-error@unknown {{not realised in kernel 'places': loop 'jr' lies outside all loops in the plan, in loop 'ir' in the IR}}
// expected-error@unknown {{not realised in kernel 'places': loop 'ir' lies in loop 'jr' in the plan, outside all loops in the IR}}
// expected-error@unknown {{not realised in kernel 'places': buffer 'mm.lhs' is filled in loop 'jr' in the plan, in loop 'ir' in the IR}}
// expected-error@unknown {{not realised in kernel 'places': buffer 'mm.rhs' is never filled}}
// expected-error@unknown {{not realised in kernel 'places': 'relu' is fused in loop 'ir' in the plan, outside all loops in the IR}}
func.func @places(%x: f32, %out: memref<8xf32>) attributes {strategy.promise = {
    loops = [{name = "jr", step = 4, copies = 1, inside = "", at = loc(unknown)},
             {name = "ir", step = 2, copies = 1, inside = "jr", at = loc(unknown)}],
    buffers = [{name = "mm.lhs", type = memref<4x4xf32>, filled = "jr", at = loc(unknown)},
               {name = "mm.rhs", type = memref<4xf32>, filled = "", at = loc(unknown)}],
    fused = [{name = "relu", loop = "ir", at = loc(unknown)}]}} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %lhs = memref.alloc() {strategy.buffer = "mm.lhs"} : memref<4x4xf32>
  %rhs = memref.alloc() {strategy.buffer = "mm.rhs"} : memref<4xf32>
  // expected-note@+1 {{this is the loop}}
  scf.for %i = %c0 to %c8 step %c2 {
    // expected-note@+1 {{this is the loop}}
    scf.for %j = %c0 to %c8 step %c4 {
    } {strategy.loop = "jr"}
    %row = memref.subview %lhs[%c1, 0] [1, 4] [1, 1] : memref<4x4xf32> to memref<1x4xf32, strided<[4, 1], offset: ?>>
    scf.for %p = %c0 to %c4 step %c1 {
      // expected-note@+1 {{this writes to it}}
      memref.store %x, %row[%c0, %p] : memref<1x4xf32, strided<[4, 1], offset: ?>>
    } {strategy.loop = "pack.panel"}
  } {strategy.loop = "ir"}
  // expected-error@+1 {{not realised in kernel 'places': loop 'extra' is not in the plan's loop tree}}
  scf.for %i = %c0 to %c8 step %c1 {
  } {strategy.loop = "extra"}
  // expected-note@+1 {{this is the op}}
  linalg.fill {strategy.op = "relu"} ins(%x : f32) outs(%out : memref<8xf32>)
  return
}

// -----

// Any loop and any copy count.
func.func @stray(%x: memref<8xf32>, %out: memref<8xf32>) attributes {strategy.promise = {
    loops = [], buffers = []}} {
  scf.forall (%i) in (8) {
    // expected-error@+1 {{not realised in kernel 'stray': allocation in a loop that the plan's loop tree does not have}}
    %a = memref.alloc() : memref<8xf32>
    // expected-error@+1 {{not realised in kernel 'stray': copy in a loop that the plan's loop tree does not have}}
    linalg.copy ins(%x : memref<8xf32>) outs(%out : memref<8xf32>)
  }
  return
}

// -----

// expected-error@unknown {{not realised in kernel 'forgotten': loop 'kk' prefetches in the plan, not in the IR}}
func.func @forgotten() attributes {strategy.promise = {
    loops = [{name = "kk", step = 1, copies = 1, prefetches, at = loc(unknown)}],
    buffers = []}} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %c1 step %c1 {
  } {strategy.loop = "kk"}
  return
}

// -----

// Partial sums: each accumulator is used, and what the loop leaves has a loop.
// expected-error@unknown {{not realised in kernel 'partial': an accumulator of loop 'kk' is not used after it}}
// expected-error@unknown {{not realised in kernel 'partial': expects 1 loops for the rest of the partial sums of loop 'kk', but the IR has 0}}
func.func @partial(%m: memref<4xf32>) attributes {strategy.promise = {
    loops = [{name = "kk", step = 2, copies = 1, at = loc(unknown)}],
    buffers = [],
    tile = {loop = "kk", rests = 1 : i64, vector = vector<4xf32>, accumulators = array<i64: 2>, at = loc(unknown)}}} {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %c5 = arith.constant 5 : index
  %zero = arith.constant dense<0.0> : vector<4xf32>
  // expected-note@+1 {{this is the loop}}
  %sums:2 = scf.for %i = %c0 to %c5 step %c2 iter_args(%a = %zero, %b = %zero) -> (vector<4xf32>, vector<4xf32>) {
    scf.yield %a, %b : vector<4xf32>, vector<4xf32>
  } {strategy.loop = "kk"}
  vector.store %sums#0, %m[%c0] : memref<4xf32>, vector<4xf32>
  return
}

// -----

// What fills a copy must be what the fused op computes, and the op must be gone.
// expected-error@unknown {{not realised in kernel 'producer': buffer 'mm.rhs' holds what 'dq' computes in the plan, not in the IR}}
// expected-error@unknown {{not realised in kernel 'producer': 'dq' is computed while 'mm.rhs' is packed in the plan, by itself in the IR}}
func.func @producer(%x: f32, %q: memref<8xf32>) attributes {strategy.promise = {
    loops = [{name = "pc", step = 4, copies = 1, inside = "", at = loc(unknown)}],
    buffers = [{name = "mm.lhs", type = memref<4xf32>, filled = "pc", computed_by = "ew", fused_at = loc(unknown), at = loc(unknown)},
               {name = "mm.rhs", type = memref<4xf32>, filled = "pc", computed_by = "dq", fused_at = loc(unknown), at = loc(unknown)}]}} {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %lhs = memref.alloc() {strategy.buffer = "mm.lhs"} : memref<4xf32>
  %rhs = memref.alloc() {strategy.buffer = "mm.rhs"} : memref<4xf32>
  // expected-note@+1 {{this is the op}}
  linalg.fill {strategy.op = "dq"} ins(%x : f32) outs(%q : memref<8xf32>)
  scf.for %i = %c0 to %c8 step %c4 {
    memref.store %x, %lhs[%c0] {strategy.fused = "ew"} : memref<4xf32>
    // expected-note@+1 {{this writes to it}}
    memref.store %x, %rhs[%c0] : memref<4xf32>
  } {strategy.loop = "pc"}
  return
}
