// RUN: tensorop-opt %s --split-input-file --verify-diagnostics --tensorop-workspace

func.func @dynamic(%n: index) {
  // expected-error@+1 {{allocates 'memref<?xf32>', whose size is not known: a kernel's workspace is sized when it is compiled}}
  %a = memref.alloc(%n) : memref<?xf32>
  return
}

// -----

func.func @alignment() {
  // expected-error@+1 {{asks for an alignment of 128; the workspace has 64}}
  %a = memref.alloc() {alignment = 128 : i64} : memref<8xf32>
  return
}

// -----

func.func @large() {
  // expected-error@+1 {{allocates 'memref<4611686018427387904x4xf32>', more than 70368744177664 bytes, the limit of an array}}
  %a = memref.alloc() : memref<4611686018427387904x4xf32>
  return
}

// -----

// expected-error@+1 {{'sum' needs a workspace of 140737488355328 bytes; the limit is 70368744177664}}
func.func @sum() {
  %v = arith.constant 1.0 : f32
  %i = arith.constant 0 : index
  %a = memref.alloc() : memref<17592186044416xf32>
  %b = memref.alloc() : memref<17592186044416xf32>
  memref.store %v, %a[%i] : memref<17592186044416xf32>
  memref.store %v, %b[%i] : memref<17592186044416xf32>
  memref.store %v, %a[%i] : memref<17592186044416xf32>
  return
}
