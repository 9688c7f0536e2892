//===- PlainCode.h - The reference's machine code ---------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_EXECUTION_PLAINCODE_H
#define TENSOROP_LIB_EXECUTION_PLAINCODE_H

#include "Prepacked.h"
#include "TensorOp/Runtime/Manifest.h"
#include "TensorOp/Target/CPU/Codegen.h"
#include "mlir/Support/LLVM.h"
#include <optional>

namespace mlir {
class ModuleOp;
} // namespace mlir

namespace tensorop {
struct HardwareModel;
struct Permissions;

/// One entry of plain loops and its object.
struct PlainEntry {
  llvm::SmallVector<char, 0> object;
  runtime::CheckEntry entry;
};

/// The untransformed payload as plain loops.
struct PlainCode {
  /// In f64, and in its own types.
  PlainEntry reference, own;
  /// In f64 with the errors that plans may cause; when it was asked for.
  std::optional<PlainEntry> perturbed;
};

/// Which code an entry is for: the kernel, or plain loops.
enum class CodeKind { Kernel, Reference, Own, Perturbed };

/// The ABI entry of a lowered module's function `implementation`: the
/// manifest's arguments, floats as f64 unless it is the kernel or in its own
/// types, and the scale after them when perturbed. The workspace is read from
/// the function's attribute.
///
/// `prepacked` are the entries that pack an argument of the kernel before, by
/// its position; only the kernel takes those.
llvm::Expected<AbiEntry>
makeAbiEntry(mlir::ModuleOp lowered, llvm::StringRef implementation,
             const runtime::Manifest &manifest, CodeKind kind,
             llvm::ArrayRef<PrepackEntry> prepacked = {});

/// Compiles `payload`, whose only public function is the manifest's kernel, as
/// plain loops for `hardware`; perturbed as well when `permissions` are loose
/// and the manifest's bound is measured. `payload` is not changed. Diagnostics
/// go to its context, beside the error.
llvm::Expected<PlainCode> makePlainCode(mlir::ModuleOp payload,
                                        const runtime::Manifest &manifest,
                                        const Permissions &permissions,
                                        const HardwareModel &hardware,
                                        Codegen &codegen);

} // namespace tensorop

#endif // TENSOROP_LIB_EXECUTION_PLAINCODE_H
