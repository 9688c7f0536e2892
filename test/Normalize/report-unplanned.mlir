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
