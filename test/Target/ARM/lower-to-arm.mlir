// The pipeline as a whole: a sum of products in groups becomes a call of the instruction's intrinsic.
// RUN: tensorop-opt %s --tensorop-lower-to-arm | FileCheck %s
// RUN: tensorop-opt %s --tensorop-lower-to-arm=sve-bits=512 | FileCheck %s --check-prefix=SVE
// CHECK-LABEL: llvm.func @dot
// CHECK: llvm.call_intrinsic "llvm.aarch64.neon.sdot"
// CHECK-NOT: llvm.sext
// SVE: llvm.call_intrinsic "llvm.aarch64.neon.sdot"
func.func @dot(%a: memref<16xi8>, %b: memref<16xi8>, %c: memref<4xi32>) {
  %c0 = arith.constant 0 : index
  %u = vector.load %a[%c0] : memref<16xi8>, vector<16xi8>
  %v = vector.load %b[%c0] : memref<16xi8>, vector<16xi8>
  %s = vector.load %c[%c0] : memref<4xi32>, vector<4xi32>
  %x = arith.extsi %u : vector<16xi8> to vector<16xi32>
  %y = arith.extsi %v : vector<16xi8> to vector<16xi32>
  %p = arith.muli %x, %y : vector<16xi32>
  %e = vector.shuffle %p, %p [0, 2, 4, 6, 8, 10, 12, 14] : vector<16xi32>, vector<16xi32>
  %o = vector.shuffle %p, %p [1, 3, 5, 7, 9, 11, 13, 15] : vector<16xi32>, vector<16xi32>
  %q = arith.addi %e, %o : vector<8xi32>
  %g = vector.shuffle %q, %q [0, 2, 4, 6] : vector<8xi32>, vector<8xi32>
  %h = vector.shuffle %q, %q [1, 3, 5, 7] : vector<8xi32>, vector<8xi32>
  %t = arith.addi %g, %h : vector<4xi32>
  %r = arith.addi %t, %s {strategy.dot = "sdot"} : vector<4xi32>
  vector.store %r, %c[%c0] : memref<4xi32>, vector<4xi32>
  return
}
