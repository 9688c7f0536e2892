//===- Fit.h - A calibration from a board's measurements --------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TOOLS_TENSOROP_SIMULATE_FIT_H
#define TENSOROP_TOOLS_TENSOROP_SIMULATE_FIT_H

#include "TensorOp/Simulate/Simulate.h"

namespace tensorop {

struct FittedCalibration {
  Calibration calibration;
  /// A line per program: measured and modelled cycles, before and after.
  std::string report;
};

/// Reads programs and their cycles per repetition on a board from the JSON file
/// `path` (docs/formats.md), simulates each and fits the penalties.
llvm::Expected<FittedCalibration>
fitCalibration(llvm::StringRef path, const HardwareModel &machine,
               const SimulationOptions &options);

} // namespace tensorop

#endif // TENSOROP_TOOLS_TENSOROP_SIMULATE_FIT_H
