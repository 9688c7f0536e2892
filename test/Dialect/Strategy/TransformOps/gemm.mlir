// A GEMM with its fill and an epilogue through all rewrites: no alloc, copy or
// structured op is left in the loops, and the tile is in registers.
// RUN: tensorop-opt %s --transform-interpreter --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @gemm
// CHECK-SAME: %[[A:[a-z0-9]+]]: memref<13x24xf32>, %[[B:[a-z0-9]+]]: memref<24x16xf32>, %[[C:[a-z0-9]+]]: memref<13x16xf32>
// CHECK-DAG: %[[LHS:.+]] = memref.alloc() {alignment = 64 : i64, strategy.buffer = "mm.lhs"} : memref<2x8x6xf32>
// CHECK-DAG: %[[RHS:.+]] = memref.alloc() {alignment = 64 : i64, strategy.buffer = "mm.rhs"} : memref<2x8x8xf32>
// CHECK-NOT: linalg.fill
// CHECK: scf.for %[[PC:.+]] = %{{.+}} to %{{.+}} step %{{.+}} {
// CHECK: vector.store %{{.+}}, %[[RHS]]
// CHECK: strategy.loop = "pack.panel"
// CHECK: scf.for %[[IC:.+]] =
// CHECK: vector.shuffle
// CHECK: vector.store %{{.+}}, %[[LHS]]
// CHECK-NOT: memref.alloc
// CHECK-NOT: memref.copy
// CHECK-NOT: linalg.generic
//
// The full tile: 6 rows of 2 vectors.
// CHECK: scf.if
// CHECK: scf.for {{.*}} -> (vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>) {
// CHECK-COUNT-12: vector.fma
// CHECK-NOT: vector.fma
// CHECK: strategy.loop = "kk"
// The output is read in all but the first block, the epilogue runs in the last.
// CHECK: scf.if
// CHECK: } else {
// CHECK-COUNT-12: vector.load %{{.+}} : memref<?x8xf32
// CHECK: scf.if
// CHECK-COUNT-12: arith.maximumf
// CHECK-COUNT-12: vector.store
//
// The row that is left.
// CHECK: } else {
// CHECK: scf.for {{.*}} -> (vector<4xf32>, vector<4xf32>) {
// CHECK-COUNT-2: vector.fma
// CHECK-NOT: vector.fma
// CHECK: strategy.loop = "kk"
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @gemm(%a: memref<13x24xf32>, %b: memref<24x16xf32>, %c: memref<13x16xf32>) {
  %z = arith.constant 0.0 : f32
  linalg.fill {strategy.op = "init"} ins(%z : f32) outs(%c : memref<13x16xf32>)
  linalg.matmul {strategy.op = "mm"} ins(%a, %b : memref<13x24xf32>, memref<24x16xf32>) outs(%c : memref<13x16xf32>)
  linalg.generic {strategy.op = "relu", indexing_maps = [affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      outs(%c : memref<13x16xf32>) {
  ^bb0(%x: f32):
    %r = arith.maximumf %x, %z : f32
    linalg.yield %r : f32
  }
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %mm = transform.strategy.find op "mm" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %fill = transform.strategy.find op "init" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %relu = transform.strategy.find op "relu" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %tile, %pc, %ic, %jr, %ir = transform.strategy.tile_band %mm ["pc", "ic", "jr", "ir"] dims [2, 0, 1, 0] sizes [8, 12, 8, 6]
        : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    %rhs = transform.strategy.pack_operand %tile[1] at %pc pack 1 by 8 extents [8, 16] name "mm.rhs" lanes 4
        : (!transform.any_op, !transform.any_op) -> !transform.any_op
    %lhs = transform.strategy.pack_operand %tile[0] at %ic pack 0 by 6 extents [12, 8] name "mm.lhs" lanes 4
        : (!transform.any_op, !transform.any_op) -> !transform.any_op
    %init = transform.strategy.fuse_init %fill into %tile : (!transform.any_op, !transform.any_op) -> !transform.any_op
    %ep = transform.strategy.fuse_epilogue %relu into %tile : (!transform.any_op, !transform.any_op) -> !transform.any_op
    %inner = transform.strategy.register_tile %tile init(%init) epilogue(%ep)
        dims [0, 1] sizes [6, 8] edges ["narrow", "exact"] lanes 4 inner ["kk"] dims [2] sizes [1] {contract, late_init}
        : (!transform.any_op, !transform.any_op, !transform.any_op) -> !transform.any_op
    %kk = transform.strategy.find loop "kk" in %root count(2) : (!transform.any_op) -> !transform.any_op
    %buf = transform.strategy.find buffer "mm.lhs" in %root count(1) : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

// Narrow columns, unpacked: 5 = one vector and one element; the mask is a
// constant and nothing beyond the edge is read.
// CHECK-LABEL: func.func @narrow
// CHECK-NOT: scf.if
// CHECK: %[[M:.+]] = vector.constant_mask [1] : vector<4xi1>
// CHECK: scf.for {{.*}} -> (vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>) {
// CHECK: vector.load
// CHECK: vector.maskedload
// Seven steps by three: a loop of two, and the last one behind it.
// CHECK: strategy.loop = "kk"
// CHECK: vector.maskedstore
func.func @narrow(%a: memref<3x7xf32>, %b: memref<7x5xf32>, %c: memref<3x5xf32>) {
  linalg.matmul {strategy.op = "mm"} ins(%a, %b : memref<3x7xf32>, memref<7x5xf32>) outs(%c : memref<3x5xf32>)
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %mm = transform.strategy.find op "mm" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %tile, %jr, %ir = transform.strategy.tile_band %mm ["jr", "ir"] dims [1, 0] sizes [16, 6]
        : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    %inner = transform.strategy.register_tile %tile
        dims [0, 1] sizes [6, 16] edges ["narrow", "narrow"] lanes 4 inner ["kk"] dims [2] sizes [1] {contract}
        : (!transform.any_op) -> !transform.any_op
    transform.strategy.unroll %inner by 3 : !transform.any_op
    transform.yield
  }
}

// -----

// A long epilogue with a short one: the sums go to a tile on the stack, and each row of it that
// exists is computed, its vectors in one operation, and stored under the mask of its columns.
// CHECK-LABEL: func.func @long_epilogue
// CHECK: memref.alloca() {alignment = 64 : i64} : memref<6x8xf32>
// CHECK: %[[TILE:[a-z0-9_]+]] = memref.alloca() {alignment = 64 : i64} : memref<6x8xf32>
// CHECK: strategy.loop = "kk"
// CHECK-NOT: arith.negf
// CHECK-COUNT-12: vector.store %{{.+}}, %[[TILE]]
// CHECK: scf.for %[[I:[a-z0-9]+]] = %{{.+}} to %c6{{.*}} step
// CHECK: vector.load %[[TILE]][%[[I]], %{{.+}}]
// CHECK: vector.load %[[TILE]][%[[I]], %{{.+}}]
// CHECK: arith.negf {{.*}} : vector<2x4xf32>
// CHECK-NOT: arith.negf
// CHECK: math.exp {{.*}} : vector<2x4xf32>
// CHECK-NOT: math.exp
// CHECK: vector.store %{{.+}}, %[[OUT:[a-z0-9_]+]][%[[I]], %{{.+}}]
// CHECK: vector.maskedstore %[[OUT]][%[[I]], %{{.+}}]
func.func @long_epilogue(%a: memref<13x7xf32>, %b: memref<7x6xf32>, %c: memref<13x6xf32>) {
  linalg.matmul {strategy.op = "mm"} ins(%a, %b : memref<13x7xf32>, memref<7x6xf32>) outs(%c : memref<13x6xf32>)
  linalg.generic {strategy.op = "neg", indexing_maps = [affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      outs(%c : memref<13x6xf32>) {
  ^bb0(%x: f32):
    %r = arith.negf %x : f32
    linalg.yield %r : f32
  }
  linalg.generic {strategy.op = "exp", indexing_maps = [affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      outs(%c : memref<13x6xf32>) {
  ^bb0(%x: f32):
    %r = math.exp %x : f32
    linalg.yield %r : f32
  }
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %mm = transform.strategy.find op "mm" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %neg = transform.strategy.find op "neg" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %exp = transform.strategy.find op "exp" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %tile, %jr, %ir = transform.strategy.tile_band %mm ["jr", "ir"] dims [1, 0] sizes [8, 6]
        : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    %e0 = transform.strategy.fuse_epilogue %neg into %tile : (!transform.any_op, !transform.any_op) -> !transform.any_op
    %e1 = transform.strategy.fuse_epilogue %exp into %tile : (!transform.any_op, !transform.any_op) -> !transform.any_op
    %inner = transform.strategy.register_tile %tile epilogue(%e0, %e1)
        dims [0, 1] sizes [6, 8] edges ["mask", "narrow"] lanes 4 inner ["kk"] dims [2] sizes [1] {contract}
        : (!transform.any_op, !transform.any_op, !transform.any_op) -> !transform.any_op
    transform.yield
  }
}
