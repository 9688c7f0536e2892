// UNSUPPORTED: z3
// RUN: tensorop-opt %s --transform-solve-constrained-params --verify-diagnostics
// RUN: not tensorop-opt %s --transform-solve-constrained-params=solver=z3 2>&1 | FileCheck %s
// CHECK: is not solved: this build has no Z3 (CMake found none; Debian: libz3-dev)

module attributes {transform.with_named_sequence} {
  transform.named_sequence @unbounded(%arg0: !transform.any_op {transform.readonly}) {
    // expected-error@+1 {{is not solved: our own search does not take it ('x' has no lower and no upper bound); this build has no Z3 (CMake found none; Debian: libz3-dev)}}
    transform.smt.constrain_params() : () -> () {
      %x = smt.declare_fun "x" : !smt.int
      %y = smt.declare_fun "y" : !smt.int
      %apart = smt.distinct %x, %y : !smt.int
      smt.assert %apart
    }
    transform.yield
  }
}
