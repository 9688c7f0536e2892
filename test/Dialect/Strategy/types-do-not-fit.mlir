// RUN: split-file %s %t
// RUN: tensorop-opt %t/none.mlir --strategy-attach-plans --strategy-assign=target=x86-64-v3 2>%t/err | FileCheck %s
// RUN: FileCheck %s --check-prefix=WARNING <%t/err
// RUN: not tensorop-opt %t/mistake.mlir --strategy-attach-plans --strategy-assign=target=x86-64-v3 2>&1 | FileCheck %s --check-prefix=MISTAKE

// No plan takes i32: the kernel stays without one, with a warning. A plan for other types that is wrong
// besides stays an error.

// WARNING: warning: no plan fits kernel 'integers':
// WARNING-NEXT: @floats: 'fma' on 'x86-64-v3' takes f32 to f32, {{.*}}; 'mm' needs i32 to i32 [V-TYPE]
// CHECK: func.func @integers
// CHECK-NOT: strategy.plans
// CHECK: return
// MISTAKE: error: 'strategy.unroll' op unknown loop 'kx'

//--- none.mlir
func.func @integers(%a: tensor<16x16xi32>, %b: tensor<16x16xi32>, %c: tensor<16x16xi32>) -> tensor<16x16xi32>
    attributes {strategy.kernel} {
  %0 = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<16x16xi32>, tensor<16x16xi32>) outs(%c : tensor<16x16xi32>) -> tensor<16x16xi32>
  return %0 : tensor<16x16xi32>
}
strategy.plan @floats root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [jr: n = v(1), ir: m = 4]
  strategy.tile [kk: k = 1]
  strategy.vectorize mm [m = 4, n = v(1)] with fma
}
//--- mistake.mlir
func.func @integers(%a: tensor<16x16xi32>, %b: tensor<16x16xi32>, %c: tensor<16x16xi32>) -> tensor<16x16xi32>
    attributes {strategy.kernel} {
  %0 = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<16x16xi32>, tensor<16x16xi32>) outs(%c : tensor<16x16xi32>) -> tensor<16x16xi32>
  return %0 : tensor<16x16xi32>
}
strategy.plan @floats root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [jr: n = v(1), ir: m = 4]
  strategy.tile [kk: k = 1]
  strategy.vectorize mm [m = 4, n = v(1)] with fma
  strategy.unroll kx by 2
}
