// RUN: tensorop-opt %s --split-input-file --tensorop-fuse-producers | FileCheck %s

// A cast, a transpose and a scale become one op, which computes as the weights
// lie; the contraction reads it transposed.
// CHECK: #[[$ROW:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK: #[[$RHS:.*]] = affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK-LABEL: func.func @chain(
// CHECK-SAME: %[[A:.*]]: tensor<4x8xf32>, %[[W:.*]]: tensor<16x8xi8>, %[[S:.*]]: tensor<16xf32>
// CHECK: %[[D:.*]] = linalg.generic {{.*}}#[[$ROW]]{{.*}} ins(%[[W]], %[[S]] : tensor<16x8xi8>, tensor<16xf32>) outs(%{{.*}} : tensor<16x8xf32>)
// CHECK: arith.sitofp
// CHECK: arith.mulf
// CHECK: linalg.generic {{.*}}#[[$RHS]]{{.*}} ins(%[[A]], %[[D]] : tensor<4x8xf32>, tensor<16x8xf32>)
// CHECK-NOT: linalg.transpose
func.func @chain(%a: tensor<4x8xf32>, %w: tensor<16x8xi8>, %s: tensor<16xf32>, %c: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %e0 = tensor.empty() : tensor<16x8xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%w : tensor<16x8xi8>) outs(%e0 : tensor<16x8xf32>) {
  ^bb0(%x: i8, %o: f32):
    %v = arith.sitofp %x : i8 to f32
    linalg.yield %v : f32
  } -> tensor<16x8xf32>
  %e1 = tensor.empty() : tensor<8x16xf32>
  %1 = linalg.transpose ins(%0 : tensor<16x8xf32>) outs(%e1 : tensor<8x16xf32>) permutation = [1, 0]
  %e2 = tensor.empty() : tensor<8x16xf32>
  %2 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%1, %s : tensor<8x16xf32>, tensor<16xf32>) outs(%e2 : tensor<8x16xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %v = arith.mulf %x, %y : f32
    linalg.yield %v : f32
  } -> tensor<8x16xf32>
  %3 = linalg.matmul ins(%a, %2 : tensor<4x8xf32>, tensor<8x16xf32>) outs(%c : tensor<4x16xf32>) -> tensor<4x16xf32>
  return %3 : tensor<4x16xf32>
}

// -----

// A mere transpose leaves nothing but an indexing map, also when it is written
// as a generic op.
// CHECK-LABEL: func.func @transposes(
// CHECK-SAME: %[[A:.*]]: tensor<8x4xf32>, %[[B:.*]]: tensor<16x8xf32>
// CHECK-NOT: linalg.transpose
// CHECK: linalg.generic {{.*}} ins(%[[A]], %[[B]] : tensor<8x4xf32>, tensor<16x8xf32>)
// CHECK-NOT: linalg.generic
func.func @transposes(%a: tensor<8x4xf32>, %b: tensor<16x8xf32>, %c: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %e0 = tensor.empty() : tensor<4x8xf32>
  %0 = linalg.transpose ins(%a : tensor<8x4xf32>) outs(%e0 : tensor<4x8xf32>) permutation = [1, 0]
  %e1 = tensor.empty() : tensor<8x16xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i, j)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%b : tensor<16x8xf32>) outs(%e1 : tensor<8x16xf32>) {
  ^bb0(%x: f32, %o: f32):
    linalg.yield %x : f32
  } -> tensor<8x16xf32>
  %2 = linalg.matmul ins(%0, %1 : tensor<4x8xf32>, tensor<8x16xf32>) outs(%c : tensor<4x16xf32>) -> tensor<4x16xf32>
  return %2 : tensor<4x16xf32>
}

// -----

// What follows another contraction is its consumer; a named op stays one; what
// two ops read is computed as a whole.
// CHECK-LABEL: func.func @kept(
// CHECK: linalg.matmul
// CHECK: linalg.exp
// CHECK: linalg.negf
// CHECK: linalg.abs
// CHECK: linalg.matmul
// CHECK: linalg.negf {strategy.op = "mine"}
// CHECK: linalg.exp
// CHECK: linalg.matmul
func.func @kept(%a: tensor<8x8xf32>, %b: tensor<8x8xf32>, %c: tensor<8x8xf32>, %e: tensor<8x8xf32>) -> (tensor<8x8xf32>, tensor<8x8xf32>) {
  %0 = linalg.matmul ins(%a, %b : tensor<8x8xf32>, tensor<8x8xf32>) outs(%c : tensor<8x8xf32>) -> tensor<8x8xf32>
  %1 = linalg.exp ins(%0 : tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  %2 = linalg.negf ins(%1 : tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  %3 = linalg.abs ins(%a : tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  %4 = linalg.matmul ins(%2, %3 : tensor<8x8xf32>, tensor<8x8xf32>) outs(%c : tensor<8x8xf32>) -> tensor<8x8xf32>
  %5 = linalg.negf {strategy.op = "mine"} ins(%b : tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  %6 = linalg.exp ins(%5 : tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  %7 = linalg.matmul ins(%6, %3 : tensor<8x8xf32>, tensor<8x8xf32>) outs(%c : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %4, %7 : tensor<8x8xf32>, tensor<8x8xf32>
}
