//===- Measure.cpp - Honest timing of a kernel beside libraries -----------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Runtime/Measure.h"
#include "Samples.h"
#include "TensorOp/Runtime/Baselines.h"
#include "TensorOp/Runtime/Caches.h"
#include "TensorOp/Runtime/Generators.h"
#include "Threads.h"
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <numeric>
#include <random>
#include <thread>

using namespace tensorop;
using namespace tensorop::runtime;

double Statistics::getSpread() const {
  return median > 0 ? (upperQuartile - lowerQuartile) / median : 0;
}

std::string runtime::whyNoTimes(const std::string &who,
                                const Statistics &statistics) {
  // Half of all times are further apart than the time itself.
  constexpr double limit = 1;
  if (statistics.getSpread() <= limit)
    return "";
  char text[100];
  std::snprintf(text, sizeof text, "spread by %.1f %%, the limit is %.0f %%",
                100 * statistics.getSpread(), 100 * limit);
  return "the machine is too busy: the times of " + who + " " + text;
}

Statistics runtime::summarize(std::vector<double> values) {
  Statistics statistics;
  if (values.empty())
    return statistics;
  std::sort(values.begin(), values.end());
  // Linear between neighbours.
  auto quantile = [&](double q) {
    double place = q * double(values.size() - 1);
    auto below = static_cast<size_t>(place);
    size_t above = std::min(below + 1, values.size() - 1);
    double part = place - double(below);
    return values[below] * (1 - part) + values[above] * part;
  };
  statistics.samples = static_cast<int64_t>(values.size());
  statistics.min = values.front();
  statistics.max = values.back();
  statistics.median = quantile(0.5);
  statistics.lowerQuartile = quantile(0.25);
  statistics.upperQuartile = quantile(0.75);
  return statistics;
}

namespace {

using Clock = std::chrono::steady_clock;

double getSeconds(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// One thing that is timed: a call on the arrays of one input set.
struct Contender {
  std::function<void(size_t set)> call;
  /// Calls in one sample.
  int64_t repeats = 1;
  Samples samples;
};

/// Input sets with their own contents; the results of all contenders go to the
/// same arrays, so that no layout in memory favours one.
constexpr size_t inputSets = 2;

/// A sample takes at least this long, so that the clock's steps and the call
/// of the loop are lost in it.
constexpr double sampleSeconds = 1e-3;

/// Idle threads of our kernels spin for the first time, those of the libraries
/// for less than the second (OpenBLAS: 2^26 cycles).
constexpr int spinMilliseconds = 10, settleMilliseconds = 40;

/// Threads run for that long after they were put on cpus of their own, before
/// they are timed.
constexpr double settledSeconds = 5e-3;

class Measurer {
public:
  Measurer(const Bundle &bundle, const MeasureOptions &options)
      : bundle(bundle), manifest(bundle.getManifest()),
        kernel(bundle.getKernel()), options(options), pin(options.threads) {}

  Result<Measurement> run();

private:
  Status prepare();
  void restore(size_t set);
  void warmUp(Contender &contender);
  void sample(Contender &contender, size_t set);
  void addBaseline(const std::string &name);
  bool agrees(const Baseline &baseline, std::string &reason);
  void runRounds();
  /// The kernel's so far.
  double getMedian() const;
  void evaluate();
  void checkPeaks();
  void checkOutputs();
  void reject(const std::string &reason) {
    if (result.reason.empty())
      result.reason = reason;
  }
  void rejectKernel(const std::string &reason) {
    reject(reason);
    result.isWrong = true;
  }

  const Bundle &bundle;
  const Manifest &manifest;
  PackedFunction kernel;
  const MeasureOptions &options;
  /// Libraries count the allowed cpus when they are loaded: it comes first.
  Pin pin;
  std::vector<Frame> frames;
  /// Contents of inout arguments before, and of outputs after, one call.
  std::vector<std::vector<std::string>> initial, expected;
  /// The kernel, the kernel again, then the baselines timed.
  std::vector<Contender> contenders;
  /// For each baseline contender: its place in the result.
  std::vector<size_t> places;
  Measurement result;
};

std::string getContents(const Buffer &buffer) {
  return std::string(static_cast<const char *>(buffer.data()),
                     buffer.getByteSize());
}

Status Measurer::prepare() {
  for (size_t set = 0; set < inputSets; ++set) {
    Result<Frame> frame =
        Frame::create(manifest, manifest.workspaceBytes, false);
    if (!frame.ok())
      return frame.status();
    initial.emplace_back();
    expected.emplace_back();
    for (size_t i = 0; i < manifest.arguments.size(); ++i) {
      const Argument &argument = manifest.arguments[i];
      Buffer &buffer = frame->getBuffers()[i];
      if (argument.role != Role::Out) {
        Status status =
            generate(argument.generator,
                     options.seed * 1000003 + set * 1009 + i, buffer);
        if (!status.ok())
          return Status::failure("argument '" + argument.name +
                                 "': " + status.message());
      }
      bool both = argument.role == Role::InOut;
      initial.back().push_back(both ? getContents(buffer) : "");
    }
    Status status = frame->prepack(bundle, 0);
    // Once more: memory that is touched for the first time takes longer.
    Clock::time_point begin = Clock::now();
    if (status.ok())
      status = frame->prepack(bundle, 0);
    double seconds = getSeconds(begin);
    if (set == 0 || seconds < result.prepackSeconds)
      result.prepackSeconds = seconds;
    if (status.ok())
      status = frame->call(kernel, manifest.packedEntry, manifest);
    if (!status.ok())
      return status;
    for (size_t i = 0; i < manifest.arguments.size(); ++i) {
      bool output = manifest.arguments[i].role != Role::In;
      expected.back().push_back(output ? getContents(frame->getBuffers()[i])
                                       : "");
    }
    frames.push_back(std::move(*frame));
  }
  if (manifest.prepacked.empty())
    result.prepackSeconds = 0;
  for (const Prepacked &one : manifest.prepacked)
    result.prepacked.push_back(manifest.arguments[size_t(one.argument)].name);
  return Status();
}

/// Puts inout arguments back to their first contents: a sum that grows over
/// thousands of calls would leave the range in which times are usual.
void Measurer::restore(size_t set) {
  for (size_t i = 0; i < manifest.arguments.size(); ++i)
    if (manifest.arguments[i].role == Role::InOut)
      std::memcpy(frames[set].getBuffers()[i].data(), initial[set][i].data(),
                  initial[set][i].size());
}

void Measurer::warmUp(Contender &contender) {
  constexpr double warmSeconds = 20e-3;
  double fastest = INFINITY;
  Clock::time_point begin = Clock::now();
  int64_t calls = 0;
  do {
    size_t set = calls++ % inputSets;
    restore(set);
    Clock::time_point start = Clock::now();
    contender.call(set);
    fastest = std::min(fastest, getSeconds(start));
  } while (calls < 2 || getSeconds(begin) < warmSeconds);
  contender.repeats = std::max<int64_t>(
      1, std::llround(std::ceil(sampleSeconds / std::max(fastest, 1e-9))));
}

void Measurer::sample(Contender &contender, size_t set) {
  restore(set);
  // Threads of the contender before spin for a while: none may take a core.
  if (options.threads > 1)
    std::this_thread::sleep_for(std::chrono::milliseconds(settleMilliseconds));
  // The first call brings caches to the state that this contender leaves, and
  // wakes its threads.
  if (contender.repeats > 1 || options.threads > 1)
    contender.call(set);
  if (options.threads > 1) {
    // Those that woke up may all be where the one is that woke them.
    pin.spread();
    Clock::time_point begin = Clock::now();
    do {
      contender.call(set);
    } while (getSeconds(begin) < settledSeconds);
  }
  Stopwatch watch;
  for (int64_t i = 0; i < contender.repeats; ++i)
    contender.call(set);
  contender.samples.push_back(watch.stop(contender.repeats));
}

/// Compares sampled elements of the library's result with a plain sum: a
/// library called wrongly, or one that is broken on this machine, must not
/// count.
bool Measurer::agrees(const Baseline &baseline, std::string &reason) {
  const GemmEquivalent &gemm = *manifest.gemm;
  Frame &frame = frames[0];
  restore(0);
  const Buffer &a = frame.getBuffers()[gemm.a], &b = frame.getBuffers()[gemm.b],
               &c = frame.getBuffers()[gemm.c];
  if (!gemm.accumulate)
    std::memset(c.data(), 0xff, c.getByteSize());
  baseline.call(a.data(), b.data(), c.data());
  int64_t count = gemm.m * gemm.n;
  constexpr int64_t samples = 61;
  for (int64_t s = 0; s < std::min(samples, count); ++s) {
    int64_t place = count <= samples ? s : s * (count - 1) / (samples - 1);
    int64_t i = place / gemm.n, j = place % gemm.n;
    // Sums of integers are exact in f64 as long as they are in the result.
    double sum = 0, magnitude = 0;
    if (gemm.accumulate) {
      sum = loadAsDouble(gemm.result, initial[0][gemm.c].data(), place);
      magnitude = std::fabs(sum);
    }
    for (int64_t p = 0; p < gemm.k; ++p) {
      double product =
          loadAsDouble(gemm.type, a.data(),
                       gemm.transA ? p * gemm.m + i : i * gemm.k + p) *
          loadAsDouble(gemm.type, b.data(),
                       gemm.transB ? j * gemm.k + p : p * gemm.n + j);
      sum += product;
      magnitude += std::fabs(product);
    }
    double bound =
        double(gemm.k + 1) * getUnitRoundoff(gemm.result) * magnitude * 1.01;
    double computed = loadAsDouble(gemm.result, c.data(), place);
    if (!(std::fabs(computed - sum) <= bound)) {
      char text[160];
      std::snprintf(text, sizeof text,
                    "its result is wrong at [%lld, %lld]: %.9g instead of %.9g",
                    static_cast<long long>(i), static_cast<long long>(j),
                    computed, sum);
      reason = text;
      return false;
    }
  }
  return true;
}

void Measurer::addBaseline(const std::string &name) {
  BaselineTiming timing;
  timing.name = name;
  timing.state = "skipped";
  if (!manifest.gemm) {
    timing.note = "the kernel has no GEMM equivalent";
    result.baselines.push_back(timing);
    return;
  }
  BaselineSearch search = findBaselines(name, *manifest.gemm, options.threads);
  // Among versions, cores and functions the fastest one counts.
  const Baseline *best = nullptr;
  Contender bestContender;
  double bestSeconds = INFINITY;
  for (const Baseline &baseline : search.found) {
    std::string reason;
    if (!agrees(baseline, reason)) {
      search.notes.push_back(baseline.library + ": " + reason);
      continue;
    }
    Contender contender;
    const GemmEquivalent &gemm = *manifest.gemm;
    contender.call = [this, &gemm, call = baseline.call](size_t set) {
      std::vector<Buffer> &buffers = frames[set].getBuffers();
      call(buffers[gemm.a].data(), buffers[gemm.b].data(),
           buffers[gemm.c].data());
    };
    warmUp(contender);
    for (int i = 0; i < 3; ++i)
      sample(contender, i % inputSets);
    double seconds =
        summarize(getTimes(contender.samples, options.threads > 1
                                                  ? TimeSource::AllWall
                                                  : TimeSource::Thread))
            .min;
    contender.samples.clear();
    bool better = !best || (baseline.counts && !best->counts) ||
                  (baseline.counts == best->counts && seconds < bestSeconds);
    if (better) {
      best = &baseline;
      bestSeconds = seconds;
      bestContender = contender;
    }
  }
  auto addNote = [&](const std::string &note) {
    timing.note += (timing.note.empty() ? "" : "; ") + note;
  };
  if (!best) {
    if (search.notes.empty())
      addNote("no library found");
    for (const std::string &note : search.notes)
      addNote(note);
    result.baselines.push_back(timing);
    return;
  }
  timing.library = best->library;
  timing.version = best->version;
  timing.core = best->core;
  timing.function = best->function;
  timing.note = best->note;
  timing.state = best->counts ? "timed" : "void";
  if (!manifest.prepacked.empty()) {
    timing.state = "void";
    addNote("it packs in each call, the kernel does not");
  }
  if (search.found.size() > 1)
    addNote("best of " + std::to_string(search.found.size()) +
            " found (versions and functions)");
  places.push_back(result.baselines.size());
  result.baselines.push_back(timing);
  contenders.push_back(std::move(bestContender));
}

void Measurer::runRounds() {
  // Few rounds say little, many samples of a short call cost nothing.
  constexpr int64_t fewest = 5, most = 2000;
  std::vector<size_t> order(contenders.size());
  std::iota(order.begin(), order.end(), 0);
  std::mt19937_64 random(options.seed);
  Clock::time_point begin = Clock::now();
  bool isLookDue = options.shortSeconds > 0;
  for (int64_t round = 0;
       round < fewest ||
       (round < most && !result.isShort && getSeconds(begin) < options.seconds);
       ++round) {
    // In random order: whoever follows the kernel finds its data in the caches.
    std::shuffle(order.begin(), order.end(), random);
    for (size_t c : order)
      sample(contenders[c], size_t(round) % inputSets);
    if (isLookDue && round + 1 >= fewest &&
        getSeconds(begin) >= options.shortSeconds) {
      isLookDue = false;
      result.isShort = getMedian() >= options.worthBelow;
    }
  }
}

double Measurer::getMedian() const {
  TimeSource source = chooseSource({&contenders[0].samples}, options.threads);
  return summarize(getTimes(contenders[0].samples, source)).median;
}

void Measurer::checkOutputs() {
  for (size_t set = 0; set < inputSets; ++set) {
    restore(set);
    if (frames[set].callRaw(kernel) != 0)
      rejectKernel("the kernel refuses its arguments after timing");
    Status guards = frames[set].checkGuards(manifest);
    if (!guards.ok())
      rejectKernel("the kernel wrote out of bounds while it was timed: " +
                   guards.message());
    for (size_t i = 0; i < manifest.arguments.size(); ++i)
      if (manifest.arguments[i].role != Role::In &&
          getContents(frames[set].getBuffers()[i]) != expected[set][i])
        rejectKernel("the output '" + manifest.arguments[i].name +
                     "' after timing is not the one before it");
  }
}

void Measurer::evaluate() {
  std::vector<const Samples *> all;
  all.reserve(contenders.size());
  for (const Contender &contender : contenders)
    all.push_back(&contender.samples);
  TimeSource source = chooseSource(all, options.threads);
  const Samples &ours = contenders[0].samples;
  result.timeSource = source == TimeSource::Wall     ? "wall"
                      : source == TimeSource::Thread ? "thread"
                                                     : "all";
  result.disturbedSamples = countDisturbed(ours);
  result.seconds = summarize(getTimes(ours, source));
  double median = std::max(result.seconds.median, 1e-12);
  result.flopsPerSecond = double(manifest.flops) / median;
  result.bytesPerSecond = double(manifest.bytes) / median;

  Statistics self = summarize(getRatios(ours, contenders[1].samples, source));
  result.selfRatio = self.median;
  constexpr double clockTolerance = 0.01, busyTolerance = 0.2;
  result.selfTolerance =
      std::max(clockTolerance, (self.upperQuartile - self.lowerQuartile) / 2);
  reject(whyNoTimes("the kernel", result.seconds));
  char text[200];
  if (std::fabs(result.selfRatio - 1) > result.selfTolerance) {
    std::snprintf(text, sizeof text,
                  "the kernel against itself gives %.3f, which is further from "
                  "1 than its spread of %.3f",
                  result.selfRatio, result.selfTolerance);
    reject(text);
  }
  if (result.selfTolerance > busyTolerance) {
    std::snprintf(text, sizeof text,
                  "the machine is too busy: the kernel against itself spreads "
                  "by %.2f, the limit is %.2f",
                  result.selfTolerance, busyTolerance);
    reject(text);
  }

  for (size_t b = 0; b < places.size(); ++b) {
    BaselineTiming &timing = result.baselines[places[b]];
    const Contender &contender = contenders[2 + b];
    timing.seconds = summarize(getTimes(contender.samples, source));
    timing.ratio = summarize(getRatios(ours, contender.samples, source)).median;
    timing.ratioOfMinima = timing.seconds.min / result.seconds.min;
    if (timing.state == "timed" &&
        (result.best.empty() || timing.ratio < result.ratioToBest)) {
      result.best = timing.name;
      result.ratioToBest = timing.ratio;
    }
  }
  for (const BaselineTiming &timing : result.baselines)
    if (timing.name == result.best)
      reject(whyNoTimes(timing.name, timing.seconds));

  checkPeaks();
}

/// The types whose peaks the kernel is measured against, the first one for its
/// share.
std::vector<ElementType> getPeakTypes(const Manifest &manifest) {
  if (!manifest.factors.empty())
    return manifest.factors;
  // Manifests without factors have no sums of products, or are older.
  if (manifest.gemm)
    return {manifest.gemm->type};
  for (const Argument &argument : manifest.arguments)
    if (isFloat(argument.type))
      return {argument.type};
  return {ElementType::F32};
}

/// No kernel with factors of `types` is faster; 0 where one of them has no
/// peak.
double getLargestPeak(const Peaks &peaks,
                      const std::vector<ElementType> &types) {
  double largest = 0;
  for (ElementType type : types) {
    double operations = getPeak(peaks, type).operations;
    if (operations <= 0)
      return 0;
    largest = std::max(largest, operations);
  }
  return largest;
}

/// Whatever is faster than the hardware did not do its work.
void Measurer::checkPeaks() {
  std::vector<ElementType> types = getPeakTypes(manifest);
  // Peaks are those of one core.
  double cores = double(result.kernelThreads);
  Peak peak = getPeak(result.peaks.values, types.front());
  double largest = getLargestPeak(result.peaks.values, types);
  // A kernel that only reads, or only writes, may pass the copy loop, by less
  // than a factor of two.
  bool beyondCaches = getLastLevelCacheBytes() > 0 &&
                      manifest.bytes > 4 * getLastLevelCacheBytes();
  auto isAbovePeak = [&](double slack) {
    return largest > 0 && result.flopsPerSecond > slack * cores * largest;
  };
  auto isTooFast = [&] { return isAbovePeak(1.03); };
  auto isTooWide = [&] {
    return beyondCaches &&
           result.bytesPerSecond > 2 * cores * result.peaks.values.copyBytes;
  };
  // Other programs may have slowed the loops down when they were measured.
  if (isAbovePeak(1) || isTooWide()) {
    result.peaks = getPeaks(/*again=*/true);
    peak = getPeak(result.peaks.values, types.front());
    largest = getLargestPeak(result.peaks.values, types);
  }
  if (peak.operations > 0) {
    result.percentOfPeak =
        100 * result.flopsPerSecond / (cores * peak.operations);
    result.peakInstructions = peak.instructions;
  }
  char text[200];
  if (isTooFast()) {
    std::snprintf(text, sizeof text,
                  "%.1f GFLOP/s are above the measured peak of %.1f",
                  result.flopsPerSecond * 1e-9, cores * largest * 1e-9);
    reject(text);
  }
  if (isTooWide()) {
    std::snprintf(text, sizeof text,
                  "%.1f GB/s are above twice the measured copy rate of %.1f",
                  result.bytesPerSecond * 1e-9,
                  cores * result.peaks.values.copyBytes * 1e-9);
    reject(text);
  }
}

Result<Measurement> Measurer::run() {
  if (options.threads < 1 || options.threads > maxThreads)
    return Status::failure("threads must be from 1 to " +
                           std::to_string(maxThreads) + ", but is " +
                           std::to_string(options.threads));
  if (int64_t cpus = countAllowedCpus(); options.threads > cpus)
    return Status::failure("timing on " + std::to_string(options.threads) +
                           " threads needs as many cpus, but this process "
                           "may use " +
                           std::to_string(cpus));
  if (!(options.seconds > 0) || options.seconds > 3600)
    return Status::failure("seconds must be above 0 and at most 3600, but is " +
                           std::to_string(options.seconds));
  result.cpu = pin.getCpu();
  result.threads = options.threads;
  result.kernelThreads = std::min(options.threads, manifest.threads);
  if (Status threads = bundle.setThreads(result.kernelThreads); !threads.ok())
    return threads;
  setOpenMPSpinTime(spinMilliseconds);
  Status status = prepare();
  if (!status.ok())
    return status;
  for (int again = 0; again < 2; ++again) {
    Contender contender;
    contender.call = [this](size_t set) { frames[set].callRaw(kernel); };
    contenders.push_back(contender);
  }
  for (const std::string &name : options.baselines)
    addBaseline(name);
  result.peaks = getPeaks(/*again=*/false);
  for (Contender &contender : contenders)
    warmUp(contender);
  // The kernel is compared with itself on equal terms.
  contenders[1].repeats = contenders[0].repeats;
  runRounds();
  // A wrong kernel outweighs a noisy run.
  checkOutputs();
  evaluate();
  result.valid = result.reason.empty();
  result.policy = "two input sets alternate between samples, all contenders "
                  "use the same arrays; caches are warm within a sample; "
                  "allocation is outside the timer; samples in which the "
                  "thread had to wait are left out";
  if (result.timeSource == "all")
    result.policy += ", but too few were without: all count";
  if (options.threads > 1)
    result.policy += "; before each sample, threads of others go to sleep";
  if (result.timeSource == "thread")
    result.policy += ", but too few were without: the thread's own time counts";
  return result;
}

} // namespace

Result<Measurement> runtime::measureBundle(const Bundle &bundle,
                                           const MeasureOptions &options) {
  return Measurer(bundle, options).run();
}
