//===- Rooflines.h - What bounds each kernel --------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_EXECUTION_ROOFLINES_H
#define TENSOROP_LIB_EXECUTION_ROOFLINES_H

#include "TensorOp/Hardware/HardwareModel.h"
#include "mlir/Support/LLVM.h"

namespace mlir {
class ModuleOp;
} // namespace mlir

namespace tensorop {

/// A line for each kernel of `module` (structured ops on tensors): operations
/// per byte, whether memory or compute bounds it, and the part of a core's peak
/// that is attainable. A core's peaks are those of `hardware`, else, when it is
/// the machine of this process (`isNative`), those in the cache of measured
/// peaks, else nominal ones. Fails with a diagnostic as describeKernel does.
mlir::FailureOr<std::vector<std::string>>
describeRooflines(mlir::ModuleOp module, const HardwareModel &hardware,
                  bool isNative);

} // namespace tensorop

#endif // TENSOROP_LIB_EXECUTION_ROOFLINES_H
