// RUN: tensorop-opt %s --split-input-file --verify-diagnostics --tensorop-drop-results | FileCheck %s

// CHECK-LABEL: func.func @destination
// CHECK-SAME: (%{{.*}}: memref<4xf32>) {
// CHECK: return{{$}}
func.func @destination(%x: memref<4xf32>) -> memref<4xf32> {
  return %x : memref<4xf32>
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
