// RUN: tensorop-opt %s --transform-solve-constrained-params=solver=own --split-input-file | FileCheck %s
// RUN: tensorop-opt %s --transform-solve-constrained-params --split-input-file | FileCheck %s

// The first option that leaves a value for the other one, which is nowhere
// bounded but by the product.
module attributes {transform.with_named_sequence} {
  // CHECK-LABEL: @chooses
  // CHECK-NEXT: %[[M:.*]] = transform.tune.knob<"tile_m"> = 16 : i64 from options = [64, 32, 16] -> !transform.param<i64>
  // CHECK-NEXT: %[[N:.*]] = transform.param.constant 64 : i64 -> !transform.param<i64>
  // CHECK-NEXT: transform.debug.emit_param_as_remark %[[M]]
  // CHECK-NEXT: transform.debug.emit_param_as_remark %[[N]]
  transform.named_sequence @chooses(%arg0: !transform.any_op {transform.readonly}) {
    %m = transform.tune.knob<"tile_m"> options = [64, 32, 16] -> !transform.param<i64>
    %n = transform.smt.constrain_params(%m) : (!transform.param<i64>) -> (!transform.param<i64>) {
    ^bb0(%tile_m: !smt.int):
      %tile_n = smt.declare_fun "tile_n" : !smt.int
      %c1 = smt.int.constant 1
      %c128 = smt.int.constant 128
      %c1024 = smt.int.constant 1024
      %low = smt.int.cmp ge %tile_n, %c1
      %high = smt.int.cmp gt %c128, %tile_n
      %bounds = smt.and %low, %high
      smt.assert %bounds
      %area = smt.int.mul %tile_m, %tile_n
      %is = smt.eq %area, %c1024 : !smt.int
      smt.assert %is
      %wide = smt.int.cmp lt %tile_m, %tile_n
      smt.assert %wide
      smt.yield %tile_n : !smt.int
    }
    transform.debug.emit_param_as_remark %m : !transform.param<i64>
    transform.debug.emit_param_as_remark %n : !transform.param<i64>
    transform.yield
  }
}

// -----

// All ops of a script are solved together: the second one takes back what the
// first would have chosen.
module attributes {transform.with_named_sequence} {
  // CHECK-LABEL: @together
  // CHECK-NEXT: transform.tune.knob<"a"> = 4 : i32 from options = [1 : i32, 2 : i32, 4 : i32]
  // CHECK-NEXT: %[[DOUBLE:.*]] = transform.param.constant 8 : i32 -> !transform.param<i32>
  // CHECK-NEXT: %[[LAST:.*]] = transform.param.constant 7 : ui8 -> !transform.param<ui8>
  // CHECK-NEXT: transform.debug.emit_param_as_remark %[[LAST]]
  // CHECK-NEXT: transform.yield
  transform.named_sequence @together(%arg0: !transform.any_op {transform.readonly}) {
    %a = transform.tune.knob<"a"> options = [1 : i32, 2 : i32, 4 : i32] -> !transform.param<i32>
    %twice = transform.smt.constrain_params(%a) : (!transform.param<i32>) -> !transform.param<i32> {
    ^bb0(%x: !smt.int):
      %two = smt.int.constant 2
      %product = smt.int.mul %x, %two
      smt.yield %product : !smt.int
    }
    %less = transform.smt.constrain_params(%twice, %a) : (!transform.param<i32>, !transform.param<i32>) -> !transform.param<ui8> {
    ^bb0(%x: !smt.int, %y: !smt.int):
      %five = smt.int.constant 5
      %large = smt.int.cmp gt %x, %five
      smt.assert %large
      %one = smt.int.constant 1
      %less = smt.int.sub %x, %one
      smt.yield %less : !smt.int
    }
    transform.debug.emit_param_as_remark %less : !transform.param<ui8>
    transform.yield
  }
  // Another script has values of its own.
  // CHECK-LABEL: @apart
  // CHECK-NEXT: transform.tune.knob<"a"> = 1 : i64 from options = [1, 2]
  // CHECK-NEXT: transform.yield
  transform.named_sequence @apart(%arg0: !transform.any_op {transform.readonly}) {
    %a = transform.tune.knob<"a"> options = [1, 2] -> !transform.any_param
    transform.smt.constrain_params(%a) : (!transform.any_param) -> () {
    ^bb0(%x: !smt.int):
    }
    transform.yield
  }
}

// -----

// Constants and selections keep their values; what holds leaves nothing behind.
module attributes {transform.with_named_sequence} {
  // CHECK-LABEL: @fixed
  // CHECK-NEXT: transform.param.constant 42
  // CHECK-NEXT: transform.tune.knob<"k"> = 7 : i64 from options = [5, 7]
  // CHECK-NEXT: transform.yield
  transform.named_sequence @fixed(%arg0: !transform.any_op {transform.readonly}) {
    %a = transform.param.constant 42 -> !transform.param<i64>
    %k = transform.tune.knob<"k"> = 7 from options = [5, 7] -> !transform.param<i64>
    transform.smt.constrain_params(%a, %k) : (!transform.param<i64>, !transform.param<i64>) -> () {
    ^bb0(%x: !smt.int, %y: !smt.int):
      %remainder = smt.int.mod %x, %y
      %zero = smt.int.constant 0
      %divides = smt.eq %remainder, %zero : !smt.int
      smt.assert %divides
    }
    transform.yield
  }
}

// -----

// Every operator of the fragment, once; all of them fix one value.
module attributes {transform.with_named_sequence} {
  // CHECK-LABEL: @operators
  // CHECK-NEXT: %[[X:.*]] = transform.param.constant -7 : i8
  // CHECK-NEXT: %[[P:.*]] = transform.param.constant true -> !transform.param<i1>
  // CHECK-NEXT: %[[Q:.*]] = transform.param.constant false -> !transform.any_param
  transform.named_sequence @operators(%arg0: !transform.any_op {transform.readonly}) {
    %r:3 = transform.smt.constrain_params() : () -> (!transform.param<i8>, !transform.param<i1>, !transform.any_param) {
      %x = smt.declare_fun : !smt.int
      %p = smt.declare_fun "p" : !smt.bool
      %q = smt.declare_fun "q" : !smt.bool
      %zero = smt.int.constant 0
      %two = smt.int.constant 2
      %three = smt.int.constant 3
      %four = smt.int.constant 4
      %seven = smt.int.constant 7
      %minus_four = smt.int.constant -4
      // |x| = 7 and x < 0
      %size = smt.int.abs %x
      %is_seven = smt.eq %size, %seven : !smt.int
      smt.assert %is_seven
      %negative = smt.int.cmp lt %x, %zero
      smt.assert %negative
      // -7 div 2 = -4 and -7 mod 2 = 1: the remainder is not negative
      %half = smt.int.div %x, %two
      %is_half = smt.eq %half, %minus_four : !smt.int
      smt.assert %is_half
      %minus_two = smt.int.sub %two, %four
      %other = smt.int.div %x, %minus_two
      %odd = smt.int.mod %x, %minus_two
      %sum = smt.int.add %other, %odd, %minus_four
      // 4 + 1 - 4 = 1
      %one = smt.int.constant 1
      %chained = smt.eq %sum, %one, %one : !smt.int
      smt.assert %chained
      %apart = smt.distinct %x, %half, %sum : !smt.int
      smt.assert %apart
      // p or q, not both, and q implies x = 3
      %either = smt.xor %p, %q
      smt.assert %either
      %is_three = smt.eq %x, %three : !smt.int
      %implied = smt.implies %q, %is_three
      smt.assert %implied
      %true = smt.constant true
      %not_q = smt.not %q
      %chosen = smt.ite %p, %not_q, %q : !smt.bool
      %all = smt.and %chosen, %true
      smt.assert %all
      %some = smt.or %all, %q
      smt.assert %some
      %smaller = smt.ite %p, %x, %three : !smt.int
      %same = smt.eq %smaller, %x : !smt.int
      smt.assert %same
      smt.yield %x, %p, %q : !smt.int, !smt.bool, !smt.bool
    }
    transform.debug.emit_param_as_remark %r#0 : !transform.param<i8>
    transform.debug.emit_param_as_remark %r#1 : !transform.param<i1>
    transform.debug.emit_param_as_remark %r#2 : !transform.any_param
    transform.yield
  }
}

// -----

// A value must fit its param: of the two roots only one does.
module attributes {transform.with_named_sequence} {
  // CHECK-LABEL: @fits
  // CHECK-NEXT: transform.param.constant 100 : i8
  transform.named_sequence @fits(%arg0: !transform.any_op {transform.readonly}) {
    %r = transform.smt.constrain_params() : () -> !transform.param<i8> {
      %x = smt.declare_fun "x" : !smt.int
      %large = smt.int.constant 200
      %small = smt.int.constant 100
      %a = smt.eq %x, %large : !smt.int
      %b = smt.eq %x, %small : !smt.int
      %root = smt.or %a, %b
      smt.assert %root
      smt.yield %x : !smt.int
    }
    transform.debug.emit_param_as_remark %r : !transform.param<i8>
    transform.yield
  }
}

// -----

// Preferences of a knob with Boolean options, and of integers without a rule.
module attributes {transform.with_named_sequence} {
  // CHECK-LABEL: @preferences
  // CHECK-NEXT: transform.tune.knob<"pack"> = true from options = [true, false]
  // CHECK-NEXT: transform.tune.knob<"by"> = 3 : i64 from options = [4, 3, 1]
  transform.named_sequence @preferences(%arg0: !transform.any_op {transform.readonly}) {
    %pack = transform.tune.knob<"pack"> options = [true, false] -> !transform.param<i1>
    %by = transform.tune.knob<"by"> options = [4, 3, 1] -> !transform.param<i64>
    transform.smt.constrain_params(%pack, %by) : (!transform.param<i1>, !transform.param<i64>) -> () {
    ^bb0(%p: !smt.bool, %n: !smt.int):
      %c4 = smt.int.constant 4
      %less = smt.int.cmp lt %n, %c4
      %rule = smt.implies %p, %less
      smt.assert %rule
    }
    transform.yield
  }
}
