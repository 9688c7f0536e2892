//===- HardwareModel.cpp - Hardware factors of one machine ----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Hardware/HardwareModel.h"
#include "Instructions.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include <algorithm>

using namespace llvm;

namespace tensorop {

std::optional<std::string>
InstructionClass::accumulatorFor(StringRef type) const {
  for (const auto &[input, accumulator] : types)
    if (input == type)
      return accumulator;
  return std::nullopt;
}

std::string InstructionClass::packedType(StringRef type, StringRef acc) const {
  if (!operand.empty())
    return operand;
  return group == 1 && !isMatrix() ? acc.str() : type.str();
}

bool isSameFeature(StringRef a, StringRef b) {
  auto next = [](StringRef &text) {
    text = text.drop_while(
        [](char c) { return c == '_' || c == '.' || c == '-'; });
  };
  while (true) {
    next(a);
    next(b);
    if (a.empty() || b.empty())
      return a.empty() && b.empty();
    if (a.front() != b.front())
      return false;
    a = a.drop_front();
    b = b.drop_front();
  }
}

bool HardwareModel::hasFeature(StringRef feature) const {
  return any_of(features, [&](const std::string &f) {
    return isSameFeature(f, feature);
  });
}

int64_t HardwareModel::scalableUnitBits() const {
  if (!scalable)
    return 0;
  return arch == Architecture::RISCV64 ? 64 : 128;
}

int64_t HardwareModel::minVscale() const {
  return scalable ? vectorBits / scalableUnitBits() : 1;
}

std::optional<int64_t> HardwareModel::cacheBytes(StringRef name) const {
  for (const CacheLevel &cache : caches)
    if (cache.name == name)
      return cache.bytes;
  return std::nullopt;
}

double HardwareModel::bytesPerCycle(unsigned level) const {
  if (level >= caches.size())
    return memoryBytesPerCycle ? memoryBytesPerCycle : 6;
  if (caches[level].bytesPerCycle)
    return caches[level].bytesPerCycle;
  return level == 0 ? loadsPerCycle * vectorBits / 8.0 : level == 1 ? 32 : 12;
}

const InstructionClass *HardwareModel::instruction(StringRef name) const {
  for (const InstructionClass &instruction : instructions)
    if (instruction.name == name)
      return &instruction;
  return nullptr;
}

std::vector<std::string> HardwareModel::instructionNames() const {
  std::vector<std::string> names;
  for (const InstructionClass &instruction : instructions)
    names.push_back(instruction.name);
  return names;
}

std::vector<std::pair<std::string, int64_t>> HardwareModel::factors() const {
  std::vector<std::pair<std::string, int64_t>> result;
  for (const char *level : {"l1", "l2", "l3"})
    result.emplace_back(level, cacheBytes(level).value_or(0));
  result.emplace_back("line", caches.empty() ? 64 : caches[0].lineBytes);
  result.emplace_back("vregs", vectorRegisters);
  result.emplace_back("vbits", vectorBits);
  result.emplace_back("cores", cores);
  result.emplace_back("smem", sharedBytes);
  result.emplace_back("sms", sms);
  return result;
}

//===----------------------------------------------------------------------===//
// Validation
//===----------------------------------------------------------------------===//

namespace {
/// Collects one error per violated rule.
struct Validator {
  const HardwareModel &model;
  Error errors = Error::success();

  template <typename... Ts> void report(const char *format, Ts... values) {
    errors = joinErrors(std::move(errors),
                        createStringError(inconvertibleErrorCode(),
                                          (model.name + ": " + format).c_str(),
                                          values...));
  }
  void range(const char *field, int64_t value, int64_t lo, int64_t hi) {
    if (value < lo || value > hi)
      report("%s is %lld, must be between %lld and %lld", field,
             (long long)value, (long long)lo, (long long)hi);
  }
  /// Rates per second of one core; 0: not measured.
  void peak(const char *field, double value) {
    if (!(value == 0 || (value >= 1e6 && value <= 1e16)))
      report("peaks: %s is %g, must be 0 or between 1e6 and 1e16", field,
             value);
  }
  void powerOfTwo(const char *field, int64_t value) {
    if (value <= 0 || (value & (value - 1)))
      report("%s is %lld, must be a power of two", field, (long long)value);
  }
  void caches();
  void vectors();
  void registers();
  void instructions();
  void known(const InstructionClass &instruction);
  void gpu();
};
} // namespace

void Validator::caches() {
  int64_t previous = 0;
  for (const CacheLevel &cache : model.caches) {
    std::string prefix = "cache '" + cache.name + "': ";
    range((prefix + "bytes").c_str(), cache.bytes, 1024, int64_t(1) << 40);
    powerOfTwo((prefix + "line_bytes").c_str(), cache.lineBytes);
    range((prefix + "line_bytes").c_str(), cache.lineBytes, 16, 1024);
    range((prefix + "ways").c_str(), cache.ways, 0, 1024);
    range((prefix + "shared_by").c_str(), cache.sharedBy, 1, 4096);
    range((prefix + "bytes_per_cycle").c_str(), cache.bytesPerCycle, 0, 4096);
    if (cache.bytes < previous)
      report("cache '%s' has %lld bytes, less than the level inside it (%lld)",
             cache.name.c_str(), (long long)cache.bytes, (long long)previous);
    if (cache.ways > 0 && cache.lineBytes > 0 &&
        cache.bytes % (cache.ways * cache.lineBytes))
      report("cache '%s': %lld bytes are no multiple of %lld ways of %lld "
             "bytes",
             cache.name.c_str(), (long long)cache.bytes, (long long)cache.ways,
             (long long)cache.lineBytes);
    previous = cache.bytes;
  }
  StringSet<> names;
  for (const CacheLevel &cache : model.caches)
    if (!names.insert(cache.name).second)
      report("cache '%s' is listed twice", cache.name.c_str());
}

void Validator::vectors() {
  powerOfTwo("vector_bits", model.vectorBits);
  range("vector_bits", model.vectorBits, 32, 65536);
  // Where it is not given, it is vector_bits.
  if (model.vectorBitsMax != model.vectorBits) {
    powerOfTwo("vector_bits_max", model.vectorBitsMax);
    range("vector_bits_max", model.vectorBitsMax, 32, 65536);
  }
  if (model.vectorBitsMax < model.vectorBits)
    report("vector_bits_max is %lld, less than vector_bits (%lld)",
           (long long)model.vectorBitsMax, (long long)model.vectorBits);
  if (!model.scalable && model.vectorBitsMax != model.vectorBits)
    report("vector_bits_max is %lld but the vectors are not scalable "
           "(vector_bits %lld)",
           (long long)model.vectorBitsMax, (long long)model.vectorBits);
  if (model.scalable && model.arch != Architecture::RISCV64 &&
      model.arch != Architecture::AArch64)
    report("only riscv64 and aarch64 have scalable vectors");
  if (model.scalable && model.vectorBits < model.scalableUnitBits())
    report("vector_bits is %lld, less than the unit of vscale (%lld)",
           (long long)model.vectorBits, (long long)model.scalableUnitBits());
  registers();
  StringRef feature = model.arch == Architecture::RISCV64   ? "v"
                      : model.arch == Architecture::AArch64 ? "sve"
                                                            : "";
  if (model.scalable && !feature.empty() && !model.hasFeature(feature))
    report("the vectors are scalable, so that features must have '%s'",
           feature.str().c_str());
  if (model.arch == Architecture::AArch64 && model.scalable &&
      model.vectorBitsMax > 2048)
    report("vector_bits_max is %lld, but SVE's vectors have at most 2048 bits",
           (long long)model.vectorBitsMax);
  if (model.arch == Architecture::AArch64 && !model.scalable &&
      model.vectorBits != 128)
    report("vector_bits is %lld, but NEON's vectors have 128 bits; longer ones "
           "are SVE's, which are scalable",
           (long long)model.vectorBits);
  range("fma_per_cycle", model.fmaPerCycle, 1, 1024);
  range("narrow_fma_per_cycle", model.narrowFmaPerCycle, 0, 1024);
  range("fma_latency", model.fmaLatency, 1, 64);
  range("loads_per_cycle", model.loadsPerCycle, 1, 1024);
  range("issue_width", model.issueWidth, 0, 64);
  if (!(model.memoryBytesPerCycle >= 0 && model.memoryBytesPerCycle <= 4096))
    report("memory_bytes_per_cycle is %g, must be between 0 and 4096",
           model.memoryBytesPerCycle);
  peak("f32_flops", model.peaks.f32Flops);
  peak("f64_flops", model.peaks.f64Flops);
  peak("copy_bytes", model.peaks.copyBytes);
  peak("bf16_flops", model.peaks.bf16Flops);
  peak("i8_ops", model.peaks.i8Ops);
  range("cores", model.cores, 1, 65536);
  if (model.lmul.empty())
    report("lmul is empty, 1 is the least");
  for (int64_t lmul : model.lmul)
    if (lmul < 1 || lmul > 8 || (lmul & (lmul - 1)))
      report("lmul has %lld, must be 1, 2, 4 or 8", (long long)lmul);
  if (!model.lmul.empty() && !is_contained(model.lmul, 1))
    report("lmul lacks 1, which all vectors have");
  if (model.arch != Architecture::RISCV64 &&
      model.lmul != std::vector<int64_t>{1})
    report("lmul is a property of riscv64 only");
}

/// As many as the instructions have names for: plans fill them all.
void Validator::registers() {
  bool isX86 = model.arch == Architecture::X86_64;
  int64_t count = model.vectorRegisters;
  if (model.isGPU())
    range("vector_registers", count, 1, 255);
  else if (isX86 && !model.hasFeature("avx512f") && count != 16)
    report("vector_registers is %lld, must be 16 (32 with avx512f)",
           (long long)count);
  else if (isX86 && count != 16 && count != 32)
    report("vector_registers is %lld, must be 16 or 32", (long long)count);
  else if (!isX86 && count != 32)
    report("vector_registers is %lld, must be 32: so many has the architecture",
           (long long)count);
}

/// The name is one that the architecture has, with these types.
void Validator::known(const InstructionClass &instruction) {
  SmallVector<const KnownInstruction *> same;
  std::vector<std::string> names;
  for (const KnownInstruction &one : knownInstructions()) {
    if (one.arch != model.arch)
      continue;
    if (one.name == instruction.name)
      same.push_back(&one);
    if (!is_contained(names, one.name))
      names.push_back(one.name.str());
  }
  const char *name = instruction.name.c_str();
  if (same.empty())
    return report("instruction '%s' is none of this architecture, which has %s",
                  name, join(names, ", ").c_str());
  int64_t group = same.front()->group;
  if (instruction.isMatrix() != (group == 0))
    report("instruction '%s' is %s matrix instruction, so that m must be %s",
           name, group ? "no" : "a", group ? "absent" : "given");
  else if (group && instruction.group != group)
    report("instruction '%s': group is %lld, must be %lld", name,
           (long long)instruction.group, (long long)group);
  if (StringRef operand = same.front()->operand; instruction.operand != operand)
    report("instruction '%s': operand is '%s', must be '%s'", name,
           instruction.operand.c_str(), operand.str().c_str());
  std::vector<std::string> types;
  for (const KnownInstruction *one : same)
    for (StringRef pair : split(one->types, ' ')) {
      auto [input, accumulator] = pair.split(':');
      if (std::string text = nameTypes(input, accumulator);
          !is_contained(types, text))
        types.push_back(text);
    }
  for (const auto &pair : instruction.types)
    if (none_of(same, [&](const KnownInstruction *one) {
          return one->takes(pair.first, pair.second);
        }))
      report("instruction '%s' of %s does not exist, it is of %s", name,
             nameTypes(pair.first, pair.second).c_str(),
             join(types, ", ").c_str());
}

void Validator::instructions() {
  StringSet<> names;
  for (const InstructionClass &instruction : model.instructions) {
    std::string prefix = "instruction '" + instruction.name + "': ";
    if (instruction.name.empty() || instruction.name == "auto")
      report("an instruction class must have a name other than 'auto'");
    else
      known(instruction);
    if (!names.insert(instruction.name).second)
      report("instruction '%s' is listed twice", instruction.name.c_str());
    if (instruction.types.empty())
      report("%stypes is empty", prefix.c_str());
    if (instruction.isMatrix()) {
      range((prefix + "shape m").c_str(), instruction.shapeM, 1, 1024);
      range((prefix + "shape n_multiple").c_str(), instruction.shapeNMultiple,
            1, 1024);
      range((prefix + "shape n_max").c_str(), instruction.shapeNMax,
            instruction.shapeNMultiple, 1024);
      range((prefix + "shape k_bytes").c_str(), instruction.shapeKBytes, 1,
            1024);
    }
  }
}

void Validator::gpu() {
  if (!model.isGPU()) {
    if (model.sms || model.sharedBytes)
      report("sms and shared_bytes are properties of nvptx64 only");
    return;
  }
  range("sms", model.sms, 1, 4096);
  range("shared_bytes", model.sharedBytes, 1024, 1 << 24);
  range("registers_per_thread", model.registersPerThread, 16, 1024);
  range("registers_per_sm", model.registersPerSM, 1024, 1 << 24);
  range("max_cluster_size", model.maxClusterSize, 1, 64);
}

Error validate(const HardwareModel &model) {
  Validator validator{model};
  if (model.name.empty())
    validator.report("name is empty");
  if (model.source.empty())
    validator.report("source is empty: say where the values come from");
  if (model.triple.empty())
    validator.report("triple is empty");
  validator.caches();
  validator.vectors();
  validator.instructions();
  validator.gpu();
  return std::move(validator.errors);
}

} // namespace tensorop
