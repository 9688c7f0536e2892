//===- Passes.td - Lowering to AArch64 -----------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TARGET_ARM_PASSES_TD
#define TENSOROP_TARGET_ARM_PASSES_TD

include "mlir/Pass/PassBase.td"

def TensorOpLowerDotsARM
    : Pass<"tensorop-lower-dots-arm", "::mlir::func::FuncOp"> {
  let summary = "Compute sums of products by sdot, udot and usdot";
  let description = [{
    An addition with `strategy.dot = "sdot"` that ends a sum of groups of four
    products of signed i8 becomes `sdot`; with `"udot"`, of unsigned ones; with
    `"usdot"`, of one unsigned and one signed. Vectors of `sve-bits` bits are SVE's,
    others of 128 bits NEON's. An operation of another form stays as it
    is, and is computed as it is written. Where a factor is one word for all lanes,
    LLVM finds the form of the instruction that takes it from a lane.

    ```mlir
    %x = arith.extsi %a : vector<16xi8> to vector<16xi32>
    %y = arith.extsi %b : vector<16xi8> to vector<16xi32>
    %p = arith.muli %x, %y : vector<16xi32>
    ...
    %s = arith.addi %q, %sum {strategy.dot = "sdot"} : vector<4xi32>
    ```
    becomes
    ```mlir
    %s = llvm.call_intrinsic "llvm.aarch64.neon.sdot"(%sum, %a, %b)
        : (vector<4xi32>, vector<16xi8>, vector<16xi8>) -> vector<4xi32>
    ```
  }];
  let options = [
    Option<"sveBits", "sve-bits", "int64_t", "0",
           "length of SVE's registers; 0: there are none, or it is not known">
  ];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif // TENSOROP_TARGET_ARM_PASSES_TD
