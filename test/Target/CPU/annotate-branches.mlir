// What conversions have left of a loop's annotation becomes metadata of the branch back.
// RUN: tensorop-opt %s --pass-pipeline='builtin.module(tensorop-annotate-branches)' | FileCheck %s

#unroll = #llvm.loop_unroll<disable = true>
#keep = #llvm.loop_annotation<unroll = #unroll>

// CHECK-LABEL: llvm.func @once
// CHECK: llvm.br ^bb1 {loop_annotation = #{{.*}}}
llvm.func @once(%n: i1) {
  llvm.br ^head
^head:
  llvm.cond_br %n, ^body, ^end
^body:
  llvm.br ^head {llvm.loop_annotation = #keep}
^end:
  llvm.return
}

// CHECK-LABEL: llvm.func @condition
// CHECK: llvm.cond_br %{{.*}}, ^bb1, ^bb2 {loop_annotation = #{{.*}}}
llvm.func @condition(%n: i1) {
  llvm.br ^head
^head:
  llvm.cond_br %n, ^head, ^end {llvm.loop_annotation = #keep}
^end:
  llvm.return
}
