// RUN: tensorop-opt %s --strategy-assign=target=x86-64-v3 --verify-diagnostics | FileCheck %s
// RUN: tensorop-opt %s --strategy-assign="target=x86-64-v3 values=nv=3,mr=3" | FileCheck %s --check-prefix=GIVEN
// RUN: not tensorop-opt %s --strategy-assign="target=x86-64-v3 values=mr" 2>&1 | FileCheck %s --check-prefix=BAD

// RUN: not tensorop-opt %s --strategy-assign="target=x86-64-v3 values=zz=3" 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not tensorop-opt %s --strategy-assign="target=x86-64-v3 values=mr=13,nv=2" 2>&1 | FileCheck %s --check-prefix=ILLEGAL

// UNKNOWN: option values: no plan has a parameter 'zz'; parameters are mr, nv, pb
// ILLEGAL: value 13 of 'mr' is not legal here; the domain is 1 to 14, the nearest legal value is 6
// BAD: option values: expects name=integer, but got 'mr'

// CHECK-LABEL: func.func @kernel
// CHECK-SAME: strategy.plans = [@default.kernel]
func.func @kernel(%a: tensor<100x64xf32>, %b: tensor<64x70xf32>, %c: tensor<100x70xf32>) -> tensor<100x70xf32>
    attributes {strategy.plans = [@small, @default]} {
  %0 = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<100x64xf32>, tensor<64x70xf32>)
      outs(%c : tensor<100x70xf32>) -> tensor<100x70xf32>
  return %0 : tensor<100x70xf32>
}

// The guard does not hold: the next candidate is taken.
strategy.plan @small root mm(m, n, k) when "m * n * k <= 1000" {
}

// The original stays open, its copy for the kernel is closed.
// CHECK-LABEL: strategy.plan @default root
// CHECK: strategy.param mr = 14 in 1 to 14
// CHECK-LABEL: strategy.plan @default.kernel root
// CHECK: strategy.param mr = 6 in [6]
// CHECK: strategy.param nv = 2 in [2]
// CHECK: strategy.param pb = true in [true]
// GIVEN-LABEL: strategy.plan @default.kernel root
// GIVEN: strategy.param mr = 3 in [3]
// GIVEN: strategy.param nv = 3 in [3]
strategy.plan @default root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  // expected-remark@+1 {{default 14 of 'mr' is not legal here; took the nearest legal value 6}}
  strategy.param mr = 14 in 1 to 14
  strategy.param nv = 2 in [2, 3]
  strategy.param pb = true in [true, false]
  strategy.tile [jr: n = v(nv), ir: m = mr]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(nv)] at call if pb
  strategy.vectorize mm [m = mr, n = v(nv)] with fma
}
