// Every transform.strategy op round-trips.
// RUN: tensorop-opt %s | tensorop-opt | FileCheck %s

module attributes {transform.with_named_sequence} {
  // CHECK-LABEL: transform.named_sequence @all
  transform.named_sequence @all(%root: !transform.any_op) {
    // CHECK: transform.strategy.find op "mm" in %{{.*}} count(1)
    %mm = transform.strategy.find op "mm" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %fill = transform.strategy.find op "init" in %root count(1) : (!transform.any_op) -> !transform.any_op
    %relu = transform.strategy.find op "relu" in %root count(1) : (!transform.any_op) -> !transform.any_op
    // CHECK: transform.strategy.tile_band %{{.*}} ["pc", "ir"] dims [2, 0] sizes [256, 6]
    %tile, %pc, %ir = transform.strategy.tile_band %mm ["pc", "ir"] dims [2, 0] sizes [256, 6]
        : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    // CHECK: transform.strategy.pack_operand %{{.*}}[1] at %{{.*}} pack 1 by 32 extents [256, 1000] name "mm.rhs" lanes 16
    %b = transform.strategy.pack_operand %tile[1] at %pc pack 1 by 32 extents [256, 1000] name "mm.rhs" lanes 16
        : (!transform.any_op, !transform.any_op) -> !transform.any_op
    // CHECK: transform.strategy.pack_operand %{{.*}}[0] pack 0 by 6 extents [500, 600] name "mm.lhs" lanes 16 shared {strided = 64 : i64}
    %a = transform.strategy.pack_operand %tile[0] pack 0 by 6 extents [500, 600] name "mm.lhs" lanes 16 shared {strided = 64 : i64}
        : (!transform.any_op) -> !transform.any_op
    %dq = transform.strategy.find op "dq" in %root count(1) : (!transform.any_op) -> !transform.any_op
    // CHECK: transform.strategy.pack_operand %{{.*}}[0] at %{{.*}} from %{{.*}} pack 0 by 6 extents [256, 600] name "mm.lhs" lanes 16
    %d = transform.strategy.pack_operand %tile[0] at %pc from %dq pack 0 by 6 extents [256, 600] name "mm.lhs" lanes 16
        : (!transform.any_op, !transform.any_op, !transform.any_op) -> !transform.any_op
    // CHECK: transform.strategy.fuse_init %{{.*}} into %{{.*}}
    %init = transform.strategy.fuse_init %fill into %tile : (!transform.any_op, !transform.any_op) -> !transform.any_op
    // CHECK: transform.strategy.fuse_epilogue %{{.*}} into %{{.*}}
    %ep = transform.strategy.fuse_epilogue %relu into %tile : (!transform.any_op, !transform.any_op) -> !transform.any_op
    // CHECK: transform.strategy.register_tile %{{.*}} init(%{{.*}}) epilogue(%{{.*}}) dims [0, 1] sizes [6, 32] edges ["narrow", "auto"] lanes 16 inner ["kk"] dims [2] sizes [1] {contract, lanes_of_steps, late_init, prefetch_output, prefetch_panels, scalar_operands, scalars_in_lanes, vectors_pass}
    %kk = transform.strategy.register_tile %tile init(%init) epilogue(%ep)
        dims [0, 1] sizes [6, 32] edges ["narrow", "auto"] lanes 16 inner ["kk"] dims [2] sizes [1] {contract, lanes_of_steps, late_init, prefetch_output, prefetch_panels, scalar_operands, scalars_in_lanes, vectors_pass}
        : (!transform.any_op, !transform.any_op, !transform.any_op) -> !transform.any_op
    // CHECK: transform.strategy.unroll %{{.*}} by 4
    transform.strategy.unroll %kk by 4 : !transform.any_op
    // CHECK: transform.strategy.parallelize %{{.*}}, %{{.*}} private(%{{.*}}) threads 2 schedule "static" : (!transform.any_op, !transform.any_op, !transform.any_op) -> ()
    transform.strategy.parallelize %pc, %ir private(%b) threads 2 schedule "static"
        : (!transform.any_op, !transform.any_op, !transform.any_op) -> ()
    transform.yield
  }
}
