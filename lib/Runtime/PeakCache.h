//===- PeakCache.h - Measured peaks, kept between processes -----*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_RUNTIME_PEAKCACHE_H
#define TENSOROP_LIB_RUNTIME_PEAKCACHE_H

#include "TensorOp/Runtime/Peaks.h"
#include "TensorOp/Runtime/Status.h"
#include <functional>
#include <vector>

namespace tensorop::runtime {

/// What peaks depend on. A home folder may belong to several machines.
struct PeakKey {
  std::string cpu;
  /// Sorted.
  std::vector<std::string> features;
  int64_t cores = 1;
  int64_t version = peaksVersion;
};

/// The key of the machine this process runs on.
PeakKey getPeakKey();

/// $XDG_CACHE_HOME/tensorop/peaks.json, or below $HOME/.cache when that is not
/// set or not absolute; empty without either.
std::string getPeakCachePath();

/// The peaks under `key` in the file at `path`. Nothing when there are none, or
/// none that can be: a file that cannot be read or is not ours counts as empty.
std::optional<Peaks> loadPeaks(const std::string &path, const PeakKey &key);

/// Puts `peaks` under `key` into the file, in one step; folders are made, other
/// keys are kept, a file that is not ours is replaced.
Status storePeaks(const std::string &path, const PeakKey &key,
                  const Peaks &peaks);

/// The larger of both, one by one; instructions are those of `a`.
Peaks maximize(const Peaks &a, const Peaks &b);

/// Where peaks come from, for one cache. `path` empty: nothing is kept.
class PeakSource {
public:
  using MeasureFn = std::function<Peaks()>;
  PeakSource(std::string path, PeakKey key, MeasureFn measure)
      : path(std::move(path)), key(std::move(key)),
        measure(std::move(measure)) {}

  /// As runtime::getPeaks, whose process is this object.
  KnownPeaks get(bool again);

private:
  std::string path;
  PeakKey key;
  MeasureFn measure;
  std::optional<KnownPeaks> known;
};

} // namespace tensorop::runtime

#endif // TENSOROP_LIB_RUNTIME_PEAKCACHE_H
