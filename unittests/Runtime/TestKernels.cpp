//===- TestKernels.cpp - Kernels in C and their manifests -----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestKernels.h"
#include "TensorOp/Runtime/CpuFeatures.h"

using namespace tensorop;
using namespace tensorop::runtime;

Manifest runtime::makeManifest(const std::string &kernel) {
  Manifest manifest;
  manifest.kernel = kernel;
  manifest.packedEntry = kernel + "_packed";
  manifest.triple = std::string(getHostArchitecture()) + "-unknown-linux-gnu";
  manifest.target = "native";
  manifest.cpu = "generic";
  return manifest;
}

std::string runtime::getGemmSource(int m, int n, int k, bool accumulate,
                                   const std::string &body) {
  std::string loops =
      "  for (long i = 0; i < M; ++i)\n"
      "    for (long j = 0; j < N; ++j) {\n"
      "      T s = ACC ? c[i * N + j] : 0;\n"
      "      for (long p = 0; p < K; ++p) s += a[i * K + p] * b[p * N + j];\n"
      "      c[i * N + j] = s;\n"
      "    }\n";
  auto entry = [](const std::string &name, const std::string &type,
                  const std::string &code) {
    return "int " + name +
           "(void *const *d, void *ws) {\n"
           "  typedef " +
           type +
           " T;\n"
           "  T *a = ((T **)d[0])[1], *b = ((T **)d[1])[1];\n"
           "  T *c = ((T **)d[2])[1];\n"
           "  (void)ws;\n" +
           code + "  return 0;\n}\n";
  };
  return "enum { M = " + std::to_string(m) + ", N = " + std::to_string(n) +
         ", K = " + std::to_string(k) +
         ", ACC = " + std::to_string(int(accumulate)) + " };\n" +
         entry("mm_packed", "float", body.empty() ? loops : body) +
         entry("mm__own_packed", "float", loops) +
         entry("mm__reference_packed", "double", loops);
}

Manifest runtime::getGemmManifest(int m, int n, int k, bool accumulate) {
  Manifest manifest = makeManifest("mm");
  ElementType f32 = ElementType::F32;
  manifest.arguments = {
      {"a", Role::In, f32, {m, k}, 4, ""},
      {"b", Role::In, f32, {k, n}, 4, ""},
      {"c", accumulate ? Role::InOut : Role::Out, f32, {m, n}, 4, ""}};
  manifest.workspaceBytes = 128;
  manifest.reference = CheckEntry{"mm__reference_packed", 0};
  manifest.own = CheckEntry{"mm__own_packed", 0};
  manifest.magnitude = CheckEntry{"mm__reference_packed", 0};
  manifest.bound.kind = Bound::Kind::Contraction;
  manifest.bound.k = k;
  manifest.flops = int64_t(2) * m * n * k;
  manifest.gemm =
      GemmEquivalent{m, n, k, false, false, f32, f32, accumulate, 0, 1, 2};
  // Loops i, j, p.
  manifest.contraction = Contraction{
      {{m, k, 0, n}, {n, 0, 1, 1}, {k, 1, n, 0}}, accumulate, 0, 1, 2};
  return manifest;
}
