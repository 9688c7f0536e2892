// RUN: tensorop-opt %s --pass-pipeline='builtin.module(func.func(tensorop-lower-transposes-x86))' | FileCheck %s
// RUN: tensorop-opt %s --pass-pipeline='builtin.module(func.func(tensorop-lower-transposes-x86{wide=1}))' | FileCheck %s --check-prefix=WIDE

// CHECK-LABEL: func.func @eight
// CHECK: llvm.inline_asm {{.*}}vblendps
// CHECK-NOT: vector.transpose
// WIDE-LABEL: func.func @eight
// WIDE-NOT: vector.transpose
func.func @eight(%v: vector<8x8xf32>) -> vector<8x8xf32> {
  %t = vector.transpose %v, [1, 0] : vector<8x8xf32> to vector<8x8xf32>
  return %t : vector<8x8xf32>
}

// CHECK-LABEL: func.func @sixteen
// CHECK: vector.transpose
// WIDE-LABEL: func.func @sixteen
// WIDE: vector.shuffle
// WIDE-NOT: vector.transpose
func.func @sixteen(%v: vector<16x16xf32>) -> vector<16x16xf32> {
  %t = vector.transpose %v, [1, 0] : vector<16x16xf32> to vector<16x16xf32>
  return %t : vector<16x16xf32>
}
