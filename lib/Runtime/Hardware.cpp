//===- Hardware.cpp - This machine as a hardware file ---------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Runtime/Hardware.h"
#include "BoardFeatures.h"
#include "TensorOp/Runtime/Caches.h"
#include "TensorOp/Runtime/CpuFeatures.h"
#include <array>
#include <nlohmann/json.hpp>
#include <thread>

using namespace tensorop;
using namespace tensorop::runtime;
using nlohmann::ordered_json;

namespace {

/// Pairs of input and accumulator type.
using Types = std::vector<std::array<const char *, 2>>;

ordered_json makeInstruction(const char *name, int group, const Types &types) {
  return {{"name", name}, {"types", types}, {"group", group}};
}

/// LLVM's name of the processor for -mcpu; empty where we know none.
std::string getBackendName(const std::string &cpu) {
  if (cpu == "spacemit,x60" || cpu.find("X60") != std::string::npos)
    return "spacemit-x60";
  return cpu.rfind("cortex-", 0) == 0 || cpu.rfind("neoverse-", 0) == 0 ? cpu
                                                                        : "";
}

/// LLVM's features that the processor has; "fma" is a word of ours.
std::string joinAttributes(const std::vector<std::string> &features) {
  std::string text;
  for (const std::string &name : features)
    if (name != "fma")
      text += (text.empty() ? "+" : ",+") + name;
  return text;
}

void describeArm(ordered_json &model) {
  Types types = {
      {"f32", "f32"}, {"f64", "f64"}, {"f16", "f32"}, {"bf16", "f32"}};
  if (hasCpuFeature("fullfp16"))
    types.push_back({"f16", "f16"});
  model["instructions"].push_back(makeInstruction("fma", 1, types));
  auto addDot = [&](const char *name, const char *signs) {
    model["instructions"].push_back(makeInstruction(name, 4, {{"i8", "i32"}}));
    model["instructions"].back()["signs"] = signs;
  };
  if (hasCpuFeature("dotprod")) {
    addDot("sdot", "signed");
    addDot("udot", "unsigned");
  }
  if (hasCpuFeature("i8mm"))
    addDot("usdot", "mixed");
  // At 128 bits NEON, whose products take a lane of a register, is no narrower.
  constexpr int64_t neonBits = 128;
  int64_t bits = getScalableVectorBits();
  bool isScalable = bits > neonBits;
  model["vector_bits"] = isScalable ? bits : neonBits;
  if (isScalable)
    model["scalable"] = true;
  model["vector_registers"] = 32;
  model["scalar_operand"] = "lane";
}

void describeRiscv(ordered_json &model) {
  Types types = {{"f32", "f32"}, {"f64", "f64"}, {"bf16", "f32"}};
  if (hasCpuFeature("zvfh"))
    for (const char *sum : {"f32", "f16"})
      types.push_back({"f16", sum});
  for (const char *name : {"fma", "vfmacc"})
    model["instructions"].push_back(makeInstruction(name, 1, types));
  model["instructions"].push_back(
      makeInstruction("vwmacc", 1, {{"i8", "i32"}, {"i16", "i32"}}));
  model["instructions"].back()["operand"] = "i16";
  int64_t bits = getScalableVectorBits();
  model["attributes"] = model["attributes"].get<std::string>() + ",+zvl" +
                        std::to_string(bits) + "b";
  model["vector_bits"] = bits;
  model["scalable"] = true;
  model["vector_registers"] = 32;
  model["lmul"] = {1, 2, 4, 8};
  model["scalar_operand"] = "free";
}

} // namespace

Result<std::string> runtime::describeHardware() {
  std::string architecture(getHostArchitecture());
  bool isRiscv = architecture == "riscv64";
  std::string cpu = getHostCpuName();
  if (!isRiscv && architecture != "aarch64")
    return Status::failure("--machine describes machines of aarch64 and "
                           "riscv64, this one is " +
                           architecture +
                           ": compile for it with --target=native");
  bool isDraft = false;
  if (isRiscv && !probeVectorBytes(isDraft))
    return Status::failure(
        "this machine (" + cpu + ") has no vectors of RVV 1.0" +
        (isDraft ? ": it implements the draft 0.7.1, whose encodings differ"
                 : ""));
  std::string emulator = getEmulator();
  std::vector<std::string> features = getHostCpuFeatures();
  ordered_json model = {
      {"name", cpu},
      {"source",
       "tensorop-runner --machine on " + cpu +
           ": features of the processor, caches of sysfs; pipelines are not "
           "known, one FMA a cycle with a latency of 4 is assumed"},
      {"arch", architecture},
      {"triple", architecture + "-unknown-linux-gnu"},
      {"cpu", getBackendName(cpu)},
      {"attributes", joinAttributes(features)},
      {"features", features},
      {"caches", ordered_json::array()},
      {"instructions", ordered_json::array()}};
  // An emulated process sees those of the machine below.
  if (emulator.empty())
    for (const DataCache &cache : listDataCaches())
      model["caches"].push_back(
          {{"name", "l" + std::to_string(cache.level)},
           {"bytes", cache.bytes},
           {"line_bytes", cache.lineBytes ? cache.lineBytes : 64},
           {"ways", cache.ways},
           {"shared_by", cache.sharedBy}});
  isRiscv ? describeRiscv(model) : describeArm(model);
  model["fma_per_cycle"] = 1;
  model["fma_latency"] = 4;
  model["cores"] = std::max(1U, std::thread::hardware_concurrency());
  return model.dump(2) + "\n";
}
