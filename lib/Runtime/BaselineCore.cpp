//===- BaselineCore.cpp - The code path that a library selects ------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BaselineCore.h"
#include "TensorOp/Runtime/CpuFeatures.h"
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>

using namespace tensorop;
using namespace tensorop::runtime;

Width runtime::getMachineWidth() {
  if (hasCpuFeature("avx512f") && hasCpuFeature("avx512bw") &&
      hasCpuFeature("avx512dq") && hasCpuFeature("avx512vl"))
    return Width::Avx512;
  if (hasCpuFeature("avx2") && hasCpuFeature("fma"))
    return Width::Avx2;
  return Width::Unknown;
}

static std::string lower(std::string text) {
  for (char &c : text)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

Width runtime::getCoreWidth(const std::string &core) {
  static const std::set<std::string> avx512 = {
      "skylakex", "cooperlake", "sapphirerapids", "skx", "knl", "zen4", "zen5"};
  static const std::set<std::string> avx2 = {"haswell", "zen", "zen2", "zen3",
                                             "excavator"};
  static const std::set<std::string> narrow = {
      "prescott",    "core2",       "penryn",    "dunnington",
      "nehalem",     "sandybridge", "atom",      "opteron",
      "barcelona",   "bobcat",      "bulldozer", "piledriver",
      "steamroller", "katmai",      "northwood", "generic"};
  std::string name = lower(core);
  if (avx512.count(name))
    return Width::Avx512;
  if (avx2.count(name))
    return Width::Avx2;
  return narrow.count(name) ? Width::Narrow : Width::Unknown;
}

static bool isTooNarrow(Width core) {
  return core != Width::Unknown && core < getMachineWidth();
}

void runtime::judgeWidth(Baseline &baseline, Width width) {
  if (!isTooNarrow(width))
    return;
  baseline.counts = false;
  baseline.note += std::string(baseline.note.empty() ? "" : "; ") + "core " +
                   baseline.core + " does not use this machine's " +
                   (getMachineWidth() == Width::Avx512 ? "AVX-512" : "AVX2");
}

std::optional<std::string> runtime::askCore(const std::string &path,
                                            const char *variable,
                                            CoreFunction getCore) {
  static std::map<std::string, std::optional<std::string>> answers;
  const char *setting = std::getenv(variable);
  std::string key = path + ":" + (setting ? setting : "");
  auto [answer, isNew] = answers.try_emplace(key);
  if (isNew)
    answer->second = askInChild([&] {
      // Libraries complain there about what is only a question here.
      std::string reason;
      if (!std::freopen("/dev/null", "w", stderr))
        return std::string();
      std::shared_ptr<Library> library = Library::load(path, reason);
      return library ? getCore(*library) : std::string();
    });
  return answer->second;
}

std::optional<std::string> runtime::chooseCore(const CoreQuestion &question,
                                               ScopedEnvironment &environment) {
  auto ask = [&] {
    return askCore(question.path, question.variable, question.getCore);
  };
  std::string note;
  if (const char *present = std::getenv(question.variable)) {
    std::string setting = std::string(question.variable) + "=" + present;
    std::optional<std::string> core = ask();
    if (core && !isTooNarrow(getCoreWidth(*core)))
      return "core set by " + setting;
    environment.clear(question.variable);
    note = setting + " of the environment not used";
  }
  std::optional<std::string> core = ask();
  if (!core)
    return std::nullopt;
  if (!isTooNarrow(getCoreWidth(*core)))
    return note;
  for (const std::string &value : question.values) {
    environment.set(question.variable, value);
    if (ask() != question.wanted)
      continue;
    return note + (note.empty() ? "" : "; ") + "core " + question.wanted +
           " forced: by itself it selects " + *core;
  }
  environment.clear(question.variable);
  return note;
}

void runtime::addCrash(const std::string &path, BaselineSearch &search) {
  search.notes.push_back(path + ": ends the process that loads it");
}

std::string runtime::describeTypes(const GemmEquivalent &gemm) {
  std::string text(getName(gemm.type));
  if (gemm.result != gemm.type)
    text += " to " + std::string(getName(gemm.result));
  return text;
}
