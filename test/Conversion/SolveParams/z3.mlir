// REQUIRES: z3
// RUN: tensorop-opt %s --transform-solve-constrained-params --split-input-file --verify-diagnostics | FileCheck %s
// RUN: tensorop-opt %s --transform-solve-constrained-params=solver=z3 --split-input-file --verify-diagnostics | FileCheck %s

// Nothing bounds x and y.
module attributes {transform.with_named_sequence} {
  // CHECK-LABEL: @unbounded
  // CHECK-NEXT: %[[SUM:.*]] = transform.param.constant 84 : i64 -> !transform.param<i64>
  // CHECK-NEXT: transform.debug.emit_param_as_remark %[[SUM]]
  transform.named_sequence @unbounded(%arg0: !transform.any_op {transform.readonly}) {
    %r = transform.smt.constrain_params() : () -> !transform.param<i64> {
      %x = smt.declare_fun "x" : !smt.int
      %y = smt.declare_fun "y" : !smt.int
      %two = smt.int.constant 2
      %c42 = smt.int.constant 42
      %half = smt.int.add %x, %y
      %is = smt.eq %half, %c42 : !smt.int
      smt.assert %is
      %sum = smt.int.mul %half, %two
      smt.yield %sum : !smt.int
    }
    transform.debug.emit_param_as_remark %r : !transform.param<i64>
    transform.yield
  }
}

// -----

// SMT-LIB does not say what a division by zero gives: it may well be 5.
module attributes {transform.with_named_sequence} {
  // CHECK-LABEL: @zero
  // CHECK-NEXT: transform.tune.knob<"m"> = 0 : i64 from options = [0, 64]
  transform.named_sequence @zero(%arg0: !transform.any_op {transform.readonly}) {
    %m = transform.tune.knob<"m"> options = [0, 64] -> !transform.param<i64>
    transform.smt.constrain_params(%m) : (!transform.param<i64>) -> () {
    ^bb0(%x: !smt.int):
      %c64 = smt.int.constant 64
      %c5 = smt.int.constant 5
      %q = smt.int.div %c64, %x
      %is = smt.eq %q, %c5 : !smt.int
      smt.assert %is
    }
    transform.yield
  }
}

// -----

// Parity, of integers without bounds.
module attributes {transform.with_named_sequence} {
  transform.named_sequence @impossible(%arg0: !transform.any_op {transform.readonly}) {
    // expected-error@+1 {{cannot be satisfied; together exclude all values:}}
    transform.smt.constrain_params() : () -> () {
      %x = smt.declare_fun "x" : !smt.int
      %two = smt.int.constant 2
      %c7 = smt.int.constant 7
      %positive = smt.int.cmp lt %two, %x
      smt.assert %positive
      %even = smt.int.mul %x, %two
      %is = smt.eq %even, %c7 : !smt.int
      // expected-note@+1 {{the assertion}}
      smt.assert %is
    }
    transform.yield
  }
}
