// RUN: tensorop-opt %s --tensorop-destination-parameters --tensorop-infer-generators | FileCheck %s

// The variance of a normalization: only it meets the square root.
// CHECK-LABEL: func.func @normalization
// CHECK-SAME: %{{.*}}: tensor<4x8xf32> {bufferization.writable = false, llvm.noalias, tensorop.role = "in"}
// CHECK-SAME: %{{.*}}: tensor<8xf32> {{{.*}}tensorop.generator = "uniform(0.5, 1.5)", tensorop.role = "in"}
// CHECK-SAME: %{{.*}}: tensor<8xf32> {{{.*}}tensorop.generator = "iota", tensorop.role = "in"}
// CHECK-SAME: %{{.*}}: tensor<4x8xf32> {bufferization.writable = true, llvm.noalias, tensorop.result = 0 : i64, tensorop.role = "out"}
func.func @normalization(%x: tensor<4x8xf32>, %v: tensor<8xf32>, %w: tensor<8xf32> {tensorop.generator = "iota"}) -> tensor<4x8xf32> {
  %eps = arith.constant 1.0e-5 : f32
  %e8 = tensor.empty() : tensor<8xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%v, %w : tensor<8xf32>, tensor<8xf32>) outs(%e8 : tensor<8xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %t = arith.addf %a, %eps : f32
    linalg.yield %t : f32
  } -> tensor<8xf32>
  %e = tensor.empty() : tensor<4x8xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s : tensor<4x8xf32>, tensor<8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %q = math.rsqrt %b : f32
    %p = arith.mulf %a, %q : f32
    linalg.yield %p : f32
  } -> tensor<4x8xf32>
  return %r : tensor<4x8xf32>
}
