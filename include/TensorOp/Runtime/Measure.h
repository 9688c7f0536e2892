//===- Measure.h - Honest timing of a kernel beside libraries ---*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_RUNTIME_MEASURE_H
#define TENSOROP_RUNTIME_MEASURE_H

#include "TensorOp/Runtime/Bundle.h"
#include "TensorOp/Runtime/Peaks.h"
#include "TensorOp/Runtime/Status.h"
#include <limits>
#include <string>
#include <vector>

namespace tensorop::runtime {

/// Seconds of one call, over samples.
struct Statistics {
  double median = 0, min = 0, max = 0, lowerQuartile = 0, upperQuartile = 0;
  int64_t samples = 0;

  /// Interquartile range / median; 0 without samples.
  double getSpread() const;
};

/// Statistics of `values` (any order).
Statistics summarize(std::vector<double> values);

/// Why the times of `who` say nothing: their spread is above 1. Empty when it
/// is not.
std::string whyNoTimes(const std::string &who, const Statistics &statistics);

/// What to do about a timing that is void.
inline constexpr const char *voidTimingAdvice =
    "repeat the timing on a quiet machine, or leave it out (the result was "
    "checked before)";

struct MeasureOptions {
  /// Time for all contenders together, after warm-up.
  double seconds = 1;
  /// After this part of the time (0: never) the timing ends, unless the
  /// kernel's median so far is below `worthBelow` seconds: a search needs no
  /// exact time of what is clearly worse.
  double shortSeconds = 0;
  double worthBelow = std::numeric_limits<double>::infinity();
  /// Names of baselines (Baselines.h) to time beside a GEMM equivalent.
  std::vector<std::string> baselines;
  uint64_t seed = 1;
  /// Threads of the baselines, and of the kernel as far as it was compiled for
  /// as many; they are kept on that number of the allowed cpus.
  int64_t threads = 1;
};

/// One library beside the kernel.
struct BaselineTiming {
  std::string name;
  /// Path of the library, its version and the core (code path) it selected.
  std::string library, version, core;
  /// "timed"; "void": timed, but not counted; "skipped": not timed.
  std::string state;
  /// Why it is void or skipped, or how the core was chosen.
  std::string note;
  /// The function timed: "gemm", "gemv" or "matmul".
  std::string function;
  Statistics seconds;
  /// Median of (library / kernel) over neighbouring samples: above 1, the
  /// kernel is faster.
  double ratio = 0;
  /// The library's shortest sample / the kernel's: what is left when other
  /// programs disturb half of the samples.
  double ratioOfMinima = 0;
};

struct Measurement {
  /// False when the run proves nothing; `reason` says why.
  bool valid = false;
  std::string reason;
  /// The kernel is at fault: it wrote out of bounds, or another output than
  /// before.
  bool isWrong = false;
  /// Of the baselines, of the kernel.
  int64_t threads = 1, kernelThreads = 1;
  /// The cpu it was pinned to; -1 when pinning was refused. With several
  /// threads: the first one.
  int cpu = -1;
  Statistics seconds;
  /// "wall": samples during which the thread never waited for another program;
  /// "thread": there were too few, so the thread's own time counts; "all":
  /// there were too few on several threads, so the wall time of all counts.
  std::string timeSource;
  /// Samples of the kernel during which it had to wait.
  int64_t disturbedSamples = 0;
  /// It took only MeasureOptions::shortSeconds.
  bool isShort = false;
  /// The kernel against itself: median ratio of neighbouring samples, and the
  /// half-width within which it must be of 1.
  double selfRatio = 0, selfTolerance = 0;
  double flopsPerSecond = 0, bytesPerSecond = 0;
  /// Of the measured peak, times the kernel's threads, of the manifest's first
  /// factor (else the equivalent's, else the first float argument's type); 0
  /// when unknown. And the instructions of that peak.
  double percentOfPeak = 0;
  std::string peakInstructions;
  KnownPeaks peaks;
  std::vector<BaselineTiming> baselines;
  /// Names of the arguments that were packed before the timer started, and how
  /// long that took in all. Libraries pack in each call, so none counts then.
  std::vector<std::string> prepacked;
  double prepackSeconds = 0;
  /// Name of the fastest counted baseline and its ratio; empty and 0 without.
  std::string best;
  double ratioToBest = 0;
  /// How inputs were refreshed and what the caches hold.
  std::string policy;
};

/// Times the kernel and the baselines, interleaved in this process. The caller
/// has checked the kernel; the output is compared again afterwards. A failure
/// means that nothing could be timed; a void run is a value.
Result<Measurement> measureBundle(const Bundle &bundle,
                                  const MeasureOptions &options);

} // namespace tensorop::runtime

#endif // TENSOROP_RUNTIME_MEASURE_H
