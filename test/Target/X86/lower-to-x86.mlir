// RUN: tensorop-opt %s --tensorop-lower-to-x86 | FileCheck %s
// RUN: tensorop-opt %s --tensorop-lower-to-x86 | mlir-translate --mlir-to-llvmir | FileCheck %s --check-prefix=LLVM

// Bare pointers, the workspace last; nothing but the LLVM dialect is left.
// CHECK-LABEL: llvm.func @f
// CHECK-SAME: (%{{.*}}: !llvm.ptr {llvm.noalias}, %{{.*}}: !llvm.ptr {llvm.noalias}, %{{.*}}: !llvm.ptr {llvm.align = 64 : i64, llvm.noalias}) attributes {tensorop.workspace = 64 : i64}
// CHECK-NOT: unrealized_conversion_cast
// CHECK-NOT: @memrefCopy
// CHECK-NOT: @malloc
// LLVM: define void @f(ptr noalias %0, ptr noalias %1, ptr noalias align 64 %2)
func.func @f(%x: memref<8xf32> {llvm.noalias}, %y: memref<8x2xf32> {llvm.noalias}) {
  %a = memref.alloc() : memref<8xf32>
  linalg.map { math.tanh } ins(%x : memref<8xf32>) outs(%a : memref<8xf32>)
  %c = memref.subview %y[0, 1] [8, 1] [1, 1] : memref<8x2xf32> to memref<8xf32, strided<[2], offset: 1>>
  memref.copy %a, %c : memref<8xf32> to memref<8xf32, strided<[2], offset: 1>>
  return
}

// bf16 is computed in f32, each op rounded.
// CHECK-LABEL: llvm.func @narrow
// CHECK: llvm.fadd %{{.*}}, %{{.*}} : f32
func.func @narrow(%x: memref<8xbf16>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]} outs(%x : memref<8xbf16>) {
  ^bb0(%a: bf16):
    %s = arith.addf %a, %a : bf16
    linalg.yield %s : bf16
  }
  return
}
