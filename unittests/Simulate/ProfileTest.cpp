//===- ProfileTest.cpp - Profiles of emulated programs --------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Simulate/Profile.h"
#include <gtest/gtest.h>

using namespace tensorop;

namespace {

const char *const once = "tensorop-profile 1\n"
                         "target riscv64\n"
                         "vcpus 1\n"
                         "level 100 10\n"
                         "level 10 4\n"
                         "block 10000 -1 3 13000000\n"
                         "block 10004 209 5 01000100\n"
                         "memory 10004 100 10 4\n"
                         "end\n";
const char *const twice = "tensorop-profile 1\n"
                          "target riscv64\n"
                          "vcpus 1\n"
                          "level 190 12\n"
                          "level 12 5\n"
                          "block 10000 -1 3 13000000\n"
                          "block 10004 209 9 01000100\n"
                          "block 10004 208 1 01000100\n"
                          "memory 10004 190 12 5\n"
                          "end\n";

Profile parse(llvm::StringRef text) {
  auto profile = parseProfile(text);
  if (!profile) {
    ADD_FAILURE() << toString(profile.takeError());
    return {};
  }
  return *profile;
}

std::string error(llvm::StringRef text) {
  auto profile = parseProfile(text);
  return profile ? "none" : toString(profile.takeError());
}

TEST(Profile, Reads) {
  Profile profile = parse(once);
  EXPECT_EQ(profile.target, "riscv64");
  ASSERT_EQ(profile.levels.size(), 2u);
  EXPECT_EQ(profile.levels[1].misses, 4);
  ASSERT_EQ(profile.blocks.size(), 2u);
  const auto &[block, count] = *profile.blocks.begin();
  EXPECT_EQ(block.address, 0x10000u);
  EXPECT_EQ(block.vtype, unknownVtype);
  EXPECT_EQ(block.bytes, std::vector<uint8_t>({0x13, 0, 0, 0}));
  EXPECT_EQ(count, 3);
  EXPECT_EQ(profile.memory[0x10004], std::vector<int64_t>({100, 10, 4}));
}

TEST(Profile, StartUpCancels) {
  auto between = difference(parse(twice), parse(once));
  ASSERT_TRUE(bool(between)) << toString(between.takeError());
  EXPECT_EQ(between->levels[0].accesses, 90);
  EXPECT_EQ(between->levels[0].misses, 2);
  EXPECT_EQ(between->levels[1].misses, 1);
  EXPECT_EQ(between->blocks.size(), 2u);
  EXPECT_EQ((between->blocks[{0x10004, 209, {1, 0, 1, 0}}]), 4);
  EXPECT_EQ((between->blocks[{0x10004, 208, {1, 0, 1, 0}}]), 1);
  EXPECT_EQ(between->memory[0x10004], std::vector<int64_t>({90, 2, 1}));
  // What only the first run did counts against the difference.
  auto negative = difference(parse(once), parse(twice));
  ASSERT_TRUE(bool(negative)) << toString(negative.takeError());
  EXPECT_EQ((negative->blocks[{0x10004, 208, {1, 0, 1, 0}}]), -1);
}

TEST(Profile, RefusesOthers) {
  EXPECT_EQ(error(""),
            "profile: the first line is '', must be 'tensorop-profile 1'");
  EXPECT_EQ(error("tensorop-profile 2\nend\n"),
            "profile: the first line is 'tensorop-profile 2', must be "
            "'tensorop-profile 1'");
  EXPECT_EQ(error("tensorop-profile 1\ntarget riscv64\n"),
            "profile: it ends after 2 lines without its last line, 'end'");
  for (const char *line :
       {"block 10000 -1 3", "block 10000 -1 3 1g", "block xyz -1 3 13",
        "level 1", "level 1 2 3", "vcpus one", "memory 10000", "target",
        "something 1", "end\nvcpus 1"}) {
    std::string text = std::string("tensorop-profile 1\n") + line + "\nend\n";
    EXPECT_NE(error(text).find("is malformed: '"), std::string::npos) << line;
  }
  std::string arm = once;
  arm.replace(arm.find("riscv64"), 7, "aarch64");
  auto between = difference(parse(twice), parse(arm));
  ASSERT_FALSE(bool(between));
  EXPECT_EQ(toString(between.takeError()),
            "profiles of riscv64 with 2 levels of caches and of aarch64 with 2 "
            "have no difference");
}

} // namespace
