//===- Caches.cpp - Data caches of this machine ---------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Runtime/Caches.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
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

/// Processors in a list such as "0-3,8".
static int64_t countProcessors(const std::string &list) {
  int64_t count = 0;
  std::istringstream parts(list);
  for (std::string part; std::getline(parts, part, ',');) {
    char *end = nullptr;
    int64_t first = std::strtoll(part.c_str(), &end, 10);
    int64_t last = *end == '-' ? std::strtoll(end + 1, nullptr, 10) : first;
    count += std::max<int64_t>(0, last - first + 1);
  }
  return std::max<int64_t>(1, count);
}

std::vector<DataCache> listDataCaches() {
  std::vector<DataCache> caches;
  for (int index = 0; index < 8; ++index) {
    std::string folder = "/sys/devices/system/cpu/cpu0/cache/index" +
                         std::to_string(index) + "/";
    std::string type, size, shared;
    DataCache cache;
    if (!(std::ifstream(folder + "type") >> type) ||
        !(std::ifstream(folder + "level") >> cache.level) ||
        !(std::ifstream(folder + "size") >> size) || type == "Instruction")
      continue;
    cache.bytes = parseSize(size);
    std::ifstream(folder + "coherency_line_size") >> cache.lineBytes;
    std::ifstream(folder + "ways_of_associativity") >> cache.ways;
    std::ifstream(folder + "shared_cpu_list") >> shared;
    cache.sharedBy = countProcessors(shared);
    // A virtual machine may report ways that do not fit its size.
    if (cache.ways > 0 && cache.bytes % (cache.ways * cache.lineBytes))
      cache.ways = 0;
    if (cache.bytes > 0)
      caches.push_back(cache);
  }
  std::sort(
      caches.begin(), caches.end(),
      [](const DataCache &a, const DataCache &b) { return a.level < b.level; });
  return caches;
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
