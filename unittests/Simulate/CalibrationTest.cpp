//===- CalibrationTest.cpp - What a miss costs ----------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Simulate/Calibration.h"
#include "TensorOp/Hardware/HardwareModel.h"
#include "TensorOp/Simulate/Simulate.h"
#include <gtest/gtest.h>

using namespace tensorop;

namespace {

std::string error(llvm::StringRef text) {
  auto calibration = parseCalibration(text);
  return calibration ? "none" : toString(calibration.takeError());
}

TEST(Calibration, RoundTrip) {
  Calibration calibration{"spacemit-x60", "a test", {{"l1", 8}, {"l2", 109.5}}};
  std::string text = printCalibration(calibration);
  auto again = parseCalibration(text);
  ASSERT_TRUE(bool(again)) << toString(again.takeError());
  EXPECT_EQ(again->cpu, "spacemit-x60");
  EXPECT_EQ(again->penalties, calibration.penalties);
  EXPECT_EQ(printCalibration(*again), text);
}

TEST(Calibration, RefusesOthers) {
  auto with = [](const char *fields) {
    return error(std::string("{\"schema\": 1, \"cpu\": \"a\", \"source\": "
                             "\"b\"") +
                 fields + "}");
  };
  EXPECT_EQ(with(", \"penalties\": {\"l1\": 1}"), "none");
  EXPECT_NE(with("").find("missing value"), std::string::npos);
  EXPECT_NE(with(", \"penalties\": 3").find("expected object"),
            std::string::npos);
  for (const char *bad : {"-1", "1e7", "\"x\""})
    EXPECT_NE(
        with((std::string(", \"penalties\": {\"l1\": ") + bad + "}").c_str())
            .find("expected cycles between 0 and 1e6"),
        std::string::npos)
        << bad;
  EXPECT_NE(with(", \"penalties\": {}, \"ways\": 1").find("unknown field"),
            std::string::npos);
  EXPECT_NE(error("{\"schema\": 2}")
                .find("this release reads calibrations of schema 1"),
            std::string::npos);
  EXPECT_NE(error("{"), "none");
}

/// Every cpu of data/simulation is that of a machine with these caches.
TEST(Calibration, CatalogueFitsTheMachines) {
  int simulated = 0;
  for (const std::string &name : knownMachines()) {
    auto machine = resolveTarget(name);
    if (!machine ||
        (machine->arch != Architecture::RISCV64 &&
         machine->arch != Architecture::AArch64) ||
        machine->cpu.empty()) {
      consumeError(machine.takeError());
      continue;
    }
    auto simulator = Simulator::create(*machine);
    EXPECT_TRUE(bool(simulator)) << toString(simulator.takeError());
    ++simulated;
  }
  EXPECT_GE(simulated, 8);
  auto unknown = findCalibration("z80");
  ASSERT_FALSE(bool(unknown));
  EXPECT_EQ(toString(unknown.takeError())
                .find("no calibration for the cpu 'z80', there is one for "),
            0u);
}

TEST(Fit, FindsThePenaltiesThatMadeTheSamples) {
  std::vector<CalibrationSample> samples;
  for (int i = 1; i <= 5; ++i) {
    CalibrationSample sample;
    sample.coreCycles = 1e6 * i;
    sample.misses = {1000.0 * i * i, 300.0 * (7 - i), 2.0 * (i % 3)};
    sample.measuredCycles = sample.coreCycles + 12 * sample.misses[0] +
                            80 * sample.misses[1] + 200 * sample.misses[2];
    samples.push_back(sample);
  }
  auto penalties = fitPenalties(samples, 3);
  ASSERT_TRUE(bool(penalties)) << toString(penalties.takeError());
  EXPECT_NEAR((*penalties)[0], 12, 1e-6);
  EXPECT_NEAR((*penalties)[1], 80, 1e-6);
  EXPECT_NEAR((*penalties)[2], 200, 1e-4);
}

TEST(Fit, NoPenaltyIsNegative) {
  // The best without a bound would be -5 for the second level.
  std::vector<CalibrationSample> samples = {
      {1000, {10, 4}, 1080}, {1000, {20, 1}, 1195}, {1000, {5, 8}, 1010}};
  auto penalties = fitPenalties(samples, 2);
  ASSERT_TRUE(bool(penalties)) << toString(penalties.takeError());
  EXPECT_EQ((*penalties)[1], 0);
  // The weighted optimum of the first alone.
  double over = 0, under = 0;
  for (const CalibrationSample &sample : samples) {
    double weight = 1 / sample.measuredCycles / sample.measuredCycles;
    over += sample.misses[0] * (sample.measuredCycles - 1000) * weight;
    under += sample.misses[0] * sample.misses[0] * weight;
  }
  EXPECT_NEAR((*penalties)[0], over / under, 1e-9);
  // A board that is faster than the core alone has none.
  for (CalibrationSample &sample : samples)
    sample.measuredCycles = 900;
  EXPECT_EQ(*fitPenalties(samples, 2), std::vector<double>({0, 0}));
}

TEST(Fit, LevelsWithoutMissesAndTooFewSamples) {
  std::vector<CalibrationSample> samples = {{1000, {10, 0}, 1080},
                                            {1000, {20, 0}, 1160}};
  auto penalties = fitPenalties(samples, 2);
  ASSERT_TRUE(bool(penalties)) << toString(penalties.takeError());
  EXPECT_NEAR((*penalties)[0], 8, 1e-9);
  EXPECT_EQ((*penalties)[1], 0);
  auto none = fitPenalties(llvm::ArrayRef(samples).take_front(1), 2);
  ASSERT_FALSE(bool(none));
  EXPECT_EQ(toString(none.takeError()),
            "1 measurements do not fix the penalties of 2 levels of caches");
}

} // namespace
