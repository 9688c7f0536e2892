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

def TensorOpLowerDotsX86
    : Pass<"tensorop-lower-dots-x86", "::mlir::func::FuncOp"> {
  let summary = "Compute sums of products by vpdpbusd and vdpbf16ps";
  let description = [{
    An addition with `strategy.dot = "vnni"` that ends a sum of groups of four
    products of unsigned and signed i8 becomes `vpdpbusd`; one with `"dpbf16"` that
    ends a sum of pairs of products of bf16 becomes `vdpbf16ps`. `"pmaddwd"` needs
    nothing: LLVM finds `vpmaddwd` and, where it is, `vpdpwssd` by itself. An
    operation of another form stays as it is, and is computed as it is written.

    `vdpbf16ps` takes subnormal numbers as zeros and gives none.

    ```mlir
    %x = arith.extui %a : vector<64xi8> to vector<64xi32>
    %y = arith.extsi %b : vector<64xi8> to vector<64xi32>
    %p = arith.muli %x, %y : vector<64xi32>
    ...
    %s = arith.addi %q, %sum {strategy.dot = "vnni"} : vector<16xi32>
    ```
    becomes
    ```mlir
    %s = llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"(%sum, %a, %b)
        : (vector<16xi32>, vector<64xi8>, vector<64xi8>) -> vector<16xi32>
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif // TENSOROP_TARGET_X86_PASSES_TD
