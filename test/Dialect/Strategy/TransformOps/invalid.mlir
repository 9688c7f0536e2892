// What the verifiers refuse.
// RUN: tensorop-opt %s --split-input-file --verify-diagnostics

module attributes {transform.with_named_sequence} {
  transform.named_sequence @find(%root: !transform.any_op) {
    // expected-error @+1 {{expects kind 'op', 'loop', 'buffer' or 'kernel', but got 'thing'}}
    %0 = transform.strategy.find thing "mm" in %root count(1) : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @find(%root: !transform.any_op) {
    // expected-error @+1 {{expects a count >= 0, but got -1}}
    %0 = transform.strategy.find op "mm" in %root count(-1) : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @band(%mm: !transform.any_op) {
    // expected-error @+1 {{expects as many loops as dims and sizes, but got 1, 2 and 1}}
    %0, %1 = transform.strategy.tile_band %mm ["i"] dims [0, 1] sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @band(%mm: !transform.any_op) {
    // expected-error @+1 {{expects sizes >= 1, but size #0 is 0}}
    %0, %1 = transform.strategy.tile_band %mm ["i"] dims [0] sizes [0] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @band(%mm: !transform.any_op) {
    // expected-error @+1 {{expects dims >= 0, but dim #0 is -2}}
    %0, %1 = transform.strategy.tile_band %mm ["i"] dims [-2] sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @band(%mm: !transform.any_op) {
    // expected-error @+1 {{expects one result per loop, but got 0 for 1}}
    %0 = transform.strategy.tile_band %mm ["i"] dims [0] sizes [4] : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @pack(%mm: !transform.any_op) {
    // expected-error @+1 {{expects an operand and a dimension >= 0, but got -1 and 1}}
    %0 = transform.strategy.pack_operand %mm[-1] pack 1 by 8 extents [4, 4] name "x" lanes 4 : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @pack(%mm: !transform.any_op) {
    // expected-error @+1 {{expects a size and lanes >= 1, but got 8 and 0}}
    %0 = transform.strategy.pack_operand %mm[0] pack 1 by 8 extents [4, 4] name "x" lanes 0 : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @pack(%mm: !transform.any_op) {
    // expected-error @+1 {{expects group_dim and group together}}
    %0 = transform.strategy.pack_operand %mm[0] pack 1 by 8 extents [4, 4] name "x" lanes 4 {group = 2 : i64} : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @pack(%mm: !transform.any_op) {
    // expected-error @+1 {{expects a group >= 1, but got 0}}
    %0 = transform.strategy.pack_operand %mm[0] pack 1 by 8 extents [4, 4] name "x" lanes 4 {group_dim = 0 : i64, group = 0 : i64} : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @pack(%mm: !transform.any_op) {
    // expected-error @+1 {{expects strided >= 0, but got -8}}
    %0 = transform.strategy.pack_operand %mm[0] pack 1 by 8 extents [4, 4] name "x" lanes 4 {strided = -8 : i64} : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @pack(%mm: !transform.any_op) {
    // expected-error @+1 {{expects extents >= 0, but got -4}}
    %0 = transform.strategy.pack_operand %mm[0] pack 1 by 8 extents [4, -4] name "x" lanes 4 : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @tile(%mm: !transform.any_op) {
    // expected-error @+1 {{expects as many dims as sizes and edges, and at least one, but got 2, 2 and 1}}
    %0 = transform.strategy.register_tile %mm dims [0, 1] sizes [4, 8] edges ["auto"] lanes 4 inner ["kk"] dims [2] sizes [1] : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @tile(%mm: !transform.any_op) {
    // expected-error @+1 {{expects dims >= 0 and sizes >= 1, but #1 is 1 by 0}}
    %0 = transform.strategy.register_tile %mm dims [0, 1] sizes [4, 0] edges ["auto", "auto"] lanes 4 inner ["kk"] dims [2] sizes [1] : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @tile(%mm: !transform.any_op) {
    // expected-error @+1 {{expects edges auto, mask, pad, peel, narrow or exact, but got 'evl'}}
    %0 = transform.strategy.register_tile %mm dims [0, 1] sizes [4, 8] edges ["auto", "evl"] lanes 4 inner ["kk"] dims [2] sizes [1] : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @tile(%mm: !transform.any_op) {
    // expected-error @+1 {{expects lanes >= 1, but got 0}}
    %0 = transform.strategy.register_tile %mm dims [0, 1] sizes [4, 8] edges ["auto", "auto"] lanes 0 inner ["kk"] dims [2] sizes [1] : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @unroll(%l: !transform.any_op) {
    // expected-error @+1 {{expects a factor >= 1, but got 0}}
    transform.strategy.unroll %l by 0 : !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @team(%mm: !transform.any_op) {
    // expected-error @+1 {{expects at least 2 threads, but got 1}}
    transform.strategy.parallelize %mm threads 1 schedule "static" : (!transform.any_op) -> ()
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @team(%mm: !transform.any_op) {
    // expected-error @+1 {{expects schedule static or dynamic, but got 'guided'}}
    transform.strategy.parallelize %mm threads 2 schedule "guided" : (!transform.any_op) -> ()
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @team(%mm: !transform.any_op) {
    // expected-error @+1 {{expects at least one loop}}
    "transform.strategy.parallelize"(%mm) <{threads = 2, schedule = "static", operandSegmentSizes = array<i32: 0, 1>}> : (!transform.any_op) -> ()
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @load(%mm: !transform.any_op, %pc: !transform.any_op) {
    // expected-error @+1 {{at_load is a place of its own, before anything is computed: it takes no other place and no producer}}
    %0 = transform.strategy.pack_operand %mm[1] at %pc pack 1 by 8 extents [8, 16] name "mm.rhs" lanes 4 {at_load}
        : (!transform.any_op, !transform.any_op) -> !transform.any_op
    transform.yield
  }
}
