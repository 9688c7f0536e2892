//===- HardwareJSON.cpp - Reads and writes hardware models ----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Hardware/Backend.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include <optional>

using namespace llvm;

namespace tensorop {

namespace {
/// A value of an enumeration, and how files spell it.
template <typename Enum> struct Name {
  Enum value;
  StringLiteral text;
};
} // namespace

static constexpr Name<Architecture> architectures[] = {
    {Architecture::X86_64, "x86_64"},
    {Architecture::RISCV64, "riscv64"},
    {Architecture::AArch64, "aarch64"},
    {Architecture::NVPTX64, "nvptx64"}};
static constexpr Name<ScalarOperand> scalarOperands[] = {
    {ScalarOperand::Broadcast, "broadcast"},
    {ScalarOperand::Free, "free"},
    {ScalarOperand::Lane, "lane"}};
static constexpr Name<Signs> allSigns[] = {{Signs::Any, "any"},
                                           {Signs::Signed, "signed"},
                                           {Signs::Unsigned, "unsigned"},
                                           {Signs::Mixed, "mixed"}};

template <typename Enum, size_t count>
static StringRef nameOf(Enum value, const Name<Enum> (&names)[count]) {
  return find_if(names,
                 [&](const Name<Enum> &one) { return one.value == value; })
      ->text;
}

/// Reports `expected` for what is no name.
template <typename Enum, size_t count>
static bool readName(const json::Value &value, Enum &result, json::Path path,
                     const Name<Enum> (&names)[count], StringLiteral expected) {
  std::optional<StringRef> text = value.getAsString();
  for (const Name<Enum> &one : names)
    if (text && *text == one.text) {
      result = one.value;
      return true;
    }
  path.report(expected);
  return false;
}

/// Reports keys of `object` that no reader knows: most often a spelling
/// mistake.
static bool onlyKnownKeys(const json::Value &value, json::Path path,
                          ArrayRef<StringRef> known) {
  const json::Object *object = value.getAsObject();
  if (!object) {
    path.report("expected object");
    return false;
  }
  for (const auto &entry : *object)
    if (!is_contained(known, StringRef(entry.first))) {
      path.field(entry.first).report("unknown field");
      return false;
    }
  return true;
}

bool fromJSON(const json::Value &value, Architecture &arch, json::Path path) {
  return readName(
      value, arch, path, architectures,
      "expected \"x86_64\", \"riscv64\", \"aarch64\" or \"nvptx64\"");
}

bool fromJSON(const json::Value &value, ScalarOperand &operand,
              json::Path path) {
  return readName(value, operand, path, scalarOperands,
                  "expected \"broadcast\", \"free\" or \"lane\"");
}

bool fromJSON(const json::Value &value, Signs &signs, json::Path path) {
  return readName(value, signs, path, allSigns,
                  "expected \"any\", \"signed\", \"unsigned\" or \"mixed\"");
}

bool fromJSON(const json::Value &value, CacheLevel &cache, json::Path path) {
  json::ObjectMapper map(value, path);
  return onlyKnownKeys(value, path,
                       {"name", "bytes", "line_bytes", "ways", "shared_by",
                        "bytes_per_cycle"}) &&
         map && map.map("name", cache.name) && map.map("bytes", cache.bytes) &&
         map.mapOptional("line_bytes", cache.lineBytes) &&
         map.mapOptional("ways", cache.ways) &&
         map.mapOptional("shared_by", cache.sharedBy) &&
         map.mapOptional("bytes_per_cycle", cache.bytesPerCycle);
}

bool fromJSON(const json::Value &value, MeasuredPeaks &peaks, json::Path path) {
  json::ObjectMapper map(value, path);
  return onlyKnownKeys(value, path,
                       {"f32_flops", "f64_flops", "copy_bytes", "bf16_flops",
                        "i8_ops"}) &&
         map && map.map("f32_flops", peaks.f32Flops) &&
         map.map("f64_flops", peaks.f64Flops) &&
         map.map("copy_bytes", peaks.copyBytes) &&
         map.mapOptional("bf16_flops", peaks.bf16Flops) &&
         map.mapOptional("i8_ops", peaks.i8Ops);
}

bool fromJSON(const json::Value &value, InstructionClass &instruction,
              json::Path path) {
  json::ObjectMapper map(value, path);
  std::vector<std::vector<std::string>> types;
  if (!onlyKnownKeys(value, path,
                     {"name", "types", "group", "operand", "signs", "m",
                      "n_multiple", "n_max", "k_bytes"}) ||
      !map || !map.map("name", instruction.name) || !map.map("types", types) ||
      !map.mapOptional("group", instruction.group) ||
      !map.mapOptional("operand", instruction.operand) ||
      !map.mapOptional("signs", instruction.signs) ||
      !map.mapOptional("m", instruction.shapeM) ||
      !map.mapOptional("n_multiple", instruction.shapeNMultiple) ||
      !map.mapOptional("n_max", instruction.shapeNMax) ||
      !map.mapOptional("k_bytes", instruction.shapeKBytes))
    return false;
  for (auto [index, pair] : enumerate(types)) {
    if (pair.size() != 2) {
      path.field("types").index(index).report(
          "expected a pair of input and accumulator type");
      return false;
    }
    instruction.types.emplace_back(pair[0], pair[1]);
  }
  return true;
}

bool fromJSON(const json::Value &value, HardwareModel &model, json::Path path) {
  static const StringRef known[] = {"name",
                                    "source",
                                    "arch",
                                    "triple",
                                    "cpu",
                                    "attributes",
                                    "features",
                                    "caches",
                                    "instructions",
                                    "vector_bits",
                                    "scalable",
                                    "vector_bits_max",
                                    "lmul",
                                    "cores",
                                    "vector_registers",
                                    "scalar_operand",
                                    "fma_latency",
                                    "fma_per_cycle",
                                    "narrow_fma_per_cycle",
                                    "in_order",
                                    "misses_add",
                                    "loads_per_cycle",
                                    "issue_width",
                                    "memory_bytes_per_cycle",
                                    "peaks",
                                    "sms",
                                    "refused",
                                    "shared_bytes",
                                    "registers_per_thread",
                                    "registers_per_sm",
                                    "max_cluster_size"};
  json::ObjectMapper map(value, path);
  if (!onlyKnownKeys(value, path, known) || !map ||
      !map.map("name", model.name) || !map.map("source", model.source) ||
      !map.map("arch", model.arch) || !map.map("triple", model.triple) ||
      !map.mapOptional("cpu", model.cpu) ||
      !map.mapOptional("attributes", model.attributes) ||
      !map.map("features", model.features) ||
      !map.map("caches", model.caches) ||
      !map.map("instructions", model.instructions) ||
      !map.map("vector_bits", model.vectorBits))
    return false;
  model.vectorBitsMax = model.vectorBits;
  return map.mapOptional("vector_bits_max", model.vectorBitsMax) &&
         map.mapOptional("scalable", model.scalable) &&
         map.mapOptional("vector_registers", model.vectorRegisters) &&
         map.mapOptional("lmul", model.lmul) &&
         map.mapOptional("scalar_operand", model.scalarOperand) &&
         map.mapOptional("fma_per_cycle", model.fmaPerCycle) &&
         map.mapOptional("narrow_fma_per_cycle", model.narrowFmaPerCycle) &&
         map.mapOptional("fma_latency", model.fmaLatency) &&
         map.mapOptional("in_order", model.inOrder) &&
         map.mapOptional("misses_add", model.missesAdd) &&
         map.mapOptional("loads_per_cycle", model.loadsPerCycle) &&
         map.mapOptional("issue_width", model.issueWidth) &&
         map.mapOptional("memory_bytes_per_cycle", model.memoryBytesPerCycle) &&
         map.mapOptional("peaks", model.peaks) &&
         map.mapOptional("cores", model.cores) &&
         map.mapOptional("sms", model.sms) &&
         map.mapOptional("shared_bytes", model.sharedBytes) &&
         map.mapOptional("registers_per_thread", model.registersPerThread) &&
         map.mapOptional("registers_per_sm", model.registersPerSM) &&
         map.mapOptional("max_cluster_size", model.maxClusterSize);
}

Expected<HardwareModel> parseHardwareModel(StringRef text) {
  Expected<json::Value> value = json::parse(text);
  if (!value)
    return value.takeError();
  if (const json::Object *object = value->getAsObject())
    if (auto reason = object->getString("refused"))
      return createStringError(
          inconvertibleErrorCode(), "target '%s' is refused: %s",
          object->getString("name").value_or("?").str().c_str(),
          reason->str().c_str());
  HardwareModel model;
  json::Path::Root root("hardware");
  if (!fromJSON(*value, model, root))
    return root.getError();
  if (Error error = validate(model))
    return std::move(error);
  if (Error error = checkBackend(model))
    return std::move(error);
  return model;
}

json::Value toJSON(const HardwareModel &model) {
  json::Array caches, instructions;
  for (const CacheLevel &cache : model.caches)
    caches.push_back(json::Object{{"name", cache.name},
                                  {"bytes", cache.bytes},
                                  {"line_bytes", cache.lineBytes},
                                  {"ways", cache.ways},
                                  {"shared_by", cache.sharedBy},
                                  {"bytes_per_cycle", cache.bytesPerCycle}});
  for (const InstructionClass &instruction : model.instructions) {
    json::Array types;
    for (const auto &[input, accumulator] : instruction.types)
      types.push_back(json::Array{input, accumulator});
    json::Object entry{{"name", instruction.name}, {"types", std::move(types)}};
    if (instruction.isMatrix()) {
      entry["m"] = instruction.shapeM;
      entry["n_multiple"] = instruction.shapeNMultiple;
      entry["n_max"] = instruction.shapeNMax;
      entry["k_bytes"] = instruction.shapeKBytes;
    } else {
      entry["group"] = instruction.group;
      if (!instruction.operand.empty())
        entry["operand"] = instruction.operand;
      if (instruction.signs != Signs::Any)
        entry["signs"] = nameOf(instruction.signs, allSigns);
    }
    instructions.push_back(std::move(entry));
  }
  json::Object object{
      {"name", model.name},
      {"source", model.source},
      {"arch", nameOf(model.arch, architectures)},
      {"triple", model.triple},
      {"cpu", model.cpu},
      {"attributes", model.attributes},
      {"features", json::Array(model.features)},
      {"caches", std::move(caches)},
      {"instructions", std::move(instructions)},
      {"vector_bits", model.vectorBits},
      {"vector_bits_max", model.vectorBitsMax},
      {"scalable", model.scalable},
      {"vector_registers", model.vectorRegisters},
      {"lmul", json::Array(model.lmul)},
      {"scalar_operand", nameOf(model.scalarOperand, scalarOperands)},
      {"fma_per_cycle", model.fmaPerCycle},
      {"narrow_fma_per_cycle", model.narrowFmaPerCycle},
      {"fma_latency", model.fmaLatency},
      {"in_order", model.inOrder},
      {"misses_add", model.missesAdd},
      {"loads_per_cycle", model.loadsPerCycle},
      {"issue_width", model.issueWidth},
      {"memory_bytes_per_cycle", model.memoryBytesPerCycle},
      {"cores", model.cores}};
  if (model.peaks.isMeasured())
    object["peaks"] = json::Object{{"f32_flops", model.peaks.f32Flops},
                                   {"f64_flops", model.peaks.f64Flops},
                                   {"copy_bytes", model.peaks.copyBytes},
                                   {"bf16_flops", model.peaks.bf16Flops},
                                   {"i8_ops", model.peaks.i8Ops}};
  if (model.isGPU()) {
    object["sms"] = model.sms;
    object["shared_bytes"] = model.sharedBytes;
    object["registers_per_thread"] = model.registersPerThread;
    object["registers_per_sm"] = model.registersPerSM;
    object["max_cluster_size"] = model.maxClusterSize;
  }
  return json::Value(std::move(object));
}

std::string printHardwareModel(const HardwareModel &model) {
  std::string text;
  raw_string_ostream os(text);
  os << formatv("{0:2}", toJSON(model)) << "\n";
  return text;
}

} // namespace tensorop
