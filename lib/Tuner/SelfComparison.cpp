//===- SelfComparison.cpp - A plan against itself -------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TunerState.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

using namespace tensorop;

llvm::Expected<SelfComparison>
Tuner::compareWithItself(size_t pairs, const std::atomic<bool> &stop) {
  // No plan: the compiler takes the one that a user of the payload gets.
  llvm::Expected<std::vector<std::vector<double>>> samples =
      state->evaluator->compare({"", ""}, pairs, options.job.bench->seconds,
                                stop);
  if (!samples)
    return samples.takeError();
  const std::vector<double> &first = (*samples)[0], &second = (*samples)[1];
  SelfComparison result;
  // Which one is missing is not known when a timing proved nothing.
  if (first.size() == second.size())
    for (auto [one, other] : llvm::zip_equal(first, second))
      result.ratios.push_back(other / one);
  if (result.ratios.size() < 3)
    return llvm::createStringError(
        "timing is void: " + llvm::Twine(first.size()) + " and " +
        llvm::Twine(second.size()) + " of " + llvm::Twine(pairs) +
        " timings of the plan and of itself could be made, and 3 pairs are "
        "needed");
  auto [least, greatest] =
      std::minmax_element(result.ratios.begin(), result.ratios.end());
  constexpr double clockTolerance = 0.01;
  result.spread = std::max(clockTolerance, (*greatest - *least) / 2);
  result.ratio = medianOf(result.ratios);
  return result;
}
