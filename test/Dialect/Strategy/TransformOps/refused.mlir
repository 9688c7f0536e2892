// Payloads that do not fit: a silenceable error with the reason, and a note at
// the payload op.
// RUN: tensorop-opt %s --transform-interpreter --split-input-file --verify-diagnostics

func.func @f(%a: memref<12x8xf32>, %b: memref<8x16xf32>, %c: memref<12x16xf32>) {
  linalg.matmul {strategy.op = "mm"} ins(%a, %b : memref<12x8xf32>, memref<8x16xf32>) outs(%c : memref<12x16xf32>)
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    // expected-error @+1 {{expects 2 of op 'mm', but found 1}}
    %mm = transform.strategy.find op "mm" in %root count(2) : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

func.func @f(%a: memref<12x8xf32>, %b: memref<8x16xf32>, %c: memref<12x16xf32>) {
  // expected-note @+1 {{this is the payload op}}
  linalg.matmul {strategy.op = "mm"} ins(%a, %b : memref<12x8xf32>, memref<8x16xf32>) outs(%c : memref<12x16xf32>)
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %mm = transform.strategy.find op "mm" in %root count(1) : (!transform.any_op) -> !transform.any_op
    // expected-error @+1 {{loop 'ir' is over dimension 3, but the op has 3}}
    %t, %l = transform.strategy.tile_band %mm ["ir"] dims [3] sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

func.func @f(%a: tensor<8x8xf32>) -> tensor<8x8xf32> {
  // expected-note @+1 {{this is the payload op}}
  %0 = linalg.matmul {strategy.op = "mm"} ins(%a, %a : tensor<8x8xf32>, tensor<8x8xf32>) outs(%a : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %mm = transform.strategy.find op "mm" in %root count(1) : (!transform.any_op) -> !transform.any_op
    // expected-error @+1 {{expects buffer operands, but 'linalg.matmul' has tensors}}
    %t, %l = transform.strategy.tile_band %mm ["ir"] dims [0] sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

func.func @f(%a: memref<12x8xf32>, %b: memref<8x16xf32>, %c: memref<12x16xf32>) {
  // expected-note @+1 {{this is the payload op}}
  linalg.matmul {strategy.op = "mm"} ins(%a, %b : memref<12x8xf32>, memref<8x16xf32>) outs(%c : memref<12x16xf32>)
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %mm = transform.strategy.find op "mm" in %root count(1) : (!transform.any_op) -> !transform.any_op
    // expected-error @+1 {{expects a linalg.generic, but the payload op is 'linalg.matmul'}}
    %b = transform.strategy.pack_operand %mm[1] pack 1 by 8 extents [8, 16] name "mm.rhs" lanes 4 : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

func.func @f(%a: memref<12x8xf32>, %b: memref<8x16xf32>, %c: memref<12x16xf32>) {
  // expected-note @+1 {{this is the payload op}}
  linalg.matmul {strategy.op = "mm"} ins(%a, %b : memref<12x8xf32>, memref<8x16xf32>) outs(%c : memref<12x16xf32>)
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %mm = transform.strategy.find op "mm" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %t, %ir = transform.strategy.tile_band %mm ["ir"] dims [0] sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    // expected-error @+1 {{loop 'ir' steps by 4, which is no multiple of the panel size 6}}
    %b = transform.strategy.pack_operand %t[0] pack 0 by 6 extents [12, 8] name "mm.lhs" lanes 4 : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

func.func @f(%a: memref<12x8xf32>, %b: memref<8x16xf32>, %c: memref<12x16xf32>) {
  %z = arith.constant 0.0 : f32
  linalg.matmul {strategy.op = "mm"} ins(%a, %b : memref<12x8xf32>, memref<8x16xf32>) outs(%c : memref<12x16xf32>)
  // expected-note @+1 {{this is the payload op}}
  linalg.fill {strategy.op = "init"} ins(%z : f32) outs(%c : memref<12x16xf32>)
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %mm = transform.strategy.find op "mm" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %fill = transform.strategy.find op "init" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %t, %ir = transform.strategy.tile_band %mm ["ir"] dims [0] sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    // expected-error @+1 {{expects an op before the nest it is fused into, in the same block}}
    %i = transform.strategy.fuse_init %fill into %t : (!transform.any_op, !transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

func.func @f(%a: memref<12x8xf32>, %b: memref<8x16xf32>, %c: memref<12x16xf32>, %d: memref<12x16xf32>) {
  linalg.matmul {strategy.op = "mm"} ins(%a, %b : memref<12x8xf32>, memref<8x16xf32>) outs(%c : memref<12x16xf32>)
  // expected-note @+1 {{this is the payload op}}
  linalg.exp {strategy.op = "exp"} ins(%c : memref<12x16xf32>) outs(%d : memref<12x16xf32>)
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %mm = transform.strategy.find op "mm" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %exp = transform.strategy.find op "exp" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %t, %ir = transform.strategy.tile_band %mm ["ir"] dims [0] sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    // expected-error @+1 {{its output is not the buffer that 'mm' writes}}
    %e = transform.strategy.fuse_epilogue %exp into %t : (!transform.any_op, !transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

func.func @f(%a: memref<12x8xf32>, %b: memref<8x16xf32>, %c: memref<12x16xf32>) {
  // expected-note @+1 {{this is the payload op}}
  linalg.matmul {strategy.op = "mm"} ins(%a, %b : memref<12x8xf32>, memref<8x16xf32>) outs(%c : memref<12x16xf32>)
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %mm = transform.strategy.find op "mm" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %t, %ir, %jr = transform.strategy.tile_band %mm ["ir", "jr"] dims [0, 1] sizes [5, 8] : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    // expected-error @+1 {{dimension 0 leaves a remainder of 2 at size 5, but its edge is 'exact'}}
    %kk = transform.strategy.register_tile %t dims [0, 1] sizes [5, 8] edges ["exact", "exact"] lanes 4 inner ["kk"] dims [2] sizes [1] : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

func.func @f(%a: memref<12x8xf32>, %b: memref<8x16xf32>, %c: memref<12x16xf32>) {
  // expected-note @+1 {{this is the payload op}}
  linalg.matmul {strategy.op = "mm"} ins(%a, %b : memref<12x8xf32>, memref<8x16xf32>) outs(%c : memref<12x16xf32>)
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %mm = transform.strategy.find op "mm" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %t, %ir, %jr = transform.strategy.tile_band %mm ["ir", "jr"] dims [0, 1] sizes [6, 8] : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    // expected-error @+1 {{expects an innermost loop, but loop 'ir' holds other loops}}
    transform.strategy.unroll %ir by 2 : !transform.any_op
    transform.yield
  }
}

// -----

// A handle with several ops fits no rewrite.
func.func @f(%a: memref<8x8xf32>, %b: memref<8x8xf32>) {
  linalg.matmul {strategy.op = "mm"} ins(%a, %a : memref<8x8xf32>, memref<8x8xf32>) outs(%b : memref<8x8xf32>)
  linalg.matmul {strategy.op = "mm"} ins(%a, %a : memref<8x8xf32>, memref<8x8xf32>) outs(%b : memref<8x8xf32>)
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %mm = transform.strategy.find op "mm" in %root count(2) : (!transform.any_op) -> !transform.any_op
    // expected-error @+1 {{expects one payload op, but the handle has 2}}
    %t, %l = transform.strategy.tile_band %mm ["ir"] dims [0] sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// A fused producer computes each element by itself.
#id = affine_map<(i, j) -> (i, j)>
func.func @f(%q: memref<8x8xf32>, %b: memref<8x8xf32>, %c: memref<8x8xf32>) {
  %d = memref.alloc() : memref<8x8xf32>
  // expected-note @+1 {{this is the payload op}}
  linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (i, j)>], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%q : memref<8x8xf32>) outs(%d : memref<8x8xf32>) attrs = {strategy.op = "dq"} {
  ^bb0(%x: f32, %o: f32):
    linalg.yield %x : f32
  }
  linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>],
                  iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%d, %b : memref<8x8xf32>, memref<8x8xf32>) outs(%c : memref<8x8xf32>) attrs = {strategy.op = "mm"} {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %z, %p : f32
    linalg.yield %s : f32
  }
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %mm = transform.strategy.find op "mm" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %dq = transform.strategy.find op "dq" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %t, %ir = transform.strategy.tile_band %mm ["ir"] dims [0] sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    // expected-error @+1 {{expects an elementwise op with one output, but it has 1 outputs and 1 reduction loops}}
    %b = transform.strategy.pack_operand %t[0] at %ir from %dq pack 0 by 4 extents [4, 8] name "mm.lhs" lanes 4
        : (!transform.any_op, !transform.any_op, !transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

// It does not add to what was there.
#id = affine_map<(i, j) -> (i, j)>
func.func @f(%q: memref<8x8xf32>, %b: memref<8x8xf32>, %c: memref<8x8xf32>) {
  %d = memref.alloc() : memref<8x8xf32>
  // expected-note @+1 {{this is the payload op}}
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q : memref<8x8xf32>) outs(%d : memref<8x8xf32>) attrs = {strategy.op = "dq"} {
  ^bb0(%x: f32, %o: f32):
    %v = arith.addf %x, %o : f32
    linalg.yield %v : f32
  }
  linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>],
                  iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%d, %b : memref<8x8xf32>, memref<8x8xf32>) outs(%c : memref<8x8xf32>) attrs = {strategy.op = "mm"} {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %z, %p : f32
    linalg.yield %s : f32
  }
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %mm = transform.strategy.find op "mm" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %dq = transform.strategy.find op "dq" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %t, %ir = transform.strategy.tile_band %mm ["ir"] dims [0] sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    // expected-error @+1 {{expects an op that overwrites its output, but it reads it}}
    %b = transform.strategy.pack_operand %t[0] at %ir from %dq pack 0 by 4 extents [4, 8] name "mm.lhs" lanes 4
        : (!transform.any_op, !transform.any_op, !transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

// It does not know where it is.
#id = affine_map<(i, j) -> (i, j)>
func.func @f(%q: memref<8x8xf32>, %b: memref<8x8xf32>, %c: memref<8x8xf32>) {
  %d = memref.alloc() : memref<8x8xf32>
  // expected-note @+1 {{this is the payload op}}
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q : memref<8x8xf32>) outs(%d : memref<8x8xf32>) attrs = {strategy.op = "dq"} {
  ^bb0(%x: f32, %o: f32):
    %i = linalg.index 0 : index
    %n = arith.index_cast %i : index to i32
    %v = arith.sitofp %n : i32 to f32
    linalg.yield %v : f32
  }
  linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>],
                  iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%d, %b : memref<8x8xf32>, memref<8x8xf32>) outs(%c : memref<8x8xf32>) attrs = {strategy.op = "mm"} {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %z, %p : f32
    linalg.yield %s : f32
  }
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %mm = transform.strategy.find op "mm" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %dq = transform.strategy.find op "dq" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %t, %ir = transform.strategy.tile_band %mm ["ir"] dims [0] sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    // expected-error @+1 {{its body reads the index of a loop, which has no meaning where operands are packed}}
    %b = transform.strategy.pack_operand %t[0] at %ir from %dq pack 0 by 4 extents [4, 8] name "mm.lhs" lanes 4
        : (!transform.any_op, !transform.any_op, !transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

// Its result is not somebody else's.
#id = affine_map<(i, j) -> (i, j)>
func.func @f(%d: memref<8x8xf32>, %q: memref<8x8xf32>, %b: memref<8x8xf32>, %c: memref<8x8xf32>) {
  // expected-note @+1 {{this is the payload op}}
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q : memref<8x8xf32>) outs(%d : memref<8x8xf32>) attrs = {strategy.op = "dq"} {
  ^bb0(%x: f32, %o: f32):
    %v = arith.negf %x : f32
    linalg.yield %v : f32
  }
  linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>],
                  iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%d, %b : memref<8x8xf32>, memref<8x8xf32>) outs(%c : memref<8x8xf32>) attrs = {strategy.op = "mm"} {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %z, %p : f32
    linalg.yield %s : f32
  }
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %mm = transform.strategy.find op "mm" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %dq = transform.strategy.find op "dq" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %t, %ir = transform.strategy.tile_band %mm ["ir"] dims [0] sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    // expected-error @+1 {{its result is no buffer of its own: others may read it}}
    %b = transform.strategy.pack_operand %t[0] at %ir from %dq pack 0 by 4 extents [4, 8] name "mm.lhs" lanes 4
        : (!transform.any_op, !transform.any_op, !transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

// Its result is what is packed.
#id = affine_map<(i, j) -> (i, j)>
func.func @f(%q: memref<8x8xf32>, %b: memref<8x8xf32>, %c: memref<8x8xf32>) {
  %d = memref.alloc() : memref<8x8xf32>
  // expected-note @+1 {{this is the payload op}}
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q : memref<8x8xf32>) outs(%d : memref<8x8xf32>) attrs = {strategy.op = "dq"} {
  ^bb0(%x: f32, %o: f32):
    %v = arith.negf %x : f32
    linalg.yield %v : f32
  }
  linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>],
                  iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%b, %d : memref<8x8xf32>, memref<8x8xf32>) outs(%c : memref<8x8xf32>) attrs = {strategy.op = "mm"} {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %z, %p : f32
    linalg.yield %s : f32
  }
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %mm = transform.strategy.find op "mm" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %dq = transform.strategy.find op "dq" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %t, %ir = transform.strategy.tile_band %mm ["ir"] dims [0] sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    // expected-error @+1 {{its result is not operand 0 of the op that is packed}}
    %b = transform.strategy.pack_operand %t[0] at %ir from %dq pack 0 by 4 extents [4, 8] name "mm.lhs" lanes 4
        : (!transform.any_op, !transform.any_op, !transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

// Nothing else reads it.
#id = affine_map<(i, j) -> (i, j)>
func.func @f(%q: memref<8x8xf32>, %b: memref<8x8xf32>, %c: memref<8x8xf32>) {
  %d = memref.alloc() : memref<8x8xf32>
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q : memref<8x8xf32>) outs(%d : memref<8x8xf32>) attrs = {strategy.op = "dq"} {
  ^bb0(%x: f32, %o: f32):
    %v = arith.negf %x : f32
    linalg.yield %v : f32
  }
  // expected-note @+1 {{this is the payload op}}
  memref.copy %d, %b : memref<8x8xf32> to memref<8x8xf32>
  linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>],
                  iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%d, %b : memref<8x8xf32>, memref<8x8xf32>) outs(%c : memref<8x8xf32>) attrs = {strategy.op = "mm"} {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %z, %p : f32
    linalg.yield %s : f32
  }
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %mm = transform.strategy.find op "mm" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %dq = transform.strategy.find op "dq" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %t, %ir = transform.strategy.tile_band %mm ["ir"] dims [0] sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    // expected-error @+1 {{this op reads what the fused op computes: it must be computed as a whole}}
    %b = transform.strategy.pack_operand %t[0] at %ir from %dq pack 0 by 4 extents [4, 8] name "mm.lhs" lanes 4
        : (!transform.any_op, !transform.any_op, !transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

// Not even the op itself, twice.
#id = affine_map<(i, j) -> (i, j)>
func.func @f(%q: memref<8x8xf32>, %b: memref<8x8xf32>, %c: memref<8x8xf32>) {
  %d = memref.alloc() : memref<8x8xf32>
  // expected-note @+1 {{this is the payload op}}
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q : memref<8x8xf32>) outs(%d : memref<8x8xf32>) attrs = {strategy.op = "dq"} {
  ^bb0(%x: f32, %o: f32):
    %v = arith.negf %x : f32
    linalg.yield %v : f32
  }
  linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>],
                  iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%d, %d : memref<8x8xf32>, memref<8x8xf32>) outs(%c : memref<8x8xf32>) attrs = {strategy.op = "mm"} {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %z, %p : f32
    linalg.yield %s : f32
  }
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %mm = transform.strategy.find op "mm" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %dq = transform.strategy.find op "dq" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %t, %ir = transform.strategy.tile_band %mm ["ir"] dims [0] sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    // expected-error @+1 {{its result is read as two operands: it must be computed as a whole}}
    %b = transform.strategy.pack_operand %t[0] at %ir from %dq pack 0 by 4 extents [4, 8] name "mm.lhs" lanes 4
        : (!transform.any_op, !transform.any_op, !transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

// What it reads stays the same until the last copy is made.
#id = affine_map<(i, j) -> (i, j)>
func.func @f(%q: memref<8x8xf32>, %b: memref<8x8xf32>, %c: memref<8x8xf32>) {
  %d = memref.alloc() : memref<8x8xf32>
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q : memref<8x8xf32>) outs(%d : memref<8x8xf32>) attrs = {strategy.op = "dq"} {
  ^bb0(%x: f32, %o: f32):
    %v = arith.negf %x : f32
    linalg.yield %v : f32
  }
  // expected-note @+1 {{this is the payload op}}
  memref.copy %b, %q : memref<8x8xf32> to memref<8x8xf32>
  linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>],
                  iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%d, %b : memref<8x8xf32>, memref<8x8xf32>) outs(%c : memref<8x8xf32>) attrs = {strategy.op = "mm"} {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %z, %p : f32
    linalg.yield %s : f32
  }
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %mm = transform.strategy.find op "mm" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %dq = transform.strategy.find op "dq" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %t, %ir = transform.strategy.tile_band %mm ["ir"] dims [0] sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    // expected-error @+1 {{this op writes what the fused op reads, before the last copy is made}}
    %b = transform.strategy.pack_operand %t[0] at %ir from %dq pack 0 by 4 extents [4, 8] name "mm.lhs" lanes 4
        : (!transform.any_op, !transform.any_op, !transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

// It comes before the nest, in the same block.
#id = affine_map<(i, j) -> (i, j)>
func.func @f(%q: memref<8x8xf32>, %b: memref<8x8xf32>, %c: memref<8x8xf32>) {
  %d = memref.alloc() : memref<8x8xf32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %n = %c0 to %c1 step %c1 {
  // expected-note @+1 {{this is the payload op}}
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q : memref<8x8xf32>) outs(%d : memref<8x8xf32>) attrs = {strategy.op = "dq"} {
  ^bb0(%x: f32, %o: f32):
    %v = arith.negf %x : f32
    linalg.yield %v : f32
  }
  }
  linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>],
                  iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%d, %b : memref<8x8xf32>, memref<8x8xf32>) outs(%c : memref<8x8xf32>) attrs = {strategy.op = "mm"} {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %z, %p : f32
    linalg.yield %s : f32
  }
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %mm = transform.strategy.find op "mm" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %dq = transform.strategy.find op "dq" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %t, %ir = transform.strategy.tile_band %mm ["ir"] dims [0] sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    // expected-error @+1 {{expects an op before the nest in which its result is packed, in the same block}}
    %b = transform.strategy.pack_operand %t[0] at %ir from %dq pack 0 by 4 extents [4, 8] name "mm.lhs" lanes 4
        : (!transform.any_op, !transform.any_op, !transform.any_op) -> !transform.any_op
    transform.yield
  }
}
