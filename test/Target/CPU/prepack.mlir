// RUN: tensorop-opt %s --split-input-file --tensorop-prepack | FileCheck %s

// The copy becomes an argument, what fills it a function of its own. Constants
// and views that both need are in both.
// CHECK-LABEL: func.func @whole(
// CHECK-SAME: %{{.*}}: memref<4xf32>, %[[W:.*]]: memref<2x4xf32> {tensorop.name = "weights"})
// CHECK-SAME: tensorop.prepacked = [{argument = 1 : i64, entry = "whole_prepack_weights", tag = {{-?[0-9]+}} : i64, type = memref<2x4xf32>}]
// CHECK-NOT: memref.alloc
// CHECK: %[[C0:.*]] = arith.constant 0 : index
// CHECK-NOT: scf.for
// CHECK: memref.load %[[W]][%[[C0]], %[[C0]]]
// CHECK: func.func @whole_prepack_weights(
// CHECK-SAME: %[[S:.*]]: memref<8xf32> {llvm.noalias}, %[[P:.*]]: memref<2x4xf32> {llvm.align = 64 : i64, llvm.noalias})
// CHECK: %[[V:.*]] = memref.expand_shape %[[S]]
// CHECK: scf.for
// CHECK: %[[E:.*]] = memref.load %[[V]]
// CHECK: memref.store %[[E]], %[[P]]
// CHECK: return
func.func @whole(%x: memref<4xf32>, %w: memref<8xf32> {tensorop.name = "weights"}) attributes {strategy.kernel} {
  %copy = memref.alloc() {strategy.at_load, strategy.buffer = "mm.rhs"} : memref<2x4xf32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %view = memref.expand_shape %w [[0, 1]] output_shape [2, 4] : memref<8xf32> into memref<2x4xf32>
  scf.for %i = %c0 to %c2 step %c1 {
    %e = memref.load %view[%i, %c0] : memref<2x4xf32>
    memref.store %e, %copy[%i, %c0] : memref<2x4xf32>
  }
  %f = memref.load %copy[%c0, %c0] : memref<2x4xf32>
  memref.store %f, %x[%c0] : memref<4xf32>
  return
}

// -----

// A kernel that another function calls: both take the copy.
// CHECK-LABEL: func.func @outer(
// CHECK-SAME: %[[W:.*]]: memref<1x4xf32>, %{{.*}}: memref<4xf32>) attributes {tensorop.prepacked = [{argument = 0 : i64, entry = "outer_prepack_arg0"
// CHECK: call @inner(%{{.*}}, %[[W]]) : (memref<4xf32>, memref<1x4xf32>) -> ()
// CHECK: func.func @outer_prepack_arg0(%{{.*}}: memref<4xf32> {{.*}}, %{{.*}}: memref<1x4xf32>
// CHECK: func.func private @inner(%{{.*}}: memref<4xf32>, %{{.*}}: memref<1x4xf32>)
// CHECK-NOT: memref.alloc
func.func @outer(%w: memref<4xf32>, %x: memref<4xf32>) {
  call @inner(%x, %w) : (memref<4xf32>, memref<4xf32>) -> ()
  return
}
func.func private @inner(%x: memref<4xf32>, %w: memref<4xf32>) attributes {strategy.kernel} {
  %copy = memref.alloc() {strategy.at_load, strategy.buffer = "mm.rhs"} : memref<1x4xf32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  scf.for %i = %c0 to %c4 step %c1 {
    %e = memref.load %w[%i] : memref<4xf32>
    memref.store %e, %copy[%c0, %i] : memref<1x4xf32>
  }
  %f = memref.load %copy[%c0, %c0] : memref<1x4xf32>
  memref.store %f, %x[%c0] : memref<4xf32>
  return
}

// -----

// Filled without a loop, as a copy of one panel is: what is read for it goes
// along, and a hint for more of the argument is dropped.
// CHECK-LABEL: func.func @straight(
// CHECK-SAME: %[[W:.*]]: memref<2x4xf32>, %{{.*}}: memref<4xf32>)
// CHECK-NOT: vector.load
// CHECK-NOT: memref.prefetch
// CHECK: memref.load %[[W]]
// CHECK: func.func @straight_prepack_arg0(%[[S:.*]]: memref<8xf32> {{.*}}, %[[P:.*]]: memref<2x4xf32>
// CHECK: %[[A:.*]] = vector.load %[[S]]
// CHECK: %[[B:.*]] = vector.load %[[S]]
// CHECK: vector.store %[[A]], %[[P]]
// CHECK: vector.store %[[B]], %[[P]]
func.func @straight(%w: memref<8xf32>, %x: memref<4xf32>) attributes {strategy.kernel} {
  %copy = memref.alloc() {strategy.at_load, strategy.buffer = "mm.rhs"} : memref<2x4xf32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %a = vector.load %w[%c0] : memref<8xf32>, vector<4xf32>
  memref.prefetch %w[%c4], read, locality<2>, data : memref<8xf32>
  vector.store %a, %copy[%c0, %c0] : memref<2x4xf32>, vector<4xf32>
  %b = vector.load %w[%c4] : memref<8xf32>, vector<4xf32>
  vector.store %b, %copy[%c1, %c0] : memref<2x4xf32>, vector<4xf32>
  %f = memref.load %copy[%c0, %c0] : memref<2x4xf32>
  memref.store %f, %x[%c0] : memref<4xf32>
  return
}
