//===- tensorop-test-bundle.cpp - Makes bundles for lit tests -------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Writes a GEMM in C, compiled by the build's C compiler, as a bundle: right
// or, with a body of its own, wrong. No compiler of ours is needed.
//
//===----------------------------------------------------------------------===//

#include "TestKernels.h"
#include <cstdio>
#include <cstdlib>
#include <fstream>

using namespace tensorop::runtime;

int main(int argc, char **argv) {
  if (argc < 5) {
    std::fprintf(stderr,
                 "usage: %s DIR M N K [accumulate] [body=C] [triple=T] "
                 "[feature=F] [no-reference] [flops=N] [no-gemm]\n",
                 argv[0]);
    return 2;
  }
  std::string directory = argv[1];
  int m = std::atoi(argv[2]), n = std::atoi(argv[3]), k = std::atoi(argv[4]);
  bool accumulate = false;
  std::string body;
  for (int i = 5; i < argc; ++i) {
    accumulate |= std::string(argv[i]) == "accumulate";
    if (std::string(argv[i]).rfind("body=", 0) == 0)
      body = argv[i] + 5;
  }
  Manifest manifest = getGemmManifest(m, n, k, accumulate);
  for (int i = 5; i < argc; ++i) {
    std::string option = argv[i];
    std::string value = option.substr(option.find('=') + 1);
    if (option.rfind("triple=", 0) == 0)
      manifest.triple = value;
    else if (option.rfind("feature=", 0) == 0)
      manifest.features.push_back(value);
    else if (option.rfind("flops=", 0) == 0)
      manifest.flops = std::atoll(value.c_str());
    else if (option == "no-reference")
      manifest.reference.reset();
    else if (option == "no-gemm")
      manifest.gemm.reset();
  }
  std::ofstream(directory + "/kernel.c")
      << getGemmSource(m, n, k, accumulate, body);
  std::string command = std::string(TENSOROP_TEST_CC) +
                        " -O3 -shared -fPIC -o " + directory + "/kernel.so " +
                        directory + "/kernel.c";
  if (std::system(command.c_str()) != 0)
    return 1;
  Status status = writeManifest(manifest, directory);
  if (status.ok())
    return 0;
  std::fprintf(stderr, "error: %s\n", status.message().c_str());
  return 1;
}
