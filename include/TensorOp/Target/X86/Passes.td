//===- Passes.td - Lowering to x86 ---------------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TARGET_X86_PASSES_TD
#define TENSOROP_TARGET_X86_PASSES_TD

include "mlir/Pass/PassBase.td"

def TensorOpLowerTransposesX86
    : Pass<"tensorop-lower-transposes-x86", "::mlir::func::FuncOp"> {
  let summary = "Transpose square tiles of vectors in registers";
  let description = [{
    8x8 transposes of 32-bit elements become AVX2 shuffles, 16x16 ones a network
    of 512-bit shuffles when the target has them. Others are left to the
    conversion to LLVM, which moves single elements.
  }];
  let options = [
    Option<"wide", "wide", "bool", "false", "the target has 512-bit registers">
  ];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif // TENSOROP_TARGET_X86_PASSES_TD
