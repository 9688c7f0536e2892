// With the values in place the interpreter runs the script, which it refuses before.
// RUN: tensorop-opt %s --transform-solve-constrained-params --transform-interpreter | FileCheck %s
// RUN: not tensorop-opt %s --transform-interpreter 2>&1 | FileCheck %s --check-prefix=BEFORE
// BEFORE: error: op does not have interpreted semantics yet

// CHECK-LABEL: func.func @f
// CHECK-DAG: %[[M:.*]] = arith.constant 32 : index
// CHECK-DAG: %[[N:.*]] = arith.constant 64 : index
// CHECK: scf.for {{.*}} step %[[M]]
// CHECK: scf.for {{.*}} step %[[N]]
module attributes {transform.with_named_sequence} {
  func.func @f(%a: tensor<128x128xf32>, %b: tensor<128x128xf32>, %c: tensor<128x128xf32>) -> tensor<128x128xf32> {
    %d = linalg.matmul ins(%a, %b : tensor<128x128xf32>, tensor<128x128xf32>) outs(%c : tensor<128x128xf32>) -> tensor<128x128xf32>
    return %d : tensor<128x128xf32>
  }
  transform.named_sequence @__transform_main(%arg0: !transform.any_op) {
    %mm = transform.structured.match ops{["linalg.matmul"]} in %arg0 : (!transform.any_op) -> !transform.any_op
    %m = transform.param.constant 32 : i64 -> !transform.param<i64>
    %n = transform.smt.constrain_params(%m) : (!transform.param<i64>) -> !transform.param<i64> {
    ^bb0(%tile_m: !smt.int):
      %tile_n = smt.declare_fun "tile_n" : !smt.int
      %c2048 = smt.int.constant 2048
      %area = smt.int.mul %tile_m, %tile_n
      %is = smt.eq %area, %c2048 : !smt.int
      smt.assert %is
      smt.yield %tile_n : !smt.int
    }
    %tiled, %loops:2 = transform.structured.tile_using_for %mm tile_sizes [%m, %n]
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
}
