//===- HardwareTest.cpp - Hardware models and the catalogue ---------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Hardware/HardwareModel.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdlib>
#include <gtest/gtest.h>

using namespace tensorop;
using llvm::StringRef;

namespace {

std::string error(llvm::Expected<HardwareModel> model) {
  return model ? "model " + model->name : toString(model.takeError());
}

HardwareModel resolve(StringRef name) {
  auto model = resolveTarget(name);
  if (!model) {
    ADD_FAILURE() << toString(model.takeError());
    return HardwareModel();
  }
  return *model;
}

TEST(Catalogue, EveryMachineIsValidAndSaysItsSource) {
  auto names = knownMachines();
  EXPECT_GE(names.size(), 12u);
  int refused = 0;
  for (const std::string &name : names) {
    auto model = resolveTarget(name);
    if (!model) {
      EXPECT_NE(toString(model.takeError()).find("is refused"),
                std::string::npos);
      ++refused;
      continue;
    }
    EXPECT_EQ(model->name, name);
    EXPECT_FALSE(model->source.empty());
    EXPECT_TRUE(model->hasFeature("fma") || model->isGPU()) << name;
    EXPECT_TRUE(model->cacheBytes("l2").has_value()) << name;
  }
  EXPECT_EQ(refused, 1);
}

TEST(Catalogue, JsonRoundTrip) {
  for (const std::string &name : knownMachines()) {
    auto model = resolveTarget(name);
    if (!model) {
      consumeError(model.takeError());
      continue;
    }
    std::string text = printHardwareModel(*model);
    auto again = parseHardwareModel(text);
    ASSERT_TRUE(bool(again)) << toString(again.takeError());
    EXPECT_EQ(printHardwareModel(*again), text);
  }
}

TEST(Catalogue, Facts) {
  HardwareModel v3 = resolve("x86-64-v3"), v4 = resolve("x86-64-v4");
  EXPECT_EQ(v3.lanes(32), 8);
  EXPECT_EQ(v4.lanes(32), 16);
  EXPECT_EQ(v3.vectorRegisters, 16);
  EXPECT_EQ(v4.vectorRegisters, 32);
  EXPECT_TRUE(resolve("znver4").hasFeature("avx512_bf16"));
  EXPECT_TRUE(resolve("znver4").hasFeature("avx512bf16"));
  EXPECT_FALSE(v3.hasFeature("avx512f"));
  EXPECT_EQ(*resolve("znver5").instruction("vnni")->accumulatorFor("i8"),
            "i32");
  EXPECT_EQ(v3.instruction("vnni"), nullptr);
  HardwareModel x60 = resolve("spacemit-x60");
  EXPECT_EQ(x60.vectorBits, 256);
  EXPECT_EQ(x60.minVscale(), 4);
  EXPECT_EQ(x60.scalarOperand, ScalarOperand::Free);
  HardwareModel gpu = resolve("sm_90a");
  EXPECT_TRUE(gpu.isGPU());
  EXPECT_EQ(gpu.sharedBytes, 227 * 1024);
  EXPECT_TRUE(gpu.instruction("wgmma")->isMatrix());
}

TEST(Catalogue, Families) {
  HardwareModel any = resolve("rvv"), wide = resolve("rvv:vlen=512");
  EXPECT_TRUE(any.scalable);
  EXPECT_EQ(any.vectorBits, 128);
  EXPECT_EQ(any.vectorBitsMax, 65536);
  EXPECT_EQ(wide.vectorBits, 512);
  EXPECT_EQ(wide.vectorBitsMax, 512);
  EXPECT_EQ(wide.minVscale(), 8);
  EXPECT_EQ(resolve("rvv:vlen=256:cpu=spacemit-x60").cpu, "spacemit-x60");
  EXPECT_EQ(resolve("neon:cpu=neoverse-n1").name, "neoverse-n1");
  EXPECT_EQ(resolve("neon").arch, Architecture::AArch64);
  // One processor, two kinds of vectors.
  EXPECT_EQ(resolve("neon:cpu=neoverse-v1").name, "neoverse-v1");
  EXPECT_EQ(resolve("neon:cpu=neoverse-v1-sve").name, "neoverse-v1");
  EXPECT_EQ(resolve("sve:cpu=neoverse-v1").name, "neoverse-v1-sve");
  EXPECT_EQ(resolve("sve:cpu=neoverse-v1").vectorBits, 256);
  EXPECT_EQ(resolve("sve:cpu=neoverse-v1:vlen=256").vectorBitsMax, 256);
  EXPECT_EQ(resolve("sve").scalableUnitBits(), 128);
  EXPECT_TRUE(resolve("sve").isLengthAgnostic());
  HardwareModel sve = resolve("sve:vlen=256");
  EXPECT_EQ(sve.name, "sve:vlen=256");
  EXPECT_EQ(sve.vectorBits, 256);
  EXPECT_EQ(sve.vectorBitsMax, 256);
  EXPECT_FALSE(sve.isLengthAgnostic());
  EXPECT_EQ(sve.lanes(32), 8);
  EXPECT_EQ(sve.minVscale(), 2);
  // The backend has no attribute for the length.
  EXPECT_EQ(sve.attributes, resolve("sve").attributes);
  EXPECT_EQ(resolve("nvptx").name, "sm_90a");
  EXPECT_EQ(resolve("nvptx:sm_90a").name, "sm_90a");
}

TEST(Catalogue, UnknownTargets) {
  std::string list =
      "; code is made for native, apple-m1, cortex-a55, cortex-a72, "
      "neoverse-n1, neoverse-v1, neoverse-v1-sve, sapphirerapids, sifive-p670, "
      "sifive-x280, "
      "spacemit-x60, "
      "x86-64-v3, x86-64-v4, znver3, znver4, znver5, rvv[:vlen=N][:cpu=NAME], "
      "neon[:cpu=NAME], sve[:vlen=N][:cpu=NAME] and the machine of a hardware "
      "file (a "
      "path that ends in .json); planned, for now plans are only verified: "
      "nvptx[:sm_XX], sm_90a";
  EXPECT_EQ(error(resolveTarget("vax")), "unknown target 'vax'" + list);
  EXPECT_EQ(error(resolveTarget("")), "unknown target ''" + list);
  EXPECT_EQ(error(resolveTarget("../x86-64-v3")),
            "unknown target '../x86-64-v3'" + list);
  EXPECT_EQ(error(resolveTarget("rvv:cpu=vax")), "unknown target 'vax'" + list);
  EXPECT_EQ(error(resolveTarget("rvv:lanes=4")),
            "target 'rvv:lanes=4': unknown option 'lanes=4'" + list);
  EXPECT_EQ(error(resolveTarget("rvv:vlen=300")),
            "target 'rvv:vlen=300': vlen is '300', must be a power of two "
            "between 64 and 65536");
  EXPECT_EQ(error(resolveTarget("rvv:vlen=128:cpu=spacemit-x60")),
            "target 'rvv:vlen=128:cpu=spacemit-x60': vlen is 128, "
            "'spacemit-x60' has 256 to 256");
  EXPECT_EQ(error(resolveTarget("neon:cpu=znver3")),
            "target 'neon:cpu=znver3': 'znver3' is no neon machine");
  EXPECT_EQ(error(resolveTarget("sve:cpu=neoverse-n1")),
            "target 'sve:cpu=neoverse-n1': 'neoverse-n1' is no sve machine");
  EXPECT_EQ(error(resolveTarget("neon:vlen=256")),
            "target 'neon:vlen=256': NEON's vectors have 128 bits, vlen is of "
            "rvv and sve (sve:vlen=256)");
  for (StringRef twice :
       {"sve:vlen=256:vlen=512", "rvv:vlen=256:cpu=spacemit-x60:vlen=256",
        "spacemit-x60:vlen=256:vlen=256", "board.json:vlen=256:vlen=512"})
    EXPECT_EQ(error(resolveTarget(twice)),
              ("target '" + twice + "': 'vlen' is given twice").str());
  EXPECT_EQ(error(resolveTarget("neon:cpu=cortex-a55:cpu=cortex-a72")),
            "target 'neon:cpu=cortex-a55:cpu=cortex-a72': 'cpu' is given "
            "twice");
  EXPECT_EQ(error(resolveTarget("nvptx:sm_90a:sm_90a")),
            "target 'nvptx:sm_90a:sm_90a': 'sm_' is given twice");
  EXPECT_EQ(error(resolveTarget("nvptx:sm_12")),
            "unknown target 'sm_12'" + list);
}

TEST(Catalogue, DraftVectorsAreRefused) {
  std::string message = error(resolveTarget("xuantie-c910"));
  EXPECT_NE(message.find("target 'xuantie-c910' is refused: it implements the "
                         "draft 0.7.1 of the vector extension"),
            std::string::npos)
      << message;
}

TEST(Catalogue, FilesAndTheDataFolder) {
  llvm::SmallString<128> folder;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("tensorop", folder));
  llvm::SmallString<128> path(folder);
  llvm::sys::path::append(path, "hardware");
  ASSERT_FALSE(llvm::sys::fs::create_directory(path));
  llvm::sys::path::append(path, "toy.json");
  HardwareModel toy = resolve("x86-64-v3");
  toy.name = "toy";
  {
    std::error_code code;
    llvm::raw_fd_ostream os(path, code);
    ASSERT_FALSE(code);
    os << printHardwareModel(toy);
  }
  EXPECT_EQ(resolve(path).name, "toy");
  ASSERT_EQ(setenv("TENSOROP_DATA_DIR", folder.c_str(), 1), 0);
  EXPECT_EQ(knownMachines(), std::vector<std::string>{"toy"});
  EXPECT_EQ(resolve("toy").vectorBits, 256);
  ASSERT_EQ(unsetenv("TENSOROP_DATA_DIR"), 0);
  EXPECT_EQ(error(resolveTarget("/nonexistent/x.json")),
            "cannot read hardware file '/nonexistent/x.json': No such file or "
            "directory");
  llvm::sys::fs::remove_directories(folder);
}

//===----------------------------------------------------------------------===//
// Reading and validation
//===----------------------------------------------------------------------===//

/// The text of a good model with one piece replaced.
std::string damaged(StringRef from, StringRef to) {
  std::string text = printHardwareModel(resolve("x86-64-v3"));
  size_t at = text.find(from.str());
  EXPECT_NE(at, std::string::npos) << from.str();
  return text.replace(at, from.size(), to.str());
}

TEST(HardwareJSON, BadText) {
  auto message = [](StringRef from, StringRef to) {
    return error(parseHardwareModel(damaged(from, to)));
  };
  EXPECT_NE(error(parseHardwareModel("{\"name\": ")).find("[1:"),
            std::string::npos);
  EXPECT_EQ(error(parseHardwareModel("[]")), "expected object when parsing "
                                             "hardware");
  EXPECT_EQ(message("\"cores\"", "\"coers\""),
            "unknown field at hardware.coers");
  EXPECT_EQ(message("\"x86_64\"", "\"vax\""),
            "expected \"x86_64\", \"riscv64\", \"aarch64\" or \"nvptx64\" at "
            "hardware.arch");
  EXPECT_EQ(message("\"broadcast\"", "\"magic\""),
            "expected \"broadcast\", \"free\" or \"lane\" at "
            "hardware.scalar_operand");
  EXPECT_EQ(message("\"group\": 1", "\"group\": 1, \"signs\": \"positive\""),
            "expected \"any\", \"signed\", \"unsigned\" or \"mixed\" at "
            "hardware.instructions[0].signs");
  EXPECT_EQ(message("\"bytes\": 32768", "\"bytes\": \"many\""),
            "expected integer at hardware.caches[0].bytes");
  EXPECT_EQ(message("\"types\": [", "\"types\": [[\"f32\"],"),
            "expected a pair of input and accumulator type at "
            "hardware.instructions[0].types[0]");
  EXPECT_EQ(message("\"ways\": 8", "\"sets\": 8"),
            "unknown field at hardware.caches[0].sets");
}

TEST(HardwareJSON, MeasuredPeaksRoundTrip) {
  HardwareModel model = resolve("x86-64-v3");
  model.peaks = {1.5e11, 7e10, 6.25e10, 3e11, 6e11};
  auto again = parseHardwareModel(printHardwareModel(model));
  ASSERT_TRUE(bool(again)) << toString(again.takeError());
  EXPECT_TRUE(again->peaks.isMeasured());
  EXPECT_EQ(again->peaks.f64Flops, 7e10);
  EXPECT_EQ(again->peaks.bf16Flops, 3e11);
  EXPECT_EQ(again->peaks.i8Ops, 6e11);
  EXPECT_EQ(again->peaks.copyBytes, 6.25e10);
}

TEST(HardwareJSON, SignsRoundTrip) {
  HardwareModel model = resolve("neoverse-v1");
  auto again = parseHardwareModel(printHardwareModel(model));
  ASSERT_TRUE(bool(again)) << toString(again.takeError());
  for (auto [name, signs] : {std::pair("sdot", Signs::Signed),
                             {"udot", Signs::Unsigned},
                             {"usdot", Signs::Mixed},
                             {"fma", Signs::Any}}) {
    ASSERT_TRUE(again->instruction(name)) << name;
    EXPECT_EQ(again->instruction(name)->signs, signs) << name;
  }
}

TEST(HardwareJSON, MissingField) {
  EXPECT_EQ(error(parseHardwareModel("{\"name\": \"x\"}")),
            "missing value at hardware.source");
}

TEST(HardwareJSON, Ranges) {
  auto message = [](auto change) {
    HardwareModel model = resolve("x86-64-v3");
    change(model);
    return toString(validate(model));
  };
  EXPECT_EQ(message([](HardwareModel &) {}), "");
  EXPECT_EQ(
      message([](HardwareModel &m) { m.vectorBits = 300; }),
      "x86-64-v3: vector_bits is 300, must be a power of two\n"
      "x86-64-v3: vector_bits_max is 256, less than vector_bits (300)\n"
      "x86-64-v3: vector_bits_max is 256 but the vectors are not scalable "
      "(vector_bits 300)");
  EXPECT_EQ(message([](HardwareModel &m) { m.vectorRegisters = 0; }),
            "x86-64-v3: vector_registers is 0, must be 16 (32 with avx512f)");
  EXPECT_EQ(message([](HardwareModel &m) { m.fmaPerCycle = 0; }),
            "x86-64-v3: fma_per_cycle is 0, must be between 1 and 1024");
  EXPECT_EQ(message([](HardwareModel &m) { m.loadsPerCycle = 0; }),
            "x86-64-v3: loads_per_cycle is 0, must be between 1 and 1024");
  EXPECT_EQ(message([](HardwareModel &m) { m.issueWidth = 65; }),
            "x86-64-v3: issue_width is 65, must be between 0 and 64");
  EXPECT_EQ(message([](HardwareModel &m) { m.memoryBytesPerCycle = -1; }),
            "x86-64-v3: memory_bytes_per_cycle is -1, must be between 0 and "
            "4096");
  EXPECT_EQ(message([](HardwareModel &m) { m.caches[0].bytesPerCycle = -1; }),
            "x86-64-v3: cache 'l1': bytes_per_cycle is -1, must be between 0 "
            "and 4096");
  EXPECT_EQ(message([](HardwareModel &m) { m.peaks.f32Flops = 5; }),
            "x86-64-v3: peaks: f32_flops is 5, must be 0 or between 1e6 and "
            "1e16");
  EXPECT_EQ(message([](HardwareModel &m) { m.caches[1].bytes = 16384; }),
            "x86-64-v3: cache 'l2' has 16384 bytes, less than the level inside "
            "it (32768)");
  EXPECT_EQ(
      message([](HardwareModel &m) { m.caches[0].bytes = 32768 + 64; }),
      "x86-64-v3: cache 'l1': 32832 bytes are no multiple of 8 ways of 64 "
      "bytes");
  EXPECT_EQ(message([](HardwareModel &m) { m.caches[1].name = "l1"; }),
            "x86-64-v3: cache 'l1' is listed twice");
  EXPECT_EQ(message([](HardwareModel &m) { m.lmul = {1, 3}; }),
            "x86-64-v3: lmul has 3, must be 1, 2, 4 or 8\n"
            "x86-64-v3: lmul is a property of riscv64 only");
  EXPECT_EQ(message([](HardwareModel &m) { m.lmul.clear(); }),
            "x86-64-v3: lmul is empty, 1 is the least\n"
            "x86-64-v3: lmul is a property of riscv64 only");
  EXPECT_EQ(message([](HardwareModel &m) { m.instructions[0].name = "auto"; }),
            "x86-64-v3: an instruction class must have a name other than "
            "'auto'");
  EXPECT_EQ(message([](HardwareModel &m) { m.scalable = true; }),
            "x86-64-v3: only riscv64 and aarch64 have scalable vectors");
  EXPECT_EQ(message([](HardwareModel &m) { m.instructions[0].types.clear(); }),
            "x86-64-v3: instruction 'fma': types is empty");
  EXPECT_EQ(message([](HardwareModel &m) { m.instructions[0].group = 99; }),
            "x86-64-v3: instruction 'fma': group is 99, must be 1");
  EXPECT_EQ(message([](HardwareModel &m) {
              m.instructions.push_back(m.instructions[0]);
            }),
            "x86-64-v3: instruction 'fma' is listed twice");
  EXPECT_EQ(message([](HardwareModel &m) { m.sharedBytes = 4096; }),
            "x86-64-v3: sms and shared_bytes are properties of nvptx64 only");
  EXPECT_EQ(message([](HardwareModel &m) { m.source.clear(); }),
            "x86-64-v3: source is empty: say where the values come from");
  EXPECT_EQ(message([](HardwareModel &m) { m.name.clear(); }),
            ": name is empty");
  EXPECT_EQ(message([](HardwareModel &m) { m.triple.clear(); }),
            "x86-64-v3: triple is empty");
  EXPECT_EQ(message([](HardwareModel &m) { m.instructions[0].name = "warp"; }),
            "x86-64-v3: instruction 'warp' is none of this architecture, which "
            "has fma, pmaddwd, vnni, dpbf16");
  EXPECT_EQ(message([](HardwareModel &m) {
              m.instructions[0].types = {{"f32", "f32"}, {"f8", "f32"}};
            }),
            "x86-64-v3: instruction 'fma' of f8 with sums in f32 does not "
            "exist, it is of f32, f64, bf16 with sums in f32, f16 with sums "
            "in f32, f16");
  EXPECT_EQ(message([](HardwareModel &m) { m.instructions[0].shapeM = 8; }),
            "x86-64-v3: instruction 'fma' is no matrix instruction, so that m "
            "must be absent\n"
            "x86-64-v3: instruction 'fma': shape n_multiple is 0, must be "
            "between 1 and 1024\n"
            "x86-64-v3: instruction 'fma': shape k_bytes is 0, must be between "
            "1 and 1024");
  EXPECT_EQ(
      message([](HardwareModel &m) { m.instructions[1].operand = "f64"; }),
      "x86-64-v3: instruction 'pmaddwd': operand is 'f64', must be 'i16'");
  HardwareModel gpu = resolve("sm_90a");
  gpu.sms = 0;
  EXPECT_EQ(toString(validate(gpu)),
            "sm_90a: sms is 0, must be between 1 and 4096");
}

TEST(HardwareJSON, ArchitecturesHaveSoManyRegistersAndSuchVectors) {
  auto message = [](StringRef name, auto change) {
    HardwareModel model = resolve(name);
    change(model);
    return toString(validate(model));
  };
  for (int count : {1, 16, 64}) {
    auto registers = [&](HardwareModel &m) { m.vectorRegisters = count; };
    std::string what = ": vector_registers is " + std::to_string(count);
    for (StringRef name : {"rvv", "neon", "sve"})
      EXPECT_EQ(message(name, registers), name.str() + what +
                                              ", must be 32: so many has the "
                                              "architecture");
    EXPECT_EQ(message("x86-64-v4", registers),
              count == 16 ? "" : "x86-64-v4" + what + ", must be 16 or 32");
  }
  auto drop = [](HardwareModel &m) { m.features = {"fma"}; };
  EXPECT_EQ(message("rvv", drop),
            "rvv: the vectors are scalable, so that features must have 'v'");
  EXPECT_EQ(message("sve", drop),
            "sve: the vectors are scalable, so that features must have 'sve'");
  EXPECT_EQ(message("sve", [](HardwareModel &m) { m.vectorBitsMax = 384; }),
            "sve: vector_bits_max is 384, must be a power of two");
  EXPECT_EQ(message("sve", [](HardwareModel &m) { m.vectorBitsMax = 4096; }),
            "sve: vector_bits_max is 4096, but SVE's vectors have at most 2048 "
            "bits");
  EXPECT_EQ(message("rvv", [](HardwareModel &m) { m.lmul = {2}; }),
            "rvv: lmul lacks 1, which all vectors have");
  EXPECT_EQ(
      message("neon",
              [](HardwareModel &m) { m.vectorBits = m.vectorBitsMax = 256; }),
      "neon: vector_bits is 256, but NEON's vectors have 128 bits; "
      "longer ones are SVE's, which are scalable");
}

//===----------------------------------------------------------------------===//
// Probe
//===----------------------------------------------------------------------===//

TEST(Native, ProbeAgreesWithItself) {
  HardwareModel model = resolve("native");
  EXPECT_EQ(model.name, "native");
  EXPECT_FALSE(model.cpu.empty());
  EXPECT_GE(model.cores, 1);
  if (model.arch == Architecture::X86_64) {
    int64_t expected = model.hasFeature("avx512f") ? 512
                       : model.hasFeature("avx2")  ? 256
                                                   : 128;
    EXPECT_EQ(model.vectorBits, expected);
    EXPECT_EQ(model.instruction("fma") != nullptr, model.hasFeature("fma"));
    EXPECT_NE(model.attributes.find("+sse2"), std::string::npos);
  }
  auto again = parseHardwareModel(printHardwareModel(model));
  ASSERT_TRUE(bool(again)) << toString(again.takeError());
  EXPECT_EQ(again->cpu, model.cpu);
}

TEST(Factors, NamesOfPlanExpressions) {
  std::vector<std::string> names;
  for (const auto &[name, value] : resolve("x86-64-v3").factors())
    names.push_back(name + "=" + std::to_string(value));
  EXPECT_EQ(names, (std::vector<std::string>{
                       "l1=32768", "l2=262144", "l3=2097152", "line=64",
                       "vregs=16", "vbits=256", "cores=1", "smem=0", "sms=0"}));
}

} // namespace
