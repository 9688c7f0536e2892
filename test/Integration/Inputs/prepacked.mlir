// Weights packed at load: 61 and 75 leave rests of rows and panels.
strategy.plan @pack_floats root mm(m, n, k) when "k == 200" requires [fma] numerics(reassoc, contract) {
  strategy.tile [pc: k = 96]
  strategy.tile [jr: n = v(2), ir: m = 6]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(2)] at load
  strategy.layout mm.lhs pack [m = 6] at pc
  strategy.vectorize mm [m = 6, n = v(2)] with fma
}
strategy.plan @pack_bytes root mm(m, n, k) when "k == 530" requires [fma] {
  strategy.tile [pc: k = 128]
  strategy.tile [jr: n = v(2), ir: m = 6]
  strategy.tile [kk: k = 2]
  strategy.layout mm.rhs pack [n = v(2), k = 2] at load
  strategy.layout mm.lhs pack [m = 6, k = 2] at load
  strategy.vectorize mm [m = 6, n = v(2), k = 2] with pmaddwd acc i32
}

// Two threads divide the panels that are packed at load, and fill the other copy together.
strategy.plan @pack_threads root mm(m, n, k) when "k == 300" requires [fma] numerics(reassoc, contract) {
  strategy.tile [pc: k = 96]
  strategy.tile [jr: n = v(2)]
  strategy.parallelize [jr] to threads
  strategy.tile [ir: m = 6]
  strategy.tile [kk: k = 1]
  strategy.layout mm.lhs pack [m = 6] at pc
  strategy.layout mm.rhs pack [n = v(2)] at load
  strategy.vectorize mm [m = 6, n = v(2)] with fma
}

func.func @threads(%x: tensor<61x300xf32>, %w: tensor<300x175xf32>) -> tensor<61x175xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<61x175xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<61x175xf32>) -> tensor<61x175xf32>
  %c = linalg.matmul ins(%x, %w : tensor<61x300xf32>, tensor<300x175xf32>)
                     outs(%init : tensor<61x175xf32>) -> tensor<61x175xf32>
  return %c : tensor<61x175xf32>
}

func.func @floats(%x: tensor<61x200xf32>, %w: tensor<200x75xf32>) -> tensor<61x75xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<61x75xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<61x75xf32>) -> tensor<61x75xf32>
  %c = linalg.matmul ins(%x, %w : tensor<61x200xf32>, tensor<200x75xf32>)
                     outs(%init : tensor<61x75xf32>) -> tensor<61x75xf32>
  return %c : tensor<61x75xf32>
}

// The weights lie transposed, and the function does more than the kernel.
func.func @outlined(%x: tensor<61x200xf32>, %w: tensor<75x200xf32>) -> tensor<61xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<61x75xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<61x75xf32>) -> tensor<61x75xf32>
  %e = tensor.empty() : tensor<200x75xf32>
  %t = linalg.transpose ins(%w : tensor<75x200xf32>) outs(%e : tensor<200x75xf32>) permutation = [1, 0]
  %c = linalg.matmul ins(%x, %t : tensor<61x200xf32>, tensor<200x75xf32>)
                     outs(%init : tensor<61x75xf32>) -> tensor<61x75xf32>
  %rows = tensor.empty() : tensor<61xf32>
  %start = linalg.fill ins(%zero : f32) outs(%rows : tensor<61xf32>) -> tensor<61xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
                       iterator_types = ["parallel", "reduction"]}
      ins(%c : tensor<61x75xf32>) outs(%start : tensor<61xf32>) {
    ^bb0(%v: f32, %acc: f32):
      %sum = arith.addf %v, %acc : f32
      linalg.yield %sum : f32
  } -> tensor<61xf32>
  return %s : tensor<61xf32>
}

// Both operands, in the groups of an instruction.
func.func @bytes(%a: tensor<61x530xi8>, %b: tensor<530x75xi8>) -> tensor<61x75xi32> {
  %zero = arith.constant 0 : i32
  %empty = tensor.empty() : tensor<61x75xi32>
  %init = linalg.fill ins(%zero : i32) outs(%empty : tensor<61x75xi32>) -> tensor<61x75xi32>
  %c = linalg.matmul ins(%a, %b : tensor<61x530xi8>, tensor<530x75xi8>)
                     outs(%init : tensor<61x75xi32>) -> tensor<61x75xi32>
  return %c : tensor<61x75xi32>
}

// The kernel squares its weights too: it would not have them.
func.func @twice(%x: tensor<61x200xf32>, %w: tensor<200x75xf32>) -> (tensor<61x75xf32>, tensor<200x75xf32>) {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<61x75xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<61x75xf32>) -> tensor<61x75xf32>
  %c = linalg.matmul ins(%x, %w : tensor<61x200xf32>, tensor<200x75xf32>)
                     outs(%init : tensor<61x75xf32>) -> tensor<61x75xf32>
  %e = tensor.empty() : tensor<200x75xf32>
  %s = linalg.square ins(%w : tensor<200x75xf32>) outs(%e : tensor<200x75xf32>) -> tensor<200x75xf32>
  return %c, %s : tensor<61x75xf32>, tensor<200x75xf32>
}
