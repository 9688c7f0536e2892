//===- HardwareSpec.h - Hardware models as DLTI entries ---------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A module may carry the machine it is for, as `dlti.target_system_spec`: one
// device, "CPU" or "GPU", whose entries are the fields of a hardware file, with
// caches and instructions by name:
//
//   #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<
//     "caches" = #dlti.map<"l1" = #dlti.map<"bytes" = 32768 : i64, ...>, ...>,
//     "cpu" = "znver4", ..., "vector_bits" = 512 : i64, ...>>
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_DIALECT_STRATEGY_TRANSFORMS_HARDWARESPEC_H
#define TENSOROP_DIALECT_STRATEGY_TRANSFORMS_HARDWARESPEC_H

#include "TensorOp/Hardware/HardwareModel.h"
#include "mlir/Support/LLVM.h"

namespace mlir {
class ModuleOp;
} // namespace mlir

namespace tensorop::strategy {

/// Puts `hardware` on the module, in place of what it carries.
void attachHardware(mlir::ModuleOp module, const HardwareModel &hardware);

/// The machine that the module carries; nothing when it carries none, that is,
/// no device with an "arch". An entry that a hardware file could not have is an
/// error.
llvm::Expected<std::optional<HardwareModel>>
readHardware(mlir::ModuleOp module);

/// The machine to plan for: `target` as resolveTarget reads it; when it is
/// empty, the one that the module carries, else the native one. Reports errors
/// at the module.
mlir::FailureOr<HardwareModel> chooseHardware(mlir::ModuleOp module,
                                              llvm::StringRef target);

} // namespace tensorop::strategy

#endif // TENSOROP_DIALECT_STRATEGY_TRANSFORMS_HARDWARESPEC_H
