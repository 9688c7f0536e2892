//===- Baselines.h - Libraries to compare with ------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_RUNTIME_BASELINES_H
#define TENSOROP_RUNTIME_BASELINES_H

#include "TensorOp/Runtime/Manifest.h"
#include "TensorOp/Runtime/Status.h"
#include <functional>
#include <string>
#include <vector>

namespace tensorop::runtime {

/// One function of a library, ready to be called for one GEMM.
struct Baseline {
  /// "openblas", "blis" or "onednn".
  std::string name;
  /// Path, version and selected code path ("core") of the library.
  std::string library, version, core;
  /// "gemm", "gemv" or "matmul" (the primitive of oneDNN).
  std::string function;
  /// How the core was chosen; empty when it was the library's own choice.
  std::string note;
  /// False when the core uses narrower vectors than the machine offers, which
  /// makes a comparison worthless; `note` says so.
  bool counts = true;
  /// Computes C from A and B once, on as many threads as were asked for.
  std::function<void(const void *a, const void *b, void *c)> call;
};

/// What a search for a baseline gave: every version found, or why none.
struct BaselineSearch {
  std::vector<Baseline> found;
  /// Libraries that could not be used, and why; one text each.
  std::vector<std::string> notes;
};

/// The names that may be asked for.
std::vector<std::string> getBaselineNames();

/// Splits "openblas,blis"; "none" gives none. The message lists the known
/// names.
Result<std::vector<std::string>> parseBaselines(const std::string &list);

/// Loads every library of that name and prepares `gemm`: gemm, and gemv too
/// where M or N is 1. Searched in this order: the files in the environment
/// variable TENSOROP_OPENBLAS (TENSOROP_BLIS, TENSOROP_ONEDNN), separated by
/// colons; the folders in TENSOROP_BASELINE_PATH, then `baselines` in the
/// folder above the running program's (each may be a Python environment or a
/// `pip install --target` folder with scipy-openblas32); the system. Sets the
/// libraries to `threads` threads, so thread settings of this process change.
/// Nothing found is no failure.
BaselineSearch findBaselines(const std::string &name,
                             const GemmEquivalent &gemm, int64_t threads);

} // namespace tensorop::runtime

#endif // TENSOROP_RUNTIME_BASELINES_H
