//===- Instructions.cpp - The instructions that machines can have ---------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Instructions.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace tensorop {

static constexpr Architecture x86 = Architecture::X86_64;
static constexpr Architecture arm = Architecture::AArch64;
static constexpr Architecture riscv = Architecture::RISCV64;
static constexpr Architecture nvptx = Architecture::NVPTX64;

/// Features by the instruction sets' manuals; on group 1 of narrow floats, what
/// widening a vector of them needs.
static constexpr KnownInstruction table[] = {
    {x86, "fma", 1, "f32:f32 f64:f64 bf16:f32", "fma|avx512f"},
    {x86, "fma", 1, "f16:f32", "fma|avx512f f16c|avx512f"},
    {x86, "fma", 1, "f16:f16", "avx512fp16"},
    {x86, "pmaddwd", 2, "i8:i32 i16:i32", "sse2", 0, "i16"},
    {x86, "pmaddwd", 2, "i8:i32 i16:i32", "avx2", 256, "i16"},
    {x86, "pmaddwd", 2, "i8:i32 i16:i32", "avx512bw", 512, "i16"},
    {x86, "vnni", 4, "i8:i32", "avx512vnni|avxvnni"},
    {x86, "vnni", 4, "i8:i32", "avx512vnni", 512},
    {x86, "dpbf16", 2, "bf16:f32", "avx512bf16"},
    {arm, "fma", 1, "f32:f32 f64:f64 f16:f32 bf16:f32", "neon|sve"},
    {arm, "fma", 1, "f16:f16", "fullfp16"},
    {arm, "sdot", 4, "i8:i32", "dotprod|sve"},
    {arm, "udot", 4, "i8:i32", "dotprod|sve"},
    {arm, "usdot", 4, "i8:i32", "i8mm"},
    {arm, "bfdot", 2, "bf16:f32", "bf16"},
    {riscv, "fma", 1, "f32:f32 bf16:f32", "zve32f"},
    {riscv, "fma", 1, "f64:f64", "zve64d"},
    {riscv, "fma", 1, "f16:f32", "zvfhmin"},
    {riscv, "fma", 1, "f16:f16", "zvfh"},
    {riscv, "vfmacc", 1, "f32:f32 bf16:f32", "zve32f"},
    {riscv, "vfmacc", 1, "f64:f64", "zve64d"},
    {riscv, "vfmacc", 1, "f16:f32", "zvfhmin"},
    {riscv, "vfmacc", 1, "f16:f16", "zvfh"},
    {riscv, "vwmacc", 1, "i8:i32 i16:i32", "zve32x", 0, "i16"},
    {nvptx, "fma", 1, "", ""},
    {nvptx, "wgmma", 0, "", "sm_90a"},
    {nvptx, "mma", 0, "", ""},
};

ArrayRef<KnownInstruction> knownInstructions() { return table; }

bool KnownInstruction::takes(StringRef input, StringRef accumulator) const {
  return types.empty() ||
         is_contained(split(types, ' '), (input + ":" + accumulator).str());
}

std::string nameTypes(StringRef input, StringRef accumulator) {
  return input.str() + (input == accumulator
                            ? std::string()
                            : " with sums in " + accumulator.str());
}

} // namespace tensorop
