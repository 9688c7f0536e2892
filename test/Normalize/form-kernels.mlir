// RUN: tensorop-opt %s --split-input-file --tensorop-form-kernels | FileCheck %s

// One cluster and nothing else: the function is the kernel.
// CHECK-LABEL: func.func @whole
// CHECK-SAME: attributes {strategy.kernel}
// CHECK: linalg.fill {strategy.op = "init"}
// CHECK: linalg.matmul {strategy.op = "mm"}
// CHECK: linalg.exp {strategy.op = "gelu"}
// CHECK-NOT: func.func
func.func @whole(%a: tensor<4x5xf32>, %b: tensor<5x6xf32>) -> tensor<4x6xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x6xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %m = linalg.matmul ins(%a, %b : tensor<4x5xf32>, tensor<5x6xf32>) outs(%f : tensor<4x6xf32>) -> tensor<4x6xf32>
  %r = linalg.exp {strategy.op = "gelu"} ins(%m : tensor<4x6xf32>) outs(%m : tensor<4x6xf32>) -> tensor<4x6xf32>
  return %r : tensor<4x6xf32>
}

// -----

// Two clusters: each is called; a value that both use is an argument, what is
// cheap to make again is not.
// CHECK-LABEL: func.func @two(
// CHECK-NOT: strategy.kernel
// CHECK: %[[R0:.*]] = call @two_mm(%{{.*}}, %{{.*}}, %{{.*}})
// CHECK: %[[R1:.*]] = call @[[SECOND:two_mm_?[0-9]+]](%[[R0]]
// CHECK: linalg.generic {{.*}}strategy.op = "red0"
// CHECK: func.func private @two_mm(%[[A:.*]]: tensor<4x5xf32> {{.*}}"in"}, %[[B:.*]]: tensor<5x6xf32> {{.*}}"in"}, %[[O:.*]]: tensor<4x6xf32> {{.*}}"out"}) -> tensor<4x6xf32> attributes {strategy.kernel}
// CHECK: linalg.fill {strategy.op = "init"}
// CHECK: %[[M:.*]] = linalg.matmul {strategy.op = "mm"}
// CHECK: bufferization.materialize_in_destination %[[M]] in %[[O]]
// CHECK: func.func private @[[SECOND]]({{.*}}attributes {strategy.kernel}
// CHECK: linalg.matmul {strategy.op = "mm"}
func.func @two(%a: tensor<4x5xf32>, %b: tensor<5x6xf32>, %c: tensor<6x3xf32>) -> tensor<4xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x6xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %m = linalg.matmul ins(%a, %b : tensor<4x5xf32>, tensor<5x6xf32>) outs(%f : tensor<4x6xf32>) -> tensor<4x6xf32>
  %e2 = tensor.empty() : tensor<4x3xf32>
  %f2 = linalg.fill ins(%z : f32) outs(%e2 : tensor<4x3xf32>) -> tensor<4x3xf32>
  %n = linalg.matmul ins(%m, %c : tensor<4x6xf32>, tensor<6x3xf32>) outs(%f2 : tensor<4x3xf32>) -> tensor<4x3xf32>
  %e3 = tensor.empty() : tensor<4xf32>
  %f3 = linalg.fill ins(%z : f32) outs(%e3 : tensor<4xf32>) -> tensor<4xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
      ins(%n : tensor<4x3xf32>) outs(%f3 : tensor<4xf32>) {
  ^bb0(%x: f32, %y: f32):
    %t = arith.addf %x, %y : f32
    linalg.yield %t : f32
  } -> tensor<4xf32>
  return %s : tensor<4xf32>
}

// -----

// An accumulated argument is computed in place, and names follow the class.
// CHECK-LABEL: func.func @classes
// CHECK: call @classes_mv(%{{.*}}, %{{.*}}, %{{.*}})
// CHECK: call @classes_conv(
// CHECK: linalg.pooling_nwc_max {{.*}}strategy.op = "pool0"
// CHECK: func.func private @classes_mv({{.*}}"inout"}) -> tensor<4xf32>
// CHECK-NOT: linalg.fill
// CHECK: linalg.matvec {strategy.op = "mv"}
// CHECK: func.func private @classes_conv
// CHECK: linalg.conv_1d_nwc_wcf {{.*}}strategy.op = "conv"
func.func @classes(%a: tensor<4x5xf32>, %x: tensor<5xf32>, %c: tensor<4xf32>, %i: tensor<1x8x2xf32>, %w: tensor<3x2x4xf32>, %o: tensor<1x6x4xf32>, %p: tensor<1x3x4xf32>)
    -> (tensor<4xf32>, tensor<1x3x4xf32>) {
  %m = linalg.matvec ins(%a, %x : tensor<4x5xf32>, tensor<5xf32>) outs(%c : tensor<4xf32>) -> tensor<4xf32>
  %v = linalg.conv_1d_nwc_wcf {dilations = dense<1> : tensor<1xi64>, strides = dense<1> : tensor<1xi64>} ins(%i, %w : tensor<1x8x2xf32>, tensor<3x2x4xf32>) outs(%o : tensor<1x6x4xf32>) -> tensor<1x6x4xf32>
  %win = tensor.empty() : tensor<2xf32>
  %q = linalg.pooling_nwc_max {dilations = dense<1> : tensor<1xi64>, strides = dense<2> : tensor<1xi64>} ins(%v, %win : tensor<1x6x4xf32>, tensor<2xf32>) outs(%p : tensor<1x3x4xf32>) -> tensor<1x3x4xf32>
  return %m, %q : tensor<4xf32>, tensor<1x3x4xf32>
}

// -----

// A consumer that reads the result at another place stays outside.
// CHECK-LABEL: func.func @transposed
// CHECK: call @transposed_mm
// CHECK: linalg.generic {{.*}}strategy.op = "ew0"
// CHECK: func.func private @transposed_mm
// CHECK-NOT: linalg.generic
func.func @transposed(%a: tensor<4x5xf32>, %b: tensor<5x4xf32>) -> tensor<4x4xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x4xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
  %m = linalg.matmul ins(%a, %b : tensor<4x5xf32>, tensor<5x4xf32>) outs(%f : tensor<4x4xf32>) -> tensor<4x4xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%m : tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) {
  ^bb0(%x: f32, %y: f32):
    %t = math.exp %x : f32
    linalg.yield %t : f32
  } -> tensor<4x4xf32>
  return %r : tensor<4x4xf32>
}

// -----

// A broadcast bias is what the accumulator starts from.
// CHECK-LABEL: func.func @bias
// CHECK-SAME: attributes {strategy.kernel}
// CHECK: linalg.broadcast {{.*}}strategy.op = "init"
// CHECK: linalg.matmul {strategy.op = "mm"}
func.func @bias(%a: tensor<4x5xf32>, %b: tensor<5x6xf32>, %c: tensor<6xf32>) -> tensor<4x6xf32> {
  %e = tensor.empty() : tensor<4x6xf32>
  %f = linalg.broadcast ins(%c : tensor<6xf32>) outs(%e : tensor<4x6xf32>) dimensions = [0]
  %m = linalg.matmul ins(%a, %b : tensor<4x5xf32>, tensor<5x6xf32>) outs(%f : tensor<4x6xf32>) -> tensor<4x6xf32>
  return %m : tensor<4x6xf32>
}

// -----

// A scalar that the cluster uses is an argument without memory.
// CHECK-LABEL: func.func @scalar(
// CHECK: call @scalar_mm(
// CHECK: func.func private @scalar_mm(%[[S:.*]]: f32 {tensorop.role = "in"}, %{{.*}}: tensor<4x5xf32> {bufferization.writable = false, llvm.noalias, tensorop.role = "in"}
// CHECK: linalg.fill {{.*}} ins(%[[S]] : f32)
func.func @scalar(%a: tensor<4x5xf32>, %b: tensor<5x6xf32>, %s: tensor<f32>) -> tensor<4x6xf32> {
  %v = tensor.extract %s[] : tensor<f32>
  %e = tensor.empty() : tensor<4x6xf32>
  %f = linalg.fill ins(%v : f32) outs(%e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %m = linalg.matmul ins(%a, %b : tensor<4x5xf32>, tensor<5x6xf32>) outs(%f : tensor<4x6xf32>) -> tensor<4x6xf32>
  return %m : tensor<4x6xf32>
}

// -----

// An accumulator that is a factor too cannot be computed in place.
// CHECK-LABEL: func.func @feedback(
// CHECK: func.func private @feedback_mm(%[[A:.*]]: tensor<4x4xf32> {{{.*}}"in"}, %[[O:.*]]: tensor<4x4xf32> {{{.*}}"out"})
// CHECK: %[[M:.*]] = linalg.matmul {{.*}} ins(%[[A]], %[[A]] {{.*}} outs(%[[A]]
// CHECK: bufferization.materialize_in_destination %[[M]] in %[[O]]
func.func @feedback(%a: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %x = linalg.exp ins(%a : tensor<4x4xf32>) outs(%a : tensor<4x4xf32>) -> tensor<4x4xf32>
  %m = linalg.matmul ins(%x, %x : tensor<4x4xf32>, tensor<4x4xf32>) outs(%x : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %m : tensor<4x4xf32>
}

// -----

// Contractions below structured control flow are kernels too.
// CHECK-LABEL: func.func @loop(
// CHECK: scf.for
// CHECK: scf.if
// CHECK: call @loop_mm(
// CHECK: func.func private @loop_mm({{.*}} attributes {strategy.kernel}
func.func @loop(%a: tensor<4x4xf32>, %b: tensor<4x4xf32>, %c: i1) -> tensor<4x4xf32> {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %four = arith.constant 4 : index
  %r = scf.for %i = %zero to %four step %one iter_args(%x = %b) -> tensor<4x4xf32> {
    %s = scf.if %c -> tensor<4x4xf32> {
      %m = linalg.matmul ins(%a, %a : tensor<4x4xf32>, tensor<4x4xf32>) outs(%x : tensor<4x4xf32>) -> tensor<4x4xf32>
      scf.yield %m : tensor<4x4xf32>
    } else {
      scf.yield %x : tensor<4x4xf32>
    }
    scf.yield %s : tensor<4x4xf32>
  }
  return %r : tensor<4x4xf32>
}

// -----

// What makes an input of a contraction and nothing else belongs to its kernel;
// an argument that it reads too is not computed in place.
// CHECK-LABEL: func.func @producers(
// CHECK: call @producers_mm(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}) :
// CHECK: linalg.exp {strategy.op = "ew0"}
// CHECK: func.func private @producers_mm({{.*}}"out"}) -> tensor<8x8xf32> attributes {strategy.kernel}
// CHECK: linalg.generic {{.*}}strategy.op = "pre0"
// CHECK: linalg.matmul {strategy.op = "mm"}
func.func @producers(%a: tensor<8x8xf32>, %q: tensor<8x8xi8>, %s: tensor<2x8xf32>, %c: tensor<8x8xf32>) -> (tensor<8x8xf32>, tensor<8x8xf32>) {
  %e = tensor.empty() : tensor<8x8xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(k, n) -> (k, n)>, affine_map<(k, n) -> (k floordiv 4, n)>,
                                        affine_map<(k, n) -> (k, n)>, affine_map<(k, n) -> (k, n)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%q, %s, %c : tensor<8x8xi8>, tensor<2x8xf32>, tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%x: i8, %y: f32, %z: f32, %o: f32):
    %v = arith.sitofp %x : i8 to f32
    %w = arith.mulf %v, %y : f32
    %u = arith.addf %w, %z : f32
    linalg.yield %u : f32
  } -> tensor<8x8xf32>
  %1 = linalg.matmul ins(%a, %0 : tensor<8x8xf32>, tensor<8x8xf32>) outs(%c : tensor<8x8xf32>) -> tensor<8x8xf32>
  %2 = linalg.exp ins(%a : tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %1, %2 : tensor<8x8xf32>, tensor<8x8xf32>
}
