// RUN: tensorop-opt %s --pass-pipeline='builtin.module(func.func(tensorop-keep-loops))' | FileCheck %s

// CHECK-DAG: #[[$VECTORIZE:.*]] = #llvm.loop_vectorize<disable = true>
// CHECK-DAG: #[[$UNROLL:.*]] = #llvm.loop_unroll<disable = true>
// CHECK: #[[$KEEP:.*]] = #llvm.loop_annotation<vectorize = #[[$VECTORIZE]], unroll = #[[$UNROLL]]>
// CHECK-LABEL: func.func @planned
// CHECK: scf.for
// CHECK: } {llvm.loop_annotation = #[[$KEEP]]}
func.func @planned(%n: index) attributes {strategy.planned = "p"} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
  }
  return
}

// CHECK-LABEL: func.func @plain
// CHECK-NOT: llvm.loop_annotation
func.func @plain(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
  }
  return
}
