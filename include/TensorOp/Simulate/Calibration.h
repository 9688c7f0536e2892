//===- Calibration.h - What a miss costs ------------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Cycles that a miss adds to those of the scheduling model, per level of the
// caches: estimates in data/simulation, or fitted to measurements of a board.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_SIMULATE_CALIBRATION_H
#define TENSOROP_SIMULATE_CALIBRATION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <utility>
#include <vector>

namespace tensorop {

struct Calibration {
  /// LLVM's name of the cpu it is for.
  std::string cpu;
  /// Where the values come from, in words.
  std::string source;
  /// Name of a level, as in the hardware model, and the cycles that a line
  /// costs which the level does not have, beyond the misses of levels inside
  /// it.
  std::vector<std::pair<std::string, double>> penalties;
};

/// Reads the JSON form (docs/formats.md); the error names the field.
llvm::Expected<Calibration> parseCalibration(llvm::StringRef text);
std::string printCalibration(const Calibration &calibration);

llvm::Expected<Calibration> readCalibration(llvm::StringRef path);
/// The one of data/simulation for `cpu`; the error lists those that are there.
llvm::Expected<Calibration> findCalibration(llvm::StringRef cpu);

/// One program: what the model says but for the penalties, and a board.
struct CalibrationSample {
  double coreCycles = 0;
  /// Per level.
  std::vector<double> misses;
  double measuredCycles = 0;
};

/// The penalties p >= 0 that minimize the sum over samples of
/// ((coreCycles + misses . p - measuredCycles) / measuredCycles)^2. Solves the
/// normal equations for each set of levels that are not at 0 and takes the
/// best solution without a negative one, which is the optimum of this convex
/// problem. Refuses fewer samples than levels.
llvm::Expected<std::vector<double>>
fitPenalties(llvm::ArrayRef<CalibrationSample> samples, unsigned levels);

} // namespace tensorop

#endif // TENSOROP_SIMULATE_CALIBRATION_H
