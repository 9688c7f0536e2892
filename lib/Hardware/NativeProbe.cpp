//===- NativeProbe.cpp - The machine this process runs on -----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Hardware/HardwareModel.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include <algorithm>
#include <unistd.h>

using namespace llvm;

namespace tensorop {

static std::optional<std::string> readFirstLine(const std::string &path) {
  auto file = MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return std::nullopt;
  return (*file)->getBuffer().split('\n').first.trim().str();
}

static std::optional<int64_t> readInteger(const std::string &path) {
  auto text = readFirstLine(path);
  int64_t value;
  if (!text || StringRef(*text).getAsInteger(10, value))
    return std::nullopt;
  return value;
}

/// "48K" or "1M" in bytes.
static std::optional<int64_t> parseSize(StringRef text) {
  int64_t unit = 1, value;
  if (text.consume_back("K"))
    unit = 1024;
  else if (text.consume_back("M"))
    unit = 1024 * 1024;
  if (text.getAsInteger(10, value))
    return std::nullopt;
  return value * unit;
}

/// Number of CPUs in a list such as "0-3,8".
static int64_t countCpus(StringRef list) {
  int64_t count = 0;
  for (StringRef part : split(list, ',')) {
    auto [first, last] = part.split('-');
    int64_t lo, hi;
    if (first.getAsInteger(10, lo))
      continue;
    if (last.getAsInteger(10, hi))
      hi = lo;
    count += std::max<int64_t>(0, hi - lo + 1);
  }
  return std::max<int64_t>(1, count);
}

/// Data and unified caches of the first CPU; empty where sysfs does not tell.
static std::vector<CacheLevel> probeCaches() {
  std::vector<CacheLevel> caches;
  for (int index = 0; index < 8; ++index) {
    std::string base = "/sys/devices/system/cpu/cpu0/cache/index" +
                       std::to_string(index) + "/";
    auto type = readFirstLine(base + "type");
    auto level = readInteger(base + "level");
    auto size = readFirstLine(base + "size");
    if (!type || !level || !size || *type == "Instruction")
      continue;
    auto bytes = parseSize(*size);
    if (!bytes)
      continue;
    CacheLevel cache;
    cache.name = "l" + std::to_string(*level);
    cache.bytes = *bytes;
    cache.lineBytes = readInteger(base + "coherency_line_size").value_or(64);
    cache.ways = readInteger(base + "ways_of_associativity").value_or(0);
    // A virtual machine may report ways that do not fit its size.
    if (cache.ways > 0 && cache.bytes % (cache.ways * cache.lineBytes))
      cache.ways = 0;
    cache.sharedBy =
        countCpus(readFirstLine(base + "shared_cpu_list").value_or("0"));
    caches.push_back(std::move(cache));
  }
  llvm::sort(caches, [](const CacheLevel &a, const CacheLevel &b) {
    return a.name < b.name;
  });
  return caches;
}

static InstructionClass
vectorClass(StringRef name, int64_t group,
            std::initializer_list<std::pair<std::string, std::string>> types,
            StringRef operand = "") {
  InstructionClass instruction;
  instruction.name = name.str();
  instruction.group = group;
  instruction.types = types;
  instruction.operand = operand.str();
  return instruction;
}

static void describeX86(HardwareModel &model) {
  bool avx512 = model.hasFeature("avx512f");
  model.vectorBits = avx512 ? 512 : model.hasFeature("avx2") ? 256 : 128;
  model.vectorRegisters = avx512 ? 32 : 16;
  if (model.hasFeature("fma") || avx512) {
    model.instructions.push_back(vectorClass(
        "fma", 1, {{"f32", "f32"}, {"f64", "f64"}, {"bf16", "f32"}}));
    if (model.hasFeature("f16c") || avx512)
      model.instructions.back().types.emplace_back("f16", "f32");
  }
  if (avx512 ? model.hasFeature("avx512bw") : model.hasFeature("avx2"))
    model.instructions.push_back(
        vectorClass("pmaddwd", 2, {{"i8", "i32"}, {"i16", "i32"}}, "i16"));
  if (model.hasFeature("avx512_vnni") || model.hasFeature("avxvnni"))
    model.instructions.push_back(vectorClass("vnni", 4, {{"i8", "i32"}}));
  if (model.hasFeature("avx512_bf16"))
    model.instructions.push_back(vectorClass("dpbf16", 2, {{"bf16", "f32"}}));
}

static void describeAArch64(HardwareModel &model) {
  model.scalarOperand = ScalarOperand::Lane;
  model.vectorBits = 128;
  model.vectorRegisters = 32;
  model.features.push_back("fma");
  model.instructions.push_back(vectorClass(
      "fma", 1,
      {{"f32", "f32"}, {"f64", "f64"}, {"f16", "f32"}, {"bf16", "f32"}}));
  if (model.hasFeature("fullfp16"))
    model.instructions.back().types.emplace_back("f16", "f16");
  auto addDot = [&](const char *name, Signs signs) {
    model.instructions.push_back(vectorClass(name, 4, {{"i8", "i32"}}));
    model.instructions.back().signs = signs;
  };
  if (model.hasFeature("dotprod")) {
    addDot("sdot", Signs::Signed);
    addDot("udot", Signs::Unsigned);
  }
  if (model.hasFeature("i8mm"))
    addDot("usdot", Signs::Mixed);
}

static void describeRISCV(HardwareModel &model) {
  model.scalarOperand = ScalarOperand::Free;
  model.vectorRegisters = 32;
  if (!model.hasFeature("v"))
    return;
  model.scalable = true;
  model.vectorBits = 128;
  model.vectorBitsMax = 65536;
  model.lmul = {1, 2, 4, 8};
  model.features.push_back("fma");
  for (const char *name : {"fma", "vfmacc"}) {
    model.instructions.push_back(vectorClass(
        name, 1, {{"f32", "f32"}, {"f64", "f64"}, {"bf16", "f32"}}));
    if (model.hasFeature("zvfh"))
      for (const char *sum : {"f32", "f16"})
        model.instructions.back().types.emplace_back("f16", sum);
  }
  model.instructions.push_back(
      vectorClass("vwmacc", 1, {{"i8", "i32"}, {"i16", "i32"}}, "i16"));
}

Expected<HardwareModel> probeNative() {
  HardwareModel model;
  model.name = "native";
  model.source = "probe of this machine: processor features, sysfs caches";
  Triple triple(sys::getDefaultTargetTriple());
  model.triple = triple.str();
  model.cpu = sys::getHostCPUName().str();

  std::vector<std::string> attributes;
  for (const auto &feature : sys::getHostCPUFeatures())
    if (feature.second)
      model.features.push_back(feature.first().str());
  llvm::sort(model.features);
  for (const std::string &feature : model.features)
    attributes.push_back("+" + feature);
  model.attributes = join(attributes, ",");

  model.caches = probeCaches();
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  model.cores = cores > 0 ? cores : 1;
  switch (triple.getArch()) {
  case Triple::x86_64:
    model.arch = Architecture::X86_64;
    describeX86(model);
    break;
  case Triple::aarch64:
    model.arch = Architecture::AArch64;
    describeAArch64(model);
    break;
  case Triple::riscv64:
    model.arch = Architecture::RISCV64;
    describeRISCV(model);
    break;
  default:
    // untested: needs a machine of another architecture.
    return createStringError(inconvertibleErrorCode(),
                             "no native target for '%s': expected x86_64, "
                             "aarch64 or riscv64",
                             model.triple.c_str());
  }
  if (!model.scalable)
    model.vectorBitsMax = model.vectorBits;
  // Pipelines cannot be probed without measuring: take them from the catalogue
  // when it knows the processor.
  model.fmaPerCycle = 2;
  if (!is_contained(knownMachines(), model.cpu)) {
    model.source +=
        "; pipelines assumed: " + model.cpu + " is not in the catalogue";
  } else {
    auto known = resolveTarget(model.cpu);
    if (!known)
      return known.takeError();
    if (known->vectorBits == model.vectorBits) {
      model.fmaPerCycle = known->fmaPerCycle;
      model.narrowFmaPerCycle = known->narrowFmaPerCycle;
      model.fmaLatency = known->fmaLatency;
      model.inOrder = known->inOrder;
      model.missesAdd = known->missesAdd;
      model.loadsPerCycle = known->loadsPerCycle;
      model.issueWidth = known->issueWidth;
      model.memoryBytesPerCycle = known->memoryBytesPerCycle;
      for (CacheLevel &cache : model.caches)
        for (const CacheLevel &same : known->caches)
          if (same.name == cache.name)
            cache.bytesPerCycle = same.bytesPerCycle;
      model.source += "; pipelines of " + model.cpu;
    }
    if (model.caches.empty())
      model.caches = known->caches;
  }
  if (Error error = validate(model))
    return std::move(error);
  return model;
}

} // namespace tensorop
