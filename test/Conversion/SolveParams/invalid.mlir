// RUN: tensorop-opt %s --transform-solve-constrained-params=solver=own --split-input-file --verify-diagnostics
// RUN: not tensorop-opt %s --transform-solve-constrained-params=solver=best 2>&1 | FileCheck %s
// CHECK: option solver: 'best' is unknown; known are own, z3, auto

// What excludes all values, and nothing else.
module attributes {transform.with_named_sequence} {
  transform.named_sequence @impossible(%arg0: !transform.any_op {transform.readonly}) {
    // expected-note@+1 {{the options of the knob}}
    %m = transform.tune.knob<"m"> options = [8, 16] -> !transform.param<i64>
    %free = transform.tune.knob<"free"> options = [1, 2] -> !transform.param<i64>
    // expected-error@+1 {{cannot be satisfied; together exclude all values:}}
    transform.smt.constrain_params(%m, %free) : (!transform.param<i64>, !transform.param<i64>) -> () {
    ^bb0(%x: !smt.int, %y: !smt.int):
      %c1 = smt.int.constant 1
      %at_least = smt.int.cmp ge %y, %c1
      smt.assert %at_least
      %c3 = smt.int.constant 3
      %c0 = smt.int.constant 0
      %remainder = smt.int.mod %x, %c3
      %divides = smt.eq %remainder, %c0 : !smt.int
      // expected-note@+1 {{the assertion}}
      smt.assert %divides
    }
    transform.yield
  }
}

// -----

// Two ops exclude each other: the second is where it shows.
module attributes {transform.with_named_sequence} {
  transform.named_sequence @two(%arg0: !transform.any_op {transform.readonly}) {
    %r = transform.smt.constrain_params() : () -> !transform.param<i64> {
      %x = smt.declare_fun "x" : !smt.int
      %c4 = smt.int.constant 4
      %large = smt.int.cmp gt %x, %c4
      // expected-note@+1 {{the assertion}}
      smt.assert %large
      smt.yield %x : !smt.int
    }
    // expected-error@+1 {{cannot be satisfied; together exclude all values:}}
    transform.smt.constrain_params(%r) : (!transform.param<i64>) -> () {
    ^bb0(%x: !smt.int):
      %c4 = smt.int.constant 4
      %small = smt.int.cmp le %x, %c4
      // expected-note@+1 {{the assertion}}
      smt.assert %small
    }
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @too_narrow(%arg0: !transform.any_op {transform.readonly}) {
    // expected-error@+2 {{cannot be satisfied; together exclude all values:}}
    // expected-note@+1 {{that result #0 fits i8}}
    %r = transform.smt.constrain_params() : () -> !transform.param<i8> {
      %c200 = smt.int.constant 200
      smt.yield %c200 : !smt.int
    }
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @unbounded(%arg0: !transform.any_op {transform.readonly}) {
    // expected-error@+1 {{is not solved: 'x' has no upper bound}}
    %r = transform.smt.constrain_params() : () -> !transform.param<i64> {
      %x = smt.declare_fun "x" : !smt.int
      %c4 = smt.int.constant 4
      %large = smt.int.cmp gt %x, %c4
      smt.assert %large
      smt.yield %c4 : !smt.int
    }
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @zero(%arg0: !transform.any_op {transform.readonly}) {
    %m = transform.tune.knob<"m"> options = [0, 16] -> !transform.param<i64>
    // expected-error@+1 {{is not solved: a divisor may be zero}}
    transform.smt.constrain_params(%m) : (!transform.param<i64>) -> () {
    ^bb0(%x: !smt.int):
      %c64 = smt.int.constant 64
      %q = smt.int.div %c64, %x
      %is = smt.eq %q, %x : !smt.int
      smt.assert %is
    }
    transform.yield
  }
}

// -----

// A prime, whose factors the bounds allow.
module attributes {transform.with_named_sequence} {
  transform.named_sequence @search_limit(%arg0: !transform.any_op {transform.readonly}) {
    // expected-error@+1 {{is not solved: no legal point found within 10000000 points}}
    transform.smt.constrain_params() : () -> () {
      %x = smt.declare_fun "x" : !smt.int
      %y = smt.declare_fun "y" : !smt.int
      %c2 = smt.int.constant 2
      %most = smt.int.constant 1000000
      %prime = smt.int.constant 982451653
      %0 = smt.int.cmp le %c2, %x
      smt.assert %0
      %1 = smt.int.cmp le %c2, %y
      smt.assert %1
      %2 = smt.int.cmp le %x, %most
      smt.assert %2
      %3 = smt.int.cmp le %y, %most
      smt.assert %3
      %product = smt.int.mul %x, %y
      %is = smt.eq %product, %prime : !smt.int
      smt.assert %is
    }
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @bits(%arg0: !transform.any_op {transform.readonly}) {
    transform.smt.constrain_params() : () -> () {
      // expected-error@+1 {{makes a value of type '!smt.bv<8>'; 'transform.smt.constrain_params' is solved over !smt.int and !smt.bool}}
      %x = smt.bv.constant #smt.bv<3> : !smt.bv<8>
    }
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @quantifier(%arg0: !transform.any_op {transform.readonly}) {
    transform.smt.constrain_params() : () -> () {
      // expected-error@+1 {{is not supported in 'transform.smt.constrain_params': regions are solved over !smt.int and !smt.bool, without quantifiers}}
      %all = smt.forall {
      ^bb0(%x: !smt.int):
        %same = smt.eq %x, %x : !smt.int
        smt.yield %same : !smt.bool
      }
      smt.assert %all
    }
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @check(%arg0: !transform.any_op {transform.readonly}) {
    transform.smt.constrain_params() : () -> () {
      // expected-error@+1 {{is not supported in 'transform.smt.constrain_params'}}
      smt.push 1
    }
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @large_constant(%arg0: !transform.any_op {transform.readonly}) {
    transform.smt.constrain_params() : () -> () {
      // expected-error@+1 {{has a value of more than 64 bits}}
      %c = smt.int.constant 18446744073709551616
    }
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @no_operands(%arg0: !transform.any_op {transform.readonly}) {
    transform.smt.constrain_params() : () -> () {
      // expected-error@+1 {{has no operands}}
      %c = "smt.int.add"() : () -> !smt.int
    }
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  // What the payload says is known when the script runs.
  transform.named_sequence @unknown(%arg0: !transform.any_op {transform.readonly}) {
    // expected-note@+1 {{its definition}}
    %n = transform.num_associations %arg0 : (!transform.any_op) -> !transform.param<i64>
    // expected-error@+1 {{operand #0 is not known before the script runs; known are 'transform.param.constant', 'transform.tune.knob' and results of 'transform.smt.constrain_params' before this one}}
    transform.smt.constrain_params(%n) : (!transform.param<i64>) -> () {
    ^bb0(%x: !smt.int):
    }
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @argument(%arg0: !transform.any_op {transform.readonly}, %n: !transform.param<i64> {transform.readonly}) {
    // expected-error@+1 {{operand #0 is not known before the script runs}}
    transform.smt.constrain_params(%n) : (!transform.param<i64>) -> () {
    ^bb0(%x: !smt.int):
    }
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @text(%arg0: !transform.any_op {transform.readonly}) {
    %n = transform.param.constant "four" -> !transform.any_param
    // expected-error@+1 {{operand #0 is "four", which is no integer of 64 bits}}
    transform.smt.constrain_params(%n) : (!transform.any_param) -> () {
    ^bb0(%x: !smt.int):
    }
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @text_option(%arg0: !transform.any_op {transform.readonly}) {
    // expected-note@+1 {{the knob}}
    %n = transform.tune.knob<"n"> options = [4, "five"] -> !transform.any_param
    // expected-error@+1 {{operand #0 is a knob with the option "five", which is no integer of 64 bits}}
    transform.smt.constrain_params(%n) : (!transform.any_param) -> () {
    ^bb0(%x: !smt.int):
    }
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @no_list(%arg0: !transform.any_op {transform.readonly}) {
    // expected-note@+1 {{the knob}}
    %n = transform.tune.knob<"n"> options = "1 to 4" -> !transform.any_param
    // expected-error@+1 {{operand #0 is a knob whose options are no list}}
    transform.smt.constrain_params(%n) : (!transform.any_param) -> () {
    ^bb0(%x: !smt.int):
    }
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @sorts(%arg0: !transform.any_op {transform.readonly}) {
    %n = transform.param.constant true -> !transform.param<i1>
    // expected-error@+1 {{operand #0 is a Boolean, its argument has type '!smt.int'; integers are !smt.int, i1 is !smt.bool}}
    transform.smt.constrain_params(%n) : (!transform.param<i1>) -> () {
    ^bb0(%x: !smt.int):
    }
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @result_sort(%arg0: !transform.any_op {transform.readonly}) {
    // expected-error@+1 {{result #0 of type '!transform.param<i1>' cannot hold a value of '!smt.int'; an !smt.int needs an integer of 2 to 64 bits, an !smt.bool an i1}}
    %r = transform.smt.constrain_params() : () -> !transform.param<i1> {
      %c4 = smt.int.constant 4
      smt.yield %c4 : !smt.int
    }
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @alternatives(%arg0: !transform.any_op) {
    // expected-note@+1 {{the alternatives}}
    transform.alternatives %arg0 : !transform.any_op {
    ^bb0(%arg1: !transform.any_op):
      %n = transform.param.constant 4 : i64 -> !transform.param<i64>
      // expected-error@+1 {{is not solved inside 'transform.alternatives': which alternative runs is not known}}
      transform.smt.constrain_params(%n) : (!transform.param<i64>) -> () {
      ^bb0(%x: !smt.int):
      }
    }
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @tuned_alternatives(%arg0: !transform.any_op {transform.readonly}) {
    %n = transform.param.constant 4 : i64 -> !transform.param<i64>
    // expected-note@+1 {{the alternatives}}
    transform.tune.alternatives<"way"> {
      // expected-error@+1 {{is not solved inside 'transform.tune.alternatives': which alternative runs is not known}}
      transform.smt.constrain_params(%n) : (!transform.param<i64>) -> () {
      ^bb0(%x: !smt.int):
      }
    }
    transform.yield
  }
}

// -----

%c3 = smt.int.constant 3
transform.sequence failures(propagate) {
^bb0(%arg0: !transform.any_op):
  transform.smt.constrain_params() : () -> () {
    %x = smt.declare_fun "x" : !smt.int
    // expected-error@+1 {{uses a value that is not of its region}}
    %0 = smt.int.cmp le %x, %c3
    smt.assert %0
  }
}

// -----

%c5 = smt.int.constant 3
transform.sequence failures(propagate) {
^bb0(%arg0: !transform.any_op):
  // expected-error@+1 {{result #0 is not a value of its region}}
  %r = transform.smt.constrain_params() : () -> !transform.param<i64> {
    smt.yield %c5 : !smt.int
  }
}
