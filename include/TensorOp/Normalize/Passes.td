//===- Passes.td - From payloads to kernels -------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_NORMALIZE_PASSES_TD
#define TENSOROP_NORMALIZE_PASSES_TD

include "mlir/Pass/PassBase.td"

def TensorOpPreparePayload
    : Pass<"tensorop-prepare-payload", "::mlir::ModuleOp"> {
  let summary = "Check what a payload contains, and let its callees be inlined";
  let description = [{
    Looks at the public functions and what they call, before anything is
    rewritten. Refused at the op: ops of dialects without a lowering here, element
    types that no loop computes on (f8, complex), memrefs, arrays of more than
    2^46 bytes, constants whose resource the file lacks, calls of functions
    without a body, recursion, functions of several blocks; and modules without a
    public function. The hint `no_inline` goes: a kernel is one function.
  }];
}

def TensorOpStructureTensorOps
    : Pass<"tensorop-structure-tensor-ops", "::mlir::func::FuncOp"> {
  let summary = "Make tensor ops that cannot be bufferized loops over elements";
  let description = [{
    `tensor.bitcast` and `tensor.gather` become a `linalg.generic`,
    `tensor.scatter` becomes a nest of `scf.for` that carries its destination.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect"];
}

def TensorOpDestinationParameters
    : Pass<"tensorop-destination-parameters", "::mlir::ModuleOp"> {
  let summary = "Give each public function one trailing argument per result";
  let description = [{
    Each result becomes a trailing tensor argument that the result is
    materialized in, unless it is computed in the place of an argument that
    carries `bufferization.writable = true`: that argument is then read and
    written. A loop that carries the result from an empty tensor carries the new
    argument instead. Scalar arguments and results become tensors of rank 0. Every other
    argument is only read. Arguments get `tensorop.role` ("in", "out", "inout")
    and `llvm.noalias`; the result's number is in `tensorop.result`.

    Refused, with function, argument or op, and dimension: dynamic dimensions,
    unranked tensors, element types without a place in the kernel ABI, calls that
    could not be inlined, and roles given by hand that are none.

    Example: `func.func @f(%x: tensor<4xf32>) -> tensor<4xf32>` with the body
    `return %r` becomes

    ```mlir
    func.func @f(%x: tensor<4xf32>, %out: tensor<4xf32>) -> tensor<4xf32> {
      %0 = bufferization.materialize_in_destination %r in %out
             : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      return %0 : tensor<4xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def TensorOpInferGenerators
    : Pass<"tensorop-infer-generators", "::mlir::ModuleOp"> {
  let summary = "Say which arguments must be positive to mean something";
  let description = [{
    An input that reaches a square root, its reciprocal, a logarithm or the base
    of a power through nothing but copies, casts, broadcasts and additions of
    constants (the variance of a normalization) gets
    `tensorop.generator = "uniform(0.5, 1.5)"`, unless it has a generator.
    Random numbers of both signs would check NaN against NaN.
  }];
}

def TensorOpWidenSums : Pass<"tensorop-widen-sums", "::mlir::func::FuncOp"> {
  let summary = "Keep sums of products of f16 or bf16 in f32, and round once";
  let description = [{
    A contraction or convolution whose factors and sums are f16, or bf16, rounds
    each sum to a few digits: no machine at hand has an instruction for that, and
    libraries do not do it either. It becomes a contraction with sums in f32,
    and one rounding of each element. The result is nearer to the exact one.

    ```mlir
    %1 = linalg.matmul ins(%a, %b : tensor<8x32xbf16>, tensor<32x4xbf16>) outs(%0 : tensor<8x4xbf16>) ...
    ```
    becomes
    ```mlir
    %1 = linalg.generic ... ins(%a, %b : ...) outs(%start : tensor<8x4xf32>) ... arith.extf, arith.mulf, arith.addf
    %2 = linalg.generic ... ins(%1 : tensor<8x4xf32>) outs(%0 : tensor<8x4xbf16>) ... arith.truncf
    ```
  }];
  let options = [Option<"says", "says", "bool", /*default=*/"true",
                        "Emit a remark on each op.">];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def TensorOpFuseProducers
    : Pass<"tensorop-fuse-producers", "::mlir::ModuleOp"> {
  let summary = "Make each input of a contraction by one elementwise op";
  let description = [{
    A chain of elementwise ops, casts, broadcasts and transposes that starts from
    data (not from what another op reduces) and ends in an input of a contraction,
    each result read once, becomes one `linalg.generic`, which packing can
    compute on its way (`strategy.fuse`). It computes in the order in which its
    widest input lies; the contraction's indexing map takes the transpose. Ops that
    the payload has named stay.

    ```mlir
    %0 = linalg.generic ... ins(%w : tensor<64x32xi8>) ... arith.sitofp
    %1 = linalg.transpose ins(%0 : tensor<64x32xf32>) outs(%e : tensor<32x64xf32>) permutation = [1, 0]
    %2 = linalg.mul ins(%1, %scale : ...) ...
    %3 = linalg.matmul ins(%a, %2 : tensor<8x32xf32>, tensor<32x64xf32>) ...
    ```
    becomes
    ```mlir
    %0 = linalg.generic ... ins(%w, %scale : tensor<64x32xi8>, ...) ... arith.sitofp, arith.mulf
    %1 = linalg.generic {indexing_maps = [(m, n, k) -> (m, k), (m, n, k) -> (n, k), ...
    ```
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def TensorOpNormalize : Pass<"tensorop-normalize", "::mlir::ModuleOp"> {
  let summary = "Bring structured ops to the form that plans expect";
  let description = [{
    Decomposes what has no plain loops of its own (softmax, winograd, pack,
    unpack, tensor.concat), removes dead results and operands of structured ops
    (the index twin of a maximum), lets contractions read the source of a
    transpose, gives every structured op a destination of
    its own instead of a shared empty tensor or a read-only argument, and puts
    elementwise ops on their producer's result (`outs(%producer)`), so that
    bufferization needs neither an allocation nor a copy for them. A tensor that
    a loop carries is materialized in the loop's own argument at the end of each
    iteration; an empty one that it starts from is allocated there.

    Runs after `tensorop-destination-parameters` and canonicalization.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect",
                           "::mlir::bufferization::BufferizationDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::affine::AffineDialect",
                           "::mlir::scf::SCFDialect"];
}

def TensorOpFormKernels : Pass<"tensorop-form-kernels", "::mlir::ModuleOp"> {
  let summary = "Name structured ops and make each contraction a kernel";
  let description = [{
    A cluster is a contraction (a structured op that sums products: matmul,
    convolution, dot, or a `linalg.generic` of that form) with the op that its
    accumulator starts from (a fill, a copy, a broadcast bias), the elementwise
    ops that make its inputs (dequantization) and those that follow it directly. When the
    function holds one cluster and nothing else, the function is the kernel;
    other clusters, those in `scf` loops and branches included, become private
    functions in destination style. A kernel carries the unit attribute `strategy.kernel`.

    Every structured op gets a name in `strategy.op`, unique in its function:
    `mm`, `bmm`, `mv`, `vm`, `dot`, `conv` or `contract` for contractions,
    `init` for what an accumulator starts from, `pre` with a number for what makes an input of a contraction, `ew`, `red`, `pool` and `op` with a number for the rest.
    Names that the payload gives are kept; two equal ones are an error.
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def TensorOpDropResults : Pass<"tensorop-drop-results", "::mlir::ModuleOp"> {
  let summary = "Drop results that are destinations of the function";
  let description = [{
    After bufferization each result of a function is the buffer of an out or
    inout argument; the results go. A public function's result in another buffer
    is copied at the end to the argument that has its number in
    `tensorop.result`: it happens when an argument with `bufferization.writable`
    is still read after it was overwritten. In a private function it is an
    error.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def TensorOpReportUnplanned
    : Pass<"tensorop-report-unplanned", "::mlir::ModuleOp"> {
  let summary = "Remark on structured ops that no plan has realised";
  let description = [{
    A structured op that is still one after the plans were applied becomes
    plain loops: correct, not fast. Each op of the payload gets one remark with
    its name, kind, extents and types, as a diagnostic and, where an engine
    listens, as a missed optimization named NoPlan. An op that a plan has tiled
    but given no register tile is said to be that. In a kernel with a plan, ops
    without a name are copies and edge versions that the plan has made.
  }];
}

def TensorOpPromoteFloats
    : Pass<"tensorop-promote-floats", "::mlir::ModuleOp"> {
  let summary = "Compute in f64 whatever is computed in floats";
  let description = [{
    Makes the reference of a payload: every float value, argument and constant
    becomes f64, and fast-math flags go. Integers, indices and
    comparisons keep their types; `arith.truncf` still rounds to the payload's
    type, and a bitcast sees the payload's bits. Extensions vanish.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def TensorOpPerturbRoundings
    : Pass<"tensorop-perturb-roundings", "::mlir::ModuleOp"> {
  let summary = "Show how far permitted roundings lead the payload";
  let description = [{
    Makes, before `tensorop-promote-floats`, the payload whose difference to the
    reference bounds the error that reassociation, contraction and replaced
    functions may cause, through whatever follows them. Each public function gets
    a last argument `tensor<f64>`, the scale: 0 is the reference, 1 and -1 the
    largest errors with opposite signs.

    A sum in a structured op (`acc + term`, over any reduction loops) is moved by
    `gamma_k (|init| + sum of |term|)`, the bound of its error in every order,
    with a sign that hashes its bits (where k^2 u > 1 by `2 sqrt(k) u` of it);
    where that sum of finite magnitudes may overflow, it becomes 1 with scale 1
    and NaN with scale -1. Every other rounded result is moved by one unit in the last
    place, that of a function by `function-ulp` + 1.

    Runs on structured ops on tensors after `tensorop-order-loops`; named ops
    must have become `linalg.generic`.
  }];
  let options = [Option<"functionUlp", "function-ulp", "int64_t", "1",
                        "Units in the last place that functions may be off">];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
}

def TensorOpOrderLoops
    : Pass<"tensorop-order-loops", "::mlir::func::FuncOp"> {
  let summary = "Order the loops of structured ops for plain code";
  let description = [{
    Generalizes named ops and makes the parallel dimension that walks the most
    operands contiguously the innermost one, so that plain loops over it
    vectorize without reassociation. The order of the other dimensions stays.
    An op without such a dimension stays as it is.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect"];
}

#endif // TENSOROP_NORMALIZE_PASSES_TD
