// RUN: tensorop-opt %s --tensorop-normalize | FileCheck %s

// An elementwise op is put on its producer, when nothing else reads it.
// CHECK-LABEL: func.func @in_place
// CHECK: %[[M:.*]] = linalg.matmul
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : tensor<6xf32>) outs(%[[M]] : tensor<4x6xf32>)
// CHECK-NEXT: ^bb0(%[[B:.*]]: f32, %[[C:.*]]: f32):
// CHECK-NEXT: arith.addf %[[C]], %[[B]]
func.func @in_place(%a: tensor<4x5xf32>, %b: tensor<5x6xf32>, %c: tensor<6xf32>) -> tensor<4x6xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x6xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %m = linalg.matmul ins(%a, %b : tensor<4x5xf32>, tensor<5x6xf32>) outs(%f : tensor<4x6xf32>) -> tensor<4x6xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%m, %c : tensor<4x6xf32>, tensor<6xf32>) outs(%e : tensor<4x6xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %t = arith.addf %x, %y : f32
    linalg.yield %t : f32
  } -> tensor<4x6xf32>
  return %r : tensor<4x6xf32>
}

// Both ops had one empty tensor; each gets its own. The first has two readers.
// Named elementwise ops become generic ones.
// CHECK-LABEL: func.func @own_destinations
// CHECK: %[[E1:.*]] = tensor.empty
// CHECK: %[[E0:.*]] = tensor.empty
// CHECK: %[[X:.*]] = linalg.generic {{.*}} outs(%[[E0]]
// CHECK: math.exp
// CHECK: linalg.generic {{.*}} ins(%[[X]], %[[X]] {{.*}} outs(%[[E1]]
// CHECK: arith.addf
func.func @own_destinations(%a: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %x = linalg.exp ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %r = linalg.add ins(%x, %x : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// A read-only accumulator is copied first.
// CHECK-LABEL: func.func @read_only
// CHECK-SAME: %[[C:[a-z0-9]+]]: tensor<4x6xf32> {tensorop.role = "in"}
// CHECK: %[[E:.*]] = tensor.empty
// CHECK: %[[COPY:.*]] = linalg.copy ins(%[[C]] {{.*}} outs(%[[E]]
// CHECK: linalg.matmul {{.*}} outs(%[[COPY]]
func.func @read_only(%a: tensor<4x5xf32>, %b: tensor<5x6xf32>, %c: tensor<4x6xf32> {tensorop.role = "in"}) -> tensor<4x6xf32> {
  %m = linalg.matmul ins(%a, %b : tensor<4x5xf32>, tensor<5x6xf32>) outs(%c : tensor<4x6xf32>) -> tensor<4x6xf32>
  return %m : tensor<4x6xf32>
}

// A dead twin of a reduction goes.
// CHECK-LABEL: func.func @dead_result
// CHECK-NOT: i64
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<4xf32>)
// CHECK-NOT: linalg.index
// CHECK: return
func.func @dead_result(%x: tensor<4x5xf32>, %m: tensor<4xf32>) -> tensor<4xf32> {
  %zi = arith.constant 0 : i64
  %e = tensor.empty() : tensor<4xi64>
  %f = linalg.fill ins(%zi : i64) outs(%e : tensor<4xi64>) -> tensor<4xi64>
  %r:2 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x5xf32>) outs(%m, %f : tensor<4xf32>, tensor<4xi64>) {
  ^bb0(%a: f32, %o: f32, %k: i64):
    %i = linalg.index 1 : index
    %j = arith.index_cast %i : index to i64
    %c = arith.cmpf ogt, %a, %o : f32
    %v = arith.maximumf %a, %o : f32
    %w = arith.select %c, %j, %k : i64
    linalg.yield %v, %w : f32, i64
  } -> (tensor<4xf32>, tensor<4xi64>)
  return %r#0 : tensor<4xf32>
}

// CHECK-LABEL: func.func @softmax
// CHECK-NOT: linalg.softmax
// CHECK: math.exp
func.func @softmax(%x: tensor<4x5xf32>) -> tensor<4x5xf32> {
  %e = tensor.empty() : tensor<4x5xf32>
  %r = linalg.softmax dimension(1) ins(%x : tensor<4x5xf32>) outs(%e : tensor<4x5xf32>) -> tensor<4x5xf32>
  return %r : tensor<4x5xf32>
}

// Carried tensors end in the loop's own argument; a swap saves both first.
// CHECK-LABEL: func.func @swap
// CHECK: scf.for {{.*}} iter_args(%[[S:.*]] = %{{.*}}, %[[T:.*]] = %{{.*}})
// CHECK-DAG: %[[ST:.*]] = bufferization.alloc_tensor() copy(%[[T]])
// CHECK-DAG: %[[SS:.*]] = bufferization.alloc_tensor() copy(%[[S]])
// CHECK: %[[NS:.*]] = bufferization.materialize_in_destination %[[ST]] in %[[S]]
// CHECK: %[[NT:.*]] = bufferization.materialize_in_destination %[[SS]] in %[[T]]
// CHECK: scf.yield %[[NS]], %[[NT]]
func.func @swap(%x: tensor<4xf32>, %y: tensor<4xf32>, %n: index) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%s = %x, %t = %y) -> (tensor<4xf32>, tensor<4xf32>) {
    scf.yield %t, %s : tensor<4xf32>, tensor<4xf32>
  }
  return %r#0 : tensor<4xf32>
}

// A contraction reads the weights as they lie.
// CHECK-LABEL: func.func @transposed_weights
// CHECK-SAME: %[[A:[a-z0-9]+]]: tensor<4x5xf32>, %[[W:[a-z0-9]+]]: tensor<6x5xf32>
// CHECK-NOT: linalg.transpose
// CHECK: linalg.generic {indexing_maps = [#[[$MK:.*]], #[[$NK:.*]], #[[$MN:.*]]], iterator_types = ["parallel", "parallel", "reduction"]}
// CHECK-SAME: ins(%[[A]], %[[W]]
// CHECK-SAME: attrs = {strategy.op = "proj"}
func.func @transposed_weights(%a: tensor<4x5xf32>, %w: tensor<6x5xf32>) -> tensor<4x6xf32> {
  %z = arith.constant 0.0 : f32
  %t0 = tensor.empty() : tensor<5x6xf32>
  %t = linalg.transpose ins(%w : tensor<6x5xf32>) outs(%t0 : tensor<5x6xf32>) permutation = [1, 0]
  %e = tensor.empty() : tensor<4x6xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %m = linalg.matmul {strategy.op = "proj"} ins(%a, %t : tensor<4x5xf32>, tensor<5x6xf32>) outs(%f : tensor<4x6xf32>) -> tensor<4x6xf32>
  return %m : tensor<4x6xf32>
}

// What a loop starts from stays where it is: bufferization must not look for
// another place.
// CHECK-LABEL: func.func @loop_start
// CHECK: %[[A:.*]] = bufferization.alloc_tensor() : tensor<4xf32>
// CHECK: scf.for {{.*}} iter_args(%{{.*}} = %[[A]])
func.func @loop_start(%v: f32) -> tensor<8xf32> {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %four = arith.constant 4 : index
  %e = tensor.empty() : tensor<4xf32>
  %r = scf.for %i = %zero to %four step %one iter_args(%x = %e) -> tensor<4xf32> {
    %n = tensor.insert %v into %x[%i] : tensor<4xf32>
    scf.yield %n : tensor<4xf32>
  }
  %out = tensor.empty() : tensor<8xf32>
  %s = tensor.insert_slice %r into %out[2] [4] [1] : tensor<4xf32> into tensor<8xf32>
  return %s : tensor<8xf32>
}
