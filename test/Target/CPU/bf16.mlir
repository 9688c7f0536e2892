// RUN: tensorop-opt %s --split-input-file --verify-diagnostics --tensorop-bf16-to-bits | FileCheck %s
// RUN: tensorop-opt %s --split-input-file --tensorop-split-casts | FileCheck %s --check-prefix=SPLIT

// CHECK-LABEL: func.func @moved
// CHECK-SAME: (%[[X:.*]]: memref<4xi16>, %[[C:.*]]: i1) -> i16
// CHECK-DAG: %[[ONE:.*]] = arith.constant 16256 : i16
// CHECK-DAG: %[[V:.*]] = memref.load %[[X]]
// CHECK: %[[S:.*]] = arith.select %[[C]], %[[V]], %[[ONE]] : i16
// CHECK-NOT: arith.bitcast
// CHECK: arith.addi %[[S]], %[[S]] : i16
func.func @moved(%x: memref<4xbf16>, %c: i1) -> i16 {
  %c0 = arith.constant 0 : index
  %one = arith.constant 1.0 : bf16
  %v = memref.load %x[%c0] : memref<4xbf16>
  %s = arith.select %c, %v, %one : bf16
  %b = arith.bitcast %s : bf16 to i16
  %r = arith.addi %b, %b : i16
  return %r : i16
}

// CHECK: memref.global "private" constant @table : memref<2xi16> = dense<[16256, -16384]>
memref.global "private" constant @table : memref<2xbf16> = dense<[1.0, -2.0]>

// SPLIT-LABEL: func.func @wide
// SPLIT: %[[F:.*]] = arith.truncf %{{.*}} : f64 to f32
// SPLIT: arith.truncf %[[F]] : f32 to bf16

// -----

func.func @wide(%x: f64) -> bf16 {
  // expected-error@+1 {{computes in bf16, for which there is no expansion}}
  %r = arith.truncf %x : f64 to bf16
  return %r : bf16
}
