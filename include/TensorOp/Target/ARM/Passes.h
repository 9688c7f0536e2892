//===- Passes.h - Lowering to AArch64 ---------------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TARGET_ARM_PASSES_H
#define TENSOROP_TARGET_ARM_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace tensorop {

#define GEN_PASS_DECL
#include "TensorOp/Target/ARM/Passes.h.inc"

/// Kernels on memrefs to the LLVM dialect for AArch64, with SVE of `sveBits`
/// bits or, when that is 0, without.
void buildLowerToARMPipeline(mlir::OpPassManager &pm, int64_t sveBits);

/// Makes the passes, and the pipeline as `tensorop-lower-to-arm`, known by
/// name.
void registerARMPasses();

} // namespace tensorop

#endif // TENSOROP_TARGET_ARM_PASSES_H
