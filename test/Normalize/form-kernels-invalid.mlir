// RUN: tensorop-opt %s --verify-diagnostics --tensorop-form-kernels

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-note@+1 {{the other op is here}}
  %r = linalg.exp {strategy.op = "act"} ins(%x : tensor<4xf32>) outs(%x : tensor<4xf32>) -> tensor<4xf32>
  // expected-error@+1 {{the name 'act' is given to two structured ops of 'f'}}
  %s = linalg.exp {strategy.op = "act"} ins(%r : tensor<4xf32>) outs(%r : tensor<4xf32>) -> tensor<4xf32>
  return %s : tensor<4xf32>
}
