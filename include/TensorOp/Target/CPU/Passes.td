//===- Passes.td - Lowering that all CPUs share -------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TARGET_CPU_PASSES_TD
#define TENSOROP_TARGET_CPU_PASSES_TD

include "mlir/Pass/PassBase.td"

def TensorOpLowerCopies : Pass<"tensorop-lower-copies", "::mlir::func::FuncOp"> {
  let summary = "Make copies between strided buffers structured ops";
  let description = [{
    A `memref.copy` between identity layouts becomes a `memcpy` later; any other
    would become a call into MLIR's runtime library, which a kernel does not
    have. It becomes a `linalg.copy` here.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect"];
}

def TensorOpEmptyArguments
    : Pass<"tensorop-empty-arguments", "::mlir::ModuleOp"> {
  let summary = "Give arguments without elements a type with one";
  let description = [{
    Memrefs with a size of 0 have no bare pointer in upstream's conversion. Such
    an argument becomes `memref<1xT>`, which nothing reads; its uses, which run
    no iteration, get an allocation of the old type.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def TensorOpLowerAsserts : Pass<"tensorop-lower-asserts", "::mlir::ModuleOp"> {
  let summary = "Let a failed assertion set the kernel's status";
  let description = [{
    A kernel neither prints nor aborts. Each `cf.assert` stores the position of
    its message in the module's attribute `tensorop.assertions`, plus 1, to a
    status word when it fails, and the function returns that word (i32, 0 when
    all held; the last failure counts). A message that is not listed gets the
    next free position. The rest of the kernel is still computed. Runs on
    loops.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

def TensorOpWorkspace : Pass<"tensorop-workspace", "::mlir::ModuleOp"> {
  let summary = "Make allocations views of a workspace that the caller owns";
  let description = [{
    A function that allocates, or calls one that does, gets a trailing argument
    `memref<Nxi8>`, 64-byte aligned, and its size in the attribute
    `tensorop.workspace`. Each `memref.alloc` becomes a view of it at a 64-byte
    aligned offset; buffers that are not live at the same time share
    bytes. Calls pass the part behind the function's own buffers.

    An allocation of dynamic size is an error.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::memref::MemRefDialect"];
}

def TensorOpPrepack : Pass<"tensorop-prepack", "::mlir::ModuleOp"> {
  let summary = "Move copies that are made at load to functions of their own";
  let description = [{
    A packed copy that a plan makes `at load` (an allocation with
    `strategy.at_load` in a kernel) is filled from one argument of the function
    that users call. The filling becomes a function
    `<function>_prepack_<argument>(source, packed)`; the function, and the kernel
    that it calls, take the copy in the argument's place. `tensorop.prepacked` on
    the function lists argument, entry, type and a tag: a hash of the code that fills
    the copy.

    An error when what is packed is computed in the kernel, or when anything else
    reads the argument, which it would not get any more.

    ```mlir
    func.func @f(%x: memref<4x8xf32>, %w: memref<8x6xf32>, %y: memref<4x6xf32>)
    ```
    becomes
    ```mlir
    func.func @f(%x: memref<4x8xf32>, %w: memref<2x8x4xf32>, %y: memref<4x6xf32>)
    func.func @f_prepack_w(%w: memref<8x6xf32>, %packed: memref<2x8x4xf32>)
    ```
  }];
}

def TensorOpKeepLoops : Pass<"tensorop-keep-loops", "::mlir::func::FuncOp"> {
  let summary = "Keep LLVM from changing the loops of a realised plan";
  let description = [{
    The loops of a function with `strategy.planned` are final: they get
    `llvm.loop_annotation` that turns off vectorization and unrolling.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def TensorOpAnnotateBranches : Pass<"tensorop-annotate-branches"> {
  let summary = "Hand loop annotations to the branches of the LLVM dialect";
  let description = [{
    Upstream conversions keep `llvm.loop_annotation` of an `scf.for` as a
    discardable attribute of the branch back to the loop's head, which the
    translation to LLVM IR drops. It becomes the branch's own annotation.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def TensorOpSplitCasts : Pass<"tensorop-split-casts", "::mlir::ModuleOp"> {
  let summary = "Convert between bf16 and f64 by way of f32";
  let description = [{
    Upstream expands conversions between bf16 and f32 only. A rounding becomes
    two, so the last bit may differ from a single one.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def TensorOpBF16ToBits : Pass<"tensorop-bf16-to-bits", "::mlir::ModuleOp"> {
  let summary = "Hold bf16 values as 16-bit integers";
  let description = [{
    After all arithmetic on bf16 was expanded, values of that type are only
    moved. As integers they stay clear of LLVM's legalization, which would call
    a function of the compiler's run-time library for a select or a phi. An
    operation that still computes in bf16 is an error.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def TensorOpApproximateMath
    : Pass<"tensorop-approximate-math", "::mlir::func::FuncOp"> {
  let summary = "Compute elementary functions by polynomials where permitted";
  let description = [{
    `math.exp`, `math.log`, `math.erf` and `math.tanh` on f32, scalars or
    vectors, become arithmetic without calls and branches, which vectorizes.
    Permission is the function's attribute `tensorop.approx`, the largest error in
    ulp, which `convert-strategy-to-transform` takes from `numerics(approx(ulp))`
    of the plan; or the op's flag `fastmath<afn>`, which sets no limit. An op that
    permits less than the polynomial's error (`docs/numerics.md` lists them), or
    that has no polynomial, stays, and becomes a call of libm. f16 and bf16 are
    computed in f32. One plus `math.erf` or `math.tanh` is computed at once, where
    nothing else needs the function.

    ```mlir
    func.func @f(%x: vector<16xf32>) -> vector<16xf32>
        attributes {tensorop.approx = 2 : i64} {
      %y = math.exp %x : vector<16xf32>
    ```
    becomes
    ```mlir
      %s = math.fma %c, %log2e, %round : vector<16xf32>
      %n = arith.subf %s, %round : vector<16xf32>
      %f = math.fma %n, %ln2, %c : vector<16xf32>
      ...
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
}

def TensorOpMathToLibm : Pass<"tensorop-math-to-libm", "::mlir::ModuleOp"> {
  let summary = "Call libm where LLVM has no intrinsic of its accuracy";
  let description = [{
    erf, tanh, log1p, expm1 and their like become calls. Upstream's lowering to
    intrinsics would compute log1p(x) as log(1 + x).
  }];
  let dependentDialects = ["::mlir::func::FuncDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif // TENSOROP_TARGET_CPU_PASSES_TD
