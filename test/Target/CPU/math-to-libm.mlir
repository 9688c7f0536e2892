// RUN: tensorop-opt %s --tensorop-math-to-libm | FileCheck %s

// CHECK-LABEL: func.func @f
// CHECK: call @log1pf
// CHECK: call @erff
// CHECK: call @tanh(
// CHECK: math.exp
// CHECK: math.sqrt
func.func @f(%x: f32, %d: f64) -> (f32, f64, f32) {
  %0 = math.log1p %x : f32
  %1 = math.erf %0 : f32
  %2 = math.tanh %d : f64
  %3 = math.exp %1 : f32
  %4 = math.sqrt %3 : f32
  return %1, %2, %4 : f32, f64, f32
}
