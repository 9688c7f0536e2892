// Why what follows a contraction is not in its plan, on the op.
// RUN: tensorop-opt %s --strategy-propose="target=x86-64-v4" | FileCheck %s

// CHECK-LABEL: func.func @repeated(
// CHECK: linalg.generic {{.*}}tensorop.unfused = "it repeats the sums, or reads them at other places"
func.func @repeated(%a: tensor<64x32xf32>, %b: tensor<32x96xf32>, %c: tensor<64x96xf32>, %d: tensor<4x64x96xf32>)
    -> tensor<4x64x96xf32> attributes {strategy.kernel} {
  %0 = linalg.matmul {strategy.op = "mm"}
      ins(%a, %b : tensor<64x32xf32>, tensor<32x96xf32>)
      outs(%c : tensor<64x96xf32>) -> tensor<64x96xf32>
  %1 = linalg.generic {
      indexing_maps = [affine_map<(h, i, j) -> (i, j)>, affine_map<(h, i, j) -> (h, i, j)>],
      iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%0 : tensor<64x96xf32>) outs(%d : tensor<4x64x96xf32>) attrs = {strategy.op = "copies"} {
  ^bb0(%x: f32, %old: f32):
    %r = arith.addf %x, %x : f32
    linalg.yield %r : f32
  } -> tensor<4x64x96xf32>
  return %1 : tensor<4x64x96xf32>
}
// CHECK: strategy.plan @analytic.repeated root mm(m, n, k) requires [fma]
