// RUN: tensorop-opt %s --split-input-file --verify-diagnostics --tensorop-prepare-payload

// A private function that is called is part of the payload.
// expected-error@+1 {{function 'branches' has more than one block; control flow must be structured (scf)}}
func.func private @branches(%x: tensor<4xf32>) -> tensor<4xf32> {
  cf.br ^bb1
^bb1:
  return %x : tensor<4xf32>
}
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %r = call @branches(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// -----

func.func private @elsewhere(tensor<4xf32>) -> tensor<4xf32>
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{calls 'elsewhere', which has no body in this file}}
  %r = call @elsewhere(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// -----

// expected-error@+1 {{the module has no public function}}
module {
  func.func private @g()
}

// -----

// expected-note@+1 {{the function is here}}
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{calls 'f', which is being called already: a kernel has no recursion}}
  %r = call @f(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// -----

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %r = call @g(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
// expected-note@+1 {{the function is here}}
func.func private @g(%x: tensor<4xf32>) -> tensor<4xf32> {
  %r = call @h(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
func.func private @h(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{calls 'g', which is being called already: a kernel has no recursion}}
  %r = call @g(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// -----

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{'tosa.abs' has no lowering here; a payload has ops of affine, arith, }}
  %r = tosa.abs %x : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// -----

func.func @f(%x: f32) -> f32 {
  // expected-error@+1 {{'vector.print' has no lowering here: a kernel neither prints nor calls what it does not know}}
  vector.print %x : f32
  return %x : f32
}

// -----

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{has the type 'tensor<4xf8E4M3FN>'; elements are signless integers, index, f16, bf16, f32, f64, f80 or f128}}
  %a = arith.truncf %x : tensor<4xf32> to tensor<4xf8E4M3FN>
  %b = arith.extf %a : tensor<4xf8E4M3FN> to tensor<4xf32>
  return %b : tensor<4xf32>
}

// -----

// expected-error@+1 {{argument #0 of 'f' has the type 'tensor<4xcomplex<f32>>'; elements are}}
func.func @f(%x: tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>> {
  return %x : tensor<4xcomplex<f32>>
}

// -----

func.func @f(%x: tensor<4xf32>) {
  // expected-error@+1 {{has the memref type 'memref<4xf32>'; a payload computes on tensors}}
  %m = bufferization.to_buffer %x : tensor<4xf32> to memref<4xf32>
  return
}

// -----

func.func @f(%x: f32) {
  // expected-error@+1 {{has the scalable vector type 'vector<[4]xf32>'; sizes must be known}}
  %v = vector.broadcast %x : f32 to vector<[4]xf32>
  return
}

// -----

func.func @f() {
  // expected-error@+1 {{has the type 'tensor<4611686018427387904x4xf32>' of more than 70368744177664 bytes, the limit of an array}}
  %e = tensor.empty() : tensor<4611686018427387904x4xf32>
  return
}

// -----

func.func @f() -> tensor<2x2xf32> {
  // expected-error@+1 {{names the resource 'weights', which the file does not have}}
  %c = arith.constant dense_resource<weights> : tensor<2x2xf32>
  return %c : tensor<2x2xf32>
}
