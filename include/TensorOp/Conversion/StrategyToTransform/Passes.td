//===- Passes.td - From plans to transform scripts ---------*- tablegen -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_CONVERSION_STRATEGYTOTRANSFORM_PASSES_TD
#define TENSOROP_CONVERSION_STRATEGYTOTRANSFORM_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertStrategyToTransform
    : Pass<"convert-strategy-to-transform", "::mlir::ModuleOp"> {
  let summary = "Writes one transform script per kernel from its closed plan";
  let description = [{
    For each function that lists a plan in `strategy.plans`, builds the loop tree
    and emits a `transform.named_sequence @"strategy.<kernel>"` from its final
    state, in fixed phases: loops, layouts, fusion, register tile, unrolling,
    threads.
    `@__transform_main` runs all of them, so that `transform-interpreter` applies
    the module to itself once its kernels are bufferized. What the tree promises
    is recorded on the function in `strategy.promise` for
    `strategy-check-realised`. The plans are erased.

    An open plan, or a step that this release does not lower for the target, is
    refused at the step.

    ```mlir
    transform.named_sequence @strategy.gemm(%arg0: !transform.any_op {transform.readonly}) {
      %0 = transform.strategy.find op "mm" in %arg0 count(1) : ...
      %tiled, %made:4 = transform.strategy.tile_band %0 ["pc", "ic", "jr", "ir"] ...
      ...
    }
    ```
  }];
  let options = [
    Option<"target", "target", "std::string", /*default=*/"\"\"",
           "native, a catalogued machine or a hardware file; empty: the one that "
           "the module carries, else native">,
    Option<"phases", "phases", "unsigned", /*default=*/"6",
           "Stop after this many phases (the IR is executable after each): "
           "1 loops, 2 layouts, 3 fusion, 4 register tile, 5 unrolling, "
           "6 threads">,
    Option<"threads", "threads", "int64_t", /*default=*/"1",
           "Most threads of a kernel; with 1, parallel loops run one by one">
  ];
  let dependentDialects = ["::mlir::transform::TransformDialect"];
}

def StrategyCheckRealised
    : Pass<"strategy-check-realised", "::mlir::ModuleOp"> {
  let summary = "Checks that the IR has what the loop tree promised";
  let description = [{
    Compares each kernel with its `strategy.promise`: every loop with its number
    of copies and its step, every buffer with its type, the register tile's
    vectors, and no allocation or copy that the tree does not have. A promise
    that is not kept is an error at the step that made it. Afterwards the promise
    and the transform scripts are erased.
  }];
  let options = [
    Option<"keepScripts", "keep-scripts", "bool", /*default=*/"false",
           "Keep the transform scripts in the module">
  ];
}

#endif // TENSOROP_CONVERSION_STRATEGYTOTRANSFORM_PASSES_TD
