//===- TestKernels.h - Kernels in C and their manifests ---------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_UNITTESTS_RUNTIME_TESTKERNELS_H
#define TENSOROP_UNITTESTS_RUNTIME_TESTKERNELS_H

#include "TensorOp/Runtime/Manifest.h"
#include <string>

namespace tensorop::runtime {

/// Fills what every manifest of a test shares: names, triple of this machine.
Manifest makeManifest(const std::string &kernel);

/// C for kernel, reference, own and magnitude of C = A B (C += A B with
/// `accumulate`) in float; `body` replaces the kernel's own loops when given.
std::string getGemmSource(int m, int n, int k, bool accumulate,
                          const std::string &body = "");

/// The manifest of that source.
Manifest getGemmManifest(int m, int n, int k, bool accumulate);

} // namespace tensorop::runtime

#endif // TENSOROP_UNITTESTS_RUNTIME_TESTKERNELS_H
