// RUN: tensorop-opt %s --tensorop-empty-arguments | FileCheck %s

// CHECK-LABEL: func.func @empty
// CHECK-SAME: (%{{.*}}: memref<1xf32>, %[[Y:.*]]: memref<4x4xf32>)
// CHECK: %[[X:.*]] = memref.alloc() : memref<4x0xf32>
// CHECK: linalg.matmul ins(%[[X]],
// CHECK: %[[E:.*]] = memref.alloc() : memref<1xf32>
// CHECK: call @callee(%[[E]]) : (memref<1xf32>) -> ()
func.func @empty(%x: memref<4x0xf32>, %y: memref<4x4xf32>) {
  %b = memref.alloc() : memref<0x4xf32>
  linalg.matmul ins(%x, %b : memref<4x0xf32>, memref<0x4xf32>) outs(%y : memref<4x4xf32>)
  func.call @callee(%x) : (memref<4x0xf32>) -> ()
  return
}
// CHECK-LABEL: func.func private @callee(%{{.*}}: memref<1xf32>)
func.func private @callee(%x: memref<4x0xf32>) {
  return
}
