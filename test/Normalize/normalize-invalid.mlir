// RUN: tensorop-opt %s --split-input-file --verify-diagnostics --tensorop-normalize

func.func @pack(%x: tensor<8x8xf32>, %t: index, %d: tensor<2x8x?xf32>) -> tensor<2x8x?xf32> {
  // expected-error@+1 {{cannot be decomposed into ops with plain loops}}
  %p = linalg.pack %x inner_dims_pos = [0] inner_tiles = [%t] into %d : tensor<8x8xf32> -> tensor<2x8x?xf32>
  return %p : tensor<2x8x?xf32>
}
