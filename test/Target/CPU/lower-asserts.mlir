// RUN: tensorop-opt %s --split-input-file --verify-diagnostics --tensorop-lower-asserts | FileCheck %s

// CHECK-LABEL: func.func @checked
// CHECK-SAME: -> i32
// CHECK: %[[S:.*]] = memref.alloc() : memref<i32>
// CHECK: memref.store %c0_i32, %[[S]][]
// CHECK: scf.for
// CHECK-NOT: cf.assert
// CHECK: %[[BAD:.*]] = arith.xori
// CHECK: scf.if %[[BAD]] {
// CHECK-NEXT: arith.constant 1 : i32
// CHECK-NEXT: memref.store %c1_i32, %[[S]][]
// CHECK: %[[R:.*]] = memref.load %[[S]][]
// CHECK: return %[[R]] : i32
func.func @checked(%x: memref<8xf32>) {
  %z = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  scf.for %i = %c0 to %c8 step %c1 {
    %v = memref.load %x[%i] : memref<8xf32>
    %c = arith.cmpf one, %v, %z : f32
    cf.assert %c, "zero"
  }
  return
}

// CHECK-LABEL: func.func @unchecked
// CHECK-SAME: (%{{.*}}: memref<8xf32>) {
func.func @unchecked(%x: memref<8xf32>) {
  return
}

// -----

// The position of the text in the module's list, plus 1; a text that is not listed comes after.
module attributes {tensorop.assertions = ["first", "second"]} {
  // CHECK-LABEL: func.func @listed
  // CHECK: memref.store %c2_i32,
  // CHECK: memref.store %c3_i32,
  func.func @listed(%c: i1) {
    cf.assert %c, "second"
    cf.assert %c, "third"
    return
  }
}

// -----

func.func private @inner(%c: i1) {
  // expected-error@+1 {{an assertion is only supported in a public function without results; it is in 'inner'}}
  cf.assert %c, "inside"
  return
}
