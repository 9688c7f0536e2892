//===- Caches.h - Data caches of this machine -------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_RUNTIME_CACHES_H
#define TENSOROP_RUNTIME_CACHES_H

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tensorop::runtime {

/// A data or unified cache of the first processor, as sysfs describes it.
struct DataCache {
  int64_t level = 0, bytes = 0;
  /// 0: not told.
  int64_t lineBytes = 0, ways = 0;
  /// Processors that share it.
  int64_t sharedBy = 1;
};

/// Innermost first; empty where sysfs tells nothing.
std::vector<DataCache> listDataCaches();

/// Bytes of the first processor's data and unified caches by name ("l1d", "l2",
/// "l3", ...), as sysfs tells them: of the part that this processor shares,
/// where sysconf may add up a whole socket (seen: 320 MiB for 32). Falls back
/// to sysconf; empty where neither tells.
std::map<std::string, int64_t> getDataCaches();

/// Bytes of the last level of `getDataCaches`; 0 when it is empty.
int64_t getLastLevelCacheBytes();

} // namespace tensorop::runtime

#endif // TENSOROP_RUNTIME_CACHES_H
