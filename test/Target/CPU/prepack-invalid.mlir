// RUN: tensorop-opt %s --split-input-file --tensorop-prepack --verify-diagnostics

// What is packed must be there before the call.
func.func @computed(%w: memref<4xf32>) {
  %c0 = arith.constant 0 : index
  %other = memref.alloc() : memref<4xf32>
  // expected-error@+1 {{'mm.rhs' is packed at load, but what it holds is computed in 'computed': only an argument can be packed before}}
  %copy = memref.alloc() {strategy.at_load, strategy.buffer = "mm.rhs"} : memref<1x4xf32>
  // expected-note@+1 {{this op takes part in it}}
  %e = memref.load %other[%c0] : memref<4xf32>
  memref.store %e, %copy[%c0, %c0] : memref<1x4xf32>
  return
}

// -----

func.func @two(%w: memref<4xf32>, %v: memref<4xf32>) {
  // expected-error@+1 {{'mm.rhs' is packed at load, but it is filled from 2 arguments of 'two'; it must be one}}
  %copy = memref.alloc() {strategy.at_load, strategy.buffer = "mm.rhs"} : memref<4xf32>
  memref.copy %w, %copy : memref<4xf32> to memref<4xf32>
  memref.copy %v, %copy : memref<4xf32> to memref<4xf32>
  return
}

// -----

func.func @read(%w: memref<4xf32>, %x: memref<4xf32>) {
  // expected-error@+1 {{'mm.rhs' is packed at load, but argument #0 of 'read' is read elsewhere too: the kernel would not have it}}
  %copy = memref.alloc() {strategy.at_load, strategy.buffer = "mm.rhs"} : memref<4xf32>
  memref.copy %w, %copy : memref<4xf32> to memref<4xf32>
  %part = memref.subview %w[0] [2] [1] : memref<4xf32> to memref<2xf32, strided<[1]>>
  %to = memref.subview %x[0] [2] [1] : memref<4xf32> to memref<2xf32, strided<[1]>>
  // expected-note@+1 {{this op reads it}}
  memref.copy %part, %to : memref<2xf32, strided<[1]>> to memref<2xf32, strided<[1]>>
  return
}

// -----

func.func @often(%w: memref<4xf32>) {
  call @inner(%w) : (memref<4xf32>) -> ()
  call @inner(%w) : (memref<4xf32>) -> ()
  return
}
func.func private @inner(%w: memref<4xf32>) {
  // expected-error@+1 {{'mm.rhs' is packed at load, but 'inner' is called 2 times; it must be once}}
  %copy = memref.alloc() {strategy.at_load, strategy.buffer = "mm.rhs"} : memref<4xf32>
  memref.copy %w, %copy : memref<4xf32> to memref<4xf32>
  return
}

// -----

func.func @own() {
  %w = memref.alloc() : memref<4xf32>
  // expected-note@+1 {{it is passed here}}
  call @inner(%w) : (memref<4xf32>) -> ()
  return
}
func.func private @inner(%w: memref<4xf32>) {
  // expected-error@+1 {{'mm.rhs' is packed at load, but what it packs is no argument of a public function: nobody could pack it before}}
  %copy = memref.alloc() {strategy.at_load, strategy.buffer = "mm.rhs"} : memref<4xf32>
  memref.copy %w, %copy : memref<4xf32> to memref<4xf32>
  return
}

// -----

memref.global "private" constant @weights : memref<4xf32> = dense<2.0>
func.func @constant() {
  // expected-error@+1 {{'mm.rhs' is packed at load, but it is filled from the constant 'weights', which is no argument of 'constant': nobody could pack it before}}
  %copy = memref.alloc() {strategy.at_load, strategy.buffer = "mm.rhs"} : memref<4xf32>
  // expected-note@+1 {{this op reads it}}
  %w = memref.get_global @weights : memref<4xf32>
  memref.copy %w, %copy : memref<4xf32> to memref<4xf32>
  return
}

// -----

func.func @outer(%w: memref<4xf32>) {
  // expected-note@+1 {{this op uses it}}
  call @public(%w) : (memref<4xf32>) -> ()
  return
}
func.func @public(%w: memref<4xf32>) {
  // expected-error@+1 {{'mm.rhs' is packed at load, but 'public' is used in this module too, where nobody packs before}}
  %copy = memref.alloc() {strategy.at_load, strategy.buffer = "mm.rhs"} : memref<4xf32>
  memref.copy %w, %copy : memref<4xf32> to memref<4xf32>
  return
}

// -----

func.func @entry(%w: memref<4xf32>) {
  call @inner(%w) : (memref<4xf32>) -> ()
  return
}
func.func @again(%w: memref<4xf32>) {
  // expected-note@+1 {{this op uses it}}
  call @entry(%w) : (memref<4xf32>) -> ()
  return
}
func.func private @inner(%w: memref<4xf32>) {
  // expected-error@+1 {{'mm.rhs' is packed at load, but 'entry' is used in this module too, where nobody packs before}}
  %copy = memref.alloc() {strategy.at_load, strategy.buffer = "mm.rhs"} : memref<4xf32>
  memref.copy %w, %copy : memref<4xf32> to memref<4xf32>
  return
}

// -----

func.func @taken(%w: memref<4xf32>) -> ((memref<4xf32>) -> ()) {
  call @inner(%w) : (memref<4xf32>) -> ()
  // expected-note@+1 {{this op uses it}}
  %address = constant @inner : (memref<4xf32>) -> ()
  return %address : (memref<4xf32>) -> ()
}
func.func private @inner(%w: memref<4xf32>) {
  // expected-error@+1 {{'mm.rhs' is packed at load, but 'inner' is not only called: whoever has its address passes what is not packed}}
  %copy = memref.alloc() {strategy.at_load, strategy.buffer = "mm.rhs"} : memref<4xf32>
  memref.copy %w, %copy : memref<4xf32> to memref<4xf32>
  return
}
