// What a hardware file could not have is refused in a module, too.
// RUN: not tensorop-opt %s --split-input-file --strategy-verify 2>&1 | FileCheck %s --implicit-check-not="hardware.L1"
// RUN: not tensorop-opt %s --strategy-attach-hardware="target=z80" 2>&1 | FileCheck %s --check-prefix=TARGET
// TARGET: error: unknown target 'z80'

// What others wrote for other readers is left alone.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<
    "CPU" = #dlti.target_device_spec<"L1_cache_size_in_bytes" = 4096 : i32>>} {
}

// -----

// CHECK: error: 'dlti.target_system_spec' describes no machine: unknown field at hardware.colour
module attributes {dlti.target_system_spec = #dlti.target_system_spec<
    "CPU" = #dlti.target_device_spec<"arch" = "x86_64", "caches" = [], "colour" = "red",
    "features" = [], "instructions" = [], "name" = "mine", "source" = "me", "triple" = "x86_64",
    "vector_bits" = 256 : i64>>} {
}

// -----

// CHECK: error: 'dlti.target_system_spec' describes no machine: mine: vector_registers is 0, must be 16 (32 with avx512f)
module attributes {dlti.target_system_spec = #dlti.target_system_spec<
    "CPU" = #dlti.target_device_spec<"arch" = "x86_64", "caches" = [], "features" = [],
    "instructions" = [], "name" = "mine", "source" = "me", "triple" = "x86_64",
    "vector_bits" = 256 : i64, "vector_registers" = 0 : i64>>} {
}
