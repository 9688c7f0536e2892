// UNSUPPORTED: z3
// RUN: not tensorop-opt %s --strategy-assign="target=x86-64-v3 solver=z3" 2>&1 | FileCheck %s
// CHECK: option solver: this build has no Z3 (CMake found none; Debian: libz3-dev)

strategy.plan @p root mm(m, n, k) {
  strategy.param a = 4 in [4, 8]
  strategy.tile [ir: m = a]
}
