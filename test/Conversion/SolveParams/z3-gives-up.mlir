// What neither can decide: a polynomial without bounds.
// REQUIRES: z3
// RUN: tensorop-opt %s --transform-solve-constrained-params=z3-steps=20000 --verify-diagnostics

module attributes {transform.with_named_sequence} {
  transform.named_sequence @open(%arg0: !transform.any_op {transform.readonly}) {
    // expected-error@+1 {{is not solved: our own search does not take it ('x' has no upper bound); Z3 does not decide it within 20000 steps and 20 seconds: }}
    transform.smt.constrain_params() : () -> () {
      %x = smt.declare_fun "x" : !smt.int
      %y = smt.declare_fun "y" : !smt.int
      %c7 = smt.int.constant 7
      %least = smt.int.constant 10000000
      %sum = smt.int.constant 123456789123
      %xx = smt.int.mul %x, %x
      %yy = smt.int.mul %c7, %y, %y, %y
      %all = smt.int.add %xx, %yy
      %is = smt.eq %all, %sum : !smt.int
      smt.assert %is
      %large = smt.int.cmp gt %x, %least
      smt.assert %large
    }
    transform.yield
  }
}
