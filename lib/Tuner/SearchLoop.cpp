//===- SearchLoop.cpp - Asks, has candidates evaluated, tells -------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TunerState.h"
#include <algorithm>
#include <chrono>

using namespace tensorop;

/// Of the search's best, so many are measured again beside the analytic plan,
/// in so many rounds.
static constexpr size_t kFinalists = 3, kRounds = 3;

std::map<Outcome, int64_t> TuneResult::counts() const {
  std::map<Outcome, int64_t> numbers;
  for (const Trial &trial : trials)
    ++numbers[trial.evaluation.outcome];
  return numbers;
}

void Tuner::Search::tell(const SearchPoint &point,
                         const Evaluation &evaluation) {
  bool isMeasured = evaluation.outcome == Outcome::Measured;
  algorithm->tell(point,
                  isMeasured ? std::optional(evaluation.score) : std::nullopt);
}

void Tuner::Search::append(Trial trial) {
  trial.number = int64_t(result.trials.size()) + 1;
  result.trials.push_back(std::move(trial));
  rank(result.trials.size() - 1);
}

void Tuner::Search::rank(size_t index) {
  const Evaluation &evaluation = result.trials[index].evaluation;
  if (evaluation.outcome != Outcome::Measured ||
      (best > 0 && evaluation.score >= best))
    return;
  best = evaluation.score;
  result.best = index;
}

size_t Tuner::Search::expected() const {
  return result.trials.size() +
         llvm::count_if(window, [](const Entry &entry) { return !entry.same; });
}

double tensorop::medianOf(std::vector<double> values) {
  llvm::sort(values);
  size_t half = values.size() / 2;
  return values.size() % 2 ? values[half]
                           : (values[half - 1] + values[half]) / 2;
}

TuneResult Tuner::run(Observer observe, const std::atomic<bool> &stop) {
  using Clock = std::chrono::steady_clock;
  Clock::time_point begin = Clock::now();
  auto elapsed = [&] {
    return std::chrono::duration<double>(Clock::now() - begin).count();
  };
  Search search(*points, options);
  TuneResult &result = search.result;
  if (llvm::Error error = recall(search)) {
    result.error = llvm::toString(std::move(error));
    return std::move(result);
  }
  result.earlier = result.stored = int64_t(result.trials.size());
  // Some may have been replaced by a later trial of the same plan.
  search.best = 0;
  for (size_t index = 0; index < result.trials.size(); ++index)
    search.rank(index);
  double careful = options.job.bench->seconds;
  size_t capacity = std::max<size_t>(state->evaluator->capacity(), 1);

  auto isOver = [&] {
    return stop || !result.error.empty() || result.isExhausted ||
           (options.trials > 0 &&
            int64_t(search.expected()) - result.earlier >= options.trials) ||
           (options.seconds > 0 && elapsed() >= options.seconds);
  };
  auto ask = [&] {
    std::optional<SearchPoint> point = search.algorithm->ask();
    if (!point) {
      result.isExhausted = search.window.empty();
      return false;
    }
    Search::Entry entry;
    Trial &trial = entry.trial;
    trial.point = *point;
    Proposal plan = points->planOf(*point);
    trial.plan = plan.str();
    plan.why.clear();
    auto [same, isNew] =
        search.known.try_emplace(plan.str(), search.expected());
    if (isNew) {
      trial.predicted = search.learner.predict(*point);
      bool isFirst = *point == points->start();
      entry.id = ++state->lastId;
      Candidate candidate;
      candidate.id = entry.id;
      candidate.plan = trial.plan;
      candidate.quickSeconds = isFirst ? 0 : options.quickSeconds;
      candidate.seconds = careful;
      if (search.best > 0)
        candidate.promisingBelow = search.best * options.clearlyWorse;
      if (llvm::Error error = state->evaluator->submit(candidate))
        result.error = llvm::toString(std::move(error));
    } else {
      entry.same = same->second;
    }
    search.window.push_back(std::move(entry));
    return true;
  };
  auto isFrontKnown = [&] {
    return !search.window.empty() &&
           (search.window.front().isFinished || search.window.front().same);
  };
  auto tellFront = [&] {
    Search::Entry entry = std::move(search.window.front());
    search.window.pop_front();
    if (entry.same) {
      search.tell(entry.trial.point, result.trials[*entry.same].evaluation);
      return;
    }
    Trial &trial = entry.trial;
    search.tell(trial.point, trial.evaluation);
    if (trial.evaluation.outcome == Outcome::Measured)
      search.learner.learn(trial.point, trial.evaluation.score);
    if (trial.point == points->start())
      result.start = result.trials.size();
    search.append(std::move(trial));
    observe(result.trials.back(), result);
  };

  while (true) {
    // After each that was told, one is asked for, whatever is finished: the
    // order in which candidates end must not be seen.
    while (!isOver() && search.window.size() < capacity && ask())
      ;
    if (isFrontKnown()) {
      tellFront();
      continue;
    }
    if (search.window.empty() || stop || !result.error.empty())
      break;
    llvm::Expected<std::optional<Finished>> finished =
        state->evaluator->wait(stop);
    if (!finished) {
      std::string why = llvm::toString(finished.takeError());
      // ^C reaches what runs a candidate, too.
      if (!stop)
        result.error = std::move(why);
      break;
    }
    if (!*finished)
      break;
    for (Search::Entry &entry : search.window) {
      if (entry.id != (*finished)->id)
        continue;
      entry.isFinished = true;
      entry.trial.evaluation = std::move((*finished)->evaluation);
      entry.trial.at = elapsed();
      // At once: what is known may be needed after a power cut.
      if (llvm::Error error = store(entry.trial))
        result.error = llvm::toString(std::move(error));
      else
        ++result.stored;
    }
  }
  // After an early end some are missing, and numbers would be others.
  for (Search::Entry &entry : std::exchange(search.window, {}))
    if (entry.isFinished) {
      search.window.push_back(std::move(entry));
      tellFront();
    }
  result.isInterrupted = stop;
  result.rankCorrelation = search.learner.rankCorrelation();
  if (search.best > 0)
    compare(result, careful, stop);
  result.seconds = elapsed();
  return std::move(result);
}

/// The best few and the analytic plan in turns, with care.
void Tuner::compare(TuneResult &result, double seconds,
                    const std::atomic<bool> &stop) {
  std::vector<size_t> order;
  for (size_t i = 0; i < result.trials.size(); ++i)
    if (result.trials[i].evaluation.outcome == Outcome::Measured)
      order.push_back(i);
  auto scoreOf = [&](size_t i) { return result.trials[i].evaluation.score; };
  llvm::stable_sort(
      order, [&](size_t a, size_t b) { return scoreOf(a) < scoreOf(b); });
  if (order.size() > kFinalists)
    order.resize(kFinalists);
  bool hasStart =
      result.start &&
      result.trials[*result.start].evaluation.outcome == Outcome::Measured;
  if (hasStart && !llvm::is_contained(order, *result.start))
    order.push_back(*result.start);
  std::vector<std::vector<double>> samples(order.size());
  // A simulation says the same each time.
  if (!options.job.simulate && !stop && result.error.empty()) {
    std::vector<std::string> plans;
    for (size_t i : order)
      plans.push_back(result.trials[i].plan);
    llvm::Expected<std::vector<std::vector<double>>> compared =
        state->evaluator->compare(plans, kRounds, seconds, stop);
    if (compared)
      samples = std::move(*compared);
    else if (stop)
      llvm::consumeError(compared.takeError());
    else
      result.error = llvm::toString(compared.takeError());
  }
  std::optional<size_t> winner, first;
  std::vector<double> scores(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    scores[i] = samples[i].empty() ? scoreOf(order[i]) : medianOf(samples[i]);
    if (!winner || scores[i] < scores[*winner])
      winner = i;
    if (hasStart && order[i] == *result.start)
      first = i;
  }
  for (size_t i = 0; i < order.size(); ++i)
    result.finalists.push_back({order[i], scores[i], samples[i]});
  result.startScore = first ? scores[*first] : 0;
  result.best = order[*winner];
  result.bestScore = scores[*winner];
}
