//===- BaselineCore.h - The code path that a library selects ----*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_RUNTIME_BASELINECORE_H
#define TENSOROP_LIB_RUNTIME_BASELINECORE_H

#include "Library.h"
#include "TensorOp/Runtime/Baselines.h"
#include <optional>
#include <string>
#include <vector>

namespace tensorop::runtime {

/// Vectors that code uses, ordered by width. Unknown (another architecture, a
/// name not listed) is never held against a library.
enum class Width { Unknown, Narrow, Avx2, Avx512 };

Width getMachineWidth();

/// Width of a core's kernels, by the names that OpenBLAS and BLIS use.
Width getCoreWidth(const std::string &core);

/// Says so in `baseline` when its core does not use the machine's vectors.
void judgeWidth(Baseline &baseline, Width width);

using CoreFunction = std::string (*)(const Library &);

/// The core that the library at `path` selects when `variable` of the
/// environment is as it is now; none when that ends or hangs the process. Asked
/// once: it costs a process each.
std::optional<std::string> askCore(const std::string &path,
                                   const char *variable, CoreFunction getCore);

/// How to make a library choose a core, and what it answers.
struct CoreQuestion {
  std::string path;
  const char *variable;
  CoreFunction getCore;
  /// Values of `variable` that may give wide vectors, and the core's name then.
  std::vector<std::string> values;
  std::string wanted;
};

/// Makes the library choose a core that uses the machine's vectors, and returns
/// what was done to it; none when the library cannot even be asked. The core is
/// chosen once, while the library is loaded: one that does not know a new
/// processor takes an old core, and a variable set for another machine or
/// program may do the same.
std::optional<std::string> chooseCore(const CoreQuestion &question,
                                      ScopedEnvironment &environment);

/// "bf16 to f32", or "f32" when all operands are of that type.
std::string describeTypes(const GemmEquivalent &gemm);

/// Notes that the library at `path` could not even be asked.
void addCrash(const std::string &path, BaselineSearch &search);

} // namespace tensorop::runtime

#endif // TENSOROP_LIB_RUNTIME_BASELINECORE_H
