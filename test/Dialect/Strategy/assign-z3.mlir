// REQUIRES: z3
// RUN: tensorop-opt %s --strategy-assign="target=x86-64-v3 solver=z3" --split-input-file --verify-diagnostics | FileCheck %s

// As near as the point of our own search: one value changes, as little as can be.
// CHECK-LABEL: strategy.plan @default
// CHECK: strategy.param mr = 6 in [6]
// CHECK: strategy.param nv = 2 in [2]
// CHECK: strategy.param pb = true in [true]
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

// -----

// Z3's core by labels.
// expected-error@+1 {{no values of the parameters are legal; the rules that exclude all points are V-REGS; at the preferred values: V-REGS: vector registers of the register tile of 'mm' is 31, must be <= 16}}
strategy.plan @too_large root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.param mr = 14 in 10 to 14
  strategy.param nv = 2 in [2, 3]
  strategy.tile [jr: n = v(nv), ir: m = mr]
  strategy.tile [kk: k = 1]
  strategy.vectorize mm [m = mr, n = v(nv)] with fma
}

// -----

// Our own search gives up here (assign-solver.mlir); parity decides.
// expected-error@+1 {{no values of the parameters are legal; the rules that exclude all points are Q-REQUIRE}}
strategy.plan @even root mm(m, n, k) {
  strategy.param a in 0 to 2000 step 4
  strategy.param b in 0 to 2000 step 4
  strategy.param c in 0 to 2000 step 4
  strategy.param d in 0 to 2000 step 4
  strategy.param e in 0 to 2000 step 4
  strategy.require "a + b + c + d + e == 3333"
  strategy.tile [ir: m = "a + b + c + d + e + 1"]
}
