//===- Lowering.h - Kernels to the LLVM dialect, by target ------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_EXECUTION_LOWERING_H
#define TENSOROP_LIB_EXECUTION_LOWERING_H

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace tensorop {
struct CodegenTarget;
struct HardwareModel;

/// Kernels on memrefs, planned or plain loops, to the LLVM dialect: the
/// pipeline of the machine's architecture.
void buildLoweringPipeline(mlir::OpPassManager &pm,
                           const HardwareModel &hardware);

/// The machine in the backend's words.
CodegenTarget makeCodegenTarget(const HardwareModel &hardware);

} // namespace tensorop

#endif // TENSOROP_LIB_EXECUTION_LOWERING_H
