// Products of bf16 and of f16 with results of the same type, with a bias behind, onto what is there, batched; rests in every tile.
#mn = affine_map<(m, n) -> (m, n)>
#n = affine_map<(m, n) -> (n)>
func.func @bias(%a: tensor<65x130xbf16>, %b: tensor<130x77xbf16>, %bias: tensor<77xbf16>) -> tensor<65x77xbf16> {
  %zero = arith.constant 0.0 : bf16
  %empty = tensor.empty() : tensor<65x77xbf16>
  %f = linalg.fill ins(%zero : bf16) outs(%empty : tensor<65x77xbf16>) -> tensor<65x77xbf16>
  %x = linalg.matmul ins(%a, %b : tensor<65x130xbf16>, tensor<130x77xbf16>) outs(%f : tensor<65x77xbf16>) -> tensor<65x77xbf16>
  %y = linalg.generic {indexing_maps = [#mn, #n, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%x, %bias : tensor<65x77xbf16>, tensor<77xbf16>) outs(%empty : tensor<65x77xbf16>) {
  ^bb0(%v: bf16, %w: bf16, %o: bf16):
    %r = arith.addf %v, %w : bf16
    linalg.yield %r : bf16
  } -> tensor<65x77xbf16>
  return %y : tensor<65x77xbf16>
}
func.func @onto(%a: tensor<33x70xf16>, %b: tensor<70x29xf16>, %c: tensor<33x29xf16> {bufferization.writable = true}) -> tensor<33x29xf16> {
  %x = linalg.matmul ins(%a, %b : tensor<33x70xf16>, tensor<70x29xf16>) outs(%c : tensor<33x29xf16>) -> tensor<33x29xf16>
  return %x : tensor<33x29xf16>
}
func.func @batched(%a: tensor<3x17x40xf16>, %b: tensor<3x40x19xf16>) -> tensor<3x17x19xf16> {
  %zero = arith.constant 0.0 : f16
  %empty = tensor.empty() : tensor<3x17x19xf16>
  %f = linalg.fill ins(%zero : f16) outs(%empty : tensor<3x17x19xf16>) -> tensor<3x17x19xf16>
  %x = linalg.batch_matmul ins(%a, %b : tensor<3x17x40xf16>, tensor<3x40x19xf16>) outs(%f : tensor<3x17x19xf16>) -> tensor<3x17x19xf16>
  return %x : tensor<3x17x19xf16>
}
