// The machine as DLTI entries, which passes read back.
// RUN: tensorop-opt %s --strategy-attach-hardware="target=x86-64-v3" | FileCheck %s
// RUN: tensorop-opt %s --strategy-attach-hardware="target=x86-64-v3" | tensorop-opt --strategy-attach-hardware | FileCheck %s
// RUN: tensorop-opt %s --strategy-attach-hardware="target=%src/data/hardware/x86-64-v3.json" | FileCheck %s
// RUN: tensorop-opt %s --strategy-attach-hardware --strategy-attach-hardware="target=x86-64-v3" | FileCheck %s
// CHECK: module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<
// CHECK-SAME: "caches" = #dlti.map<"l1" = #dlti.map<"bytes" = 32768 : i64, {{.*}}"ways" = 8 : i64>, "l2" = #dlti.map<"bytes" = 262144 : i64
// CHECK-SAME: "cpu" = "x86-64-v3"
// CHECK-SAME: "features" = ["avx", "avx2"
// CHECK-SAME: "fma_latency" = 5 : i64, "fma_per_cycle" = 2 : i64
// CHECK-SAME: "instructions" = #dlti.map<"fma" = #dlti.map<"group" = 1 : i64, "types" = {{\[\[}}"f32", "f32"]
// CHECK-SAME: "vector_bits" = 256 : i64

// RUN: tensorop-opt %s --strategy-attach-hardware="target=sm_90a" | FileCheck %s --check-prefix=GPU
// GPU: #dlti.target_system_spec<"GPU" = #dlti.target_device_spec<{{.*}}"sms" = 132 : i64

// The plan fits AVX-512 but not what the module carries; an option says otherwise.
// RUN: not tensorop-opt %s --strategy-attach-hardware="target=x86-64-v3" --strategy-verify 2>&1 | FileCheck %s --check-prefix=NARROW
// NARROW: error: 'strategy.vectorize' op vector registers of the register tile of 'mm' {{.*}} must be <= 16
// RUN: tensorop-opt %s --strategy-attach-hardware="target=x86-64-v3" --strategy-verify="target=x86-64-v4" >/dev/null
// RUN: tensorop-opt %s --strategy-attach-hardware="target=x86-64-v4" --strategy-verify >/dev/null

strategy.plan @p root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [jr: n = v(3), ir: m = 8, kk: k = 1]
  strategy.vectorize mm [m = 8, n = v(3)] with fma
}
