//===- BoardFeatures.cpp - Features of ARM and RISC-V processors ----------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BoardFeatures.h"
#include "TensorOp/Runtime/CpuFeatures.h"
#include <csetjmp>
#include <csignal>
#include <fstream>
#include <map>
#include <sys/auxv.h>
#include <type_traits>

using namespace tensorop;
using namespace tensorop::runtime;

using Source = FeatureSource;

/// RISC-V's HWCAP has a bit for each letter of the base extensions.
static constexpr int letter(char c) { return c - 'a'; }

/// Runs instructions of 32 bits or 16, which may write ft0, a5 and vectors;
/// nothing else of this program has vectors.
template <uint32_t... words> static void runInstructions() {
#if defined(__riscv)
  auto run = [](auto word) {
    constexpr uint32_t value = decltype(word)::value;
    if constexpr ((value & 3) == 3)
      __asm__ volatile(".4byte %0" : : "i"(value) : "ft0", "a5");
    else
      __asm__ volatile(".2byte %0" : : "i"(value) : "ft0", "a5");
  };
  (run(std::integral_constant<uint32_t, words>()), ...);
#endif
}

/// An extension of RISC-V that LLVM's backend uses where it may.
template <uint32_t... words>
static constexpr BoardFeature extension(std::string_view name,
                                        Source source = Source::Trial) {
  return {"riscv64", name, source, 0, runInstructions<words...>, true};
}

/// A feature of ARM that LLVM's backend uses where it may.
static constexpr BoardFeature plain(std::string_view name, Source source,
                                    int bit) {
  return {"aarch64", name, source, bit, nullptr, true};
}

const BoardFeature runtime::boardFeatures[] = {
    // Linux, arch/arm64/include/uapi/asm/hwcap.h.
    {"aarch64", "fp-armv8", Source::Hwcap, 0},
    {"aarch64", "neon", Source::Hwcap, 1},
    {"aarch64", "fma", Source::Hwcap, 1},
    {"aarch64", "aes", Source::Hwcap, 3},
    {"aarch64", "sha2", Source::Hwcap, 6},
    {"aarch64", "crc", Source::Hwcap, 7},
    {"aarch64", "lse", Source::Hwcap, 8},
    plain("fullfp16", Source::Hwcap, 10),
    {"aarch64", "rdm", Source::Hwcap, 12},
    {"aarch64", "rcpc", Source::Hwcap, 15},
    plain("dotprod", Source::Hwcap, 20),
    plain("sve", Source::Hwcap, 22),
    {"aarch64", "fp16fml", Source::Hwcap, 23},
    plain("sve2", Source::Hwcap2, 1),
    plain("i8mm", Source::Hwcap2, 13),
    plain("bf16", Source::Hwcap2, 14),
    {"riscv64", "m", Source::Hwcap, letter('m')},
    {"riscv64", "a", Source::Hwcap, letter('a')},
    {"riscv64", "f", Source::Hwcap, letter('f')},
    {"riscv64", "d", Source::Hwcap, letter('d')},
    {"riscv64", "c", Source::Hwcap, letter('c')},
    {"riscv64", "fma", Source::Vectors},
    {"riscv64", "v", Source::Vectors},
    extension<0x20002033>("zba"),                       // sh1add x0, x0, x0
    extension<0x40007033>("zbb"),                       // andn x0, x0, x0
    extension<0x08004033>("zbkb"),                      // pack x0, x0, x0
    extension<0x48005033>("zbs"),                       // bext x0, x0, x0
    extension<0x9fe1>("zcb"),                           // c.zext.b a5
    extension<0xf0180053>("zfa"),                       // fli.s ft0, 1.0
    extension<0x40600053>("zfbfmin"),                   // fcvt.s.bf16 ft0, ft0
    extension<0x04007053>("zfh"),                       // fadd.h ft0, ft0, ft0
    extension<0x40200053>("zfhmin"),                    // fcvt.s.h ft0, ft0
    extension<0x0e005033>("zicond"),                    // czero.eqz x0, x0, x0
    extension<0xd6483457>("zvbb", Source::VectorTrial), // vwsll.vi v8, v4, 16
    extension<0x4a469457>("zvfbfmin", Source::VectorTrial), // vfwcvtbf16.f.f.v
    extension<0xee421457>("zvfbfwma", Source::VectorTrial), // vfwmaccbf16.vv
    // vfadd.vv v0, v0, v0; fcvt.s.h ft0, ft0: Zfhmin comes along
    extension<0x02001057, 0x40200053>("zvfh", Source::VectorTrial),
    extension<0x4a461457>("zvfhmin", Source::VectorTrial), // vfwcvt.f.f.v
    extension<0x06420257>("zvkb", Source::VectorTrial), // vandn.vv v4, v4, v4
    {}};

const BoardFeature *runtime::findBoardFeature(std::string_view architecture,
                                              std::string_view name) {
  for (const BoardFeature *each = boardFeatures; !each->name.empty(); ++each)
    if (each->architecture == architecture && each->name == name)
      return each;
  return nullptr;
}

#if defined(__riscv)

static sigjmp_buf escape;
static void leave(int) { siglongjmp(escape, 1); }

/// Runs `code`; false when the processor, or the operating system, refuses an
/// instruction of it.
template <typename Code> static bool isLegal(Code code) {
  struct sigaction action = {}, before;
  action.sa_handler = leave;
  if (sigaction(SIGILL, &action, &before) != 0)
    return false;
  // After the jump only what is volatile is known.
  volatile bool legal = false;
  if (sigsetjmp(escape, /*savemask=*/1) == 0) {
    code();
    legal = true;
  }
  sigaction(SIGILL, &before, nullptr);
  return legal;
}

/// vsetvl: elements in a register group of the vector type `vtype`.
static int64_t getVectorLength(int64_t vtype) {
  int64_t length;
  __asm__ volatile(".insn r 0x57, 7, 0x40, %0, x0, %1"
                   : "=r"(length)
                   : "r"(vtype));
  return length;
}

int64_t runtime::probeVectorBytes(bool &isDraft) {
  // Half a register of bytes in version 1.0; eight registers of halfwords in
  // the draft 0.7.1, which has the bits of vtype in other places.
  constexpr int64_t bytes = 0, other = 7;
  static int64_t whole = 0, part = 0;
  static const bool legal = isLegal([] {
    whole = getVectorLength(bytes);
    part = getVectorLength(other);
  });
  isDraft = legal && part == 4 * whole;
  return legal && 2 * part == whole ? whole : 0;
}

static bool isLegalOnHalfwords(void (*instruction)()) {
  bool isDraft;
  return probeVectorBytes(isDraft) && isLegal([&] {
           constexpr int64_t halfwords = 8;
           (void)getVectorLength(halfwords);
           instruction();
         });
}

#else

int64_t runtime::probeVectorBytes(bool &isDraft) {
  isDraft = false;
  return 0;
}

static bool isLegal(void (*)()) { return false; }
static bool isLegalOnHalfwords(void (*)()) { return false; }

#endif

bool runtime::hasBoardFeature(const BoardFeature &feature) {
  if (feature.architecture != getHostArchitecture())
    return false;
  bool isDraft;
  switch (feature.source) {
  case FeatureSource::Hwcap:
    return ::getauxval(AT_HWCAP) >> feature.bit & 1;
  case FeatureSource::Hwcap2:
    return ::getauxval(AT_HWCAP2) >> feature.bit & 1;
  case FeatureSource::Vectors:
    return probeVectorBytes(isDraft) > 0;
  case FeatureSource::Trial:
    return isLegal(feature.instruction);
  case FeatureSource::VectorTrial:
    return isLegalOnHalfwords(feature.instruction);
  }
  return false;
}

/// LLVM's name of the processor with ARM's number `part`.
static std::string nameArmPart(const std::string &part) {
  static const std::map<std::string, std::string> names = {
      {"0xd03", "cortex-a53"},  {"0xd05", "cortex-a55"},
      {"0xd07", "cortex-a57"},  {"0xd08", "cortex-a72"},
      {"0xd0b", "cortex-a76"},  {"0xd0c", "neoverse-n1"},
      {"0xd40", "neoverse-v1"}, {"0xd49", "neoverse-n2"},
      {"0xd4f", "neoverse-v2"}, {"0xd8e", "neoverse-n3"}};
  auto found = names.find(part);
  return found == names.end() ? "" : found->second;
}

std::string runtime::readProcessorName(std::string_view architecture) {
  std::map<std::string, std::string> fields;
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    size_t colon = line.find(':');
    if (colon == std::string::npos)
      continue;
    std::string name = line.substr(0, line.find_last_not_of(" \t:", colon) + 1);
    size_t value = line.find_first_not_of(" \t", colon + 1);
    // Of the first processor.
    if (value != std::string::npos)
      fields.try_emplace(name, line.substr(value));
  }
  if (architecture == "aarch64") {
    if (fields["CPU implementer"] == "0x41")
      if (std::string name = nameArmPart(fields["CPU part"]); !name.empty())
        return name;
    if (!fields["CPU implementer"].empty())
      return "implementer " + fields["CPU implementer"] + ", part " +
             fields["CPU part"];
  }
  for (const char *name : {"uarch", "model name"})
    if (!fields[name].empty())
      return fields[name];
  return "";
}
