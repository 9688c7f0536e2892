//===- CpuFeatures.cpp - What the processor can execute -------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Runtime/CpuFeatures.h"
#include "BoardFeatures.h"
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <sys/prctl.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

using namespace tensorop;
using namespace tensorop::runtime;

std::string_view runtime::getHostArchitecture() {
#if defined(__x86_64__)
  return "x86_64";
#elif defined(__aarch64__)
  return "aarch64";
#elif defined(__riscv) && __riscv_xlen == 64
  return "riscv64";
#else
  return "unknown";
#endif
}

namespace {

enum Register { EAX, EBX, ECX, EDX };

/// Parts of the register file that the operating system must save (XCR0).
enum State : uint64_t {
  NoState = 0,
  Avx = 0x6,     // XMM, YMM
  Avx512 = 0xe6, // and opmask, ZMM halves, ZMM16-31
  Amx = 0x60000, // tile configuration and data
};

/// Where cpuid tells about a feature.
struct Feature {
  const char *name;
  uint32_t leaf, subleaf;
  Register reg;
  int bit;
  State state;
};

constexpr uint32_t extended = 0x80000001;

constexpr Feature features[] = {
    {"cx8", 1, 0, EDX, 8, NoState},
    {"cmov", 1, 0, EDX, 15, NoState},
    {"mmx", 1, 0, EDX, 23, NoState},
    {"fxsr", 1, 0, EDX, 24, NoState},
    {"sse", 1, 0, EDX, 25, NoState},
    {"sse2", 1, 0, EDX, 26, NoState},
    {"sse3", 1, 0, ECX, 0, NoState},
    {"pclmul", 1, 0, ECX, 1, NoState},
    {"ssse3", 1, 0, ECX, 9, NoState},
    {"fma", 1, 0, ECX, 12, Avx},
    {"cx16", 1, 0, ECX, 13, NoState},
    {"sse4.1", 1, 0, ECX, 19, NoState},
    {"sse4.2", 1, 0, ECX, 20, NoState},
    {"crc32", 1, 0, ECX, 20, NoState},
    {"movbe", 1, 0, ECX, 22, NoState},
    {"popcnt", 1, 0, ECX, 23, NoState},
    {"aes", 1, 0, ECX, 25, NoState},
    {"xsave", 1, 0, ECX, 26, NoState},
    {"avx", 1, 0, ECX, 28, Avx},
    {"f16c", 1, 0, ECX, 29, Avx},
    {"rdrnd", 1, 0, ECX, 30, NoState},
    {"fsgsbase", 7, 0, EBX, 0, NoState},
    {"bmi", 7, 0, EBX, 3, NoState},
    {"avx2", 7, 0, EBX, 5, Avx},
    {"bmi2", 7, 0, EBX, 8, NoState},
    {"invpcid", 7, 0, EBX, 10, NoState},
    {"avx512f", 7, 0, EBX, 16, Avx512},
    {"avx512dq", 7, 0, EBX, 17, Avx512},
    {"rdseed", 7, 0, EBX, 18, NoState},
    {"adx", 7, 0, EBX, 19, NoState},
    {"avx512ifma", 7, 0, EBX, 21, Avx512},
    {"clflushopt", 7, 0, EBX, 23, NoState},
    {"clwb", 7, 0, EBX, 24, NoState},
    {"avx512cd", 7, 0, EBX, 28, Avx512},
    {"sha", 7, 0, EBX, 29, NoState},
    {"avx512bw", 7, 0, EBX, 30, Avx512},
    {"avx512vl", 7, 0, EBX, 31, Avx512},
    {"avx512vbmi", 7, 0, ECX, 1, Avx512},
    {"avx512vbmi2", 7, 0, ECX, 6, Avx512},
    {"gfni", 7, 0, ECX, 8, NoState},
    {"vaes", 7, 0, ECX, 9, Avx},
    {"vpclmulqdq", 7, 0, ECX, 10, Avx},
    {"avx512vnni", 7, 0, ECX, 11, Avx512},
    {"avx512bitalg", 7, 0, ECX, 12, Avx512},
    {"avx512vpopcntdq", 7, 0, ECX, 14, Avx512},
    {"rdpid", 7, 0, ECX, 22, NoState},
    {"movdiri", 7, 0, ECX, 27, NoState},
    {"movdir64b", 7, 0, ECX, 28, NoState},
    {"avx512vp2intersect", 7, 0, EDX, 8, Avx512},
    {"amx-bf16", 7, 0, EDX, 22, Amx},
    {"avx512fp16", 7, 0, EDX, 23, Avx512},
    {"amx-tile", 7, 0, EDX, 24, Amx},
    {"amx-int8", 7, 0, EDX, 25, Amx},
    {"avxvnni", 7, 1, EAX, 4, Avx},
    {"avx512bf16", 7, 1, EAX, 5, Avx512},
    {"amx-fp16", 7, 1, EAX, 21, Amx},
    {"avxifma", 7, 1, EAX, 23, Avx},
    {"avxvnniint8", 7, 1, EDX, 4, Avx},
    {"avxneconvert", 7, 1, EDX, 5, Avx},
    {"avxvnniint16", 7, 1, EDX, 10, Avx},
    {"xsaveopt", 0xd, 1, EAX, 0, NoState},
    {"xsavec", 0xd, 1, EAX, 1, NoState},
    {"xsaves", 0xd, 1, EAX, 3, NoState},
    {"sahf", extended, 0, ECX, 0, NoState},
    {"lzcnt", extended, 0, ECX, 5, NoState},
    {"sse4a", extended, 0, ECX, 6, NoState},
    {"prfchw", extended, 0, ECX, 8, NoState},
    {"xop", extended, 0, ECX, 11, Avx},
    {"fma4", extended, 0, ECX, 16, Avx},
    {"tbm", extended, 0, ECX, 21, NoState},
    {"64bit", extended, 0, EDX, 29, NoState},
};

const Feature *findFeature(std::string_view name) {
  for (const Feature &feature : features)
    if (name == feature.name)
      return &feature;
  return nullptr;
}

} // namespace

bool runtime::isKnownCpuFeature(std::string_view architecture,
                                std::string_view feature) {
  return architecture == "x86_64"
             ? findFeature(feature) != nullptr
             : findBoardFeature(architecture, feature) != nullptr;
}

bool runtime::isOfPlainCode(std::string_view architecture,
                            std::string_view feature) {
  const BoardFeature *found = findBoardFeature(architecture, feature);
  return found && found->isOfPlainCode;
}

#if defined(__x86_64__)

namespace {

/// The registers of one cpuid leaf; zero where the processor has none.
struct Leaf {
  uint32_t registers[4] = {0, 0, 0, 0};
  Leaf(uint32_t leaf, uint32_t subleaf) {
    __get_cpuid_count(leaf, subleaf, &registers[EAX], &registers[EBX],
                      &registers[ECX], &registers[EDX]);
  }
};

/// The register state that the operating system saves; 0 when it has not
/// enabled XSAVE.
uint64_t getSavedState() {
  constexpr int osxsave = 27;
  if (!(Leaf(1, 0).registers[ECX] >> osxsave & 1))
    return 0;
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return uint64_t(high) << 32 | low;
}

bool hasFeature(const Feature &feature) {
  uint32_t bits = Leaf(feature.leaf, feature.subleaf).registers[feature.reg];
  return (bits >> feature.bit & 1) &&
         (getSavedState() & feature.state) == feature.state;
}

} // namespace

bool runtime::hasCpuFeature(std::string_view feature) {
  const Feature *found = findFeature(feature);
  return found && hasFeature(*found);
}

std::vector<std::string> runtime::getHostCpuFeatures() {
  std::vector<std::string> present;
  for (const Feature &feature : features)
    if (hasFeature(feature))
      present.push_back(feature.name);
  std::sort(present.begin(), present.end());
  return present;
}

std::string runtime::getHostCpuName() {
  if (Leaf(0x80000000, 0).registers[EAX] < 0x80000004)
    return "x86_64";
  std::string name;
  for (uint32_t leaf = 0x80000002; leaf <= 0x80000004; ++leaf) {
    Leaf part(leaf, 0);
    name.append(reinterpret_cast<const char *>(part.registers), 16);
  }
  name.resize(std::strlen(name.c_str()));
  name.erase(0, name.find_first_not_of(' '));
  name.erase(name.find_last_not_of(' ') + 1);
  return name.empty() ? "x86_64" : name;
}

#else

bool runtime::hasCpuFeature(std::string_view name) {
  const BoardFeature *feature = findBoardFeature(getHostArchitecture(), name);
  return feature && hasBoardFeature(*feature);
}

std::vector<std::string> runtime::getHostCpuFeatures() {
  std::vector<std::string> present;
  for (const BoardFeature *each = boardFeatures; !each->name.empty(); ++each)
    if (hasBoardFeature(*each))
      present.emplace_back(each->name);
  std::sort(present.begin(), present.end());
  return present;
}

std::string runtime::getHostCpuName() {
  std::string architecture(getHostArchitecture());
  // The files of an emulated process are those of the machine below.
  if (std::string emulator = getEmulator(); !emulator.empty())
    return architecture + " (" + emulator + ")";
  std::string name = readProcessorName(architecture);
  return name.empty() ? architecture : name;
}

#endif

int64_t runtime::getScalableVectorBits() {
  bool isDraft;
  if (int64_t bytes = probeVectorBytes(isDraft))
    return 8 * bytes;
#if defined(__aarch64__)
  if (hasCpuFeature("sve"))
    if (int length = ::prctl(PR_SVE_GET_VL); length > 0)
      return 8 * (length & PR_SVE_VL_LEN_MASK);
#endif
  return 0;
}

std::string runtime::getEmulator() {
  // QEMU answers for /proc/self/exe in the name of the emulated program, but
  // not for this one.
  char path[4096];
  ssize_t length = ::readlink("/proc/thread-self/exe", path, sizeof path);
  std::string name(path, length > 0 ? size_t(length) : 0);
  name.erase(0, name.rfind('/') + 1);
  return name.rfind("qemu-", 0) == 0 ? name : "";
}
