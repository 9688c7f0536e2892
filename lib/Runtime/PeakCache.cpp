//===- PeakCache.cpp - Measured peaks, kept between processes -------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PeakCache.h"
#include "Hash.h"
#include "TensorOp/Runtime/CpuFeatures.h"
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

using namespace tensorop;
using namespace tensorop::runtime;
using nlohmann::json;
using nlohmann::ordered_json;

namespace {

constexpr int64_t schema = 1;

/// Nobody's cache is longer; what is has another purpose and is not read.
constexpr uintmax_t maxFileBytes = 1 << 20;

/// A rate of the file, by its name there and in messages.
struct Rate {
  const char *name, *label;
  double Peaks::*value;
  bool required;
};

constexpr Rate rates[] = {
    {"f32_flops", "f32", &Peaks::f32Flops, true},
    {"f64_flops", "f64", &Peaks::f64Flops, true},
    {"bf16_flops", "bf16", &Peaks::bf16Flops, false},
    {"i8_ops", "i8", &Peaks::i8Ops, false},
    {"copy_bytes", "copy", &Peaks::copyBytes, true},
};

/// What a measured rate of one core can be. Peaks are never lowered, so that a
/// number beyond any core would stay for good.
bool isPlausible(double value, bool required) {
  return (value == 0 && !required) || (value >= 1e6 && value <= 1e16);
}

/// One machine of the file.
struct Entry {
  PeakKey key;
  Peaks peaks;
};

bool isSame(const PeakKey &a, const PeakKey &b) {
  return a.cpu == b.cpu && a.features == b.features && a.cores == b.cores &&
         a.version == b.version;
}

ordered_json write(const Entry &entry) {
  ordered_json peaks = ordered_json::object();
  for (const Rate &rate : rates)
    peaks[rate.name] = entry.peaks.*rate.value;
  peaks["instructions"] = entry.peaks.instructions;
  return {{"cpu", entry.key.cpu},
          {"features", entry.key.features},
          {"cores", entry.key.cores},
          {"version", entry.key.version},
          {"peaks", peaks}};
}

/// Nothing when a field is missing, of another type or beyond what can be: the
/// other entries of the file may be whole.
std::optional<Entry> read(const json &object) try {
  Entry entry;
  object.at("cpu").get_to(entry.key.cpu);
  object.at("features").get_to(entry.key.features);
  object.at("cores").get_to(entry.key.cores);
  object.at("version").get_to(entry.key.version);
  const json &peaks = object.at("peaks");
  for (const Rate &rate : rates) {
    double &value = entry.peaks.*rate.value;
    peaks.at(rate.name).get_to(value);
    if (!isPlausible(value, rate.required))
      return std::nullopt;
  }
  peaks.at("instructions").get_to(entry.peaks.instructions);
  return entry;
} catch (const json::exception &) {
  return std::nullopt;
}

/// The machines of the file that can be read; none when it is not ours.
std::vector<Entry> readEntries(const std::string &path) {
  std::vector<Entry> entries;
  std::error_code error;
  // What is no file, such as a pipe, might never end.
  if (!std::filesystem::is_regular_file(path, error) ||
      std::filesystem::file_size(path, error) > maxFileBytes)
    return entries;
  Result<std::string> text = readFile(path);
  if (!text.ok())
    return entries;
  try {
    json document = json::parse(*text);
    if (document.at("schema") != schema)
      return entries;
    for (const json &object : document.at("machines"))
      if (std::optional<Entry> entry = read(object))
        entries.push_back(std::move(*entry));
  } catch (const json::exception &) {
    entries.clear();
  }
  return entries;
}

/// Names the rates of `now` that are below those of `before` by more than two
/// measurements on an idle machine differ; empty without any.
std::string describeLower(const Peaks &now, const Peaks &before) {
  constexpr double slack = 0.97;
  std::string text;
  for (const Rate &rate : rates) {
    if (now.*rate.value >= slack * (before.*rate.value))
      continue;
    char part[80];
    std::snprintf(part, sizeof part, "%s%s %.1f of %.1f G%s/s",
                  text.empty() ? "" : ", ", rate.label, now.*rate.value * 1e-9,
                  before.*rate.value * 1e-9,
                  rate.value == &Peaks::copyBytes ? "B" : "op");
    text += part;
  }
  return text;
}

PeakSource &getSource() {
  static PeakSource source(getPeakCachePath(), getPeakKey(),
                           [] { return measurePeaks(); });
  return source;
}

} // namespace

PeakKey runtime::getPeakKey() {
  PeakKey key;
  key.cpu = getHostCpuName();
  key.features = getHostCpuFeatures();
  key.cores = std::thread::hardware_concurrency();
  return key;
}

std::string runtime::getPeakCachePath() {
  std::string folder;
  // The XDG Base Directory Specification: relative paths are ignored.
  if (const char *cache = std::getenv("XDG_CACHE_HOME"); cache && *cache == '/')
    folder = cache;
  else if (const char *home = std::getenv("HOME"); home && *home == '/')
    folder = std::string(home) + "/.cache";
  return folder.empty() ? folder : folder + "/tensorop/peaks.json";
}

std::optional<Peaks> runtime::loadPeaks(const std::string &path,
                                        const PeakKey &key) {
  for (const Entry &entry : readEntries(path))
    if (isSame(entry.key, key))
      return entry.peaks;
  return std::nullopt;
}

Status runtime::storePeaks(const std::string &path, const PeakKey &key,
                           const Peaks &peaks) {
  ordered_json machines = ordered_json::array();
  for (const Entry &entry : readEntries(path))
    if (!isSame(entry.key, key))
      machines.push_back(write(entry));
  machines.push_back(write({key, peaks}));
  ordered_json document = {{"schema", schema}, {"machines", machines}};
  // What cannot be made is said by the write.
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(),
                                      ignored);
  constexpr auto replace = ordered_json::error_handler_t::replace;
  return writeFile(path, document.dump(2, ' ', false, replace) + "\n");
}

Peaks runtime::maximize(const Peaks &a, const Peaks &b) {
  Peaks result = a;
  for (const Rate &rate : rates)
    result.*rate.value = std::max(a.*rate.value, b.*rate.value);
  return result;
}

KnownPeaks PeakSource::get(bool again) {
  if (known && !again)
    return *known;
  std::optional<Peaks> before =
      path.empty() ? std::nullopt : loadPeaks(path, key);
  if (before && !again) {
    known = {*before, "cached", ""};
    return *known;
  }
  if (known)
    before = before ? maximize(*before, known->values) : known->values;
  Peaks now = measure();
  // Another process may have measured at the same time.
  if (std::optional<Peaks> other =
          path.empty() ? std::nullopt : loadPeaks(path, key))
    before = before ? maximize(*before, *other) : *other;
  known = {before ? maximize(now, *before) : now, "measured", ""};
  if (before)
    if (std::string lower = describeLower(now, *before); !lower.empty())
      known->note = "measured less than before (" + lower +
                    "): the larger peaks are kept";
  if (!path.empty())
    if (Status stored = storePeaks(path, key, known->values); !stored.ok())
      known->note += (known->note.empty() ? "not cached: " : "; not cached: ") +
                     stored.message();
  return *known;
}

KnownPeaks runtime::getPeaks(bool again) {
  static bool isFirst = true;
  const char *variable = std::getenv("TENSOROP_MEASURE_PEAKS");
  bool isAsked = variable && *variable && std::string(variable) != "0";
  again |= isFirst && isAsked;
  isFirst = false;
  return getSource().get(again);
}

std::optional<Peaks> runtime::getCachedPeaks() {
  std::string path = getPeakCachePath();
  return path.empty() ? std::nullopt : loadPeaks(path, getPeakKey());
}
