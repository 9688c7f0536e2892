// RUN: tensorop-opt %s --split-input-file --tensorop-workspace | FileCheck %s

// The first two buffers are live together, the third only after the first: it
// takes its place. Offsets are multiples of 64.
// CHECK-LABEL: func.func @reuse
// CHECK-SAME: %[[W:[a-z0-9]+]]: memref<128xi8> {llvm.align = 64 : i64, llvm.noalias}) attributes {tensorop.workspace = 128 : i64}
// CHECK-NOT: memref.alloc
func.func @reuse(%x: memref<8xf32>, %y: memref<8xf32>) {
  // CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
  // CHECK-DAG: %[[C64:.*]] = arith.constant 64 : index
  // CHECK-DAG: %[[A:.*]] = memref.view %[[W]][%[[C0]]][] : memref<128xi8> to memref<8xf32>
  // CHECK-DAG: %[[B:.*]] = memref.view %[[W]][%[[C64]]][] : memref<128xi8> to memref<10xf32>
  // CHECK-DAG: %[[C:.*]] = memref.view %[[W]][%{{.*}}][] : memref<128xi8> to memref<8xf32>
  %a = memref.alloc() : memref<8xf32>
  memref.copy %x, %a : memref<8xf32> to memref<8xf32>
  %b = memref.alloc() : memref<10xf32>
  %v = memref.subview %b[1] [8] [1] : memref<10xf32> to memref<8xf32, strided<[1], offset: 1>>
  memref.copy %a, %v : memref<8xf32> to memref<8xf32, strided<[1], offset: 1>>
  %c = memref.alloc() : memref<8xf32>
  memref.copy %v, %c : memref<8xf32, strided<[1], offset: 1>> to memref<8xf32>
  memref.copy %c, %y : memref<8xf32> to memref<8xf32>
  memref.dealloc %c : memref<8xf32>
  return
}

// -----

// A call gets what lies behind the caller's own buffers; two calls share it.
// CHECK-LABEL: func.func @caller
// CHECK-SAME: %[[W:[a-z0-9]+]]: memref<192xi8>
// CHECK-SAME: tensorop.workspace = 192
// CHECK: %[[PART:.*]] = memref.view %[[W]][%{{.*}}][] : memref<192xi8> to memref<128xi8>
// CHECK: call @callee(%{{.*}}, %{{.*}}) : (memref<32xf32>, memref<128xi8>) -> ()
// CHECK: call @callee(%{{.*}}, %{{.*}}) : (memref<32xf32>, memref<128xi8>) -> ()
// CHECK: call @free(%{{.*}}) : (memref<32xf32>) -> ()
func.func @caller(%x: memref<32xf32>) {
  %a = memref.alloc() : memref<4xf32>
  func.call @callee(%x) : (memref<32xf32>) -> ()
  func.call @callee(%x) : (memref<32xf32>) -> ()
  func.call @free(%x) : (memref<32xf32>) -> ()
  %s = memref.subview %x[0] [4] [1] : memref<32xf32> to memref<4xf32, strided<[1]>>
  memref.copy %a, %s : memref<4xf32> to memref<4xf32, strided<[1]>>
  return
}
// CHECK-LABEL: func.func private @callee
// CHECK-SAME: memref<128xi8>
func.func private @callee(%x: memref<32xf32>) {
  %a = memref.alloc() {alignment = 64 : i64} : memref<32xf32>
  memref.copy %x, %a : memref<32xf32> to memref<32xf32>
  memref.copy %a, %x : memref<32xf32> to memref<32xf32>
  return
}
// CHECK-LABEL: func.func private @free
// CHECK-SAME: (%{{.*}}: memref<32xf32>) attributes {tensorop.workspace = 0 : i64}
func.func private @free(%x: memref<32xf32>) {
  return
}

// -----

// What a loop uses lives as long as the loop.
// CHECK-LABEL: func.func @in_loop
// CHECK-SAME: memref<128xi8>
// CHECK: memref.view
// CHECK: memref.view
// CHECK: scf.for
// CHECK-NOT: memref.alloc
func.func @in_loop(%x: memref<8xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  scf.for %i = %c0 to %c4 step %c1 {
    %a = memref.alloc() : memref<8xf32>
    memref.copy %x, %a : memref<8xf32> to memref<8xf32>
    %b = memref.alloc() : memref<8xf32>
    memref.copy %a, %b : memref<8xf32> to memref<8xf32>
    memref.copy %b, %x : memref<8xf32> to memref<8xf32>
  }
  return
}
