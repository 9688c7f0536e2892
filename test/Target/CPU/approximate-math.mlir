// RUN: tensorop-opt %s --split-input-file --tensorop-approximate-math | FileCheck %s

// What the function permits decides: tanh has 2 ulp.
// CHECK-LABEL: func.func @permitted
// CHECK-NOT: math.{{exp|erf|log|tanh}}
// CHECK: return
func.func @permitted(%x: vector<8xf32>, %s: f32)
    -> (vector<8xf32>, vector<8xf32>, vector<8xf32>, f32) attributes {tensorop.approx = 2 : i64} {
  %0 = math.exp %x : vector<8xf32>
  %1 = math.erf %x : vector<8xf32>
  %2 = math.log %x : vector<8xf32>
  %3 = math.tanh %s : f32
  return %0, %1, %2, %3 : vector<8xf32>, vector<8xf32>, vector<8xf32>, f32
}

// -----

// CHECK-LABEL: func.func @too_strict
// CHECK: math.tanh
// CHECK-NOT: math.exp
// CHECK: return
func.func @too_strict(%x: f32) -> (f32, f32) attributes {tensorop.approx = 1 : i64} {
  %0 = math.tanh %x : f32
  %1 = math.exp %x : f32
  return %0, %1 : f32, f32
}

// -----

// Without permission nothing changes, but an op's own flag is one.
// CHECK-LABEL: func.func @flags
// CHECK: math.exp
// CHECK: math.exp {{.*}} fastmath<nnan>
// CHECK-NOT: math.exp
// CHECK: return
func.func @flags(%x: f32) -> (f32, f32, f32) {
  %0 = math.exp %x : f32
  %1 = math.exp %x fastmath<nnan> : f32
  %2 = math.exp %x fastmath<afn> : f32
  return %0, %1, %2 : f32, f32, f32
}

// -----

// f64 and functions without a polynomial stay; narrow floats go by way of f32.
// CHECK-LABEL: func.func @types
// CHECK: math.exp {{.*}} : f64
// CHECK: math.sin
// CHECK: arith.extf {{.*}} : bf16 to f32
// CHECK: math.fma
// CHECK: arith.truncf {{.*}} : f32 to bf16
func.func @types(%d: f64, %s: f32, %h: bf16) -> (f64, f32, bf16) attributes {tensorop.approx = 4 : i64} {
  %0 = math.exp %d : f64
  %1 = math.sin %s : f32
  %2 = math.exp %h : bf16
  return %0, %1, %2 : f64, f32, bf16
}

// -----

// One plus a function has a shorter way, whichever operand is the one, when nothing
// else needs the function.
// CHECK-LABEL: func.func @plus_one
// CHECK-NOT: math.{{erf|tanh}}
// CHECK: return
func.func @plus_one(%x: vector<8xf32>) -> vector<8xf32> attributes {tensorop.approx = 2 : i64} {
  %s = arith.constant 1.0 : f32
  %one = vector.broadcast %s : f32 to vector<8xf32>
  %0 = math.erf %x : vector<8xf32>
  %1 = arith.addf %one, %0 : vector<8xf32>
  return %1 : vector<8xf32>
}

// -----

// CHECK-LABEL: func.func @plus_one_tanh
// CHECK: arith.divf
// CHECK-NOT: math.copysign
// CHECK: arith.truncf {{.*}} : f32 to f16
// CHECK-NEXT: return
func.func @plus_one_tanh(%x: f16) -> f16 attributes {tensorop.approx = 2 : i64} {
  %one = arith.constant 1.0 : f16
  %0 = math.tanh %x : f16
  %1 = arith.addf %0, %one : f16
  return %1 : f16
}

// -----

// Not one, or not only that.
// CHECK-LABEL: func.func @sums
// CHECK: math.copysign
// CHECK: arith.addf
// CHECK: math.copysign
// CHECK: arith.addf
// CHECK: return
func.func @sums(%x: f32, %y: f32) -> (f32, f32, f32) attributes {tensorop.approx = 2 : i64} {
  %two = arith.constant 2.0 : f32
  %0 = math.tanh %x : f32
  %1 = arith.addf %0, %two : f32
  %one = arith.constant 1.0 : f32
  %2 = math.tanh %y : f32
  %3 = arith.addf %2, %one : f32
  return %1, %2, %3 : f32, f32, f32
}
