// RUN: tensorop-opt %s --strategy-attach-plans --verify-diagnostics | FileCheck %s

// CHECK-LABEL: func.func @one
// CHECK-SAME: strategy.plans = [@a, @b]
func.func @one(%a: tensor<8x8xf32>, %b: tensor<8x8xf32>, %c: tensor<8x8xf32>) -> tensor<8x8xf32>
    attributes {strategy.kernel} {
  %0 = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<8x8xf32>, tensor<8x8xf32>)
      outs(%c : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}

// What is listed already stays.
// CHECK-LABEL: func.func @listed
// CHECK-SAME: strategy.plans = [@b]
func.func @listed(%a: tensor<8x8xf32>, %b: tensor<8x8xf32>, %c: tensor<8x8xf32>) -> tensor<8x8xf32>
    attributes {strategy.kernel, strategy.plans = [@b]} {
  %0 = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<8x8xf32>, tensor<8x8xf32>)
      outs(%c : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}

strategy.plan @a root mm(m, n, k) {
}
strategy.plan @b root mm(m, n, k) {
}
// expected-warning@+1 {{plan 'other' fits no kernel: kernel 'one': op 'mm' has 3 dimensions, not 2 (it has mm with 3 dimensions); kernel 'listed': op 'mm' has 3 dimensions, not 2 (it has mm with 3 dimensions)}}
strategy.plan @other root mm(m, n) {
}
// expected-warning@+1 {{plan 'epilogue' fits no kernel: kernel 'one': no op 'relu'}}
strategy.plan @epilogue root mm(m, n, k) with [relu(m, n)] {
}

// An op without any iteration may vanish: it gets no plan.
// CHECK-LABEL: func.func @empty
// CHECK-NOT: strategy.plans
// CHECK-SAME: {
func.func @empty(%a: tensor<8x0xf32>, %b: tensor<0x8xf32>, %c: tensor<8x8xf32>) -> tensor<8x8xf32>
    attributes {strategy.kernel} {
  %0 = linalg.matmul {strategy.op = "em"} ins(%a, %b : tensor<8x0xf32>, tensor<0x8xf32>)
      outs(%c : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}
// expected-warning@+1 {{op 'em' has a dimension of size 0}}
strategy.plan @e root em(m, n, k) {
}
