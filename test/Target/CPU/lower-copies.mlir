// RUN: tensorop-opt %s --pass-pipeline='builtin.module(func.func(tensorop-lower-copies))' | FileCheck %s

// CHECK-LABEL: func.func @copies
// CHECK: memref.copy %{{.*}}, %{{.*}} : memref<4x4xf32> to memref<4x4xf32>
// CHECK: linalg.copy ins(%{{.*}} : memref<4x4xf32>) outs(%{{.*}} : memref<4x4xf32, strided<[8, 1]>>)
// CHECK-NOT: memref.copy
func.func @copies(%x: memref<4x4xf32>, %y: memref<4x4xf32>, %z: memref<4x4xf32, strided<[8, 1]>>) {
  memref.copy %x, %y : memref<4x4xf32> to memref<4x4xf32>
  memref.copy %x, %z : memref<4x4xf32> to memref<4x4xf32, strided<[8, 1]>>
  return
}
