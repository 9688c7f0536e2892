// RUN: not tensorop-opt %s --strategy-assign="target=x86-64-v3 solver=smart" 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: option solver: 'smart' is unknown; known are own, z3

// RUN: not tensorop-opt %s --strategy-assign="target=x86-64-v3 solver=own" 2>&1 | FileCheck %s
// CHECK: no legal point found within 10000000 points: narrow the domains or give legal defaults [C-SEARCH]

strategy.plan @even root mm(m, n, k) {
  strategy.param a in 0 to 2000 step 4
  strategy.param b in 0 to 2000 step 4
  strategy.param c in 0 to 2000 step 4
  strategy.param d in 0 to 2000 step 4
  strategy.param e in 0 to 2000 step 4
  strategy.require "a + b + c + d + e == 3333"
  strategy.tile [ir: m = "a + b + c + d + e + 1"]
}
