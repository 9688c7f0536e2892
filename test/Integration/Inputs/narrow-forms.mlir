// Narrow types and integers where panels with groups do not serve: vectors, few columns, lanes along the reduction,
// convolutions, and ops of another type behind.

// Lanes along the reduction, widened as they are loaded; partial sums of integers.
func.func @vector_bf16(%a: tensor<37x301xbf16>, %b: tensor<301xbf16>) -> tensor<37xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<37xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<37xf32>) -> tensor<37xf32>
  %r = linalg.matvec ins(%a, %b : tensor<37x301xbf16>, tensor<301xbf16>) outs(%i : tensor<37xf32>) -> tensor<37xf32>
  return %r : tensor<37xf32>
}

func.func @vector_i8(%a: tensor<37x301xi8>, %b: tensor<301xi8>) -> tensor<37xi32> {
  %zero = arith.constant 0 : i32
  %e = tensor.empty() : tensor<37xi32>
  %i = linalg.fill ins(%zero : i32) outs(%e : tensor<37xi32>) -> tensor<37xi32>
  %r = linalg.matvec ins(%a, %b : tensor<37x301xi8>, tensor<301xi8>) outs(%i : tensor<37xi32>) -> tensor<37xi32>
  return %r : tensor<37xi32>
}

func.func @rows_i16(%a: tensor<5x303xi16>, %b: tensor<3x303xi16>) -> tensor<5x3xi32> {
  %zero = arith.constant 0 : i32
  %e = tensor.empty() : tensor<5x3xi32>
  %i = linalg.fill ins(%zero : i32) outs(%e : tensor<5x3xi32>) -> tensor<5x3xi32>
  %r = linalg.matmul indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>]
      ins(%a, %b : tensor<5x303xi16>, tensor<3x303xi16>) outs(%i : tensor<5x3xi32>) -> tensor<5x3xi32>
  return %r : tensor<5x3xi32>
}

func.func @rows_i64(%a: tensor<5x303xi64>, %b: tensor<3x303xi64>) -> tensor<5x3xi64> {
  %zero = arith.constant 0 : i64
  %e = tensor.empty() : tensor<5x3xi64>
  %i = linalg.fill ins(%zero : i64) outs(%e : tensor<5x3xi64>) -> tensor<5x3xi64>
  %r = linalg.matmul indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>]
      ins(%a, %b : tensor<5x303xi64>, tensor<3x303xi64>) outs(%i : tensor<5x3xi64>) -> tensor<5x3xi64>
  return %r : tensor<5x3xi64>
}

// Vectors narrower than native ones.
func.func @few_columns_i8(%a: tensor<29x131xi8>, %b: tensor<131x3xi8>) -> tensor<29x3xi32> {
  %zero = arith.constant 0 : i32
  %e = tensor.empty() : tensor<29x3xi32>
  %i = linalg.fill ins(%zero : i32) outs(%e : tensor<29x3xi32>) -> tensor<29x3xi32>
  %r = linalg.matmul ins(%a, %b : tensor<29x131xi8>, tensor<131x3xi8>) outs(%i : tensor<29x3xi32>) -> tensor<29x3xi32>
  return %r : tensor<29x3xi32>
}

func.func @few_columns_bf16(%a: tensor<29x131xbf16>, %b: tensor<131x5xbf16>) -> tensor<29x5xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<29x5xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<29x5xf32>) -> tensor<29x5xf32>
  %r = linalg.matmul ins(%a, %b : tensor<29x131xbf16>, tensor<131x5xbf16>) outs(%i : tensor<29x5xf32>) -> tensor<29x5xf32>
  return %r : tensor<29x5xf32>
}

func.func @one_row_f16(%a: tensor<1x131xf16>, %b: tensor<131x35xf16>) -> tensor<1x35xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x35xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x35xf32>) -> tensor<1x35xf32>
  %r = linalg.matmul ins(%a, %b : tensor<1x131xf16>, tensor<131x35xf16>) outs(%i : tensor<1x35xf32>) -> tensor<1x35xf32>
  return %r : tensor<1x35xf32>
}

// No panels: sums of dimensions index the input.
func.func @convolution_i8(%a: tensor<1x9x10x5xi8>, %b: tensor<3x3x5x19xi8>) -> tensor<1x7x8x19xi32> {
  %zero = arith.constant 0 : i32
  %e = tensor.empty() : tensor<1x7x8x19xi32>
  %i = linalg.fill ins(%zero : i32) outs(%e : tensor<1x7x8x19xi32>) -> tensor<1x7x8x19xi32>
  %r = linalg.conv_2d_nhwc_hwcf ins(%a, %b : tensor<1x9x10x5xi8>, tensor<3x3x5x19xi8>) outs(%i : tensor<1x7x8x19xi32>) -> tensor<1x7x8x19xi32>
  return %r : tensor<1x7x8x19xi32>
}

func.func @convolution_bf16(%a: tensor<1x5x9x25xbf16>, %b: tensor<7x5x3x3xbf16>) -> tensor<1x7x7x23xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x7x7x23xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x7x7x23xf32>) -> tensor<1x7x7x23xf32>
  %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x5x9x25xbf16>, tensor<7x5x3x3xbf16>) outs(%i : tensor<1x7x7x23xf32>) -> tensor<1x7x7x23xf32>
  return %r : tensor<1x7x7x23xf32>
}

func.func @depthwise_i8(%a: tensor<1x9x10x21xi8>, %b: tensor<3x3x21xi8>) -> tensor<1x7x8x21xi32> {
  %zero = arith.constant 0 : i32
  %e = tensor.empty() : tensor<1x7x8x21xi32>
  %i = linalg.fill ins(%zero : i32) outs(%e : tensor<1x7x8x21xi32>) -> tensor<1x7x8x21xi32>
  %r = linalg.depthwise_conv_2d_nhwc_hwc ins(%a, %b : tensor<1x9x10x21xi8>, tensor<3x3x21xi8>) outs(%i : tensor<1x7x8x21xi32>) -> tensor<1x7x8x21xi32>
  return %r : tensor<1x7x8x21xi32>
}

// What follows stores another type: the product alone is by plan.
func.func @to_bytes(%a: tensor<33x65xi8>, %b: tensor<65x47xi8>) -> tensor<33x47xi8> {
  %zero = arith.constant 0 : i32
  %e = tensor.empty() : tensor<33x47xi32>
  %i = linalg.fill ins(%zero : i32) outs(%e : tensor<33x47xi32>) -> tensor<33x47xi32>
  %r = linalg.matmul ins(%a, %b : tensor<33x65xi8>, tensor<65x47xi8>) outs(%i : tensor<33x47xi32>) -> tensor<33x47xi32>
  %q = tensor.empty() : tensor<33x47xi8>
  %o = linalg.generic {indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>],
      iterator_types = ["parallel", "parallel"]} ins(%r : tensor<33x47xi32>) outs(%q : tensor<33x47xi8>) {
  ^bb0(%x: i32, %y: i8):
    %v = arith.trunci %x : i32 to i8
    linalg.yield %v : i8
  } -> tensor<33x47xi8>
  return %o : tensor<33x47xi8>
}

func.func @to_floats(%a: tensor<33x65xi16>, %b: tensor<65x47xi16>) -> tensor<33x47xf32> {
  %zero = arith.constant 0 : i32
  %e = tensor.empty() : tensor<33x47xi32>
  %i = linalg.fill ins(%zero : i32) outs(%e : tensor<33x47xi32>) -> tensor<33x47xi32>
  %r = linalg.matmul ins(%a, %b : tensor<33x65xi16>, tensor<65x47xi16>) outs(%i : tensor<33x47xi32>) -> tensor<33x47xi32>
  %q = tensor.empty() : tensor<33x47xf32>
  %o = linalg.generic {indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>],
      iterator_types = ["parallel", "parallel"]} ins(%r : tensor<33x47xi32>) outs(%q : tensor<33x47xf32>) {
  ^bb0(%x: i32, %y: f32):
    %v = arith.sitofp %x : i32 to f32
    linalg.yield %v : f32
  } -> tensor<33x47xf32>
  return %o : tensor<33x47xf32>
}

func.func @to_bf16(%a: tensor<33x65xbf16>, %b: tensor<65x47xbf16>) -> tensor<33x47xbf16> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<33x47xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<33x47xf32>) -> tensor<33x47xf32>
  %r = linalg.matmul ins(%a, %b : tensor<33x65xbf16>, tensor<65x47xbf16>) outs(%i : tensor<33x47xf32>) -> tensor<33x47xf32>
  %q = tensor.empty() : tensor<33x47xbf16>
  %o = linalg.generic {indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>],
      iterator_types = ["parallel", "parallel"]} ins(%r : tensor<33x47xf32>) outs(%q : tensor<33x47xbf16>) {
  ^bb0(%x: f32, %y: bf16):
    %v = arith.truncf %x : f32 to bf16
    linalg.yield %v : bf16
  } -> tensor<33x47xbf16>
  return %o : tensor<33x47xbf16>
}
