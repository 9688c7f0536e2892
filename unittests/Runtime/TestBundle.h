//===- TestBundle.h - Bundles made from C by a test -------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_UNITTESTS_RUNTIME_TESTBUNDLE_H
#define TENSOROP_UNITTESTS_RUNTIME_TESTBUNDLE_H

#include "TestKernels.h"
#include <gtest/gtest.h>
#include <string>

namespace tensorop::runtime {

/// A directory that lives as long as the object.
class TestDirectory {
public:
  TestDirectory();
  ~TestDirectory();
  TestDirectory(const TestDirectory &) = delete;
  TestDirectory &operator=(const TestDirectory &) = delete;

  const std::string &getPath() const { return path; }
  std::string getFile(const std::string &name) const {
    return path + "/" + name;
  }
  void write(const std::string &name, const std::string &text) const;
  std::string read(const std::string &name) const;
  /// Compiles C to a shared object of that name.
  void compile(const std::string &source, const std::string &object) const;

private:
  std::string path;
};

/// Writes a GEMM's object and manifest into `directory`.
void makeGemmBundle(const TestDirectory &directory, int m, int n, int k,
                    bool accumulate, const std::string &body = "");

/// Asserts that a Status or Result failed with a message containing `part`.
#define EXPECT_FAILURE(result, part)                                           \
  do {                                                                         \
    const auto &result_ = (result);                                            \
    EXPECT_FALSE(result_.ok());                                                \
    EXPECT_NE(result_.message().find(part), std::string::npos)                 \
        << result_.message();                                                  \
  } while (false)

} // namespace tensorop::runtime

#endif // TENSOROP_UNITTESTS_RUNTIME_TESTBUNDLE_H
