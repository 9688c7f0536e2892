// RUN: tensorop-opt %s --verify-diagnostics --tensorop-promote-floats

func.func @resource() -> tensor<2xf32> {
  // expected-error@+1 {{has a constant whose form the reference cannot promote to f64}}
  %a = arith.constant dense_resource<missing> : tensor<2xf32>
  return %a : tensor<2xf32>
}
