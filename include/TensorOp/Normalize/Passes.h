//===- Passes.h - From payloads to kernels ----------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_NORMALIZE_PASSES_H
#define TENSOROP_NORMALIZE_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace tensorop {

#define GEN_PASS_DECL
#include "TensorOp/Normalize/Passes.h.inc"

/// Payload to kernels on tensors: inlines private functions, then
/// `tensorop-destination-parameters`, with `wideSums` `tensorop-widen-sums`,
/// `tensorop-normalize` and `tensorop-form-kernels` with canonicalization
/// between them.
void buildKernelsPipeline(mlir::OpPassManager &pm, bool wideSums = true);

/// Kernels on tensors to kernels on memrefs with identity layouts: no result,
/// no copy that destination style avoids; allocations only for values between
/// kernels.
void buildBufferizePipeline(mlir::OpPassManager &pm);

/// Payload to plain loops over memrefs, for the reference (`promote`: floats
/// become f64) and for the payload in its own types, or with the sums of
/// `tensorop-widen-sums`.
void buildPlainPipeline(mlir::OpPassManager &pm, bool promote,
                        bool wideSums = false);

/// Payload to plain f64 loops whose roundings are as far off as they may be
/// (`tensorop-perturb-roundings`); functions by `functionUlp`.
void buildPerturbedPipeline(mlir::OpPassManager &pm, int64_t functionUlp,
                            bool wideSums = false);

/// Makes the passes, and the pipelines as `tensorop-kernels`,
/// `tensorop-bufferize`, `tensorop-reference`, `tensorop-plain` and
/// `tensorop-perturbed`, known by name.
void registerNormalizePasses();

} // namespace tensorop

#endif // TENSOROP_NORMALIZE_PASSES_H
