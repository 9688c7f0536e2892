// What threads divide, if anything: blocks of rows around a copy for all of them, independent products, columns where there are
// few rows. Small kernels stay on one thread, and say so.
// RUN: tensorop-opt %s --strategy-propose="target=znver4 threads=4" | FileCheck %s
// RUN: tensorop-opt %s --strategy-propose="target=znver4 threads=4" | tensorop-opt --strategy-verify="target=znver4"
// RUN: tensorop-opt %s --strategy-propose="target=x86-64-v3 threads=3" | tensorop-opt --strategy-verify="target=x86-64-v3"
// RUN: tensorop-opt %s --strategy-propose="target=znver4" | FileCheck %s --check-prefix=ONE --implicit-check-not=parallelize
// RUN: not tensorop-opt %s --strategy-propose="target=znver4 threads=0" 2>&1 | FileCheck %s --check-prefix=NONE

// ONE: strategy.plan @analytic.large
// NONE: error: threads must be at least 1, but is 0

// CHECK-LABEL: func.func @large(
func.func @large(%a: tensor<2048x2048xf32>, %b: tensor<2048x2048xf32>, %c: tensor<2048x2048xf32>)
    -> tensor<2048x2048xf32> attributes {strategy.kernel} {
  %0 = linalg.matmul {strategy.op = "mm"}
      ins(%a, %b : tensor<2048x2048xf32>, tensor<2048x2048xf32>)
      outs(%c : tensor<2048x2048xf32>) -> tensor<2048x2048xf32>
  return %0 : tensor<2048x2048xf32>
}

func.func @batch(%a: tensor<32x256x256xf32>, %b: tensor<32x256x256xf32>, %c: tensor<32x256x256xf32>)
    -> tensor<32x256x256xf32> attributes {strategy.kernel} {
  %0 = linalg.batch_matmul {strategy.op = "mm"}
      ins(%a, %b : tensor<32x256x256xf32>, tensor<32x256x256xf32>)
      outs(%c : tensor<32x256x256xf32>) -> tensor<32x256x256xf32>
  return %0 : tensor<32x256x256xf32>
}

func.func @wide(%a: tensor<8x1024xf32>, %b: tensor<1024x8192xf32>, %c: tensor<8x8192xf32>)
    -> tensor<8x8192xf32> attributes {strategy.kernel} {
  %0 = linalg.matmul {strategy.op = "mm"}
      ins(%a, %b : tensor<8x1024xf32>, tensor<1024x8192xf32>)
      outs(%c : tensor<8x8192xf32>) -> tensor<8x8192xf32>
  return %0 : tensor<8x8192xf32>
}

func.func @small(%a: tensor<32x32xf32>, %b: tensor<32x32xf32>, %c: tensor<32x32xf32>)
    -> tensor<32x32xf32> attributes {strategy.kernel} {
  %0 = linalg.matmul {strategy.op = "mm"}
      ins(%a, %b : tensor<32x32xf32>, tensor<32x32xf32>)
      outs(%c : tensor<32x32xf32>) -> tensor<32x32xf32>
  return %0 : tensor<32x32xf32>
}

// CHECK-LABEL: strategy.plan @analytic.large
// CHECK-SAME: 4 threads: an estimated {{[34].[0-9]}} times as fast as one
// CHECK: strategy.parallelize [{{ic|jr}}] to threads {why = "4 threads divide
// CHECK-LABEL: strategy.plan @analytic.batch
// CHECK: strategy.tile [ob: b = 1
// CHECK: strategy.parallelize [ob] to threads {why = "4 threads divide what is independent"}
// CHECK-LABEL: strategy.plan @analytic.wide
// CHECK: strategy.parallelize [{{jc|jr}}] to threads
// CHECK-LABEL: strategy.plan @analytic.small
// CHECK-SAME: on one thread: starting 4 would take longer than what they save
// CHECK-NOT: strategy.parallelize
