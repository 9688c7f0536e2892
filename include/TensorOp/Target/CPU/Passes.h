//===- Passes.h - Lowering that all CPUs share ------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TARGET_CPU_PASSES_H
#define TENSOROP_TARGET_CPU_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace tensorop {

/// On a function: bytes of workspace that a caller provides (I64Attr).
inline constexpr const char *workspaceAttrName = "tensorop.workspace";

/// Alignment of a packed argument, and bytes in front of its elements: a tag
/// that says which entry has packed it.
inline constexpr int64_t prepackAlignment = 64;
inline constexpr int64_t prepackHeaderBytes = 64;

#define GEN_PASS_DECL
#include "TensorOp/Target/CPU/Passes.h.inc"

/// Memrefs, structured ops, loops, vectors and math to the LLVM dialect. Every
/// function takes bare pointers, `noalias` where the argument says so, and the
/// workspace last.
void buildLowerToCPUPipeline(mlir::OpPassManager &pm);

/// Makes the passes known by name.
void registerCPUPasses();

} // namespace tensorop

#endif // TENSOROP_TARGET_CPU_PASSES_H
