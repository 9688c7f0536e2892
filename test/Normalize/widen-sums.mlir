// RUN: tensorop-opt %s --pass-pipeline='builtin.module(func.func(tensorop-widen-sums))' --verify-diagnostics | FileCheck %s
// RUN: tensorop-opt %s --pass-pipeline='builtin.module(func.func(tensorop-widen-sums{says=false}))' | FileCheck %s

// From a fill: sums start from the same value, and the rounded ones go where the fill went.
// CHECK-LABEL: func.func @filled
// CHECK-SAME: %[[A:[a-z0-9]+]]: tensor<4x5xbf16>, %[[B:[a-z0-9]+]]: tensor<5x6xbf16>, %[[C:[a-z0-9]+]]: tensor<4x6xbf16>
// CHECK: %[[WIDE:.*]] = tensor.empty() : tensor<4x6xf32>
// CHECK: %[[ONE:.*]] = arith.extf %{{.*}} : bf16 to f32
// CHECK: %[[START:.*]] = linalg.fill ins(%[[ONE]] : f32) outs(%[[WIDE]] : tensor<4x6xf32>)
// CHECK: %[[SUMS:.*]] = linalg.generic {{.*}}["parallel", "parallel", "reduction"]{{.*}} ins(%[[A]], %[[B]] : {{.*}}) outs(%[[START]] : tensor<4x6xf32>) attrs =  {strategy.op = "mm"}
// CHECK: arith.extf
// CHECK: arith.extf
// CHECK: arith.mulf %{{.*}}, %{{.*}} : f32
// CHECK: arith.addf %{{.*}}, %{{.*}} : f32
// CHECK: %[[ROUNDED:.*]] = linalg.generic {{.*}}["parallel", "parallel"]{{.*}} ins(%[[SUMS]] : tensor<4x6xf32>) outs(%[[C]] : tensor<4x6xbf16>)
// CHECK: arith.truncf %{{.*}} : f32 to bf16
// CHECK: return %[[ROUNDED]]
func.func @filled(%a: tensor<4x5xbf16>, %b: tensor<5x6xbf16>, %c: tensor<4x6xbf16>) -> tensor<4x6xbf16> {
  %one = arith.constant 1.0 : bf16
  %f = linalg.fill ins(%one : bf16) outs(%c : tensor<4x6xbf16>) -> tensor<4x6xbf16>
  // expected-remark@+1 {{its sums are kept in f32 and rounded to 'bf16' once; --narrow-sums rounds each of them}}
  %m = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<4x5xbf16>, tensor<5x6xbf16>) outs(%f : tensor<4x6xbf16>) -> tensor<4x6xbf16>
  return %m : tensor<4x6xbf16>
}

// Onto what is there: f16, a window, no dimension of the result.
// CHECK-LABEL: func.func @accumulated
// CHECK: %[[OLD:.*]] = linalg.generic {{.*}} ins(%{{.*}} : tensor<4xf16>) outs(%{{.*}} : tensor<4xf32>)
// CHECK: arith.extf
// CHECK: linalg.generic {{.*}} outs(%[[OLD]] : tensor<4xf32>)
// CHECK: arith.truncf %{{.*}} : f32 to f16
func.func @accumulated(%a: tensor<6xf16>, %b: tensor<3xf16>, %c: tensor<4xf16>) -> tensor<4xf16> {
  // expected-remark@+1 {{rounded to 'f16' once}}
  %m = linalg.conv_1d ins(%a, %b : tensor<6xf16>, tensor<3xf16>) outs(%c : tensor<4xf16>) -> tensor<4xf16>
  return %m : tensor<4xf16>
}
// CHECK-LABEL: func.func @dot
// CHECK: arith.truncf %{{.*}} : f32 to f16
func.func @dot(%a: tensor<6xf16>, %b: tensor<6xf16>, %c: tensor<f16>) -> tensor<f16> {
  // expected-remark@+1 {{rounded to 'f16' once}}
  %m = linalg.dot ins(%a, %b : tensor<6xf16>, tensor<6xf16>) outs(%c : tensor<f16>) -> tensor<f16>
  return %m : tensor<f16>
}

// Other types, sums of something else and other reductions stay.
// CHECK-LABEL: func.func @others
// CHECK-NOT: extf
// CHECK-NOT: truncf
// CHECK: return
#in = affine_map<(i, j) -> (i, j)>
#out = affine_map<(i, j) -> (i)>
func.func @others(%a: tensor<4x4xf32>, %h: tensor<4x4xf16>, %c: tensor<4x4xf32>, %v: tensor<4xf16>)
    -> (tensor<4x4xf32>, tensor<4xf16>, tensor<4xf16>) {
  %m = linalg.matmul ins(%a, %a : tensor<4x4xf32>, tensor<4x4xf32>) outs(%c : tensor<4x4xf32>) -> tensor<4x4xf32>
  %s = linalg.generic {indexing_maps = [#in, #out], iterator_types = ["parallel", "reduction"]}
      ins(%h : tensor<4x4xf16>) outs(%v : tensor<4xf16>) {
  ^bb0(%x: f16, %sum: f16):
    %r = arith.addf %x, %sum : f16
    linalg.yield %r : f16
  } -> tensor<4xf16>
  %t = linalg.generic {indexing_maps = [#in, #in, #out], iterator_types = ["parallel", "reduction"]}
      ins(%h, %h : tensor<4x4xf16>, tensor<4x4xf16>) outs(%v : tensor<4xf16>) {
  ^bb0(%x: f16, %y: f16, %sum: f16):
    %p = arith.mulf %x, %y : f16
    %r = arith.maximumf %p, %sum : f16
    linalg.yield %r : f16
  } -> tensor<4xf16>
  return %m, %s, %t : tensor<4x4xf32>, tensor<4xf16>, tensor<4xf16>
}
