//===- Prepacked.h - Arguments that a kernel takes packed -------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_EXECUTION_PREPACKED_H
#define TENSOROP_LIB_EXECUTION_PREPACKED_H

#include "TensorOp/Target/CPU/Codegen.h"
#include "mlir/Support/LLVM.h"
#include <vector>

namespace mlir {
class ModuleOp;
} // namespace mlir
namespace tensorop::runtime {
struct Manifest;
} // namespace tensorop::runtime

namespace tensorop {

/// The ABI entry that packs argument number `argument` of the kernel: it takes
/// the argument and the packed array.
struct PrepackEntry {
  unsigned argument = 0;
  AbiEntry entry;
};

/// What tensorop-prepack has left on the function `kernel` of `module`; the
/// manifest says the same to callers.
std::vector<PrepackEntry> collectPrepacked(mlir::ModuleOp module,
                                           mlir::StringRef kernel,
                                           runtime::Manifest &manifest);

} // namespace tensorop

#endif // TENSOROP_LIB_EXECUTION_PREPACKED_H
