//===- Passes.h - Lowering to x86 -------------------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TARGET_X86_PASSES_H
#define TENSOROP_TARGET_X86_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace tensorop {

#define GEN_PASS_DECL
#include "TensorOp/Target/X86/Passes.h.inc"

/// Kernels on memrefs to the LLVM dialect for x86; `wide`: the target has
/// 512-bit registers.
void buildLowerToX86Pipeline(mlir::OpPassManager &pm, bool wide);

/// Makes the passes, and the pipeline as `tensorop-lower-to-x86`, known by
/// name.
void registerX86Passes();

} // namespace tensorop

#endif // TENSOROP_TARGET_X86_PASSES_H
