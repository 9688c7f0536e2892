//===- Caches.cpp - Data caches of this machine ---------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Runtime/Caches.h"

#include <cstdlib>
#include <fstream>
#include <utility>

#include <unistd.h>

namespace tensorop::runtime {

/// Bytes of "48K" or "1M"; 0 for anything else.
static int64_t parseSize(const std::string &text) {
  char *end = nullptr;
  int64_t value = std::strtoll(text.c_str(), &end, 10);
  std::string unit = end;
  if (value <= 0)
    return 0;
  if (unit == "K")
    return value << 10;
  if (unit == "M")
    return value << 20;
  return unit.empty() ? value : 0;
}

static std::map<std::string, int64_t> readSysfs() {
  std::map<std::string, int64_t> caches;
  for (int index = 0; index < 8; ++index) {
    std::string folder = "/sys/devices/system/cpu/cpu0/cache/index" +
                         std::to_string(index) + "/";
    std::string type, level, size;
    if (!(std::ifstream(folder + "type") >> type) ||
        !(std::ifstream(folder + "level") >> level) ||
        !(std::ifstream(folder + "size") >> size) || type == "Instruction")
      continue;
    if (int64_t bytes = parseSize(size))
      caches["l" + level + (type == "Data" ? "d" : "")] = bytes;
  }
  return caches;
}

static std::map<std::string, int64_t> readSysconf() {
  std::map<std::string, int64_t> caches;
#ifdef _SC_LEVEL1_DCACHE_SIZE
  for (auto [name, key] : {std::pair("l1d", _SC_LEVEL1_DCACHE_SIZE),
                           {"l2", _SC_LEVEL2_CACHE_SIZE},
                           {"l3", _SC_LEVEL3_CACHE_SIZE}})
    if (long bytes = ::sysconf(key); bytes > 0)
      caches[name] = bytes;
#endif
  return caches;
}

std::map<std::string, int64_t> getDataCaches() {
  std::map<std::string, int64_t> caches = readSysfs();
  return caches.empty() ? readSysconf() : caches;
}

int64_t getLastLevelCacheBytes() {
  std::map<std::string, int64_t> caches = getDataCaches();
  return caches.empty() ? 0 : caches.rbegin()->second;
}

} // namespace tensorop::runtime
