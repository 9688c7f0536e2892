//===- TestBundle.cpp - Bundles made from C by a test ---------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestBundle.h"
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace tensorop;
using namespace tensorop::runtime;

TestDirectory::TestDirectory() {
  std::string pattern = ::testing::TempDir() + "/tensorop-XXXXXX";
  path = ::mkdtemp(pattern.data()) ? pattern : "";
  EXPECT_FALSE(path.empty());
}

TestDirectory::~TestDirectory() {
  std::error_code ignored;
  if (!path.empty())
    std::filesystem::remove_all(path, ignored);
}

void TestDirectory::write(const std::string &name,
                          const std::string &text) const {
  std::ofstream(getFile(name), std::ios::binary) << text;
}

std::string TestDirectory::read(const std::string &name) const {
  std::ifstream file(getFile(name), std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void TestDirectory::compile(const std::string &source,
                            const std::string &object) const {
  write("kernel.c", source);
  std::string command = std::string(TENSOROP_TEST_CC) +
                        " -O1 -shared -fPIC -o " + getFile(object) + " " +
                        getFile("kernel.c");
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
}

void runtime::makeGemmBundle(const TestDirectory &directory, int m, int n,
                             int k, bool accumulate, const std::string &body) {
  directory.compile(getGemmSource(m, n, k, accumulate, body), "kernel.so");
  Status status =
      writeManifest(getGemmManifest(m, n, k, accumulate), directory.getPath());
  ASSERT_TRUE(status.ok()) << status.message();
}
