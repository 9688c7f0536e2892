//===- Check.h - Whether a kernel computes what its payload says *- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_RUNTIME_CHECK_H
#define TENSOROP_RUNTIME_CHECK_H

#include "TensorOp/Runtime/Bundle.h"
#include "TensorOp/Runtime/Status.h"
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tensorop::runtime {

struct CheckOptions {
  /// The same seed gives the same inputs, on every machine.
  uint64_t seed = 1;
  /// Generators (see Generators.h) to try in turn, each one check; empty: what
  /// the manifest says for each argument.
  std::vector<std::string> generators;
  /// Generator by argument name; before everything else.
  std::map<std::string, std::string> argumentGenerators;
  /// .npy files for the in and inout arguments, in order; empty: generated.
  std::vector<std::string> inputs;
  /// .npy files which the inout and out arguments must equal within the bound,
  /// in order; empty: the bundle's reference decides.
  std::vector<std::string> expect;
  /// Added to the bound of each element that a file of `expect` gives: how far
  /// the program that wrote the file may be off.
  double expectTolerance = 0;
  /// Where to write the computed inout and out arguments as .npy, in order;
  /// empty: nowhere.
  std::vector<std::string> outputs;
  /// A contraction with more operations than this, on generated inputs, is not
  /// compared with the slow reference. Instead: random projections of the whole
  /// result on whole numbers, whose sums are exact in any order, and 64 rows on
  /// the generator's inputs, each element within its bound.
  int64_t fullCheckFlops = int64_t(1) << 32;
};

/// The worst element of a check. All figures are of the element whose error is
/// largest in relation to its bound.
struct CheckResult {
  bool correct = false;
  /// |computed - reference| at the worst element; 0 for exact agreement,
  /// infinity where NaN or infinity positions disagree.
  double maxError = 0;
  /// The bound at that element; 0 for integers, which must be equal.
  double errorBound = 0;
  /// Where it is; empty when there is no element.
  std::string argument;
  std::vector<int64_t> index;
  double computed = 0, expected = 0;
  /// "reference" or the .npy file that it was compared with.
  std::string against;
  /// Elements compared, over all generators.
  int64_t elements = 0;
  /// Elements that violate their bound.
  int64_t wrongElements = 0;
  /// Those at which a wrong value would be noticed: both are finite, and so is
  /// a bound that not every sum of such terms meets.
  int64_t decidedElements = 0;
  /// The generators tried.
  std::vector<std::string> generators;
  /// Those of them on whose inputs no element was decided; they do not count.
  std::vector<std::string> idleGenerators;
  /// Why it is not correct, for people; empty when it is.
  std::string diagnostic;
  /// "full": every element was compared; "projection": see fullCheckFlops.
  std::string method = "full";
  /// Time spent in the reference, own and magnitude entries.
  double referenceSeconds = 0;
};

/// Whether `options` has as many files as the kernel has arguments of their
/// kind, and generators only for arguments that exist. The message names the
/// kernel and both numbers.
Status checkArguments(const Manifest &manifest, const CheckOptions &options);

/// Bytes that the arrays of a check on finite inputs take while it holds most
/// of them: inputs, results, and the copies of the reference, which are of f64.
/// A double, as the sum may exceed 64 bits.
double getCheckBytes(const Manifest &manifest, const CheckOptions &options);

/// Runs the kernel on `options`' inputs and compares every inout and out
/// argument. A wrong result is a value (`correct` is false), also when guards
/// were overwritten, an input was changed, or a second call with the same
/// inputs differs; a failure means that the check could not be made (bad file,
/// bundle without reference, no memory, entry refused its arguments, no element
/// of a result decided by any generator).
Result<CheckResult> checkBundle(const Bundle &bundle,
                                const CheckOptions &options);

} // namespace tensorop::runtime

#endif // TENSOROP_RUNTIME_CHECK_H
