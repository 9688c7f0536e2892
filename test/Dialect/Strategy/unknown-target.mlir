// RUN: not tensorop-opt %s --strategy-verify=target=pdp11 2>&1 | FileCheck %s
// RUN: not tensorop-opt %s --strategy-assign=target=pdp11 2>&1 | FileCheck %s
// RUN: not tensorop-opt %s --convert-strategy-to-transform=target=pdp11 2>&1 | FileCheck %s
// A module without plans needs no target, but a wrong one is a mistake all the same.
// RUN: echo 'module {}' > %t.empty.mlir
// RUN: not tensorop-opt %t.empty.mlir --strategy-verify=target=pdp11 2>&1 | FileCheck %s
// RUN: not tensorop-opt %t.empty.mlir --strategy-assign=target=pdp11 2>&1 | FileCheck %s
// RUN: not tensorop-opt %t.empty.mlir --convert-strategy-to-transform=target=pdp11 2>&1 | FileCheck %s
// CHECK: error: {{.*}}pdp11
// CHECK-SAME: x86-64-v3
strategy.plan @p root mm(m, n, k) {
}
