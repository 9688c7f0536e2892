// RUN: tensorop-opt %s --split-input-file --tensorop-lower-dots-x86 --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @vnni
// CHECK-NEXT: %[[R:.*]] = llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.256"(%arg0, %arg1, %arg2)
// CHECK-NEXT: return %[[R]]
func.func @vnni(%s: vector<8xi32>, %a: vector<32xi8>, %b: vector<32xi8>) -> vector<8xi32> {
  %x = arith.extui %a : vector<32xi8> to vector<32xi32>
  %y = arith.extsi %b : vector<32xi8> to vector<32xi32>
  %p = arith.muli %x, %y : vector<32xi32>
  %e = vector.shuffle %p, %p [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30] : vector<32xi32>, vector<32xi32>
  %o = vector.shuffle %p, %p [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31] : vector<32xi32>, vector<32xi32>
  %q = arith.addi %e, %o : vector<16xi32>
  %g = vector.shuffle %q, %q [0, 2, 4, 6, 8, 10, 12, 14] : vector<16xi32>, vector<16xi32>
  %h = vector.shuffle %q, %q [1, 3, 5, 7, 9, 11, 13, 15] : vector<16xi32>, vector<16xi32>
  %t = arith.addi %g, %h : vector<8xi32>
  %r = arith.addi %t, %s {strategy.dot = "vnni"} : vector<8xi32>
  return %r : vector<8xi32>
}

// -----

// A constant needs no extension; it is moved to the right.
// CHECK-LABEL: func.func @constant
// CHECK: %[[C:.*]] = arith.constant dense<-128> : vector<16xi8>
// CHECK-NEXT: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.128"(%arg0, %[[C]], %arg1)
func.func @constant(%s: vector<4xi32>, %b: vector<16xi8>) -> vector<4xi32> {
  %x = arith.constant dense<128> : vector<16xi32>
  %y = arith.extsi %b : vector<16xi8> to vector<16xi32>
  %p = arith.muli %y, %x : vector<16xi32>
  %e = vector.shuffle %p, %p [0, 2, 4, 6, 8, 10, 12, 14] : vector<16xi32>, vector<16xi32>
  %o = vector.shuffle %p, %p [1, 3, 5, 7, 9, 11, 13, 15] : vector<16xi32>, vector<16xi32>
  %q = arith.addi %e, %o : vector<8xi32>
  %g = vector.shuffle %q, %q [0, 2, 4, 6] : vector<8xi32>, vector<8xi32>
  %h = vector.shuffle %q, %q [1, 3, 5, 7] : vector<8xi32>, vector<8xi32>
  %t = arith.addi %g, %h : vector<4xi32>
  %r = arith.addi %t, %s {strategy.dot = "vnni"} : vector<4xi32>
  return %r : vector<4xi32>
}

// -----

// Beyond a byte.
// CHECK-LABEL: func.func @large
// CHECK-NOT: call_intrinsic
// CHECK: arith.muli
func.func @large(%s: vector<4xi32>, %b: vector<16xi8>) -> vector<4xi32> {
  %x = arith.constant dense<256> : vector<16xi32>
  %y = arith.extsi %b : vector<16xi8> to vector<16xi32>
  %p = arith.muli %y, %x : vector<16xi32>
  %e = vector.shuffle %p, %p [0, 2, 4, 6, 8, 10, 12, 14] : vector<16xi32>, vector<16xi32>
  %o = vector.shuffle %p, %p [1, 3, 5, 7, 9, 11, 13, 15] : vector<16xi32>, vector<16xi32>
  %q = arith.addi %e, %o : vector<8xi32>
  %g = vector.shuffle %q, %q [0, 2, 4, 6] : vector<8xi32>, vector<8xi32>
  %h = vector.shuffle %q, %q [1, 3, 5, 7] : vector<8xi32>, vector<8xi32>
  %t = arith.addi %g, %h : vector<4xi32>
  %r = arith.addi %t, %s {strategy.dot = "vnni"} : vector<4xi32>
  return %r : vector<4xi32>
}

// -----

// Both signed: not what the instruction computes, so it stays.
// CHECK-LABEL: func.func @signed
// CHECK-NOT: call_intrinsic
// CHECK: arith.muli
func.func @signed(%s: vector<4xi32>, %a: vector<16xi8>, %b: vector<16xi8>) -> vector<4xi32> {
  %x = arith.extsi %a : vector<16xi8> to vector<16xi32>
  %y = arith.extsi %b : vector<16xi8> to vector<16xi32>
  %p = arith.muli %x, %y : vector<16xi32>
  %e = vector.shuffle %p, %p [0, 2, 4, 6, 8, 10, 12, 14] : vector<16xi32>, vector<16xi32>
  %o = vector.shuffle %p, %p [1, 3, 5, 7, 9, 11, 13, 15] : vector<16xi32>, vector<16xi32>
  %q = arith.addi %e, %o : vector<8xi32>
  %g = vector.shuffle %q, %q [0, 2, 4, 6] : vector<8xi32>, vector<8xi32>
  %h = vector.shuffle %q, %q [1, 3, 5, 7] : vector<8xi32>, vector<8xi32>
  %t = arith.addi %g, %h : vector<4xi32>
  %r = arith.addi %t, %s {strategy.dot = "vnni"} : vector<4xi32>
  return %r : vector<4xi32>
}

// -----

// CHECK-LABEL: func.func @dpbf16
// CHECK-DAG: %[[A:.*]] = llvm.bitcast {{.*}} : vector<8xi32> to vector<16xbf16>
// CHECK-DAG: %[[B:.*]] = llvm.bitcast {{.*}} : vector<8xi32> to vector<16xbf16>
// CHECK: llvm.call_intrinsic "llvm.x86.avx512bf16.dpbf16ps.256"(%arg0, %[[A]], %[[B]])
// The other pairs are not neighbours.
// CHECK-NOT: call_intrinsic
// CHECK: arith.addf
// CHECK: return
func.func @dpbf16(%s: vector<8xf32>, %a: vector<16xbf16>, %b: vector<16xbf16>) -> (vector<8xf32>, vector<8xf32>) {
  %x = arith.extf %a : vector<16xbf16> to vector<16xf32>
  %y = arith.extf %b : vector<16xbf16> to vector<16xf32>
  %p = arith.mulf %x, %y : vector<16xf32>
  %e = vector.shuffle %p, %p [0, 2, 4, 6, 8, 10, 12, 14] : vector<16xf32>, vector<16xf32>
  %o = vector.shuffle %p, %p [1, 3, 5, 7, 9, 11, 13, 15] : vector<16xf32>, vector<16xf32>
  %q = arith.addf %e, %o : vector<8xf32>
  %r = arith.addf %q, %s {strategy.dot = "dpbf16"} : vector<8xf32>
  %f = vector.shuffle %p, %p [8, 9, 10, 11, 12, 13, 14, 15] : vector<16xf32>, vector<16xf32>
  %u = arith.addf %e, %f : vector<8xf32>
  %v = arith.addf %u, %s {strategy.dot = "dpbf16"} : vector<8xf32>
  return %r, %v : vector<8xf32>, vector<8xf32>
}
