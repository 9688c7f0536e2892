//===- Backend.h - What LLVM's backend has of a machine ---------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_HARDWARE_BACKEND_H
#define TENSOROP_HARDWARE_BACKEND_H

#include "TensorOp/Hardware/HardwareModel.h"

namespace tensorop {

/// Compares what `model`, which is valid, promises with what LLVM's backend
/// makes of its triple, cpu and attributes: each feature, the instructions with
/// their types, the vectors and their length. Code for a promise that the
/// backend cannot keep would be code that it cannot make, or that it splits
/// into scalars. One error per broken promise, joined; each names the
/// attribute that is missing.
llvm::Error checkBackend(const HardwareModel &model);

/// LLVM's names of all that its backend has by the triple, cpu and attributes
/// of `model`, sorted: what code for it may use, promised or not; also tuning.
/// Requires a model that checkBackend accepts.
std::vector<std::string> listBackendFeatures(const HardwareModel &model);

} // namespace tensorop

#endif // TENSOROP_HARDWARE_BACKEND_H
