// RUN: tensorop-opt %s --tensorop-destination-parameters | FileCheck %s

// CHECK-LABEL: func.func @result
// CHECK-SAME: %[[X:.*]]: tensor<4xf32> {bufferization.writable = false, llvm.noalias, tensorop.role = "in"}
// CHECK-SAME: %[[OUT:.*]]: tensor<4xf32> {bufferization.writable = true, llvm.noalias, tensorop.result = 0 : i64, tensorop.role = "out"}
func.func @result(%x: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  // CHECK: %[[R:.*]] = linalg.exp
  %r = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  // CHECK: %[[M:.*]] = bufferization.materialize_in_destination %[[R]] in %[[OUT]]
  // CHECK: return %[[M]]
  return %r : tensor<4xf32>
}

// A writable argument that the result is computed in needs no other.
// CHECK-LABEL: func.func @in_place
// CHECK-SAME: %[[X:.*]]: tensor<4xf32> {bufferization.writable = true, llvm.noalias, tensorop.result = 0 : i64, tensorop.role = "inout"})
// CHECK: %[[R:.*]] = linalg.exp
// CHECK: return %[[R]]
func.func @in_place(%x: tensor<4xf32> {bufferization.writable = true}) -> tensor<4xf32> {
  %r = linalg.exp ins(%x : tensor<4xf32>) outs(%x : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @scalars
// CHECK-SAME: %[[A:.*]]: tensor<f32> {{.*}}"in"}, %[[OUT:.*]]: tensor<f32> {{.*}}"out"}
// CHECK: %[[V:.*]] = tensor.extract %[[A]][]
// CHECK: %[[S:.*]] = arith.addf %[[V]], %[[V]]
// CHECK: %[[T:.*]] = tensor.from_elements %[[S]] : tensor<f32>
// CHECK: materialize_in_destination %[[T]] in %[[OUT]]
func.func @scalars(%a: f32) -> f32 {
  %s = arith.addf %a, %a : f32
  return %s : f32
}

// The second place of a value gets a copy of the first.
// CHECK-LABEL: func.func @twice
// CHECK: %[[M:.*]] = bufferization.materialize_in_destination
// CHECK: %[[C:.*]] = linalg.copy ins(%[[M]]
// CHECK: bufferization.materialize_in_destination %[[C]]
func.func @twice(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  return %x, %x : tensor<4xf32>, tensor<4xf32>
}

// Done before: nothing changes.
// CHECK-LABEL: func.func @again
// CHECK-SAME: (%{{.*}}: tensor<4xf32> {tensorop.role = "inout"}) -> tensor<4xf32>
func.func @again(%x: tensor<4xf32> {tensorop.role = "inout"}) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// A loop that fills an empty tensor fills the destination.
// CHECK-LABEL: func.func @loop
// CHECK-SAME: %[[OUT:[a-z0-9]+]]: tensor<4xf32> {{{.*}}tensorop.role = "out"}
// CHECK: %[[R:.*]] = scf.for {{.*}} iter_args(%{{.*}} = %[[OUT]])
// CHECK-NOT: materialize_in_destination
// CHECK: return %[[R]]
func.func @loop(%v: f32) -> tensor<4xf32> {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %four = arith.constant 4 : index
  %e = tensor.empty() : tensor<4xf32>
  %r = scf.for %i = %zero to %four step %one iter_args(%x = %e) -> tensor<4xf32> {
    %n = tensor.insert %v into %x[%i] : tensor<4xf32>
    scf.yield %n : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}
