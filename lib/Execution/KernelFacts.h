//===- KernelFacts.h - What the manifest says about a kernel ----*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_EXECUTION_KERNELFACTS_H
#define TENSOROP_LIB_EXECUTION_KERNELFACTS_H

#include "TensorOp/Runtime/Manifest.h"
#include "mlir/IR/BuiltinOps.h"

namespace mlir::func {
class FuncOp;
} // namespace mlir::func

namespace tensorop {

/// Of a tensor that normalization has accepted.
runtime::ElementType getElementType(mlir::Type type);

/// Fills arguments, flops, bytes, the GEMM equivalent and the kind of bound
/// (its entries are the caller's) from `func`, which `tensorop-kernels` has
/// made on tensors, and the kernels that it calls. Emits a diagnostic when an
/// argument's name is no name for a parameter in C or C++, or another's.
mlir::LogicalResult collectFacts(mlir::func::FuncOp func,
                                 runtime::Manifest &manifest);

/// kernel.h: descriptor types, the two entries and the workspace's size.
std::string writeHeader(const runtime::Manifest &manifest);

} // namespace tensorop

#endif // TENSOROP_LIB_EXECUTION_KERNELFACTS_H
