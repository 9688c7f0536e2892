//===- BlocksTest.cpp - Straight pieces of code and their cycles ----------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BasicBlocks.h"
#include "BlockTimer.h"
#include "TensorOp/Simulate/Emulator.h"
#include "TensorOp/Simulate/Simulate.h"
#include "llvm/ADT/STLExtras.h"
#include <gtest/gtest.h>

using namespace tensorop;

namespace {

using Bytes = std::vector<uint8_t>;
const Bytes addA0 = {0x05, 0x05}, addA1 = {0xfd, 0x15},
            load = {0x07, 0x64, 0x05, 0x02}, scale = {0x57, 0x54, 0x85, 0x92},
            accumulate = {0x57, 0x54, 0x05, 0xb3}, back = {0xe5, 0xfd},
            ret = {0x82, 0x80}, call = {0xef, 0x00, 0x00, 0x04},
            skip = {0x63, 0x08, 0xb5, 0x00}, setM2 = {0x57, 0xf6, 0x15, 0x0d};
/// e32 with groups of 1, 2 and 4 registers, tails and masks agnostic.
enum : int64_t { M1 = 208, M2 = 209, M4 = 210 };

Bytes join(std::initializer_list<Bytes> parts) {
  Bytes result;
  for (const Bytes &part : parts)
    result.insert(result.end(), part.begin(), part.end());
  return result;
}

struct Blocks : testing::Test {
  std::unique_ptr<MachineCode> code;
  Profile profile;

  void SetUp() override {
    auto machine = resolveTarget("rvv:vlen=256:cpu=spacemit-x60");
    ASSERT_TRUE(bool(machine)) << toString(machine.takeError());
    auto made = MachineCode::create(*machine);
    ASSERT_TRUE(bool(made)) << toString(made.takeError());
    code = std::move(*made);
  }
  void ran(uint64_t address, int64_t vtype, int64_t times,
           std::initializer_list<Bytes> parts) {
    profile.blocks[{address, vtype, join(parts)}] += times;
  }
  /// "1000 x3: 4 instructions, ..."
  std::string form() {
    std::string text;
    for (const BasicBlock &block : formBasicBlocks(profile, *code)) {
      llvm::raw_string_ostream os(text);
      os << llvm::format_hex_no_prefix(block.instructions[0].address, 4) << " x"
         << block.executions << ":";
      for (const ExecutedInstruction &instruction : block.instructions)
        os << " " << instruction.vtype;
      os << "\n";
    }
    return text;
  }
  BlockTime time(std::initializer_list<Bytes> parts, int64_t vtype) {
    BasicBlock block;
    block.executions = 1;
    for (const Bytes &bytes : parts)
      block.instructions.push_back({0x1000, vtype, bytes});
    BlockTimer timer(*code);
    auto once = timer.time(block), again = timer.time(block);
    EXPECT_TRUE(once && again);
    EXPECT_EQ(once->cycles, again->cycles);
    return *once;
  }
};

TEST_F(Blocks, LoopEnteredInTheMiddleOfABlock) {
  ran(0x1000, M2, 1, {addA0, load, scale, addA1, back});
  ran(0x1002, M2, 9, {load, scale, addA1, back});
  ran(0x100e, M2, 1, {ret});
  EXPECT_EQ(form(), "1000 x1: 209\n1002 x10: 209 209 209 209\n100e x1: 209\n");
}

TEST_F(Blocks, JoinedWhereTheEmulatorEndsABlock) {
  // A page ends at 2000; a forward branch that is not taken; then a return.
  ran(0x1ffc, -1, 4, {addA0, addA0});
  ran(0x2000, -1, 4, {addA0, skip});
  ran(0x2006, -1, 4, {addA0, ret});
  ran(0x200a, -1, 4, {addA0});
  EXPECT_EQ(form(), "1ffc x4: -1 -1 -1 -1 -1 -1\n200a x4: -1\n");
}

TEST_F(Blocks, NotJoinedBehindALoopOrACall) {
  ran(0x1000, -1, 4, {addA0, back});
  ran(0x1004, -1, 4, {addA0, call});
  ran(0x100a, -1, 4, {addA0});
  EXPECT_EQ(form(), "1000 x4: -1 -1\n1004 x4: -1 -1\n100a x4: -1\n");
}

TEST_F(Blocks, VectorConfigurations) {
  ran(0x1000, M1, 5, {setM2});
  ran(0x1004, M2, 5, {load, scale});
  // The same code under two configurations.
  ran(0x3000, M1, 2, {load});
  ran(0x3000, M4, 3, {load});
  EXPECT_EQ(form(), "1000 x5: 208 209 209\n3000 x2: 208\n3000 x3: 210\n");
}

TEST_F(Blocks, CountsThatCancelLeaveNothing) {
  ran(0x1000, -1, 4, {addA0, addA1});
  ran(0x1000, -1, -4, {addA0});
  EXPECT_EQ(form(), "1002 x4: -1\n");
}

TEST_F(Blocks, GroupsOfRegistersTakeLonger) {
  double m1 = time({accumulate, scale}, M1).cycles,
         m4 = time({accumulate, scale}, M4).cycles;
  EXPECT_GT(m1, 0);
  EXPECT_GT(m4, m1);
}

TEST_F(Blocks, CallsAreJumps) {
  EXPECT_LT(time({addA0, call}, -1).cycles, 10);
  EXPECT_LT(time({addA0, ret}, -1).cycles, 10);
}

TEST_F(Blocks, UnknownInstructionsAreCounted) {
  BlockTime time = this->time({addA0, {0xff, 0xff, 0xff, 0xff}}, M1);
  EXPECT_EQ(time.unmodelled, 1u);
  EXPECT_GT(time.cycles, 0);
  EXPECT_EQ(this->time({{0xff, 0xff, 0xff, 0xff}}, M1).cycles, 0);
}

TEST_F(Blocks, LongBlocks) {
  BasicBlock block;
  block.instructions.assign(2000, {0x1000, M1, addA0});
  auto time = BlockTimer(*code).time(block);
  ASSERT_TRUE(bool(time));
  // A chain of additions.
  EXPECT_NEAR(time->cycles, 2000, 20);
}

TEST(BlockTimer, ScalarsOfARMClearTheRestOfTheRegister) {
  auto machine = resolveTarget("neon:cpu=neoverse-v1");
  ASSERT_TRUE(bool(machine)) << toString(machine.takeError());
  auto code = MachineCode::create(*machine);
  ASSERT_TRUE(bool(code)) << toString(code.takeError());
  // ldr s0, [x0]; dup v1.4s, v0.s[0]
  BasicBlock block;
  block.instructions = {{0x1000, -1, {0x00, 0x00, 0x40, 0xbd}},
                        {0x1004, -1, {0x01, 0x04, 0x04, 0x4e}}};
  auto time = BlockTimer(**code).time(block);
  ASSERT_TRUE(bool(time)) << toString(time.takeError());
  // No load waits for the one before it, which takes six cycles.
  EXPECT_LT(time->cycles, 2);
}

TEST(Simulator, RefusesRepetitionsThatDoNotGrow) {
  auto machine = resolveTarget("spacemit-x60");
  ASSERT_TRUE(bool(machine)) << toString(machine.takeError());
  auto simulator = Simulator::create(*machine);
  ASSERT_TRUE(bool(simulator)) << toString(simulator.takeError());
  SimulationOptions options;
  options.fewer = 3;
  auto simulation = simulator->run({"program", "{}"}, options);
  ASSERT_FALSE(bool(simulation));
  EXPECT_EQ(toString(simulation.takeError()),
            "a simulation needs a program, and more repetitions in its second "
            "run (2) than in its first (3)");
}

std::string failure(const HardwareModel &machine) {
  auto code = MachineCode::create(machine);
  return code ? "none" : toString(code.takeError());
}

TEST(MachineCode, KnowsTheVectorLengthOfAModel) {
  for (auto [cpu, bits] :
       {std::pair("spacemit-x60", 256), std::pair("sifive-p670", 128),
        std::pair("sifive-x280", 512), std::pair("cortex-a72", 0)}) {
    auto machine = resolveTarget(cpu);
    ASSERT_TRUE(bool(machine)) << toString(machine.takeError());
    auto code = MachineCode::create(*machine);
    ASSERT_TRUE(bool(code)) << toString(code.takeError());
    EXPECT_EQ((*code)->modelVectorBits, bits) << cpu;
  }
}

TEST(MachineCode, RefusesWhatHasNoModel) {
  auto x86 = resolveTarget("x86-64-v3"), any = resolveTarget("rvv"),
       x60 = resolveTarget("spacemit-x60");
  ASSERT_TRUE(x86 && any && x60);
  EXPECT_EQ(failure(*x86), "target 'x86-64-v3': only riscv64 and aarch64 are "
                           "simulated");
  EXPECT_EQ(failure(*any), "target 'rvv' names no cpu, and so no scheduling "
                           "model; machines of its kind that do: sifive-p670, "
                           "sifive-x280, spacemit-x60");
  x60->cpu = "z80";
  EXPECT_EQ(failure(*x60), "target 'spacemit-x60': LLVM has no scheduling "
                           "model for the cpu 'z80'");
}

TEST(Command, IsSplitAsByAShell) {
  auto words = [](llvm::StringRef text) {
    auto split = splitCommand(text);
    if (!split)
      return "error: " + toString(split.takeError());
    std::string joined;
    for (const std::string &word : *split)
      joined += "<" + word + ">";
    return joined;
  };
  EXPECT_EQ(words(" ssh  board"), "<ssh><board>");
  EXPECT_EQ(words("sh -c 'echo \"a b\"' \"it's\" c\\'d"),
            "<sh><-c><echo \"a b\"><it's><c'd>");
  EXPECT_EQ(words(""), "");
  EXPECT_EQ(words("sh -c 'echo"),
            "error: 'sh -c 'echo' has a quote ' that is not closed");
  EXPECT_EQ(words("a \"b\\\""),
            "error: 'a \"b\\\"' has a quote \" that is not closed");
}

TEST(EmulatorCpu, HasTheVectorLength) {
  auto of = [](llvm::StringRef target) {
    auto machine = resolveTarget(target);
    if (!machine)
      return toString(machine.takeError());
    auto cpu = emulatorCpu(*machine);
    return cpu ? *cpu : toString(cpu.takeError());
  };
  EXPECT_EQ(of("rvv:vlen=512"),
            "rv64,v=true,vext_spec=v1.0,elen=64,Zfh=true,vlen=512");
  EXPECT_EQ(of("sifive-p670"),
            "rv64,v=true,vext_spec=v1.0,elen=64,Zfh=true,vlen=128");
  EXPECT_EQ(of("neon"), "max,pauth-impdef=on,sve=off");
  EXPECT_EQ(of("sve").find("max,pauth-impdef=on,sve-max-vq="), 0u);
  EXPECT_EQ(of("rvv:vlen=2048"),
            "target 'rvv:vlen=2048' has vectors of 2048 bits, the emulator's "
            "have at most 1024");
  EXPECT_EQ(of("x86-64-v3"),
            "target 'x86-64-v3': only riscv64 and aarch64 are simulated");
}

} // namespace
