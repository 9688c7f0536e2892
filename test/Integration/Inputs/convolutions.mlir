// Convolutions whose lanes run along the output's last dimension: the input is read at sums of dimensions, from where it lies.

func.func @square(%x: tensor<2x3x9x21xf32>, %w: tensor<5x3x3x3xf32>) -> tensor<2x5x7x19xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x5x7x19xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<2x5x7x19xf32>) -> tensor<2x5x7x19xf32>
  %r = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x3x9x21xf32>, tensor<5x3x3x3xf32>)
      outs(%i : tensor<2x5x7x19xf32>) -> tensor<2x5x7x19xf32>
  return %r : tensor<2x5x7x19xf32>
}

// Rows two apart, elements of the window two and three apart.
func.func @strided_rows(%x: tensor<1x4x17x40xf32>, %w: tensor<7x4x3x2xf32>) -> tensor<1x7x7x37xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x7x7x37xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x7x7x37xf32>) -> tensor<1x7x7x37xf32>
  %r = linalg.conv_2d_nchw_fchw {strides = dense<[2, 1]> : tensor<2xi64>, dilations = dense<[2, 3]> : tensor<2xi64>}
      ins(%x, %w : tensor<1x4x17x40xf32>, tensor<7x4x3x2xf32>)
      outs(%i : tensor<1x7x7x37xf32>) -> tensor<1x7x7x37xf32>
  return %r : tensor<1x7x7x37xf32>
}

func.func @pointwise_f64(%x: tensor<1x6x5x11xf64>, %w: tensor<9x6x1x1xf64>, %y: tensor<1x9x5x11xf64>) -> tensor<1x9x5x11xf64> {
  %r = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x6x5x11xf64>, tensor<9x6x1x1xf64>)
      outs(%y : tensor<1x9x5x11xf64>) -> tensor<1x9x5x11xf64>
  return %r : tensor<1x9x5x11xf64>
}

func.func @line(%x: tensor<2x5x50xf32>, %w: tensor<4x5x7xf32>) -> tensor<2x4x44xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x4x44xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<2x4x44xf32>) -> tensor<2x4x44xf32>
  %r = linalg.conv_1d_ncw_fcw ins(%x, %w : tensor<2x5x50xf32>, tensor<4x5x7xf32>)
      outs(%i : tensor<2x4x44xf32>) -> tensor<2x4x44xf32>
  return %r : tensor<2x4x44xf32>
}

func.func @volume(%x: tensor<1x3x6x5x20xf32>, %w: tensor<4x3x2x3x3xf32>) -> tensor<1x4x5x3x18xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x4x5x3x18xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x4x5x3x18xf32>) -> tensor<1x4x5x3x18xf32>
  %r = linalg.conv_3d_ncdhw_fcdhw ins(%x, %w : tensor<1x3x6x5x20xf32>, tensor<4x3x2x3x3xf32>)
      outs(%i : tensor<1x4x5x3x18xf32>) -> tensor<1x4x5x3x18xf32>
  return %r : tensor<1x4x5x3x18xf32>
}

// No dimension of the output is the filter's alone.
func.func @depthwise(%x: tensor<1x6x9x35xf32>, %w: tensor<6x3x3xf32>) -> tensor<1x6x7x33xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x6x7x33xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x6x7x33xf32>) -> tensor<1x6x7x33xf32>
  %r = linalg.depthwise_conv_2d_nchw_chw ins(%x, %w : tensor<1x6x9x35xf32>, tensor<6x3x3xf32>)
      outs(%i : tensor<1x6x7x33xf32>) -> tensor<1x6x7x33xf32>
  return %r : tensor<1x6x7x33xf32>
}

// The output's last dimension is the filter's: lanes run along what is packed.
func.func @channels_last(%x: tensor<1x7x9x5xf32>, %w: tensor<3x3x5x21xf32>) -> tensor<1x5x7x21xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x5x7x21xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x5x7x21xf32>) -> tensor<1x5x7x21xf32>
  %r = linalg.conv_2d_nhwc_hwcf ins(%x, %w : tensor<1x7x9x5xf32>, tensor<3x3x5x21xf32>)
      outs(%i : tensor<1x5x7x21xf32>) -> tensor<1x5x7x21xf32>
  return %r : tensor<1x5x7x21xf32>
}

// Bias before, ReLU behind, and a scale of one element that every point reads.
func.func @fused(%x: tensor<2x3x9x21xf32>, %w: tensor<5x3x3x3xf32>, %bias: tensor<5xf32>, %scale: tensor<1xf32>)
    -> tensor<2x5x7x19xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x5x7x19xf32>
  %i = linalg.broadcast ins(%bias : tensor<5xf32>) outs(%e : tensor<2x5x7x19xf32>) dimensions = [0, 2, 3]
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x3x9x21xf32>, tensor<5x3x3x3xf32>)
      outs(%i : tensor<2x5x7x19xf32>) -> tensor<2x5x7x19xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(n, f, h, w) -> (n, f, h, w)>, affine_map<(n, f, h, w) -> (0)>,
                                        affine_map<(n, f, h, w) -> (n, f, h, w)>],
                       iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%c, %scale : tensor<2x5x7x19xf32>, tensor<1xf32>) outs(%e : tensor<2x5x7x19xf32>) {
    ^bb0(%in: f32, %factor: f32, %out: f32):
      %max = arith.maximumf %in, %zero : f32
      %scaled = arith.mulf %max, %factor : f32
      linalg.yield %scaled : f32
  } -> tensor<2x5x7x19xf32>
  return %r : tensor<2x5x7x19xf32>
}

// One element of a row of size 1, behind a matrix product.
func.func @scale_of_one(%x: tensor<13x30xf32>, %w: tensor<30x35xf32>, %scale: tensor<1x35xf32>) -> tensor<13x35xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<13x35xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<13x35xf32>) -> tensor<13x35xf32>
  %c = linalg.matmul ins(%x, %w : tensor<13x30xf32>, tensor<30x35xf32>) outs(%i : tensor<13x35xf32>) -> tensor<13x35xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (0, n)>, affine_map<(m, n) -> (m, n)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%c, %scale : tensor<13x35xf32>, tensor<1x35xf32>) outs(%e : tensor<13x35xf32>) {
    ^bb0(%in: f32, %factor: f32, %out: f32):
      %scaled = arith.mulf %in, %factor : f32
      linalg.yield %scaled : f32
  } -> tensor<13x35xf32>
  return %r : tensor<13x35xf32>
}
