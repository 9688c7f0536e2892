// RUN: tensorop-opt %s --tensorop-structure-tensor-ops | FileCheck %s

// CHECK-LABEL: func.func @bits
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : tensor<4x5xf32>) outs(%{{.*}} : tensor<4x5xi32>)
// CHECK: arith.bitcast %{{.*}} : f32 to i32
func.func @bits(%x: tensor<4x5xf32>) -> tensor<4x5xi32> {
  %r = tensor.bitcast %x : tensor<4x5xf32> to tensor<4x5xi32>
  return %r : tensor<4x5xi32>
}

// Coordinate 0 of each batch is a row of the source.
// CHECK-LABEL: func.func @rows
// CHECK-SAME: %[[X:.*]]: tensor<8x6xf32>, %[[I:.*]]: tensor<3x1xi32>
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<3x6xf32>)
// CHECK-DAG: %[[B:.*]] = linalg.index 0
// CHECK-DAG: %[[J:.*]] = linalg.index 1
// CHECK: %[[C:.*]] = tensor.extract %[[I]][%[[B]], %{{.*}}]
// CHECK: %[[R:.*]] = arith.index_cast %[[C]] : i32 to index
// CHECK: tensor.extract %[[X]][%[[R]], %[[J]]]
func.func @rows(%x: tensor<8x6xf32>, %i: tensor<3x1xi32>) -> tensor<3x6xf32> {
  %r = tensor.gather %x[%i] gather_dims([0]) : (tensor<8x6xf32>, tensor<3x1xi32>) -> tensor<3x6xf32>
  return %r : tensor<3x6xf32>
}

// CHECK-LABEL: func.func @put
// CHECK-SAME: %[[X:.*]]: tensor<3x8x1xf32>, %[[D:.*]]: tensor<8x6xf32>, %[[I:.*]]: tensor<3x1xindex>
// CHECK: scf.for %[[B:[a-z0-9]+]] = {{.*}} iter_args(%{{.*}} = %[[D]])
// CHECK: scf.for %[[J:[a-z0-9]+]] =
// CHECK: scf.for %[[K:[a-z0-9]+]] = {{.*}} iter_args(%[[T:[a-z0-9]+]] =
// CHECK: %[[V:.*]] = tensor.extract %[[X]][%[[B]], %[[J]], %[[K]]]
// CHECK: %[[C:.*]] = tensor.extract %[[I]][%[[B]], %{{.*}}]
// CHECK: tensor.insert %[[V]] into %[[T]][%[[J]], %[[C]]]
func.func @put(%x: tensor<3x8x1xf32>, %d: tensor<8x6xf32>, %i: tensor<3x1xindex>) -> tensor<8x6xf32> {
  %r = tensor.scatter %x into %d[%i] scatter_dims([1]) unique : (tensor<3x8x1xf32>, tensor<8x6xf32>, tensor<3x1xindex>) -> tensor<8x6xf32>
  return %r : tensor<8x6xf32>
}
