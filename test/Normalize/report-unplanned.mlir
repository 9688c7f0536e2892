// RUN: tensorop-opt %s --verify-diagnostics --tensorop-report-unplanned
// RUN: tensorop-opt %s --tensorop-report-unplanned --remarks-filter=strategy --remark-policy=all --remark-format=yaml --remarks-output-file=%t.yaml -o /dev/null 2>/dev/null
// RUN: FileCheck %s --input-file=%t.yaml
// CHECK: --- !Missed
// CHECK: Name: NoPlan
// CHECK: Function:

func.func @f(%a: memref<4x5xf32>, %b: memref<5x6xf32>, %c: memref<4x6xf32>) {
  // expected-remark@+1 {{no plan covers 'mm' (linalg.matmul over 4x6x5, f32/f32/f32): it becomes plain loops}}
  linalg.matmul {strategy.op = "mm"} ins(%a, %b : memref<4x5xf32>, memref<5x6xf32>) outs(%c : memref<4x6xf32>)
  return
}

// Copies and edge versions that a plan makes have no name; a name counts once.
func.func @planned(%a: memref<4x5xf32>, %b: memref<5x6xf32>, %c: memref<4x6xf32>) attributes {strategy.planned = "p"} {
  %zero = arith.constant 0 : index
  %two = arith.constant 2 : index
  %four = arith.constant 4 : index
  scf.for %i = %zero to %four step %two {
    %a2 = memref.subview %a[%i, 0] [2, 5] [1, 1] : memref<4x5xf32> to memref<2x5xf32, strided<[5, 1], offset: ?>>
    %c2 = memref.subview %c[%i, 0] [2, 6] [1, 1] : memref<4x6xf32> to memref<2x6xf32, strided<[6, 1], offset: ?>>
    // expected-remark@+1 {{plan 'p' tiles 'mm' (linalg.matmul, f32/f32/f32) but does not vectorize it: its tiles become plain loops}}
    linalg.matmul {strategy.op = "mm"} ins(%a2, %b : memref<2x5xf32, strided<[5, 1], offset: ?>>, memref<5x6xf32>) outs(%c2 : memref<2x6xf32, strided<[6, 1], offset: ?>>)
    linalg.matmul {strategy.op = "mm"} ins(%a2, %b : memref<2x5xf32, strided<[5, 1], offset: ?>>, memref<5x6xf32>) outs(%c2 : memref<2x6xf32, strided<[6, 1], offset: ?>>)
    linalg.matmul ins(%a2, %b : memref<2x5xf32, strided<[5, 1], offset: ?>>, memref<5x6xf32>) outs(%c2 : memref<2x6xf32, strided<[6, 1], offset: ?>>)
  } {strategy.loop = "i"}
  // expected-remark@+1 {{no plan covers 'exp' (linalg.exp over 4x6, f32/f32): it becomes plain loops}}
  linalg.exp {strategy.op = "exp"} ins(%c : memref<4x6xf32>) outs(%c : memref<4x6xf32>)
  return
}

// What is no structured op: copies, and loops over elements. A loop of
// structured ops has none of its own.
func.func @others(%a: memref<4x6xf32>, %b: memref<4x6xf32>, %n: index) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  // expected-remark@+1 {{no plan covers a copy of 4x6xf32: it becomes plain loops}}
  memref.copy %a, %b : memref<4x6xf32> to memref<4x6xf32>
  // expected-remark@+1 {{no plan covers a loop of the payload ('scf.for'): it runs as it is written, element by element}}
  scf.for %i = %zero to %n step %one {
    scf.for %j = %zero to %n step %one {
      %x = memref.load %a[%i, %j] : memref<4x6xf32>
      memref.store %x, %b[%j, %i] : memref<4x6xf32>
    }
  }
  scf.for %i = %zero to %n step %one {
    // expected-remark@+1 {{no plan covers (linalg.copy over 4x6, f32/f32): it becomes plain loops}}
    linalg.copy ins(%a : memref<4x6xf32>) outs(%b : memref<4x6xf32>)
  }
  return
}
