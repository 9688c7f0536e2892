//===- Fit.cpp - A calibration from a board's measurements ----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fit.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace tensorop {

namespace {
struct BoardMeasurement {
  std::vector<std::string> program;
  double cycles = 0;
};

struct BoardMeasurements {
  int64_t schema = 0;
  std::string source;
  std::vector<BoardMeasurement> programs;
};

bool fromJSON(const json::Value &value, BoardMeasurement &measurement,
              json::Path path) {
  json::ObjectMapper map(value, path);
  if (!map || !map.map("program", measurement.program) ||
      !map.map("cycles", measurement.cycles))
    return false;
  if (!(measurement.cycles > 0)) {
    path.field("cycles").report("expected cycles of one repetition, above 0");
    return false;
  }
  return true;
}

bool fromJSON(const json::Value &value, BoardMeasurements &measurements,
              json::Path path) {
  json::ObjectMapper map(value, path);
  if (!map || !map.map("schema", measurements.schema))
    return false;
  if (measurements.schema != 1) {
    path.field("schema").report("this release reads measurements of schema 1");
    return false;
  }
  return map.map("source", measurements.source) &&
         map.map("measurements", measurements.programs);
}
} // namespace

static Expected<BoardMeasurements> readMeasurements(StringRef path) {
  auto file = MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return createStringError("cannot read measurements '" + path +
                             "': " + file.getError().message());
  auto value = json::parse((*file)->getBuffer());
  if (!value)
    return createStringError(path + ": " + toString(value.takeError()));
  BoardMeasurements measurements;
  json::Path::Root root("measurements");
  if (!fromJSON(*value, measurements, root))
    return createStringError(path + ": " + toString(root.getError()));
  return measurements;
}

Expected<FittedCalibration> fitCalibration(StringRef path,
                                           const HardwareModel &machine,
                                           const SimulationOptions &options) {
  auto measurements = readMeasurements(path);
  if (!measurements)
    return measurements.takeError();
  FittedCalibration fitted;
  Calibration &calibration = fitted.calibration;
  calibration.cpu = machine.cpu;
  calibration.source = "fitted to " +
                       std::to_string(measurements->programs.size()) +
                       " measurements: " + measurements->source;
  for (const CacheLevel &cache : machine.caches)
    calibration.penalties.emplace_back(cache.name, 0);
  auto simulator = Simulator::create(machine, calibration);
  if (!simulator)
    return simulator.takeError();
  std::vector<CalibrationSample> samples;
  for (const BoardMeasurement &measurement : measurements->programs) {
    auto simulation = simulator->run(measurement.program, options);
    if (!simulation)
      return simulation.takeError();
    CalibrationSample sample{simulation->coreCycles, {}, measurement.cycles};
    for (const SimulatedLevel &level : simulation->levels)
      sample.misses.push_back(level.misses);
    samples.push_back(std::move(sample));
  }
  auto penalties = fitPenalties(samples, machine.caches.size());
  if (!penalties)
    return penalties.takeError();
  for (auto [entry, penalty] : zip(calibration.penalties, *penalties))
    entry.second = penalty;
  raw_string_ostream os(fitted.report);
  for (auto [measurement, sample] : zip(measurements->programs, samples)) {
    double cycles = sample.coreCycles;
    for (auto [misses, penalty] : zip(sample.misses, *penalties))
      cycles += misses * penalty;
    os << format("%s: measured %.0f cycles, simulated %.0f (%.0f without "
                 "misses), ratio %.3f\n",
                 join(measurement.program, " ").c_str(), measurement.cycles,
                 cycles, sample.coreCycles, cycles / measurement.cycles);
  }
  for (const auto &[level, penalty] : calibration.penalties)
    os << format("penalty of %s: %.2f cycles\n", level.c_str(), penalty);
  return fitted;
}

} // namespace tensorop
