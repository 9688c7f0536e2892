//===- Progress.cpp - What a search shows while it runs -------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Progress.h"
#include "llvm/Support/FormatVariadic.h"
#include <unistd.h>

using namespace tensorop;
using llvm::formatv;

Progress::Progress(const Tuner &tuner, Settings settings,
                   llvm::raw_ostream &out)
    : tuner(tuner), settings(settings), out(out),
      isTerminal(&out == &llvm::outs() && isatty(STDOUT_FILENO)) {}

std::string Progress::format(double score) const {
  std::string text;
  if (tuner.unit() == "cycles")
    text = formatv("{0:F0} cycles", score);
  else if (score >= 1)
    text = formatv("{0:F3} s", score);
  else if (score >= 1e-3)
    text = formatv("{0:F3} ms", score * 1e3);
  else
    text = formatv("{0:F3} us", score * 1e6);
  if (tuner.flops() > 0)
    text +=
        tuner.unit() == "cycles"
            ? formatv(", {0:F2} op/cycle", double(tuner.flops()) / score).str()
            : formatv(", {0:F1} GFLOP/s", double(tuner.flops()) / score * 1e-9)
                  .str();
  return text;
}

void Progress::begin(const SpaceSize &size) {
  if (settings.quiet)
    return;
  auto number = [](model::PointCount count) {
    return (count.capped ? "more than " : "") + std::to_string(count.count);
  };
  out << "kernel: " << tuner.kernelName() << "\n"
      << "space: " << tuner.space().structures().size() << " structures, "
      << number(size.points) << " points, " << number(size.legal)
      << " of them legal\n";
  out.flush();
}

void Progress::show(const Trial &trial, const TuneResult &result) {
  if (settings.quiet)
    return;
  const Trial &best = result.trials[result.best];
  bool isBest = best.number == trial.number &&
                trial.evaluation.outcome == Outcome::Measured;
  if (!isTerminal && !isBest && !settings.everyTrial)
    return;
  std::string line = formatv("trial {0}", trial.number - result.earlier).str();
  if (settings.trials > 0)
    line += formatv(" of {0}", settings.trials);
  if (best.evaluation.outcome == Outcome::Measured) {
    line += ": best " + format(best.evaluation.score);
    if (result.start)
      if (const Evaluation &start = result.trials[*result.start].evaluation;
          start.outcome == Outcome::Measured)
        line += formatv(", {0:F3} of the analytic plan",
                        start.score / best.evaluation.score);
  }
  for (auto [outcome, count] : result.counts())
    if (outcome != Outcome::Measured)
      line += formatv(", {0} {1}", count, getName(outcome));
  int64_t done = trial.number - result.earlier;
  if (settings.trials > 0 && done > 1) {
    double left = trial.at / double(done) * double(settings.trials - done);
    if (settings.seconds > 0)
      left = std::min(left, settings.seconds - trial.at);
    line += formatv(", {0:F0} s left", std::max(0.0, left));
  } else if (settings.seconds > 0) {
    line +=
        formatv(", {0:F0} s left", std::max(0.0, settings.seconds - trial.at));
  }
  if (isTerminal) {
    // The last line may have been longer.
    size_t length = line.size();
    if (length < shown)
      line.append(shown - length, ' ');
    shown = length;
    out << "\r" << line;
  } else {
    out << line << "\n";
  }
  out.flush();
}

void Progress::end(const TuneResult &result) {
  if (isTerminal && shown > 0)
    out << "\n";
  const Trial &best = result.trials[result.best];
  bool isFound = best.evaluation.outcome == Outcome::Measured;
  std::string kinds;
  for (auto [outcome, count] : result.counts()) {
    kinds += formatv("{0}{1} {2}", kinds.empty() ? "" : ", ", count,
                     getName(outcome));
  }
  out << "trials: " << int64_t(result.trials.size()) - result.earlier << " in "
      << formatv("{0:F1} s", result.seconds)
      << (result.earlier
              ? ", and " + std::to_string(result.earlier) + " earlier"
              : "")
      << " (" << kinds << ")"
      << (result.isExhausted     ? ", nothing is left to try"
          : result.isInterrupted ? ", interrupted"
                                 : "")
      << "\n";
  if (isFound) {
    out << "best: trial " << best.number << ", " << format(result.bestScore);
    if (result.startScore > 0) {
      out << formatv("; {0:F3} of the analytic plan ({1})",
                     result.startScore / result.bestScore,
                     format(result.startScore));
      if (result.best == result.start)
        out << ", which nothing was faster than";
    }
    out << "\n" << best.plan;
    out << formatv(
        "cost model: rank correlation {0:F2} with the measurements\n",
        result.rankCorrelation);
  }
  out.flush();
}

void Progress::sayHowToResume(const TuneResult &result,
                              const std::string &database) {
  if (database.empty())
    out << "to resume: nothing was kept; with --db=FILE each trial is, and the "
           "same command goes on from there\n";
  else
    out << "to resume: the same command; " << database << " has "
        << result.stored << " trials of this search\n";
  out.flush();
}

void Progress::show(const SelfComparison &comparison) {
  out << formatv(
      "A/A: the plan against itself gives {0:F3}, and must be within "
      "{1:F3} of 1 ({2} pairs)\n",
      comparison.ratio, comparison.spread, comparison.ratios.size());
  out.flush();
}

void Progress::beginAttribution(double seconds) {
  if (settings.quiet)
    return;
  out << formatv("what each part of the best plan is worth (at most {0:F0} "
                 "s):\n",
                 seconds);
  out.flush();
}

void Progress::show(const Attribution &one) {
  if (settings.quiet)
    return;
  out << "  without " << getName(one.ablation.kind) << " '" << one.ablation.what
      << "': ";
  if (one.ablation.plan.empty())
    out << "refused, " << one.ablation.diagnostic;
  else if (one.ratio > 0)
    out << formatv("{0:F3} of the best plan's {1}", one.ratio,
                   tuner.unit() == "cycles" ? "cycles" : "time");
  else
    out << one.evaluation.diagnostic;
  out << "\n";
  out.flush();
}
