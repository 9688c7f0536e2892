// What follows a product, fused into its register tile: a bias, then one more op.
// 29 rows, 75 columns and 70 terms leave a rest in every tile.

strategy.plan @fused root mm(m, n, k) with [bias(m, n), act(m, n)]
    requires [fma] numerics(reassoc, contract, approx(2)) {
  strategy.tile [pc: k = 32, ic: m = 12]
  strategy.tile [jr: n = v(2), ir: m = 6]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(2)] at pc
  strategy.vectorize mm [m = 6, n = v(2)] with fma
  strategy.fuse bias, act into ir when last(pc)
}

#mn = affine_map<(m, n) -> (m, n)>
#n = affine_map<(m, n) -> (n)>

func.func @relu(%a: tensor<29x70xf32>, %b: tensor<70x75xf32>, %bias: tensor<75xf32>) -> tensor<29x75xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<29x75xf32>
  %f = linalg.fill ins(%zero : f32) outs(%empty : tensor<29x75xf32>) -> tensor<29x75xf32>
  %x = linalg.matmul ins(%a, %b : tensor<29x70xf32>, tensor<70x75xf32>) outs(%f : tensor<29x75xf32>) -> tensor<29x75xf32>
  %y = linalg.generic {indexing_maps = [#mn, #n, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%x, %bias : tensor<29x75xf32>, tensor<75xf32>) outs(%empty : tensor<29x75xf32>) attrs = {strategy.op = "bias"} {
  ^bb0(%v: f32, %w: f32, %o: f32):
    %r = arith.addf %v, %w : f32
    linalg.yield %r : f32
  } -> tensor<29x75xf32>
  %z = linalg.generic {indexing_maps = [#mn, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%y : tensor<29x75xf32>) outs(%empty : tensor<29x75xf32>) attrs = {strategy.op = "act"} {
  ^bb0(%v: f32, %o: f32):
    %c = arith.constant 0.0 : f32
    %r = arith.maximumf %v, %c : f32
    linalg.yield %r : f32
  } -> tensor<29x75xf32>
  return %z : tensor<29x75xf32>
}

func.func @clamp(%a: tensor<29x70xf32>, %b: tensor<70x75xf32>, %bias: tensor<75xf32>) -> tensor<29x75xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<29x75xf32>
  %f = linalg.fill ins(%zero : f32) outs(%empty : tensor<29x75xf32>) -> tensor<29x75xf32>
  %x = linalg.matmul ins(%a, %b : tensor<29x70xf32>, tensor<70x75xf32>) outs(%f : tensor<29x75xf32>) -> tensor<29x75xf32>
  %y = linalg.generic {indexing_maps = [#mn, #n, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%x, %bias : tensor<29x75xf32>, tensor<75xf32>) outs(%empty : tensor<29x75xf32>) attrs = {strategy.op = "bias"} {
  ^bb0(%v: f32, %w: f32, %o: f32):
    %r = arith.addf %v, %w : f32
    linalg.yield %r : f32
  } -> tensor<29x75xf32>
  %z = linalg.generic {indexing_maps = [#mn, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%y : tensor<29x75xf32>) outs(%empty : tensor<29x75xf32>) attrs = {strategy.op = "act"} {
  ^bb0(%v: f32, %o: f32):
    %lo = arith.constant -0.5 : f32
    %hi = arith.constant 6.0 : f32
    %s = arith.maximumf %v, %lo : f32
    %r = arith.minimumf %s, %hi : f32
    linalg.yield %r : f32
  } -> tensor<29x75xf32>
  return %z : tensor<29x75xf32>
}

func.func @gelu_erf(%a: tensor<29x70xf32>, %b: tensor<70x75xf32>, %bias: tensor<75xf32>) -> tensor<29x75xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<29x75xf32>
  %f = linalg.fill ins(%zero : f32) outs(%empty : tensor<29x75xf32>) -> tensor<29x75xf32>
  %x = linalg.matmul ins(%a, %b : tensor<29x70xf32>, tensor<70x75xf32>) outs(%f : tensor<29x75xf32>) -> tensor<29x75xf32>
  %y = linalg.generic {indexing_maps = [#mn, #n, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%x, %bias : tensor<29x75xf32>, tensor<75xf32>) outs(%empty : tensor<29x75xf32>) attrs = {strategy.op = "bias"} {
  ^bb0(%v: f32, %w: f32, %o: f32):
    %r = arith.addf %v, %w : f32
    linalg.yield %r : f32
  } -> tensor<29x75xf32>
  %z = linalg.generic {indexing_maps = [#mn, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%y : tensor<29x75xf32>) outs(%empty : tensor<29x75xf32>) attrs = {strategy.op = "act"} {
  ^bb0(%v: f32, %o: f32):
    %half = arith.constant 0.5 : f32
    %root = arith.constant 0.707106781 : f32
    %one = arith.constant 1.0 : f32
    %s = arith.mulf %v, %root : f32
    %t = math.erf %s : f32
    %u = arith.addf %t, %one : f32
    %h = arith.mulf %v, %half : f32
    %r = arith.mulf %h, %u : f32
    linalg.yield %r : f32
  } -> tensor<29x75xf32>
  return %z : tensor<29x75xf32>
}

func.func @gelu_tanh(%a: tensor<29x70xf32>, %b: tensor<70x75xf32>, %bias: tensor<75xf32>) -> tensor<29x75xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<29x75xf32>
  %f = linalg.fill ins(%zero : f32) outs(%empty : tensor<29x75xf32>) -> tensor<29x75xf32>
  %x = linalg.matmul ins(%a, %b : tensor<29x70xf32>, tensor<70x75xf32>) outs(%f : tensor<29x75xf32>) -> tensor<29x75xf32>
  %y = linalg.generic {indexing_maps = [#mn, #n, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%x, %bias : tensor<29x75xf32>, tensor<75xf32>) outs(%empty : tensor<29x75xf32>) attrs = {strategy.op = "bias"} {
  ^bb0(%v: f32, %w: f32, %o: f32):
    %r = arith.addf %v, %w : f32
    linalg.yield %r : f32
  } -> tensor<29x75xf32>
  %z = linalg.generic {indexing_maps = [#mn, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%y : tensor<29x75xf32>) outs(%empty : tensor<29x75xf32>) attrs = {strategy.op = "act"} {
  ^bb0(%v: f32, %o: f32):
    %half = arith.constant 0.5 : f32
    %cubic = arith.constant 0.044715 : f32
    %root = arith.constant 0.797884561 : f32
    %one = arith.constant 1.0 : f32
    %v2 = arith.mulf %v, %v : f32
    %v3 = arith.mulf %v2, %v : f32
    %w = arith.mulf %v3, %cubic : f32
    %s = arith.addf %v, %w : f32
    %p = arith.mulf %s, %root : f32
    %t = math.tanh %p : f32
    %u = arith.addf %t, %one : f32
    %h = arith.mulf %v, %half : f32
    %r = arith.mulf %h, %u : f32
    linalg.yield %r : f32
  } -> tensor<29x75xf32>
  return %z : tensor<29x75xf32>
}

func.func @silu(%a: tensor<29x70xf32>, %b: tensor<70x75xf32>, %bias: tensor<75xf32>) -> tensor<29x75xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<29x75xf32>
  %f = linalg.fill ins(%zero : f32) outs(%empty : tensor<29x75xf32>) -> tensor<29x75xf32>
  %x = linalg.matmul ins(%a, %b : tensor<29x70xf32>, tensor<70x75xf32>) outs(%f : tensor<29x75xf32>) -> tensor<29x75xf32>
  %y = linalg.generic {indexing_maps = [#mn, #n, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%x, %bias : tensor<29x75xf32>, tensor<75xf32>) outs(%empty : tensor<29x75xf32>) attrs = {strategy.op = "bias"} {
  ^bb0(%v: f32, %w: f32, %o: f32):
    %r = arith.addf %v, %w : f32
    linalg.yield %r : f32
  } -> tensor<29x75xf32>
  %z = linalg.generic {indexing_maps = [#mn, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%y : tensor<29x75xf32>) outs(%empty : tensor<29x75xf32>) attrs = {strategy.op = "act"} {
  ^bb0(%v: f32, %o: f32):
    %one = arith.constant 1.0 : f32
    %n = arith.negf %v : f32
    %e = math.exp %n : f32
    %d = arith.addf %e, %one : f32
    %r = arith.divf %v, %d : f32
    linalg.yield %r : f32
  } -> tensor<29x75xf32>
  return %z : tensor<29x75xf32>
}

func.func @sigmoid(%a: tensor<29x70xf32>, %b: tensor<70x75xf32>, %bias: tensor<75xf32>) -> tensor<29x75xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<29x75xf32>
  %f = linalg.fill ins(%zero : f32) outs(%empty : tensor<29x75xf32>) -> tensor<29x75xf32>
  %x = linalg.matmul ins(%a, %b : tensor<29x70xf32>, tensor<70x75xf32>) outs(%f : tensor<29x75xf32>) -> tensor<29x75xf32>
  %y = linalg.generic {indexing_maps = [#mn, #n, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%x, %bias : tensor<29x75xf32>, tensor<75xf32>) outs(%empty : tensor<29x75xf32>) attrs = {strategy.op = "bias"} {
  ^bb0(%v: f32, %w: f32, %o: f32):
    %r = arith.addf %v, %w : f32
    linalg.yield %r : f32
  } -> tensor<29x75xf32>
  %z = linalg.generic {indexing_maps = [#mn, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%y : tensor<29x75xf32>) outs(%empty : tensor<29x75xf32>) attrs = {strategy.op = "act"} {
  ^bb0(%v: f32, %o: f32):
    %one = arith.constant 1.0 : f32
    %n = arith.negf %v : f32
    %e = math.exp %n : f32
    %d = arith.addf %e, %one : f32
    %r = arith.divf %one, %d : f32
    linalg.yield %r : f32
  } -> tensor<29x75xf32>
  return %z : tensor<29x75xf32>
}

func.func @tanh(%a: tensor<29x70xf32>, %b: tensor<70x75xf32>, %bias: tensor<75xf32>) -> tensor<29x75xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<29x75xf32>
  %f = linalg.fill ins(%zero : f32) outs(%empty : tensor<29x75xf32>) -> tensor<29x75xf32>
  %x = linalg.matmul ins(%a, %b : tensor<29x70xf32>, tensor<70x75xf32>) outs(%f : tensor<29x75xf32>) -> tensor<29x75xf32>
  %y = linalg.generic {indexing_maps = [#mn, #n, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%x, %bias : tensor<29x75xf32>, tensor<75xf32>) outs(%empty : tensor<29x75xf32>) attrs = {strategy.op = "bias"} {
  ^bb0(%v: f32, %w: f32, %o: f32):
    %r = arith.addf %v, %w : f32
    linalg.yield %r : f32
  } -> tensor<29x75xf32>
  %z = linalg.generic {indexing_maps = [#mn, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%y : tensor<29x75xf32>) outs(%empty : tensor<29x75xf32>) attrs = {strategy.op = "act"} {
  ^bb0(%v: f32, %o: f32):
    %r = math.tanh %v : f32
    linalg.yield %r : f32
  } -> tensor<29x75xf32>
  return %z : tensor<29x75xf32>
}

func.func @exp(%a: tensor<29x70xf32>, %b: tensor<70x75xf32>, %bias: tensor<75xf32>) -> tensor<29x75xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<29x75xf32>
  %f = linalg.fill ins(%zero : f32) outs(%empty : tensor<29x75xf32>) -> tensor<29x75xf32>
  %x = linalg.matmul ins(%a, %b : tensor<29x70xf32>, tensor<70x75xf32>) outs(%f : tensor<29x75xf32>) -> tensor<29x75xf32>
  %y = linalg.generic {indexing_maps = [#mn, #n, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%x, %bias : tensor<29x75xf32>, tensor<75xf32>) outs(%empty : tensor<29x75xf32>) attrs = {strategy.op = "bias"} {
  ^bb0(%v: f32, %w: f32, %o: f32):
    %r = arith.addf %v, %w : f32
    linalg.yield %r : f32
  } -> tensor<29x75xf32>
  %z = linalg.generic {indexing_maps = [#mn, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%y : tensor<29x75xf32>) outs(%empty : tensor<29x75xf32>) attrs = {strategy.op = "act"} {
  ^bb0(%v: f32, %o: f32):
    %r = math.exp %v : f32
    linalg.yield %r : f32
  } -> tensor<29x75xf32>
  return %z : tensor<29x75xf32>
}

func.func @softplus(%a: tensor<29x70xf32>, %b: tensor<70x75xf32>, %bias: tensor<75xf32>) -> tensor<29x75xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<29x75xf32>
  %f = linalg.fill ins(%zero : f32) outs(%empty : tensor<29x75xf32>) -> tensor<29x75xf32>
  %x = linalg.matmul ins(%a, %b : tensor<29x70xf32>, tensor<70x75xf32>) outs(%f : tensor<29x75xf32>) -> tensor<29x75xf32>
  %y = linalg.generic {indexing_maps = [#mn, #n, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%x, %bias : tensor<29x75xf32>, tensor<75xf32>) outs(%empty : tensor<29x75xf32>) attrs = {strategy.op = "bias"} {
  ^bb0(%v: f32, %w: f32, %o: f32):
    %r = arith.addf %v, %w : f32
    linalg.yield %r : f32
  } -> tensor<29x75xf32>
  %z = linalg.generic {indexing_maps = [#mn, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%y : tensor<29x75xf32>) outs(%empty : tensor<29x75xf32>) attrs = {strategy.op = "act"} {
  ^bb0(%v: f32, %o: f32):
    %one = arith.constant 1.0 : f32
    %e = math.exp %v : f32
    %s = arith.addf %e, %one : f32
    %r = math.log %s : f32
    linalg.yield %r : f32
  } -> tensor<29x75xf32>
  return %z : tensor<29x75xf32>
}

func.func @scaled_residual(%a: tensor<29x70xf32>, %b: tensor<70x75xf32>, %bias: tensor<75xf32>, %residual: tensor<29x75xf32>) -> tensor<29x75xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<29x75xf32>
  %f = linalg.fill ins(%zero : f32) outs(%empty : tensor<29x75xf32>) -> tensor<29x75xf32>
  %x = linalg.matmul ins(%a, %b : tensor<29x70xf32>, tensor<70x75xf32>) outs(%f : tensor<29x75xf32>) -> tensor<29x75xf32>
  %y = linalg.generic {indexing_maps = [#mn, #n, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%x, %bias : tensor<29x75xf32>, tensor<75xf32>) outs(%empty : tensor<29x75xf32>) attrs = {strategy.op = "bias"} {
  ^bb0(%v: f32, %w: f32, %o: f32):
    %r = arith.addf %v, %w : f32
    linalg.yield %r : f32
  } -> tensor<29x75xf32>
  %z = linalg.generic {indexing_maps = [#mn, #mn, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%y, %residual : tensor<29x75xf32>, tensor<29x75xf32>) outs(%empty : tensor<29x75xf32>) attrs = {strategy.op = "act"} {
  ^bb0(%v: f32, %w: f32, %o: f32):
    %scale = arith.constant 0.125 : f32
    %s = arith.mulf %v, %scale : f32
    %r = arith.addf %s, %w : f32
    linalg.yield %r : f32
  } -> tensor<29x75xf32>
  return %z : tensor<29x75xf32>
}
