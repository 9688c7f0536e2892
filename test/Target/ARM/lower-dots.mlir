// RUN: tensorop-opt %s --split-input-file --tensorop-lower-dots-arm --canonicalize | FileCheck %s
// RUN: tensorop-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(tensorop-lower-dots-arm{sve-bits=256},canonicalize))' | FileCheck %s --check-prefix=SVE

// What all lanes share comes second, where the instruction takes it from a lane.
// CHECK-LABEL: func.func @sdot
// CHECK-SAME: %[[S:.*]]: vector<4xi32>, %[[A:.*]]: vector<4xi32>, %[[B:.*]]: vector<16xi8>
// CHECK: %[[LANE:.*]] = vector.bitcast %{{.*}} : vector<4xi32> to vector<16xi8>
// CHECK-NEXT: %[[R:.*]] = llvm.call_intrinsic "llvm.aarch64.neon.sdot"(%[[S]], %[[B]], %[[LANE]])
// CHECK-NEXT: return %[[R]]
func.func @sdot(%s: vector<4xi32>, %w: vector<4xi32>, %b: vector<16xi8>) -> vector<4xi32> {
  %l = vector.extract %w[2] : i32 from vector<4xi32>
  %v = vector.broadcast %l : i32 to vector<4xi32>
  %a = vector.bitcast %v : vector<4xi32> to vector<16xi8>
  %x = arith.extsi %a : vector<16xi8> to vector<16xi32>
  %y = arith.extsi %b : vector<16xi8> to vector<16xi32>
  %p = arith.muli %x, %y : vector<16xi32>
  %e = vector.shuffle %p, %p [0, 2, 4, 6, 8, 10, 12, 14] : vector<16xi32>, vector<16xi32>
  %o = vector.shuffle %p, %p [1, 3, 5, 7, 9, 11, 13, 15] : vector<16xi32>, vector<16xi32>
  %q = arith.addi %e, %o : vector<8xi32>
  %g = vector.shuffle %q, %q [0, 2, 4, 6] : vector<8xi32>, vector<8xi32>
  %h = vector.shuffle %q, %q [1, 3, 5, 7] : vector<8xi32>, vector<8xi32>
  %t = arith.addi %g, %h : vector<4xi32>
  %r = arith.addi %t, %s {strategy.dot = "sdot"} : vector<4xi32>
  return %r : vector<4xi32>
}

// -----

// CHECK-LABEL: func.func @udot
// CHECK: llvm.call_intrinsic "llvm.aarch64.neon.udot"(%arg0, %arg1, %arg2)
func.func @udot(%s: vector<4xi32>, %a: vector<16xi8>, %b: vector<16xi8>) -> vector<4xi32> {
  %x = arith.extui %a : vector<16xi8> to vector<16xi32>
  %y = arith.extui %b : vector<16xi8> to vector<16xi32>
  %p = arith.muli %x, %y : vector<16xi32>
  %e = vector.shuffle %p, %p [0, 2, 4, 6, 8, 10, 12, 14] : vector<16xi32>, vector<16xi32>
  %o = vector.shuffle %p, %p [1, 3, 5, 7, 9, 11, 13, 15] : vector<16xi32>, vector<16xi32>
  %q = arith.addi %e, %o : vector<8xi32>
  %g = vector.shuffle %q, %q [0, 2, 4, 6] : vector<8xi32>, vector<8xi32>
  %h = vector.shuffle %q, %q [1, 3, 5, 7] : vector<8xi32>, vector<8xi32>
  %t = arith.addi %g, %h : vector<4xi32>
  %r = arith.addi %t, %s {strategy.dot = "udot"} : vector<4xi32>
  return %r : vector<4xi32>
}

// -----

// The unsigned factor is the first, wherever it is written.
// CHECK-LABEL: func.func @usdot
// CHECK: llvm.call_intrinsic "llvm.aarch64.neon.usdot"(%arg0, %arg2, %arg1)
func.func @usdot(%s: vector<4xi32>, %a: vector<16xi8>, %b: vector<16xi8>) -> vector<4xi32> {
  %x = arith.extsi %a : vector<16xi8> to vector<16xi32>
  %y = arith.extui %b : vector<16xi8> to vector<16xi32>
  %p = arith.muli %x, %y : vector<16xi32>
  %e = vector.shuffle %p, %p [0, 2, 4, 6, 8, 10, 12, 14] : vector<16xi32>, vector<16xi32>
  %o = vector.shuffle %p, %p [1, 3, 5, 7, 9, 11, 13, 15] : vector<16xi32>, vector<16xi32>
  %q = arith.addi %e, %o : vector<8xi32>
  %g = vector.shuffle %q, %q [0, 2, 4, 6] : vector<8xi32>, vector<8xi32>
  %h = vector.shuffle %q, %q [1, 3, 5, 7] : vector<8xi32>, vector<8xi32>
  %t = arith.addi %g, %h : vector<4xi32>
  %r = arith.addi %t, %s {strategy.dot = "usdot"} : vector<4xi32>
  return %r : vector<4xi32>
}

// -----

// Signs that are not those of the instruction: computed as it is written.
// CHECK-LABEL: func.func @signs
// CHECK-NOT: call_intrinsic
// CHECK: arith.muli
func.func @signs(%s: vector<4xi32>, %a: vector<16xi8>, %b: vector<16xi8>) -> vector<4xi32> {
  %x = arith.extsi %a : vector<16xi8> to vector<16xi32>
  %y = arith.extui %b : vector<16xi8> to vector<16xi32>
  %p = arith.muli %x, %y : vector<16xi32>
  %e = vector.shuffle %p, %p [0, 2, 4, 6, 8, 10, 12, 14] : vector<16xi32>, vector<16xi32>
  %o = vector.shuffle %p, %p [1, 3, 5, 7, 9, 11, 13, 15] : vector<16xi32>, vector<16xi32>
  %q = arith.addi %e, %o : vector<8xi32>
  %g = vector.shuffle %q, %q [0, 2, 4, 6] : vector<8xi32>, vector<8xi32>
  %h = vector.shuffle %q, %q [1, 3, 5, 7] : vector<8xi32>, vector<8xi32>
  %t = arith.addi %g, %h : vector<4xi32>
  %r = arith.addi %t, %s {strategy.dot = "sdot"} : vector<4xi32>
  return %r : vector<4xi32>
}

// -----

// Longer vectors are SVE's, when their length is known.
// CHECK-LABEL: func.func @long
// CHECK-NOT: call_intrinsic
// SVE-LABEL: func.func @long
// SVE-COUNT-3: vector.scalable.insert
// SVE: %[[R:.*]] = llvm.call_intrinsic "llvm.aarch64.sve.sdot"({{.*}}) : (vector<[4]xi32>, vector<[16]xi8>, vector<[16]xi8>) -> vector<[4]xi32>
// SVE: vector.scalable.extract %[[R]][0] : vector<8xi32> from vector<[4]xi32>
func.func @long(%s: vector<8xi32>, %a: vector<32xi8>, %b: vector<32xi8>) -> vector<8xi32> {
  %x = arith.extsi %a : vector<32xi8> to vector<32xi32>
  %y = arith.extsi %b : vector<32xi8> to vector<32xi32>
  %p = arith.muli %x, %y : vector<32xi32>
  %e = vector.shuffle %p, %p [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30] : vector<32xi32>, vector<32xi32>
  %o = vector.shuffle %p, %p [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31] : vector<32xi32>, vector<32xi32>
  %q = arith.addi %e, %o : vector<16xi32>
  %g = vector.shuffle %q, %q [0, 2, 4, 6, 8, 10, 12, 14] : vector<16xi32>, vector<16xi32>
  %h = vector.shuffle %q, %q [1, 3, 5, 7, 9, 11, 13, 15] : vector<16xi32>, vector<16xi32>
  %t = arith.addi %g, %h : vector<8xi32>
  %r = arith.addi %t, %s {strategy.dot = "sdot"} : vector<8xi32>
  return %r : vector<8xi32>
}
