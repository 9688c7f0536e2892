// RUN: tensorop-opt %s --split-input-file --verify-diagnostics --tensorop-destination-parameters

// expected-error@+1 {{argument #1 of 'f' has a dynamic size in dimension #0 of 'tensor<?x4xf32>'; shapes must be static}}
func.func @f(%x: tensor<4xf32>, %y: tensor<?x4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

// expected-error@+1 {{result #0 of 'f' has a dynamic size in dimension #1 of 'tensor<4x?xf32>'; shapes must be static}}
func.func @f(%x: tensor<4x4xf32>) -> tensor<4x?xf32> {
  %c = tensor.cast %x : tensor<4x4xf32> to tensor<4x?xf32>
  return %c : tensor<4x?xf32>
}

// -----

func.func @f(%x: tensor<4x4xf32>, %n: index) -> tensor<4xf32> {
  // expected-error@+1 {{in 'f': has a dynamic size in dimension #0 of 'tensor<?x4xf32>'; shapes must be static}}
  %s = tensor.extract_slice %x[0, 0] [%n, 4] [1, 1] : tensor<4x4xf32> to tensor<?x4xf32>
  %r = tensor.extract_slice %s[0, 0] [1, 4] [1, 1] : tensor<?x4xf32> to tensor<4xf32>
  return %r : tensor<4xf32>
}

// -----

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{in 'f': has the unranked type 'tensor<*xf32>'; shapes must be static}}
  %u = tensor.cast %x : tensor<4xf32> to tensor<*xf32>
  %r = tensor.cast %u : tensor<*xf32> to tensor<4xf32>
  return %r : tensor<4xf32>
}

// -----

// expected-error@+1 {{argument #0 of 'f' has the unranked type 'tensor<*xf32>'; shapes must be static}}
func.func @f(%x: tensor<*xf32>) {
  return
}

// -----

// expected-error@+1 {{argument #0 of 'f' has the memref type 'memref<4xf32>'; a payload computes on tensors}}
func.func @f(%x: memref<4xf32>) {
  return
}

// -----

// expected-error@+1 {{argument #0 of 'f' has the element type 'i4', which the kernel ABI does not have}}
func.func @f(%x: tensor<4xi4>) {
  return
}

// -----

// expected-error@+1 {{argument #0 of 'f' has the element type 'complex<f32>', which the kernel ABI does not have}}
func.func @f(%x: tensor<4xcomplex<f32>>) {
  return
}

// -----

// expected-error@+1 {{argument #0 of 'f' has the encoding "sparse", which is not supported}}
func.func @f(%x: tensor<4xf32, "sparse">) {
  return
}

// -----

// expected-error@+1 {{function 'f' has more than one block}}
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  cf.br ^bb1
^bb1:
  return %x : tensor<4xf32>
}

// -----

func.func private @elsewhere(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{calls 'elsewhere', which cannot be inlined here}}
  %r = call @elsewhere(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// -----

// expected-error@+1 {{argument #0 of 'f' has the role "bogus"; roles are "in", "out" and "inout"}}
func.func @f(%x: tensor<4xf32> {tensorop.role = "bogus"}) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

// Sums that start from nothing; a window's tensor has a shape only.
func.func @f(%x: tensor<4x5xf32>, %y: tensor<5x6xf32>) -> tensor<4x6xf32> {
  // expected-note@+1 {{a 'linalg.fill' of it would give the sums a start}}
  %empty = tensor.empty() : tensor<4x6xf32>
  // expected-error@+1 {{operand #2 is read, but it is a 'tensor.empty', whose elements have no value}}
  %r = linalg.matmul ins(%x, %y : tensor<4x5xf32>, tensor<5x6xf32>) outs(%empty : tensor<4x6xf32>) -> tensor<4x6xf32>
  return %r : tensor<4x6xf32>
}

// -----

func.func @f() -> tensor<4xf32> {
  // expected-note@+1 {{this is the tensor}}
  %empty = tensor.empty() : tensor<4xf32>
  // expected-error@+1 {{operand #0 is read, but it is a 'tensor.empty', whose elements have no value}}
  %r = linalg.exp ins(%empty : tensor<4xf32>) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// -----

func.func @window(%x: tensor<1x1x4xf32>, %start: tensor<1x1x3xf32>) -> tensor<1x1x3xf32> {
  %window = tensor.empty() : tensor<2xf32>
  %r = linalg.pooling_ncw_sum ins(%x, %window : tensor<1x1x4xf32>, tensor<2xf32>) outs(%start : tensor<1x1x3xf32>) -> tensor<1x1x3xf32>
  return %r : tensor<1x1x3xf32>
}
