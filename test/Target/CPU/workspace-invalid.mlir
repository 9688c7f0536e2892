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
