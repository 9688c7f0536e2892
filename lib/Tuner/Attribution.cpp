//===- Attribution.cpp - What each part of a plan is worth ----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TunerState.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>
#include <chrono>

using namespace tensorop;
using Clock = std::chrono::steady_clock;

/// Pairs of measurements of a part, at most.
static constexpr int kPairs = 3;

/// What becomes of the plan without the part; when it can be timed, that and
/// the best one in turns.
llvm::Error Tuner::measurePart(const TuneResult &result, int pairs,
                               Attribution &one,
                               const std::atomic<bool> &stop) {
  CandidateEvaluator &evaluator = *state->evaluator;
  Candidate candidate;
  // The comparison before took the number between.
  candidate.id = state->lastId += 2;
  candidate.plan = one.ablation.plan;
  candidate.quickSeconds = options.quickSeconds;
  candidate.seconds = options.job.bench->seconds;
  // The careful measurements are those in turns.
  candidate.promisingBelow = 0;
  if (llvm::Error error = evaluator.submit(candidate))
    return error;
  llvm::Expected<std::optional<Finished>> finished = evaluator.wait(stop);
  if (!finished)
    return finished.takeError();
  if (!*finished || (*finished)->id != candidate.id)
    return llvm::Error::success();
  one.isSkipped = false;
  one.evaluation = std::move((*finished)->evaluation);
  // What could not be timed may be in turns.
  if (one.evaluation.outcome != Outcome::Measured &&
      one.evaluation.outcome != Outcome::Void)
    return llvm::Error::success();
  if (options.job.simulate) {
    // A simulation says the same each time.
    one.ratio = one.evaluation.score / result.bestScore;
    one.ratios = {one.ratio};
    return llvm::Error::success();
  }
  llvm::Expected<std::vector<std::vector<double>>> samples =
      evaluator.compare({result.trials[result.best].plan, one.ablation.plan},
                        size_t(pairs), candidate.seconds, stop);
  if (!samples)
    return samples.takeError();
  const std::vector<double> &best = (*samples)[0], &without = (*samples)[1];
  if (best.empty() || without.empty()) {
    one.evaluation.outcome = Outcome::Void;
    one.evaluation.score = 0;
    one.evaluation.diagnostic = "no timing in turns proves anything";
    return llvm::Error::success();
  }
  one.evaluation = {Outcome::Measured, medianOf(without), "", without,
                    one.evaluation.worker};
  // A timing that proves nothing is missing, and which one that was is not
  // known.
  if (best.size() == without.size())
    for (auto [mine, other] : llvm::zip_equal(best, without))
      one.ratios.push_back(other / mine);
  else
    one.ratios.push_back(medianOf(without) / medianOf(best));
  one.ratio = medianOf(one.ratios);
  return llvm::Error::success();
}

llvm::Expected<double> Tuner::attribute(const TuneResult &result,
                                        double seconds,
                                        AttributionObserver observe,
                                        const std::atomic<bool> &stop) {
  const Trial &best = result.trials[result.best];
  if (best.evaluation.outcome != Outcome::Measured)
    return 0.0;
  std::vector<Ablation> parts = ablationsOf(*points, best.point);
  // What needs no measurement first.
  auto middle = std::stable_partition(
      parts.begin(), parts.end(),
      [](const Ablation &part) { return part.plan.empty(); });
  Clock::time_point start = Clock::now();
  auto elapsed = [&] {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  // Seconds of the last pair.
  double pair = 0;
  for (auto part = parts.begin(); part != parts.end(); ++part) {
    Attribution one;
    one.ablation = std::move(*part);
    if (part < middle) {
      one.evaluation.diagnostic = one.ablation.diagnostic;
      observe(one);
      continue;
    }
    double left = seconds - elapsed();
    if (stop || left <= 0) {
      one.isSkipped = true;
      one.evaluation.outcome = Outcome::Void;
      one.evaluation.diagnostic =
          stop ? "not measured: interrupted"
               : llvm::formatv("not measured: the {0:F0} s for the attribution "
                               "are over",
                               seconds)
                     .str();
      observe(one);
      continue;
    }
    double share = left / double(parts.end() - part);
    int pairs = options.job.simulate ? 1
                : pair > 0           ? std::clamp(int(share / pair), 1, kPairs)
                                     : kPairs;
    double before = elapsed();
    one.isSkipped = true;
    one.evaluation.diagnostic = "not measured: interrupted";
    if (llvm::Error error = measurePart(result, pairs, one, stop))
      return error;
    pair = (elapsed() - before) / pairs;
    observe(one);
  }
  return elapsed();
}
