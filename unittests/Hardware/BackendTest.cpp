//===- BackendTest.cpp - Promises that the backend cannot keep ------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Hardware/Backend.h"
#include <gtest/gtest.h>

using namespace tensorop;
using llvm::StringRef;

namespace {

/// What is wrong with the machine `name` after `change`, without its name.
template <typename Change>
std::string message(StringRef name, const Change &change) {
  auto model = resolveTarget(name);
  if (!model) {
    ADD_FAILURE() << toString(model.takeError());
    return "";
  }
  change(*model);
  EXPECT_EQ(toString(validate(*model)), "");
  std::string text = toString(checkBackend(*model)), result;
  for (StringRef rest = text; !rest.empty();) {
    auto [line, others] = rest.split('\n');
    EXPECT_TRUE(line.consume_front(model->name + ": ")) << line.str();
    result += (result.empty() ? "" : "\n") + line.str();
    rest = others;
  }
  return result;
}

/// One more pair of types for the instruction class `name` of `model`.
void add(HardwareModel &model, StringRef name, StringRef input,
         StringRef accumulator) {
  for (InstructionClass &one : model.instructions)
    if (one.name == name)
      return one.types.emplace_back(input, accumulator), void();
  InstructionClass one;
  one.name = name.str();
  one.types = {{input.str(), accumulator.str()}};
  one.group = name == "dpbf16" || name == "bfdot" ? 2 : 4;
  model.instructions.push_back(one);
}

TEST(Backend, HasWhatTheCataloguePromises) {
  for (const std::string &name : knownMachines()) {
    auto model = resolveTarget(name);
    if (!model)
      consumeError(model.takeError());
    else
      EXPECT_EQ(toString(checkBackend(*model)), "");
  }
}

TEST(Backend, InstructionsOfHalves) {
  auto halves = [](HardwareModel &m) { add(m, "fma", "f16", "f16"); };
  EXPECT_EQ(message("rvv", halves),
            "instruction 'fma' of f16 needs 'zvfh', and the attributes "
            "'+m,+a,+f,+d,+c,+v' do not give it: add +zvfh where the machine "
            "has it, or take the promise out");
  EXPECT_EQ(message("rvv",
                    [&](HardwareModel &m) {
                      halves(m);
                      m.attributes += ",+zvfh";
                    }),
            "");
  EXPECT_EQ(message("neon", halves),
            "instruction 'fma' of f16 needs 'fullfp16', and the attributes '' "
            "do not give it: add +fullfp16 where the machine has it, or take "
            "the promise out");
  EXPECT_EQ(message("x86-64-v4", halves),
            "instruction 'fma' of f16 needs 'avx512fp16', and neither the cpu "
            "'x86-64-v4' nor the attributes '' give it: add +avx512fp16 where "
            "the machine has it, or take the promise out");
  std::string text =
      message("rvv", [](HardwareModel &m) { add(m, "vfmacc", "f16", "f32"); });
  EXPECT_EQ(
      text.find("instruction 'vfmacc' of f16 with sums in f32 needs 'zvfhmin'"),
      0u)
      << text;
  // Widened by moving bits.
  for (const char *target : {"rvv", "neon", "x86-64-v3"})
    EXPECT_EQ(resolveTarget(target)->instruction("fma")->accumulatorFor("bf16"),
              "f32");
}

TEST(Backend, Dots) {
  struct Case {
    const char *target, *instruction, *input, *accumulator, *feature;
  };
  for (const Case &c : std::initializer_list<Case>{
           {"neon", "sdot", "i8", "i32", "dotprod"},
           {"neon", "udot", "i8", "i32", "dotprod"},
           {"cortex-a55", "usdot", "i8", "i32", "i8mm"},
           {"sve", "usdot", "i8", "i32", "i8mm"},
           {"neon", "bfdot", "bf16", "f32", "bf16"},
           {"x86-64-v4", "vnni", "i8", "i32", "avx512vnni"},
           {"x86-64-v3", "vnni", "i8", "i32", "avx512vnni"},
           {"x86-64-v4", "dpbf16", "bf16", "f32", "avx512bf16"}}) {
    std::string text = message(c.target, [&](HardwareModel &m) {
      add(m, c.instruction, c.input, c.accumulator);
    });
    EXPECT_EQ(text.find(std::string("instruction '") + c.instruction + "' of " +
                        c.input + " with sums in " + c.accumulator +
                        " needs '" + c.feature + "', and "),
              0u)
        << text;
    EXPECT_NE(text.find(std::string(": add +") + c.feature), std::string::npos)
        << text;
    EXPECT_EQ(message(c.target,
                      [&](HardwareModel &m) {
                        add(m, c.instruction, c.input, c.accumulator);
                        m.attributes += m.attributes.empty() ? "+" : ",+";
                        m.attributes += c.feature;
                      }),
              "");
  }
  // 256 bits: AVX-VNNI will do; 512 need AVX-512.
  auto avxvnni = [](HardwareModel &m) {
    add(m, "vnni", "i8", "i32");
    m.attributes = "+avxvnni";
  };
  EXPECT_EQ(message("x86-64-v3", avxvnni), "");
  EXPECT_NE(message("x86-64-v4", avxvnni), "");
}

TEST(Backend, Vectors) {
  EXPECT_EQ(
      message("rvv", [](HardwareModel &m) { m.attributes = "+m,+d"; }),
      "feature 'v': the attributes '+m,+d' do not give it: add +v where the "
      "machine has it, or take the promise out");
  EXPECT_EQ(message("sve", [](HardwareModel &m) { m.attributes.clear(); }),
            "feature 'sve': the attributes '' do not give it: add +sve where "
            "the machine has it, or take the promise out");
  EXPECT_EQ(
      message("spacemit-x60",
              [](HardwareModel &m) { m.vectorBits = m.vectorBitsMax = 128; }),
      "vector_bits is 128, but the cpu 'spacemit-x60' and the attributes "
      "'+m,+a,+f,+d,+c,+v,-zicond' say zvl256b: vectors of 256 bits and "
      "more");
  EXPECT_EQ(message("x86-64-v3",
                    [](HardwareModel &m) {
                      m.vectorBits = m.vectorBitsMax = 512;
                      m.instructions.clear();
                    }),
            "vector_bits is 512, which needs 'avx512f', and neither the cpu "
            "'x86-64-v3' nor the attributes '' give it: add +avx512f where the "
            "machine has it, or take the promise out");
}

TEST(Backend, Features) {
  EXPECT_EQ(message("neoverse-n1",
                    [](HardwareModel &m) { m.features.push_back("i8mm"); }),
            "feature 'i8mm': neither the cpu 'neoverse-n1' nor the attributes "
            "'' give it: add +i8mm where the machine has it, or take the "
            "promise out");
  EXPECT_EQ(
      message("neon", [](HardwareModel &m) { m.features.push_back("magic"); }),
      "feature 'magic' is none that the backend of "
      "aarch64-unknown-linux-gnu knows");
}

TEST(Backend, NamesThatItDoesNotKnow) {
  EXPECT_EQ(message("rvv", [](HardwareModel &m) { m.attributes += ",+zvfj"; }),
            "the backend of riscv64-unknown-linux-gnu does not know the "
            "attribute '+zvfj'; the nearest is '+zvfh'");
  EXPECT_EQ(
      message("neon", [](HardwareModel &m) { m.attributes = "+nonsense"; }),
      "the backend of aarch64-unknown-linux-gnu does not know the attribute "
      "'+nonsense'");
  EXPECT_EQ(message("neon", [](HardwareModel &m) { m.attributes = "sve,"; }),
            "attribute 'sve' must begin with + or -\n"
            "attribute '' must begin with + or -");
  EXPECT_EQ(message("neon", [](HardwareModel &m) { m.cpu = "cortex-z1"; }),
            "the backend of aarch64-unknown-linux-gnu does not know the cpu "
            "'cortex-z1'");
  EXPECT_EQ(message("rvv", [](HardwareModel &m) { m.cpu = "sifive-e31"; }),
            "the cpu 'sifive-e31' with the attributes '+m,+a,+f,+d,+c,+v' has "
            "no registers of 64 bits, which riscv64-unknown-linux-gnu needs");
  EXPECT_EQ(message("x86-64-v3", [](HardwareModel &m) { m.cpu = "i486"; }),
            "the cpu 'i486' with the attributes '' has no registers of 64 "
            "bits, which x86_64-unknown-linux-gnu needs");
  EXPECT_EQ(
      message("neon",
              [](HardwareModel &m) { m.triple = "riscv64-unknown-linux-gnu"; }),
      "triple 'riscv64-unknown-linux-gnu' is for riscv64, arch is "
      "aarch64");
  EXPECT_EQ(message("neon", [](HardwareModel &m) { m.triple = "aarch64"; }),
            "triple must be <arch>-<vendor>-<system>, but is 'aarch64'");
}

TEST(Backend, SystemsThatKernelsAreNotMadeFor) {
  auto triple = [](StringRef name, const char *text) {
    return message(name, [&](HardwareModel &m) { m.triple = text; });
  };
  EXPECT_EQ(triple("neon", "aarch64-apple-darwin"),
            "triple 'aarch64-apple-darwin' is for the system 'darwin', kernels "
            "are made for linux, as in aarch64-unknown-linux-gnu");
  EXPECT_EQ(triple("neon", "aarch64-pc-windows-msvc"),
            "triple 'aarch64-pc-windows-msvc' is for the system 'windows', "
            "kernels are made for linux, as in aarch64-unknown-linux-gnu");
  EXPECT_EQ(triple("rvv", "riscv64-unknown-elf"),
            "triple 'riscv64-unknown-elf' is for the system 'unknown', kernels "
            "are made for linux, as in riscv64-unknown-linux-gnu");
  EXPECT_EQ(triple("neon", "aarch64-unknown-linux-macho"),
            "triple 'aarch64-unknown-linux-macho' asks for objects of the "
            "format macho, kernels are objects of the format elf, as in "
            "aarch64-unknown-linux-gnu");
  EXPECT_EQ(triple("neon", "aarch64-unknown-linux-gnu_ilp32"),
            "triple 'aarch64-unknown-linux-gnu_ilp32' has pointers of 32 bits "
            "(gnu_ilp32), kernels have pointers of 64, as in "
            "aarch64-unknown-linux-gnu");
  EXPECT_EQ(triple("x86-64-v3", "x86_64-unknown-linux-gnux32"),
            "triple 'x86_64-unknown-linux-gnux32' has pointers of 32 bits "
            "(gnux32), kernels have pointers of 64, as in "
            "x86_64-unknown-linux-gnu");
  EXPECT_EQ(triple("rvv", "riscv64-alpine-linux-musl"), "");
}

TEST(Backend, AttributesThatNoMachineHas) {
  auto add = [](StringRef name, const char *attribute) {
    return message(name, [&](HardwareModel &m) {
      m.attributes += m.attributes.empty() ? "" : ",";
      m.attributes += attribute;
    });
  };
  StringRef start = "the cpu '' with the attributes '+m,+a,+f,+d,+c,+v,";
  EXPECT_EQ(add("rvv", "+zfinx"),
            start.str() + "+zfinx' is no machine: 'f' and 'zfinx' extensions "
                          "are incompatible");
  EXPECT_EQ(add("rvv", "+e"), start.str() +
                                  "+e' has 16 registers of integers (e), "
                                  "riscv64-unknown-linux-gnu needs 32");
  EXPECT_EQ(add("rvv", "+zcmp"),
            start.str() + "+zcmp' is no machine: 'zcmp' extension is "
                          "incompatible with 'c' extension when 'd' extension "
                          "is enabled");
  EXPECT_EQ(add("rvv", "+zcb"), "");
  EXPECT_EQ(add("rvv", "+32bit"),
            start.str() + "+32bit' has no registers of 64 bits, which "
                          "riscv64-unknown-linux-gnu needs");
  for (auto [name, attribute] : {std::pair("rvv", "+reserve-x10"),
                                 {"rvv", "+save-restore"},
                                 {"neon", "+reserve-x1"},
                                 {"neon", "+call-saved-x8"},
                                 {"x86-64-v3", "+soft-float"},
                                 {"x86-64-v3", "+32bit-mode"},
                                 {"x86-64-v3", "+x32"}})
    EXPECT_EQ(add(name, attribute),
              std::string("attribute '") + attribute +
                  "' is no feature of a machine but a rule for its code, which "
                  "kernels do not follow: take it out");
  EXPECT_EQ(add("x86-64-v3", "-64bit-mode"),
            "the cpu 'x86-64-v3' with the attributes '-64bit-mode' has no "
            "registers of 64 bits, which x86_64-unknown-linux-gnu needs");
  EXPECT_EQ(add("rvv", "-save-restore"), "");
}

} // namespace
