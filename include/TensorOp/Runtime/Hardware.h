//===- Hardware.h - This machine as a hardware file -------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_RUNTIME_HARDWARE_H
#define TENSOROP_RUNTIME_HARDWARE_H

#include "TensorOp/Runtime/Status.h"
#include <string>

namespace tensorop::runtime {

/// This machine's hardware factors as a file that `--target` takes (as those of
/// data/hardware): features from HWCAP or by trying an instruction, vector
/// length from the processor, caches from sysfs. Pipelines cannot be asked for:
/// the text says what is assumed. For ARM and RISC-V; refuses other machines
/// and RISC-V without vectors of version 1.0.
Result<std::string> describeHardware();

} // namespace tensorop::runtime

#endif // TENSOROP_RUNTIME_HARDWARE_H
