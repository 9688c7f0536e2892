//===- PlainCode.h - The reference's machine code ---------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_EXECUTION_PLAINCODE_H
#define TENSOROP_LIB_EXECUTION_PLAINCODE_H

#include "TensorOp/Runtime/Manifest.h"
#include "TensorOp/Target/CPU/Codegen.h"
#include "mlir/Support/LLVM.h"

namespace mlir {
class ModuleOp;
} // namespace mlir

namespace tensorop {

/// Objects and entries of the untransformed payload as plain loops: in f64, and
/// in its own types.
struct PlainCode {
  llvm::SmallVector<char, 0> referenceObject, ownObject;
  runtime::CheckEntry reference, own;
};

/// The ABI entry of a lowered module's function `implementation`; `widen`:
/// floats are f64. The workspace is read from the function's attribute.
llvm::Expected<AbiEntry> makeAbiEntry(mlir::ModuleOp lowered,
                                      llvm::StringRef implementation,
                                      const runtime::Manifest &manifest,
                                      bool widen);

/// Compiles both from `payload`, whose only public function is the manifest's
/// kernel. `payload` is not changed. Diagnostics go to its context, beside the
/// error.
llvm::Expected<PlainCode> makePlainCode(mlir::ModuleOp payload,
                                        const runtime::Manifest &manifest,
                                        bool wide, Codegen &codegen);

} // namespace tensorop

#endif // TENSOROP_LIB_EXECUTION_PLAINCODE_H
