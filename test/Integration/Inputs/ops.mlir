// One public function per feature of the default path; run_functions.py
// compiles and checks each.
#id1 = affine_map<(i) -> (i)>
#id2 = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
#col = affine_map<(i, j) -> (j)>
#tr = affine_map<(i, j) -> (j, i)>

//===-- Contractions --------------------------------------------------------//

func.func @matmul(%a: tensor<13x17xf32>, %b: tensor<17x9xf32>) -> tensor<13x9xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<13x9xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<13x9xf32>) -> tensor<13x9xf32>
  %r = linalg.matmul ins(%a, %b : tensor<13x17xf32>, tensor<17x9xf32>) outs(%f : tensor<13x9xf32>) -> tensor<13x9xf32>
  return %r : tensor<13x9xf32>
}
func.func @matmul_accumulate_inout(%a: tensor<5x7xf32>, %b: tensor<7x3xf32>, %c: tensor<5x3xf32> {bufferization.writable = true}) -> tensor<5x3xf32> {
  %r = linalg.matmul ins(%a, %b : tensor<5x7xf32>, tensor<7x3xf32>) outs(%c : tensor<5x3xf32>) -> tensor<5x3xf32>
  return %r : tensor<5x3xf32>
}
func.func @matmul_accumulate_copy(%a: tensor<5x7xf32>, %b: tensor<7x3xf32>, %c: tensor<5x3xf32>) -> tensor<5x3xf32> {
  %r = linalg.matmul ins(%a, %b : tensor<5x7xf32>, tensor<7x3xf32>) outs(%c : tensor<5x3xf32>) -> tensor<5x3xf32>
  return %r : tensor<5x3xf32>
}
func.func @matmul_bias_relu(%a: tensor<6x8xf32>, %b: tensor<8x10xf32>, %bias: tensor<10xf32>) -> tensor<6x10xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<6x10xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<6x10xf32>) -> tensor<6x10xf32>
  %m = linalg.matmul ins(%a, %b : tensor<6x8xf32>, tensor<8x10xf32>) outs(%f : tensor<6x10xf32>) -> tensor<6x10xf32>
  %r = linalg.generic {indexing_maps = [#id2, #col, #id2], iterator_types = ["parallel", "parallel"]} ins(%m, %bias : tensor<6x10xf32>, tensor<10xf32>) outs(%e : tensor<6x10xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %s = arith.addf %x, %y : f32
    %t = arith.maximumf %s, %z : f32
    linalg.yield %t : f32
  } -> tensor<6x10xf32>
  return %r : tensor<6x10xf32>
}
func.func @two_matmuls(%a: tensor<4x5xf32>, %b: tensor<5x6xf32>, %c: tensor<6x3xf32>) -> (tensor<4x3xf32>, tensor<4x6xf32>) {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x6xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %m = linalg.matmul ins(%a, %b : tensor<4x5xf32>, tensor<5x6xf32>) outs(%f : tensor<4x6xf32>) -> tensor<4x6xf32>
  %e2 = tensor.empty() : tensor<4x3xf32>
  %f2 = linalg.fill ins(%z : f32) outs(%e2 : tensor<4x3xf32>) -> tensor<4x3xf32>
  %n = linalg.matmul ins(%m, %c : tensor<4x6xf32>, tensor<6x3xf32>) outs(%f2 : tensor<4x3xf32>) -> tensor<4x3xf32>
  return %n, %m : tensor<4x3xf32>, tensor<4x6xf32>
}
func.func @matmul_transposed_weight(%a: tensor<4x8xf32>, %w: tensor<6x8xf32>) -> tensor<4x6xf32> {
  %z = arith.constant 0.0 : f32
  %t0 = tensor.empty() : tensor<8x6xf32>
  %t = linalg.transpose ins(%w : tensor<6x8xf32>) outs(%t0 : tensor<8x6xf32>) permutation = [1, 0]
  %e = tensor.empty() : tensor<4x6xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %m = linalg.matmul ins(%a, %t : tensor<4x8xf32>, tensor<8x6xf32>) outs(%f : tensor<4x6xf32>) -> tensor<4x6xf32>
  return %m : tensor<4x6xf32>
}
func.func @matmul_i8(%a: tensor<5x16xi8>, %b: tensor<16x4xi8>) -> tensor<5x4xi32> {
  %z = arith.constant 0 : i32
  %e = tensor.empty() : tensor<5x4xi32>
  %f = linalg.fill ins(%z : i32) outs(%e : tensor<5x4xi32>) -> tensor<5x4xi32>
  %r = linalg.matmul ins(%a, %b : tensor<5x16xi8>, tensor<16x4xi8>) outs(%f : tensor<5x4xi32>) -> tensor<5x4xi32>
  return %r : tensor<5x4xi32>
}
func.func @matmul_f16_f32(%a: tensor<5x16xf16>, %b: tensor<16x4xf16>) -> tensor<5x4xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<5x4xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<5x4xf32>) -> tensor<5x4xf32>
  %r = linalg.matmul ins(%a, %b : tensor<5x16xf16>, tensor<16x4xf16>) outs(%f : tensor<5x4xf32>) -> tensor<5x4xf32>
  return %r : tensor<5x4xf32>
}
func.func @matmul_bf16(%a: tensor<5x16xbf16>, %b: tensor<16x4xbf16>) -> tensor<5x4xbf16> {
  %z = arith.constant 0.0 : bf16
  %e = tensor.empty() : tensor<5x4xbf16>
  %f = linalg.fill ins(%z : bf16) outs(%e : tensor<5x4xbf16>) -> tensor<5x4xbf16>
  %r = linalg.matmul ins(%a, %b : tensor<5x16xbf16>, tensor<16x4xbf16>) outs(%f : tensor<5x4xbf16>) -> tensor<5x4xbf16>
  return %r : tensor<5x4xbf16>
}
func.func @batch_matmul_f64(%a: tensor<3x4x5xf64>, %b: tensor<3x5x6xf64>) -> tensor<3x4x6xf64> {
  %z = arith.constant 0.0 : f64
  %e = tensor.empty() : tensor<3x4x6xf64>
  %f = linalg.fill ins(%z : f64) outs(%e : tensor<3x4x6xf64>) -> tensor<3x4x6xf64>
  %r = linalg.batch_matmul ins(%a, %b : tensor<3x4x5xf64>, tensor<3x5x6xf64>) outs(%f : tensor<3x4x6xf64>) -> tensor<3x4x6xf64>
  return %r : tensor<3x4x6xf64>
}
func.func @matvec(%a: tensor<33x17xf32>, %x: tensor<17xf32>) -> tensor<33xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<33xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<33xf32>) -> tensor<33xf32>
  %r = linalg.matvec ins(%a, %x : tensor<33x17xf32>, tensor<17xf32>) outs(%f : tensor<33xf32>) -> tensor<33xf32>
  return %r : tensor<33xf32>
}
func.func @dot(%x: tensor<100xf32>, %y: tensor<100xf32>) -> tensor<f32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<f32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<f32>) -> tensor<f32>
  %r = linalg.dot ins(%x, %y : tensor<100xf32>, tensor<100xf32>) outs(%f : tensor<f32>) -> tensor<f32>
  return %r : tensor<f32>
}
func.func @contract(%a: tensor<3x4x5xf32>, %b: tensor<5x4x2xf32>) -> tensor<2x3xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x3xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<2x3xf32>) -> tensor<2x3xf32>
  %r = linalg.contract indexing_maps = [affine_map<(a, b, c, d) -> (a, b, c)>, affine_map<(a, b, c, d) -> (c, b, d)>, affine_map<(a, b, c, d) -> (d, a)>]
      ins(%a, %b : tensor<3x4x5xf32>, tensor<5x4x2xf32>) outs(%f : tensor<2x3xf32>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}
func.func @conv2d_strided_dilated(%x: tensor<1x11x13x3xf32>, %w: tensor<3x2x3x5xf32>) -> tensor<1x4x12x5xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x4x12x5xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<1x4x12x5xf32>) -> tensor<1x4x12x5xf32>
  %r = linalg.conv_2d_nhwc_hwcf {dilations = dense<[2, 1]> : tensor<2xi64>, strides = dense<[2, 1]> : tensor<2xi64>} ins(%x, %w : tensor<1x11x13x3xf32>, tensor<3x2x3x5xf32>) outs(%f : tensor<1x4x12x5xf32>) -> tensor<1x4x12x5xf32>
  return %r : tensor<1x4x12x5xf32>
}
func.func @matmul_size_one(%a: tensor<1x1xf32>, %b: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x1xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<1x1xf32>) -> tensor<1x1xf32>
  %r = linalg.matmul ins(%a, %b : tensor<1x1xf32>, tensor<1x1xf32>) outs(%f : tensor<1x1xf32>) -> tensor<1x1xf32>
  return %r : tensor<1x1xf32>
}
func.func @matmul_empty_sum(%a: tensor<3x0xf32>, %b: tensor<0x4xf32>) -> tensor<3x4xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3x4xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<3x4xf32>) -> tensor<3x4xf32>
  %r = linalg.matmul ins(%a, %b : tensor<3x0xf32>, tensor<0x4xf32>) outs(%f : tensor<3x4xf32>) -> tensor<3x4xf32>
  return %r : tensor<3x4xf32>
}
func.func @elementwise_empty(%a: tensor<0x4xf32>) -> tensor<0x4xf32> {
  %e = tensor.empty() : tensor<0x4xf32>
  %r = linalg.exp ins(%a : tensor<0x4xf32>) outs(%e : tensor<0x4xf32>) -> tensor<0x4xf32>
  return %r : tensor<0x4xf32>
}

//===-- Structured ops of other kinds ---------------------------------------//

func.func @softmax(%x: tensor<4x33xf32>) -> tensor<4x33xf32> {
  %e = tensor.empty() : tensor<4x33xf32>
  %r = linalg.softmax dimension(1) ins(%x : tensor<4x33xf32>) outs(%e : tensor<4x33xf32>) -> tensor<4x33xf32>
  return %r : tensor<4x33xf32>
}
func.func @map_reduce_broadcast(%x: tensor<6x7xf32>) -> tensor<6x7xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<6x7xf32>
  %m = linalg.map { math.absf } ins(%x : tensor<6x7xf32>) outs(%e : tensor<6x7xf32>)
  %s0 = tensor.empty() : tensor<6xf32>
  %s1 = linalg.fill ins(%z : f32) outs(%s0 : tensor<6xf32>) -> tensor<6xf32>
  %s = linalg.reduce { arith.addf } ins(%m : tensor<6x7xf32>) outs(%s1 : tensor<6xf32>) dimensions = [1]
  %r = linalg.broadcast ins(%s : tensor<6xf32>) outs(%e : tensor<6x7xf32>) dimensions = [1]
  return %r : tensor<6x7xf32>
}
func.func @argmax(%x: tensor<5x9xf32>) -> (tensor<5xf32>, tensor<5xi64>) {
  %low = arith.constant 0xFF800000 : f32
  %zi = arith.constant 0 : i64
  %e0 = tensor.empty() : tensor<5xf32>
  %e1 = tensor.empty() : tensor<5xi64>
  %f0 = linalg.fill ins(%low : f32) outs(%e0 : tensor<5xf32>) -> tensor<5xf32>
  %f1 = linalg.fill ins(%zi : i64) outs(%e1 : tensor<5xi64>) -> tensor<5xi64>
  %r:2 = linalg.generic {indexing_maps = [#id2, #row, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<5x9xf32>) outs(%f0, %f1 : tensor<5xf32>, tensor<5xi64>) {
  ^bb0(%in: f32, %m: f32, %i: i64):
    %n = linalg.index 1 : index
    %k = arith.index_cast %n : index to i64
    %c = arith.cmpf ogt, %in, %m : f32
    %v = arith.select %c, %in, %m : f32
    %w = arith.select %c, %k, %i : i64
    linalg.yield %v, %w : f32, i64
  } -> (tensor<5xf32>, tensor<5xi64>)
  return %r#0, %r#1 : tensor<5xf32>, tensor<5xi64>
}
func.func @max_pool(%x: tensor<1x8x8x4xf32>) -> tensor<1x4x4x4xf32> {
  %low = arith.constant 0xFF800000 : f32
  %w = tensor.empty() : tensor<2x2xf32>
  %e = tensor.empty() : tensor<1x4x4x4xf32>
  %f = linalg.fill ins(%low : f32) outs(%e : tensor<1x4x4x4xf32>) -> tensor<1x4x4x4xf32>
  %r = linalg.pooling_nhwc_max {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%x, %w : tensor<1x8x8x4xf32>, tensor<2x2xf32>) outs(%f : tensor<1x4x4x4xf32>) -> tensor<1x4x4x4xf32>
  return %r : tensor<1x4x4x4xf32>
}
func.func @pack_unpack(%x: tensor<7x10xf32>) -> tensor<7x10xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x3x4x4xf32>
  %p = linalg.pack %x padding_value(%z : f32) inner_dims_pos = [0, 1] inner_tiles = [4, 4] into %e : tensor<7x10xf32> -> tensor<2x3x4x4xf32>
  %d = tensor.empty() : tensor<7x10xf32>
  %u = linalg.unpack %p inner_dims_pos = [0, 1] inner_tiles = [4, 4] into %d : tensor<2x3x4x4xf32> -> tensor<7x10xf32>
  return %u : tensor<7x10xf32>
}
func.func @integers(%x: tensor<64xi32>, %y: tensor<64xi32>) -> tensor<64xi32> {
  %one = arith.constant 1 : i32
  %e = tensor.empty() : tensor<64xi32>
  %r = linalg.generic {indexing_maps = [#id1, #id1, #id1], iterator_types = ["parallel"]} ins(%x, %y : tensor<64xi32>, tensor<64xi32>) outs(%e : tensor<64xi32>) {
  ^bb0(%a: i32, %b: i32, %o: i32):
    %p = arith.muli %a, %b : i32
    %q = arith.xori %p, %a : i32
    %m = arith.maxsi %b, %one : i32
    %d = arith.floordivsi %q, %m : i32
    %s = arith.shli %d, %one : i32
    linalg.yield %s : i32
  } -> tensor<64xi32>
  return %r : tensor<64xi32>
}
func.func @masks(%x: tensor<31xf32>, %m: tensor<31xi1>) -> (tensor<31xf32>, tensor<31xi1>) {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<31xf32>
  %e1 = tensor.empty() : tensor<31xi1>
  %r:2 = linalg.generic {indexing_maps = [#id1, #id1, #id1, #id1], iterator_types = ["parallel"]} ins(%x, %m : tensor<31xf32>, tensor<31xi1>) outs(%e, %e1 : tensor<31xf32>, tensor<31xi1>) {
  ^bb0(%a: f32, %b: i1, %o: f32, %o1: i1):
    %s = arith.select %b, %a, %z : f32
    %c = arith.cmpf olt, %a, %z : f32
    %d = arith.andi %b, %c : i1
    linalg.yield %s, %d : f32, i1
  } -> (tensor<31xf32>, tensor<31xi1>)
  return %r#0, %r#1 : tensor<31xf32>, tensor<31xi1>
}
func.func @math_ops(%x: tensor<200xf32>) -> tensor<200xf32> {
  %e = tensor.empty() : tensor<200xf32>
  %r = linalg.generic {indexing_maps = [#id1, #id1], iterator_types = ["parallel"]} ins(%x : tensor<200xf32>) outs(%e : tensor<200xf32>) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.tanh %a : f32
    %1 = math.erf %0 : f32
    %2 = math.exp %1 : f32
    %3 = math.log1p %2 : f32
    %4 = math.expm1 %3 : f32
    %5 = math.sin %4 : f32
    %6 = math.cos %5 : f32
    %7 = math.atan %6 : f32
    %8 = math.sqrt %7 : f32
    %9 = math.rsqrt %8 : f32
    %10 = math.powf %9, %2 : f32
    %11 = math.ceil %a : f32
    %12 = math.floor %a : f32
    %13 = math.roundeven %a : f32
    %14 = math.copysign %10, %a : f32
    %15 = math.fma %11, %12, %14 : f32
    %16 = math.cbrt %15 : f32
    %17 = arith.addf %16, %13 : f32
    linalg.yield %17 : f32
  } -> tensor<200xf32>
  return %r : tensor<200xf32>
}
func.func @math_powers(%x: tensor<20xf32>, %n: tensor<20xi32>) -> (tensor<20xf32>, tensor<20xi32>) {
  %e = tensor.empty() : tensor<20xf32>
  %ei = tensor.empty() : tensor<20xi32>
  %c = arith.constant 3 : i32
  %r:2 = linalg.generic {indexing_maps = [#id1, #id1, #id1, #id1], iterator_types = ["parallel"]} ins(%x, %n : tensor<20xf32>, tensor<20xi32>) outs(%e, %ei : tensor<20xf32>, tensor<20xi32>) {
  ^bb0(%a: f32, %i: i32, %o: f32, %oi: i32):
    %0 = math.fpowi %a, %c : f32, i32
    %1 = math.ipowi %i, %c : i32
    %2 = math.absi %1 : i32
    linalg.yield %0, %2 : f32, i32
  } -> (tensor<20xf32>, tensor<20xi32>)
  return %r#0, %r#1 : tensor<20xf32>, tensor<20xi32>
}
func.func @casts(%x: tensor<16xf32>) -> (tensor<16xf16>, tensor<16xbf16>, tensor<16xi32>, tensor<16xf64>, tensor<16xi32>) {
  %e0 = tensor.empty() : tensor<16xf16>
  %e1 = tensor.empty() : tensor<16xbf16>
  %e2 = tensor.empty() : tensor<16xi32>
  %e3 = tensor.empty() : tensor<16xf64>
  %r:5 = linalg.generic {indexing_maps = [#id1, #id1, #id1, #id1, #id1, #id1], iterator_types = ["parallel"]} ins(%x : tensor<16xf32>) outs(%e0, %e1, %e2, %e3, %e2 : tensor<16xf16>, tensor<16xbf16>, tensor<16xi32>, tensor<16xf64>, tensor<16xi32>) {
  ^bb0(%a: f32, %o0: f16, %o1: bf16, %o2: i32, %o3: f64, %o4: i32):
    %c0 = arith.truncf %a : f32 to f16
    %c1 = arith.truncf %a : f32 to bf16
    %c2 = arith.fptosi %a : f32 to i32
    %c3 = arith.extf %a : f32 to f64
    %c4 = arith.bitcast %a : f32 to i32
    linalg.yield %c0, %c1, %c2, %c3, %c4 : f16, bf16, i32, f64, i32
  } -> (tensor<16xf16>, tensor<16xbf16>, tensor<16xi32>, tensor<16xf64>, tensor<16xi32>)
  return %r#0, %r#1, %r#2, %r#3, %r#4 : tensor<16xf16>, tensor<16xbf16>, tensor<16xi32>, tensor<16xf64>, tensor<16xi32>
}
func.func @half_math(%x: tensor<16xf16>, %y: tensor<16xbf16>) -> (tensor<16xf16>, tensor<16xbf16>) {
  %e0 = tensor.empty() : tensor<16xf16>
  %e1 = tensor.empty() : tensor<16xbf16>
  %r:2 = linalg.generic {indexing_maps = [#id1, #id1, #id1, #id1], iterator_types = ["parallel"]} ins(%x, %y : tensor<16xf16>, tensor<16xbf16>) outs(%e0, %e1 : tensor<16xf16>, tensor<16xbf16>) {
  ^bb0(%a: f16, %b: bf16, %o0: f16, %o1: bf16):
    %0 = math.exp %a : f16
    %1 = arith.mulf %0, %a : f16
    %2 = math.tanh %b : bf16
    %3 = arith.addf %2, %b : bf16
    linalg.yield %1, %3 : f16, bf16
  } -> (tensor<16xf16>, tensor<16xbf16>)
  return %r#0, %r#1 : tensor<16xf16>, tensor<16xbf16>
}
func.func @transposed_sum(%x: tensor<6x7xf32>) -> tensor<7xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<7xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<7xf32>) -> tensor<7xf32>
  %r = linalg.generic {indexing_maps = [#tr, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<6x7xf32>) outs(%f : tensor<7xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<7xf32>
  return %r : tensor<7xf32>
}

//===-- Tensors -------------------------------------------------------------//

func.func @slices(%x: tensor<10x12xf32>) -> tensor<10x12xf32> {
  %z = arith.constant 0.0 : f32
  %s = tensor.extract_slice %x[1, 2] [4, 5] [2, 1] : tensor<10x12xf32> to tensor<4x5xf32>
  %e = tensor.empty() : tensor<10x12xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<10x12xf32>) -> tensor<10x12xf32>
  %r = tensor.insert_slice %s into %f[3, 1] [4, 5] [1, 2] : tensor<4x5xf32> into tensor<10x12xf32>
  return %r : tensor<10x12xf32>
}
func.func @pad(%x: tensor<3x4xf32>) -> tensor<6x9xf32> {
  %z = arith.constant 1.5 : f32
  %r = tensor.pad %x low[1, 2] high[2, 3] {
  ^bb0(%i: index, %j: index):
    tensor.yield %z : f32
  } : tensor<3x4xf32> to tensor<6x9xf32>
  return %r : tensor<6x9xf32>
}
func.func @concat(%x: tensor<3x4xf32>, %y: tensor<3x2xf32>) -> tensor<3x6xf32> {
  %r = tensor.concat dim(1) %x, %y : (tensor<3x4xf32>, tensor<3x2xf32>) -> tensor<3x6xf32>
  return %r : tensor<3x6xf32>
}
func.func @reshapes(%x: tensor<4x6xf32>) -> tensor<2x2x6xf32> {
  %c = tensor.collapse_shape %x [[0, 1]] : tensor<4x6xf32> into tensor<24xf32>
  %r = tensor.expand_shape %c [[0, 1, 2]] output_shape [2, 2, 6] : tensor<24xf32> into tensor<2x2x6xf32>
  return %r : tensor<2x2x6xf32>
}
func.func @generate_extract_insert(%x: tensor<8xf32>) -> tensor<8xf32> {
  %c2 = arith.constant 2 : index
  %c7 = arith.constant 7 : index
  %g = tensor.generate {
  ^bb0(%i: index):
    %j = arith.subi %c7, %i : index
    %v = tensor.extract %x[%j] : tensor<8xf32>
    tensor.yield %v : f32
  } : tensor<8xf32>
  %v = tensor.extract %x[%c7] : tensor<8xf32>
  %r = tensor.insert %v into %g[%c2] : tensor<8xf32>
  return %r : tensor<8xf32>
}
func.func @constants(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<4xi32>) {
  %c = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, -5.0, 0.125]]> : tensor<2x3xf32>
  %k = arith.constant dense<[1, -2, 3, 4]> : tensor<4xi32>
  %e = tensor.empty() : tensor<2x3xf32>
  %r = linalg.mul ins(%x, %c : tensor<2x3xf32>, tensor<2x3xf32>) outs(%e : tensor<2x3xf32>) -> tensor<2x3xf32>
  return %r, %k : tensor<2x3xf32>, tensor<4xi32>
}
func.func @from_elements_splat(%s: f32) -> (tensor<2xf32>, tensor<3x3xf32>) {
  %t = arith.addf %s, %s : f32
  %r = tensor.from_elements %s, %t : tensor<2xf32>
  %p = tensor.splat %t : tensor<3x3xf32>
  return %r, %p : tensor<2xf32>, tensor<3x3xf32>
}
func.func @identity(%x: tensor<5xf32>) -> tensor<5xf32> {
  return %x : tensor<5xf32>
}
func.func @same_result_twice(%x: tensor<5xf32>) -> (tensor<5xf32>, tensor<5xf32>) {
  %e = tensor.empty() : tensor<5xf32>
  %r = linalg.exp ins(%x : tensor<5xf32>) outs(%e : tensor<5xf32>) -> tensor<5xf32>
  return %r, %r : tensor<5xf32>, tensor<5xf32>
}
func.func @scalars(%a: f32, %n: index, %b: i1) -> (f32, index) {
  %c = arith.constant 2.0 : f32
  %d = arith.mulf %a, %c : f32
  %s = arith.select %b, %d, %a : f32
  %m = arith.addi %n, %n : index
  return %s, %m : f32, index
}
func.func @elementwise_on_tensors(%x: tensor<9xf32>, %y: tensor<9xf32>) -> tensor<9xf32> {
  %s = arith.addf %x, %y : tensor<9xf32>
  %t = math.exp %s : tensor<9xf32>
  return %t : tensor<9xf32>
}

//===-- Control flow --------------------------------------------------------//

func.func @loop(%x: tensor<8xf32>) -> tensor<8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c5 = arith.constant 5 : index
  %e = tensor.empty() : tensor<8xf32>
  %r = scf.for %i = %c0 to %c5 step %c1 iter_args(%t = %x) -> tensor<8xf32> {
    %n = linalg.generic {indexing_maps = [#id1, #id1], iterator_types = ["parallel"]} ins(%t : tensor<8xf32>) outs(%e : tensor<8xf32>) {
    ^bb0(%a: f32, %o: f32):
      %s = math.tanh %a : f32
      linalg.yield %s : f32
    } -> tensor<8xf32>
    scf.yield %n : tensor<8xf32>
  }
  return %r : tensor<8xf32>
}
func.func @loop_swap(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %r:2 = scf.for %i = %c0 to %c3 step %c1 iter_args(%s = %x, %t = %y) -> (tensor<4xf32>, tensor<4xf32>) {
    scf.yield %t, %s : tensor<4xf32>, tensor<4xf32>
  }
  return %r#0, %r#1 : tensor<4xf32>, tensor<4xf32>
}
func.func @branch(%c: i1, %x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = scf.if %c -> tensor<4xf32> {
    %s = linalg.add ins(%x, %y : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    scf.yield %s : tensor<4xf32>
  } else {
    scf.yield %y : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}
func.func @while_loop(%x: tensor<f32>) -> tensor<f32> {
  %limit = arith.constant 100.0 : f32
  %two = arith.constant 2.0 : f32
  %one = arith.constant 1.0 : f32
  %s = tensor.extract %x[] : tensor<f32>
  %a = math.absf %s : f32
  %b = arith.addf %a, %one : f32
  %r = scf.while (%v = %b) : (f32) -> f32 {
    %c = arith.cmpf olt, %v, %limit : f32
    scf.condition(%c) %v : f32
  } do {
  ^bb0(%v: f32):
    %d = arith.mulf %v, %two : f32
    scf.yield %d : f32
  }
  %t = tensor.from_elements %r : tensor<f32>
  return %t : tensor<f32>
}
func.func @forall(%x: tensor<12xf32>) -> tensor<12xf32> {
  %e = tensor.empty() : tensor<12xf32>
  %r = scf.forall (%i) = (0) to (12) step (4) shared_outs(%o = %e) -> tensor<12xf32> {
    %s = tensor.extract_slice %x[%i] [4] [1] : tensor<12xf32> to tensor<4xf32>
    %d = tensor.extract_slice %o[%i] [4] [1] : tensor<12xf32> to tensor<4xf32>
    %v = linalg.exp ins(%s : tensor<4xf32>) outs(%d : tensor<4xf32>) -> tensor<4xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %v into %o[%i] [4] [1] : tensor<4xf32> into tensor<12xf32>
    }
  }
  return %r : tensor<12xf32>
}
func.func private @helper(%x: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.negf ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
func.func @calls(%x: tensor<4xf32>) -> tensor<4xf32> {
  %a = func.call @helper(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %b = func.call @helper(%a) : (tensor<4xf32>) -> tensor<4xf32>
  return %b : tensor<4xf32>
}
func.func @assert_holds(%x: tensor<4xf32>) -> tensor<4xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.generic {indexing_maps = [#id1, #id1], iterator_types = ["parallel"]} ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = math.exp %a : f32
    %c = arith.cmpf oge, %s, %z : f32
    cf.assert %c, "an exponential is negative"
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %r : tensor<4xf32>
}
func.func @while_tensor(%x: tensor<4xf32>) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %e = tensor.empty() : tensor<4xf32>
  %r:2 = scf.while (%t = %x, %i = %c0) : (tensor<4xf32>, index) -> (tensor<4xf32>, index) {
    %c = arith.cmpi slt, %i, %c3 : index
    scf.condition(%c) %t, %i : tensor<4xf32>, index
  } do {
  ^bb0(%t: tensor<4xf32>, %i: index):
    %n = linalg.tanh ins(%t : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    %j = arith.addi %i, %c1 : index
    scf.yield %n, %j : tensor<4xf32>, index
  }
  return %r#0 : tensor<4xf32>
}
func.func @fibonacci(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c6 = arith.constant 6 : index
  %e = tensor.empty() : tensor<4xf32>
  %r:2 = scf.for %i = %c0 to %c6 step %c1 iter_args(%s = %x, %t = %y) -> (tensor<4xf32>, tensor<4xf32>) {
    %n = linalg.add ins(%s, %t : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    scf.yield %t, %n : tensor<4xf32>, tensor<4xf32>
  }
  return %r#1 : tensor<4xf32>
}
func.func @nested_loops(%x: tensor<4x5xf32>) -> tensor<5xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %c5 = arith.constant 5 : index
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<5xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<5xf32>) -> tensor<5xf32>
  %r = scf.for %i = %c0 to %c4 step %c1 iter_args(%s = %f) -> tensor<5xf32> {
    %q = scf.for %j = %c0 to %c5 step %c1 iter_args(%t = %s) -> tensor<5xf32> {
      %v = tensor.extract %x[%i, %j] : tensor<4x5xf32>
      %w = tensor.extract %t[%j] : tensor<5xf32>
      %u = arith.addf %v, %w : f32
      %n = tensor.insert %u into %t[%j] : tensor<5xf32>
      scf.yield %n : tensor<5xf32>
    }
    scf.yield %q : tensor<5xf32>
  }
  return %r : tensor<5xf32>
}
func.func @bits(%x: tensor<16xf32>) -> (tensor<16xi32>, tensor<16xf32>) {
  %half = arith.constant 0.5 : f32
  %one = arith.constant 1 : i32
  %e = tensor.empty() : tensor<16xi32>
  %g = tensor.empty() : tensor<16xf32>
  %r:2 = linalg.generic {indexing_maps = [#id1, #id1, #id1], iterator_types = ["parallel"]} ins(%x : tensor<16xf32>) outs(%e, %g : tensor<16xi32>, tensor<16xf32>) {
  ^bb0(%a: f32, %o: i32, %p: f32):
    %h = arith.mulf %a, %half : f32
    %b = arith.bitcast %h : f32 to i32
    %c = arith.addi %b, %one : i32
    %d = arith.bitcast %c : i32 to f32
    linalg.yield %c, %d : i32, f32
  } -> (tensor<16xi32>, tensor<16xf32>)
  return %r#0, %r#1 : tensor<16xi32>, tensor<16xf32>
}
func.func @bf16_and_f64(%x: tensor<8xbf16>, %y: tensor<8xf64>, %n: tensor<8xi32>) -> (tensor<8xf64>, tensor<8xbf16>, tensor<8xbf16>) {
  %c = arith.constant dense<[1.0, 2.0, 3.0, 4.0, 0.5, 0.25, -1.0, -2.0]> : tensor<8xbf16>
  %e = tensor.empty() : tensor<8xf64>
  %g = tensor.empty() : tensor<8xbf16>
  %r:3 = linalg.generic {indexing_maps = [#id1, #id1, #id1, #id1, #id1, #id1, #id1], iterator_types = ["parallel"]} ins(%x, %y, %n, %c : tensor<8xbf16>, tensor<8xf64>, tensor<8xi32>, tensor<8xbf16>) outs(%e, %g, %g : tensor<8xf64>, tensor<8xbf16>, tensor<8xbf16>) {
  ^bb0(%a: bf16, %b: f64, %i: i32, %k: bf16, %o: f64, %p: bf16, %q: bf16):
    %w = arith.extf %a : bf16 to f64
    %s = arith.addf %w, %b : f64
    %t = arith.truncf %b : f64 to bf16
    %u = arith.sitofp %i : i32 to bf16
    %l = arith.cmpf olt, %a, %k : bf16
    %m = arith.select %l, %u, %k : bf16
    linalg.yield %s, %t, %m : f64, bf16, bf16
  } -> (tensor<8xf64>, tensor<8xbf16>, tensor<8xbf16>)
  return %r#0, %r#1, %r#2 : tensor<8xf64>, tensor<8xbf16>, tensor<8xbf16>
}

//===-- Places --------------------------------------------------------------//

func.func @loop_of_matmuls(%x: tensor<4x8x8xf32>, %w: tensor<8x8xf32>) -> tensor<4x8x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x8x8xf32>
  %r = scf.for %i = %c0 to %c4 step %c1 iter_args(%a = %e) -> tensor<4x8x8xf32> {
    %s = tensor.extract_slice %x[%i, 0, 0] [1, 8, 8] [1, 1, 1] : tensor<4x8x8xf32> to tensor<8x8xf32>
    %e2 = tensor.empty() : tensor<8x8xf32>
    %f = linalg.fill ins(%z : f32) outs(%e2 : tensor<8x8xf32>) -> tensor<8x8xf32>
    %m = linalg.matmul ins(%s, %w : tensor<8x8xf32>, tensor<8x8xf32>) outs(%f : tensor<8x8xf32>) -> tensor<8x8xf32>
    %n = tensor.insert_slice %m into %a[%i, 0, 0] [1, 8, 8] [1, 1, 1] : tensor<8x8xf32> into tensor<4x8x8xf32>
    scf.yield %n : tensor<4x8x8xf32>
  }
  return %r : tensor<4x8x8xf32>
}
func.func @loop_in_loop(%x: tensor<3x4x8xf32>) -> tensor<3x4x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %c4 = arith.constant 4 : index
  %e = tensor.empty() : tensor<3x4x8xf32>
  %r = scf.for %i = %c0 to %c3 step %c1 iter_args(%a = %e) -> tensor<3x4x8xf32> {
    %e1 = tensor.empty() : tensor<4x8xf32>
    %q = scf.for %j = %c0 to %c4 step %c1 iter_args(%d = %e1) -> tensor<4x8xf32> {
      %s = tensor.extract_slice %x[%i, %j, 0] [1, 1, 8] [1, 1, 1] : tensor<3x4x8xf32> to tensor<8xf32>
      %e2 = tensor.empty() : tensor<8xf32>
      %b = linalg.exp ins(%s : tensor<8xf32>) outs(%e2 : tensor<8xf32>) -> tensor<8xf32>
      %n = tensor.insert_slice %b into %d[%j, 0] [1, 8] [1, 1] : tensor<8xf32> into tensor<4x8xf32>
      scf.yield %n : tensor<4x8xf32>
    }
    %n = tensor.insert_slice %q into %a[%i, 0, 0] [1, 4, 8] [1, 1, 1] : tensor<4x8xf32> into tensor<3x4x8xf32>
    scf.yield %n : tensor<3x4x8xf32>
  }
  return %r : tensor<3x4x8xf32>
}
func.func @accumulator_is_a_factor(%x: tensor<8x8xf32>, %o: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %a = linalg.matmul ins(%x, %x : tensor<8x8xf32>, tensor<8x8xf32>) outs(%o : tensor<8x8xf32>) -> tensor<8x8xf32>
  %b = linalg.matmul ins(%a, %a : tensor<8x8xf32>, tensor<8x8xf32>) outs(%a : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %b : tensor<8x8xf32>
}
// Each iteration squares what it carries; beside it the same without a loop.
func.func @carried_factor(%x: tensor<8x8xf32>) -> (tensor<8x8xf32>, tensor<8x8xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %r = scf.for %i = %c0 to %c2 step %c1 iter_args(%a = %x) -> tensor<8x8xf32> {
    %m = linalg.matmul ins(%a, %a : tensor<8x8xf32>, tensor<8x8xf32>) outs(%a : tensor<8x8xf32>) -> tensor<8x8xf32>
    scf.yield %m : tensor<8x8xf32>
  }
  %m1 = linalg.matmul ins(%x, %x : tensor<8x8xf32>, tensor<8x8xf32>) outs(%x : tensor<8x8xf32>) -> tensor<8x8xf32>
  %m2 = linalg.matmul ins(%m1, %m1 : tensor<8x8xf32>, tensor<8x8xf32>) outs(%m1 : tensor<8x8xf32>) -> tensor<8x8xf32>
  %d = arith.subf %r, %m2 : tensor<8x8xf32>
  return %r, %d : tensor<8x8xf32>, tensor<8x8xf32>
}
func.func @result_is_overwritten(%x: tensor<8xf32> {bufferization.writable = true}) -> (tensor<8xf32>, tensor<8xf32>) {
  %r = linalg.exp ins(%x : tensor<8xf32>) outs(%x : tensor<8xf32>) -> tensor<8xf32>
  %q = linalg.exp ins(%r : tensor<8xf32>) outs(%x : tensor<8xf32>) -> tensor<8xf32>
  return %r, %q : tensor<8xf32>, tensor<8xf32>
}
func.func @scalars_around_matmul(%a: tensor<5x7xf32>, %b: tensor<7x3xf32>, %start: f32, %scale: f32) -> tensor<5x3xf32> {
  %e = tensor.empty() : tensor<5x3xf32>
  %f = linalg.fill ins(%start : f32) outs(%e : tensor<5x3xf32>) -> tensor<5x3xf32>
  %m = linalg.matmul ins(%a, %b : tensor<5x7xf32>, tensor<7x3xf32>) outs(%f : tensor<5x3xf32>) -> tensor<5x3xf32>
  %r = linalg.generic {indexing_maps = [#id2, #id2], iterator_types = ["parallel", "parallel"]} ins(%m : tensor<5x3xf32>) outs(%e : tensor<5x3xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.mulf %x, %scale : f32
    linalg.yield %s : f32
  } -> tensor<5x3xf32>
  return %r : tensor<5x3xf32>
}

//===-- Tensor ops without destinations -------------------------------------//

func.func @gather_rows(%x: tensor<8x6xf32>) -> tensor<3x6xf32> {
  %i = arith.constant dense<[[0], [5], [3]]> : tensor<3x1xindex>
  %r = tensor.gather %x[%i] gather_dims([0]) : (tensor<8x6xf32>, tensor<3x1xindex>) -> tensor<3x6xf32>
  return %r : tensor<3x6xf32>
}
func.func @gather_and_scatter(%x: tensor<4x5x6xf32>, %d: tensor<4x5x6xf32>) -> tensor<4x5x6xf32> {
  %i = arith.constant dense<[[0, 5], [3, 1]]> : tensor<2x2xi32>
  %g = tensor.gather %x[%i] gather_dims([0, 2]) : (tensor<4x5x6xf32>, tensor<2x2xi32>) -> tensor<2x1x5x1xf32>
  %r = tensor.scatter %g into %d[%i] scatter_dims([0, 2]) unique : (tensor<2x1x5x1xf32>, tensor<4x5x6xf32>, tensor<2x2xi32>) -> tensor<4x5x6xf32>
  return %r : tensor<4x5x6xf32>
}
func.func @tensor_bits(%x: tensor<16xf32>) -> tensor<16xi32> {
  %r = tensor.bitcast %x : tensor<16xf32> to tensor<16xi32>
  return %r : tensor<16xi32>
}
func.func @clamp(%x: tensor<17xf32>, %y: tensor<17xbf16>) -> (tensor<17xf32>, tensor<17xbf16>) {
  %low = arith.constant dense<-0.5> : tensor<17xf32>
  %high = arith.constant dense<0.25> : tensor<17xf32>
  %r = math.clampf %x to [%low, %high] : tensor<17xf32>
  %s = math.clampf %y to [%y, %y] : tensor<17xbf16>
  return %r, %s : tensor<17xf32>, tensor<17xbf16>
}
func.func private @kept_apart(%x: tensor<6xf32>) -> tensor<6xf32> attributes {no_inline} {
  %e = tensor.empty() : tensor<6xf32>
  %r = linalg.exp ins(%x : tensor<6xf32>) outs(%e : tensor<6xf32>) -> tensor<6xf32>
  return %r : tensor<6xf32>
}
func.func @calls_no_inline(%x: tensor<6xf32>) -> tensor<6xf32> {
  %r = func.call @kept_apart(%x) : (tensor<6xf32>) -> tensor<6xf32>
  return %r : tensor<6xf32>
}
