// What the proposer has no plan for stays as it is; a remark says why.
// RUN: tensorop-opt %s --strategy-propose="target=x86-64-v3" --verify-diagnostics | FileCheck %s
// RUN: not tensorop-opt %s --strategy-propose="proposer=oracle" 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: unknown proposer 'oracle'; the proposers are analytic, database
// RUN: not tensorop-opt %s --strategy-propose="target=z80" 2>&1 | FileCheck %s --check-prefix=TARGET
// TARGET: unknown target 'z80'
// RUN: tensorop-opt %s --strategy-propose="target=rvv" 2>&1 | FileCheck %s --check-prefix=VECTORS
// VECTORS: proposer 'analytic' has no plan for kernel 'nibbles': the analytic proposer knows processors with vectors of a known length, not 'rvv'

// CHECK: func.func @nibbles({{.*}} attributes {strategy.kernel, strategy.no_plan = "operand 'lhs' of 'mm' is of type i4, not one of f16, bf16, f32, f64, i8, i16, i32, i64"} {
// expected-remark@+1 {{proposer 'analytic' has no plan for kernel 'nibbles': operand 'lhs' of 'mm' is of type i4, not one of f16, bf16, f32, f64, i8, i16, i32, i64}}
func.func @nibbles(%a: tensor<4x4xi4>, %b: tensor<4x4xi4>, %c: tensor<4x4xi4>) -> tensor<4x4xi4>
    attributes {strategy.kernel} {
  %0 = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<4x4xi4>, tensor<4x4xi4>)
      outs(%c : tensor<4x4xi4>) -> tensor<4x4xi4>
  return %0 : tensor<4x4xi4>
}

// CHECK: func.func @none(
// expected-remark@+1 {{proposer 'analytic' has no plan for kernel 'none': it has no contraction}}
func.func @none(%a: tensor<4x4xf32>) -> tensor<4x4xf32> attributes {strategy.kernel} {
  return %a : tensor<4x4xf32>
}

// Neighbours along the output's last dimension are two apart in the input.
// expected-remark@+1 {{proposer 'analytic' has no plan for kernel 'strided': operand 'in0' of 'conv' can neither be read in vectors along the last dimension of the output, where its elements lie apart, nor be packed, as sums of dimensions index it}}
func.func @strided(%a: tensor<1x3x33xf32>, %b: tensor<4x3x3xf32>, %c: tensor<1x4x16xf32>) -> tensor<1x4x16xf32>
    attributes {strategy.kernel} {
  %0 = linalg.conv_1d_ncw_fcw {strategy.op = "conv", strides = dense<2> : tensor<1xi64>}
      ins(%a, %b : tensor<1x3x33xf32>, tensor<4x3x3xf32>) outs(%c : tensor<1x4x16xf32>) -> tensor<1x4x16xf32>
  return %0 : tensor<1x4x16xf32>
}

// Not a kernel: nobody asks.
// CHECK: func.func @other(
func.func @other(%a: tensor<4x4xf32>) -> tensor<4x4xf32> {
  return %a : tensor<4x4xf32>
}
// CHECK-NOT: strategy.plan
