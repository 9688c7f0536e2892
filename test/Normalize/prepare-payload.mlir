// RUN: tensorop-opt %s --tensorop-prepare-payload | FileCheck %s

// What no public function calls is not looked at; a callee is inlined later
// whatever its author wished.
// CHECK-LABEL: func.func private @unused
// CHECK: tosa.abs
func.func private @unused(%x: tensor<4xf32>) -> tensor<4xf32> {
  %r = tosa.abs %x : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func private @callee
// CHECK-NOT: no_inline
func.func private @callee(%x: tensor<4xf32>) -> tensor<4xf32> attributes {no_inline} {
  return %x : tensor<4xf32>
}

// CHECK-LABEL: func.func @caller
// CHECK-NOT: no_inline
func.func @caller(%x: tensor<4xf32>) -> tensor<4xf32> {
  %r = call @callee(%x) {no_inline} : (tensor<4xf32>) -> tensor<4xf32>
  %s = call @callee(%r) : (tensor<4xf32>) -> tensor<4xf32>
  return %s : tensor<4xf32>
}
