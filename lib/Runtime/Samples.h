//===- Samples.h - Times that other programs did not spoil ------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_RUNTIME_SAMPLES_H
#define TENSOROP_LIB_RUNTIME_SAMPLES_H

#include <chrono>
#include <cstdint>
#include <vector>

namespace tensorop::runtime {

/// Seconds of one call, averaged over the calls of a sample.
struct Sample {
  /// By the clock on the wall.
  double wall = 0;
  /// That the thread ran.
  double cpu = 0;
  /// The thread had to wait for another program.
  bool disturbed = false;
};

/// Takes one sample of the calling thread.
class Stopwatch {
public:
  Stopwatch();
  Sample stop(int64_t calls) const;

private:
  double cpu;
  std::chrono::steady_clock::time_point wall;
};

/// What a whole measurement is read from.
enum class TimeSource {
  /// Wall time of the samples in which the thread never waited.
  Wall,
  /// The thread's time of all samples: too few were undisturbed.
  Thread,
  /// Wall time of all samples: too few were undisturbed, and the time of one
  /// thread says nothing about several.
  AllWall
};

/// Samples of one contender, in rounds that all contenders share.
using Samples = std::vector<Sample>;

/// Wall, when each contender has at least five rounds in which neither it nor
/// the first contender was disturbed; else what is left for that number of
/// threads.
TimeSource chooseSource(const std::vector<const Samples *> &contenders,
                        int64_t threads);

/// The samples that `source` counts.
std::vector<double> getTimes(const Samples &samples, TimeSource source);

/// Ratios other / ours, round by round, of the rounds that `source` counts.
std::vector<double> getRatios(const Samples &ours, const Samples &other,
                              TimeSource source);

/// How many samples `source` leaves out.
int64_t countDisturbed(const Samples &samples);

} // namespace tensorop::runtime

#endif // TENSOROP_LIB_RUNTIME_SAMPLES_H
