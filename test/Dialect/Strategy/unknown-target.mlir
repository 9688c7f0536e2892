// RUN: not tensorop-opt %s --strategy-verify=target=pdp11 2>&1 | FileCheck %s
// RUN: not tensorop-opt %s --strategy-assign=target=pdp11 2>&1 | FileCheck %s
// RUN: not tensorop-opt %s --convert-strategy-to-transform=target=pdp11 2>&1 | FileCheck %s
// CHECK: error: {{.*}}pdp11
// CHECK-SAME: x86-64-v3
strategy.plan @p root mm(m, n, k) {
}
