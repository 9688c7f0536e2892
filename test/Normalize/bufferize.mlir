// RUN: tensorop-opt %s --tensorop-kernels --tensorop-bufferize | FileCheck %s

// Bias and activation work in place of the product: no allocation, no copy.
// CHECK-LABEL: func.func @layer
// CHECK-SAME: (%[[A:.*]]: memref<4x5xf32> {{.*}}, %[[B:.*]]: memref<5x6xf32> {{.*}}, %[[C:.*]]: memref<6xf32> {{.*}}, %[[O:.*]]: memref<4x6xf32> {{{.*}}tensorop.role = "out"}) attributes {strategy.kernel}
// CHECK-NOT: memref.alloc
// CHECK-NOT: memref.copy
// CHECK: linalg.fill {{.*}} outs(%[[O]]
// CHECK: linalg.matmul {{.*}} outs(%[[O]]
// CHECK: linalg.generic {{.*}} ins(%[[C]] : memref<6xf32>) outs(%[[O]]
// CHECK: linalg.generic {{.*}} outs(%[[O]]
// CHECK: return{{$}}
func.func @layer(%a: tensor<4x5xf32>, %b: tensor<5x6xf32>, %c: tensor<6xf32>) -> tensor<4x6xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x6xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %m = linalg.matmul ins(%a, %b : tensor<4x5xf32>, tensor<5x6xf32>) outs(%f : tensor<4x6xf32>) -> tensor<4x6xf32>
  %p = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%m, %c : tensor<4x6xf32>, tensor<6xf32>) outs(%e : tensor<4x6xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %t = arith.addf %x, %y : f32
    linalg.yield %t : f32
  } -> tensor<4x6xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%p : tensor<4x6xf32>) outs(%e : tensor<4x6xf32>) {
  ^bb0(%x: f32, %o: f32):
    %t = arith.maximumf %x, %z : f32
    linalg.yield %t : f32
  } -> tensor<4x6xf32>
  return %r : tensor<4x6xf32>
}

// What a private function computes becomes part of its caller.
// CHECK-LABEL: func.func @caller
// CHECK: linalg.generic
// CHECK: math.exp
// CHECK-NOT: call
// CHECK-NOT: @helper
func.func private @helper(%x: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
func.func @caller(%x: tensor<4xf32>) -> tensor<4xf32> {
  %r = func.call @helper(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
