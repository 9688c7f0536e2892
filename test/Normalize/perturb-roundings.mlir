// RUN: tensorop-opt %s --tensorop-perturb-roundings | FileCheck %s
// RUN: tensorop-opt %s --tensorop-perturb-roundings=function-ulp=7 | FileCheck %s --check-prefix=ULP
// RUN: tensorop-opt %s --tensorop-perturbed | FileCheck %s --check-prefix=PIPELINE

#a = affine_map<(i, p) -> (i, p)>
#b = affine_map<(i, p) -> (p)>
#c = affine_map<(i, p) -> (i)>
#v = affine_map<(i) -> (i)>

// The sum of magnitudes starts from the absolute value of what the sum starts
// from; the product's rounding is one of the sum's.
// CHECK-LABEL: func.func @sum
// CHECK-SAME: %[[SCALE:[^:]*]]: tensor<f64> {tensorop.role = "in"}) -> tensor<4xf32>
// CHECK: %[[ONE:.*]] = tensor.extract %[[SCALE]][] : tensor<f64>
// CHECK: arith.truncf %[[ONE]] : f64 to f32
// CHECK: %[[START:.*]] = linalg.generic
// CHECK: math.absf
// CHECK: %[[SIZE:.*]] = linalg.generic {{.*}}["parallel", "reduction"]} {{.*}} outs(%[[START]] : tensor<4xf32>)
// CHECK: ^bb0(%[[IN:.*]]: f32, %[[IN2:.*]]: f32, %{{.*}}: f32):
// CHECK: %[[P:.*]] = arith.mulf
// An infinity of the inputs is one in every order, one of the product is not.
// CHECK: math.absf %[[IN]]
// CHECK: math.absf %[[IN2]]
// CHECK: arith.ori
// CHECK: %[[GIVEN:.*]] = arith.andi
// CHECK: %[[ABS:.*]] = math.absf %[[P]]
// CHECK: %[[SIZE1:.*]] = arith.select %[[GIVEN]], %{{.*}}, %[[ABS]]
// CHECK-NEXT: %[[S:.*]] = arith.addf %{{.*}}, %[[SIZE1]]
// CHECK-NEXT: linalg.yield %[[S]]
// CHECK: %[[SUM:.*]] = linalg.generic {{.*}}["parallel", "reduction"]}
// CHECK: %[[P:.*]] = arith.mulf
// CHECK-NEXT: %[[S:.*]] = arith.addf %{{.*}}, %[[P]]
// CHECK-NEXT: linalg.yield %[[S]]
// CHECK: linalg.generic {{.*}}["parallel"]} ins(%[[SIZE]] : tensor<4xf32>) outs(%[[SUM]] : tensor<4xf32>)
// CHECK: arith.cmpf oge
// CHECK: arith.bitcast {{.*}} : f32 to i32
// CHECK: arith.select
// CHECK: arith.cmpf olt, %{{.*}}, %{{.*}} : f32
// CHECK: %[[LEFT:.*]] = arith.select
// CHECK-NEXT: %[[MOVED:.*]] = arith.select %{{.*}}, %[[LEFT]]
// CHECK-NEXT: linalg.yield %[[MOVED]]
func.func @sum(%x: tensor<4x9xf32>, %y: tensor<9xf32>, %z: tensor<4xf32>) -> tensor<4xf32> {
  %r = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "reduction"]}
      ins(%x, %y : tensor<4x9xf32>, tensor<9xf32>) outs(%z : tensor<4xf32>) {
  ^bb0(%p: f32, %q: f32, %acc: f32):
    %m = arith.mulf %p, %q : f32
    %s = arith.addf %acc, %m : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// A maximum does not round; what is no sum has its roundings moved one by one.
// CHECK-LABEL: func.func @others
// CHECK: linalg.generic {{.*}}["parallel", "reduction"]}
// CHECK-NEXT: ^bb0
// CHECK-NEXT: arith.maximumf
// CHECK-NEXT: linalg.yield
// CHECK: linalg.generic {{.*}}["parallel", "reduction"]}
// CHECK: %[[M:.*]] = arith.mulf %{{.*}}, %{{.*}} : f16
// An f16 is hashed as f32, which the reference can make from f64.
// CHECK: arith.extf %[[M]] : f16 to f32
// CHECK-NEXT: arith.bitcast
// CHECK: linalg.yield
func.func @others(%x: tensor<4x9xf16>, %z: tensor<4xf16>) -> (tensor<4xf16>, tensor<4xf16>) {
  %r = linalg.generic {indexing_maps = [#a, #c], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x9xf16>) outs(%z : tensor<4xf16>) {
  ^bb0(%p: f16, %acc: f16):
    %s = arith.maximumf %acc, %p : f16
    linalg.yield %s : f16
  } -> tensor<4xf16>
  %t = linalg.generic {indexing_maps = [#a, #c], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x9xf16>) outs(%z : tensor<4xf16>) {
  ^bb0(%p: f16, %acc: f16):
    %s = arith.mulf %acc, %p : f16
    linalg.yield %s : f16
  } -> tensor<4xf16>
  return %r, %t : tensor<4xf16>, tensor<4xf16>
}

// A function may be off by two units in the last place (2^-51), or as many as
// are said; one more is the reference's.
// CHECK-LABEL: func.func @function
// CHECK: math.exp
// CHECK: 4.4408920985006262E-16
// ULP-LABEL: func.func @function
// ULP: math.exp
// ULP: 1.7763568394002505E-15
func.func @function(%x: tensor<4xf64>, %z: tensor<4xf64>) -> tensor<4xf64> {
  %r = linalg.generic {indexing_maps = [#v, #v], iterator_types = ["parallel"]}
      ins(%x : tensor<4xf64>) outs(%z : tensor<4xf64>) {
  ^bb0(%p: f64, %o: f64):
    %s = math.exp %p : f64
    linalg.yield %s : f64
  } -> tensor<4xf64>
  return %r : tensor<4xf64>
}

// PIPELINE-LABEL: func.func @sum
// PIPELINE-SAME: memref<f64>
// PIPELINE-NOT: f32>
// PIPELINE-LABEL: func.func @others
