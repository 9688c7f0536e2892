// A plan for each kernel that has none, with reasons; strategy-verify accepts it.
// RUN: tensorop-opt %s --strategy-propose="target=znver4" | FileCheck %s
// RUN: tensorop-opt %s --strategy-propose="target=x86-64-v3" | tensorop-opt --strategy-verify="target=x86-64-v3"
// RUN: tensorop-opt %s --strategy-propose="target=znver4" | tensorop-opt --strategy-verify="target=znver4"

// CHECK: func.func @large({{.*}} attributes {strategy.kernel, strategy.plans = [@analytic.large]}
func.func @large(%a: tensor<2048x2048xf32>, %b: tensor<2048x2048xf32>, %c: tensor<2048x2048xf32>)
    -> tensor<2048x2048xf32> attributes {strategy.kernel} {
  %0 = linalg.matmul {strategy.op = "mm"}
      ins(%a, %b : tensor<2048x2048xf32>, tensor<2048x2048xf32>)
      outs(%c : tensor<2048x2048xf32>) -> tensor<2048x2048xf32>
  return %0 : tensor<2048x2048xf32>
}

// A vector times a matrix: rows stream by once, nothing is copied.
// CHECK: func.func @vector(
func.func @vector(%a: tensor<1x4096xf32>, %b: tensor<4096x4096xf32>, %c: tensor<1x4096xf32>)
    -> tensor<1x4096xf32> attributes {strategy.kernel} {
  %0 = linalg.matmul {strategy.op = "mm"}
      ins(%a, %b : tensor<1x4096xf32>, tensor<4096x4096xf32>)
      outs(%c : tensor<1x4096xf32>) -> tensor<1x4096xf32>
  return %0 : tensor<1x4096xf32>
}

// What follows is fused into the register tile.
// CHECK: func.func @fused(
func.func @fused(%a: tensor<3x100x200xf64>, %b: tensor<3x300x200xf64>, %c: tensor<3x100x300xf64>,
                 %bias: tensor<300xf64>)
    -> tensor<3x100x300xf64> attributes {strategy.kernel} {
  %0 = linalg.generic {strategy.op = "mm",
      indexing_maps = [affine_map<(b, m, n, k) -> (b, m, k)>, affine_map<(b, m, n, k) -> (b, n, k)>,
                       affine_map<(b, m, n, k) -> (b, m, n)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%a, %b : tensor<3x100x200xf64>, tensor<3x300x200xf64>) outs(%c : tensor<3x100x300xf64>) {
  ^bb0(%x: f64, %y: f64, %z: f64):
    %p = arith.mulf %x, %y : f64
    %s = arith.addf %z, %p : f64
    linalg.yield %s : f64
  } -> tensor<3x100x300xf64>
  %1 = linalg.generic {strategy.op = "bias",
      indexing_maps = [affine_map<(b, m, n) -> (b, m, n)>, affine_map<(b, m, n) -> (n)>,
                       affine_map<(b, m, n) -> (b, m, n)>],
      iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%0, %bias : tensor<3x100x300xf64>, tensor<300xf64>) outs(%0 : tensor<3x100x300xf64>) {
  ^bb0(%x: f64, %y: f64, %z: f64):
    %s = arith.addf %x, %y : f64
    linalg.yield %s : f64
  } -> tensor<3x100x300xf64>
  return %1 : tensor<3x100x300xf64>
}

// The instruction that takes most products, with both operands in groups.
// CHECK: func.func @bytes(
func.func @bytes(%a: tensor<512x512xi8>, %b: tensor<512x512xi8>, %c: tensor<512x512xi32>)
    -> tensor<512x512xi32> attributes {strategy.kernel} {
  %0 = linalg.matmul {strategy.op = "mm"}
      ins(%a, %b : tensor<512x512xi8>, tensor<512x512xi8>)
      outs(%c : tensor<512x512xi32>) -> tensor<512x512xi32>
  return %0 : tensor<512x512xi32>
}

// CHECK: func.func @bf16(
func.func @bf16(%a: tensor<512x512xbf16>, %b: tensor<512x512xbf16>, %c: tensor<512x512xf32>)
    -> tensor<512x512xf32> attributes {strategy.kernel} {
  %0 = linalg.matmul {strategy.op = "mm"}
      ins(%a, %b : tensor<512x512xbf16>, tensor<512x512xbf16>)
      outs(%c : tensor<512x512xf32>) -> tensor<512x512xf32>
  return %0 : tensor<512x512xf32>
}

// CHECK: strategy.plan @analytic.large root mm(m, n, k) requires [fma] numerics(reassoc, contract)
// CHECK-SAME: attributes {why = "register tile {{[0-9]+}} x {{[0-9]+}} ({{[0-9]+}} x v({{[0-9]}})), {{[0-9]+}} accumulators; cheapest of {{[0-9]+}} candidates: {{[0-9]+}}% of the estimated cycles multiply and add, {{[0-9]+}}% copy"}
// CHECK: strategy.layout mm.rhs pack [n = v({{[0-9]}})] at {{.*}} {why = "
// CHECK: strategy.vectorize mm [m = {{[0-9]+}}, n = v({{[0-9]}})] with fma {why = "{{[0-9]+}} accumulators, enough to hide the latency of 4 cycles at 1 a cycle; {{[0-9]+}} of 32 vector registers"}

// CHECK: strategy.plan @analytic.vector root mm(m, n, k)
// CHECK-NEXT: strategy.tile [pc: k = 8]
// CHECK-NOT: layout
// CHECK: strategy.vectorize mm [n = v({{[0-9]}})] with fma
// CHECK: strategy.pipeline jr stages({{[0-9]+}}) copies(prefetch) {why = "

// CHECK: strategy.plan @analytic.fused root mm(b, m, n, k) with [bias(b, m, n)]
// CHECK: strategy.layout mm.rhs pack [n = v({{[0-9]}})] at {{.*}} {why = "lanes need neighbouring elements, which lie apart in memory"}
// CHECK: strategy.fuse bias into ir

// CHECK: strategy.plan @analytic.bytes root mm(m, n, k)
// CHECK-NOT: numerics
// CHECK: strategy.tile [kk: k = 4]
// CHECK-NEXT: strategy.layout mm.rhs pack [n = v({{[0-9]}}), k = 4]
// CHECK-NEXT: strategy.layout mm.lhs pack [m = {{[0-9]+}}, k = 4]
// CHECK-NEXT: strategy.vectorize mm [m = {{[0-9]+}}, n = v({{[0-9]}}), k = 4] with vnni {why = "4 products in each lane and step; {{.*}} of 32 vector registers"}

// CHECK: strategy.plan @analytic.bf16 root mm(m, n, k) numerics(reassoc, contract, approx(1))
// CHECK: strategy.vectorize mm [m = {{[0-9]+}}, n = v({{[0-9]}}), k = 2] with dpbf16 {why = "2 products in each lane and step; subnormal numbers become zeros; {{.*}} of 32 vector registers"}

// On AVX2, i8 is widened to i16 in groups of two, bf16 to f32.
// RUN: tensorop-opt %s --strategy-propose="target=x86-64-v3" | FileCheck %s --check-prefix=AVX2
// AVX2: strategy.plan @analytic.bytes
// AVX2: k = 2] with pmaddwd
// AVX2: strategy.plan @analytic.bf16 root mm(m, n, k) requires [fma] numerics(reassoc, contract)
// AVX2: with fma
