// RUN: tensorop-opt %s --tensorop-promote-floats | FileCheck %s

// CHECK-LABEL: func.func @mixed
// CHECK-SAME: (%{{.*}}: tensor<4xf64>, %{{.*}}: tensor<4xi32>) -> tensor<4xf64>
func.func @mixed(%x: tensor<4xf16>, %n: tensor<4xi32>) -> tensor<4xf32> {
  // CHECK: arith.constant 1.000000e-01 : f64
  %c = arith.constant 1.000000e-01 : f64
  %e = tensor.empty() : tensor<4xf32>
  // CHECK: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<4xf64>, tensor<4xi32>) outs(%{{.*}} : tensor<4xf64>)
  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x, %n : tensor<4xf16>, tensor<4xi32>) outs(%e : tensor<4xf32>) {
  // CHECK: ^bb0(%[[A:.*]]: f64, %[[I:.*]]: i32, %{{.*}}: f64):
  ^bb0(%a: f16, %i: i32, %o: f32):
    // CHECK-NOT: arith.extf %[[A]]
    // CHECK: arith.sitofp %[[I]] : i32 to f64
    // CHECK: arith.addf {{.*}} : f64
    // CHECK-NOT: fastmath
    %w = arith.extf %a : f16 to f32
    %f = arith.sitofp %i : i32 to f32
    %s = arith.addf %w, %f fastmath<fast> : f32
    // A rounding that the payload asks for stays one.
    // CHECK: %[[T:.*]] = arith.truncf %{{.*}} : f64 to f32
    // CHECK: arith.extf %[[T]] : f32 to f64
    %k = arith.truncf %c : f64 to f32
    %p = arith.mulf %s, %k : f32
    // A bitcast sees the payload's bits.
    // CHECK: %[[P:.*]] = arith.truncf %{{.*}} : f64 to f32
    // CHECK: %[[B:.*]] = arith.bitcast %[[P]] : f32 to i32
    %b = arith.bitcast %p : f32 to i32
    // CHECK: arith.bitcast %{{.*}} : i32 to f32
    // CHECK: arith.extf {{.*}} : f32 to f64
    %m = arith.addi %b, %i : i32
    %q = arith.bitcast %m : i32 to f32
    linalg.yield %q : f32
  } -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @constants
// CHECK: arith.constant dense<[1.000000e+00, 2.500000e-01]> : tensor<2xf64>
// CHECK: arith.constant dense<-2.000000e+00> : tensor<3xf64>
// CHECK: arith.constant dense<[1, 2]> : tensor<2xi32>
func.func @constants() -> (tensor<2xf32>, tensor<3xbf16>, tensor<2xi32>) {
  %a = arith.constant dense<[1.0, 0.25]> : tensor<2xf32>
  %b = arith.constant dense<-2.0> : tensor<3xbf16>
  %c = arith.constant dense<[1, 2]> : tensor<2xi32>
  return %a, %b, %c : tensor<2xf32>, tensor<3xbf16>, tensor<2xi32>
}

// Narrow types are rounded by way of f32, which every target converts.
// CHECK-LABEL: func.func @narrow
// CHECK: arith.truncf %{{.*}} : f64 to f32
// CHECK: arith.truncf %{{.*}} : f32 to bf16
// CHECK: arith.extf %{{.*}} : bf16 to f32
// CHECK: arith.extf %{{.*}} : f32 to f64
func.func @narrow(%x: f32) -> bf16 {
  %r = arith.truncf %x : f32 to bf16
  return %r : bf16
}
