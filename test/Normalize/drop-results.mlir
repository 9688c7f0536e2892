// RUN: tensorop-opt %s --split-input-file --verify-diagnostics --tensorop-drop-results | FileCheck %s

// CHECK-LABEL: func.func @destination
// CHECK-SAME: (%{{.*}}: memref<4xf32>) {
// CHECK: return{{$}}
func.func @destination(%x: memref<4xf32>) -> memref<4xf32> {
  return %x : memref<4xf32>
}

// -----

// A result elsewhere is copied to its destination.
// CHECK-LABEL: func.func @elsewhere
// CHECK-SAME: (%[[X:.*]]: memref<4xf32>, %[[OUT:.*]]: memref<4xf32> {tensorop.result = 0 : i64})
// CHECK: memref.copy %[[X]], %[[OUT]]
// CHECK-NEXT: return{{$}}
func.func @elsewhere(%x: memref<4xf32>, %out: memref<4xf32> {tensorop.result = 0 : i64}) -> memref<4xf32> {
  return %x : memref<4xf32>
}

// -----

// Each may be where the other belongs: both are saved first.
// CHECK-LABEL: func.func @exchanged
// CHECK-SAME: (%[[X:.*]]: memref<4xf32> {{.*}}, %[[Y:.*]]: memref<4xf32> {{.*}})
// CHECK: %[[A:.*]] = memref.alloc()
// CHECK: memref.copy %[[Y]], %[[A]]
// CHECK: %[[B:.*]] = memref.alloc()
// CHECK: memref.copy %[[X]], %[[B]]
// CHECK: memref.copy %[[A]], %[[X]]
// CHECK: memref.copy %[[B]], %[[Y]]
func.func @exchanged(%x: memref<4xf32> {tensorop.result = 0 : i64}, %y: memref<4xf32> {tensorop.result = 1 : i64}) -> (memref<4xf32>, memref<4xf32>) {
  return %y, %x : memref<4xf32>, memref<4xf32>
}

// -----

// expected-error@+1 {{result #0 of 'other' is not computed in its destination: it would need an allocation and a copy}}
func.func @other() -> memref<4xf32> {
  %a = memref.alloc() : memref<4xf32>
  return %a : memref<4xf32>
}

// -----

// expected-error@+1 {{private function 'callee' still returns a buffer}}
func.func private @callee(%x: memref<4xf32>) -> memref<4xf32> {
  return %x : memref<4xf32>
}
