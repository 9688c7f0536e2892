//===- Samples.cpp - Times that other programs did not spoil --------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Samples.h"
#include "TensorOp/Support/Check.h"
#include <algorithm>
#include <ctime>

using namespace tensorop;
using namespace tensorop::runtime;

namespace {

double getThreadSeconds() {
  timespec time = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

} // namespace

Stopwatch::Stopwatch()
    : cpu(getThreadSeconds()), wall(std::chrono::steady_clock::now()) {}

Sample Stopwatch::stop(int64_t calls) const {
  // The wall clock is read inside of the other, which costs more.
  double wallSeconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - wall)
          .count();
  double cpuSeconds = getThreadSeconds() - cpu;
  // Interrupts take microseconds, another program's turn milliseconds.
  constexpr double share = 0.01, interrupt = 20e-6;
  Sample sample;
  sample.disturbed =
      wallSeconds - cpuSeconds > std::max(share * wallSeconds, interrupt);
  sample.wall = wallSeconds / double(calls);
  sample.cpu = cpuSeconds / double(calls);
  return sample;
}

TimeSource runtime::chooseSource(const std::vector<const Samples *> &contenders,
                                 int64_t threads) {
  constexpr int64_t fewest = 5;
  TENSOROP_CHECK(!contenders.empty(), "somebody was timed");
  const Samples &ours = *contenders.front();
  for (const Samples *samples : contenders) {
    int64_t clean = 0;
    for (size_t i = 0; i < samples->size(); ++i)
      clean += !(*samples)[i].disturbed && !ours[i].disturbed;
    if (clean < fewest)
      return threads > 1 ? TimeSource::AllWall : TimeSource::Thread;
  }
  return TimeSource::Wall;
}

std::vector<double> runtime::getTimes(const Samples &samples,
                                      TimeSource source) {
  std::vector<double> times;
  for (const Sample &sample : samples) {
    if (source == TimeSource::Thread)
      times.push_back(sample.cpu);
    else if (source == TimeSource::AllWall || !sample.disturbed)
      times.push_back(sample.wall);
  }
  return times;
}

std::vector<double> runtime::getRatios(const Samples &ours,
                                       const Samples &other,
                                       TimeSource source) {
  std::vector<double> ratios;
  for (size_t i = 0; i < std::min(ours.size(), other.size()); ++i) {
    if (source == TimeSource::Thread)
      ratios.push_back(other[i].cpu / ours[i].cpu);
    else if (source == TimeSource::AllWall ||
             (!ours[i].disturbed && !other[i].disturbed))
      ratios.push_back(other[i].wall / ours[i].wall);
  }
  return ratios;
}

int64_t runtime::countDisturbed(const Samples &samples) {
  return std::count_if(samples.begin(), samples.end(),
                       [](const Sample &sample) { return sample.disturbed; });
}
