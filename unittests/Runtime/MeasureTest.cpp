//===- MeasureTest.cpp - Timing, peaks and baselines ----------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Runtime/Measure.h"
#include "Samples.h"
#include "TensorOp/Runtime/Baselines.h"
#include "TensorOp/Runtime/Caches.h"
#include "TensorOp/Runtime/CpuFeatures.h"
#include "TensorOp/Runtime/Report.h"
#include "TestBundle.h"
#include "Threads.h"
#include <atomic>
#include <cstdlib>
#include <thread>
#include <unistd.h>

using namespace tensorop;
using namespace tensorop::runtime;

namespace {

// Sizes grow with the level, and the last level is a cache, not a socket's sum.
TEST(Caches, GrowWithTheLevel) {
  std::map<std::string, int64_t> caches = getDataCaches();
  if (caches.empty())
    GTEST_SKIP() << "neither sysfs nor sysconf tells the caches";
  int64_t before = 0;
  for (const auto &[name, bytes] : caches) {
    EXPECT_GT(bytes, before) << name;
    before = bytes;
  }
  EXPECT_EQ(getLastLevelCacheBytes(), before);
}

TEST(Statistics, QuartilesAndSpread) {
  Statistics statistics = summarize({5, 1, 4, 2, 3});
  EXPECT_EQ(statistics.median, 3);
  EXPECT_EQ(statistics.min, 1);
  EXPECT_EQ(statistics.max, 5);
  EXPECT_EQ(statistics.lowerQuartile, 2);
  EXPECT_EQ(statistics.upperQuartile, 4);
  EXPECT_EQ(statistics.samples, 5);
  EXPECT_NEAR(statistics.getSpread(), 2.0 / 3, 1e-12);
  EXPECT_EQ(summarize({2, 4}).median, 3);
  EXPECT_EQ(summarize({}).samples, 0);
  EXPECT_EQ(summarize({}).getSpread(), 0);
}

TEST(Statistics, TooWideSaysNothing) {
  EXPECT_EQ(whyNoTimes("the kernel", summarize({1, 1, 1.5, 2, 2})), "");
  EXPECT_EQ(whyNoTimes("the kernel", summarize({})), "");
  EXPECT_EQ(whyNoTimes("openblas", summarize({1, 1, 2, 9, 9})),
            "the machine is too busy: the times of openblas spread by 400.0 %, "
            "the limit is 100 %");
}

TEST(Samples, DisturbedOnesAreLeftOut) {
  Samples ours, other;
  for (int i = 0; i < 8; ++i) {
    bool disturbed = i == 3;
    ours.push_back({disturbed ? 9.0 : 1.0, 1.0, disturbed});
    other.push_back({2.0, 2.0, false});
  }
  EXPECT_EQ(chooseSource({&ours, &other}, 1), TimeSource::Wall);
  EXPECT_EQ(chooseSource({&ours, &other}, 2), TimeSource::Wall);
  EXPECT_EQ(getTimes(ours, TimeSource::Wall), std::vector<double>(7, 1.0));
  EXPECT_EQ(getRatios(ours, other, TimeSource::Wall),
            std::vector<double>(7, 2.0));
  EXPECT_EQ(countDisturbed(ours), 1);

  // Four rounds are too few; it does not matter who was disturbed.
  for (int i = 4; i < 7; ++i)
    other[i] = {50.0, 3.0, true};
  EXPECT_EQ(chooseSource({&ours, &other}, 1), TimeSource::Thread);
  EXPECT_EQ(chooseSource({&ours, &other}, 2), TimeSource::AllWall);
  EXPECT_EQ(getTimes(ours, TimeSource::AllWall).size(), ours.size());
  EXPECT_EQ(getTimes(ours, TimeSource::Thread), std::vector<double>(8, 1.0));
  EXPECT_EQ(summarize(getRatios(ours, other, TimeSource::Thread)).max, 3.0);
}

TEST(Samples, WaitingIsSeen) {
  Stopwatch busy;
  volatile int64_t counter = 0;
  for (int i = 0; i < 1000; ++i)
    counter = counter + 1;
  Sample sample = busy.stop(10);
  EXPECT_GT(sample.wall, 0);
  EXPECT_LE(sample.cpu * 10, sample.wall * 10 + 1e-4);
  Stopwatch waiting;
  ::usleep(20000);
  sample = waiting.stop(1);
  EXPECT_TRUE(sample.disturbed);
  EXPECT_GT(sample.wall, 0.015);
  EXPECT_LT(sample.cpu, 0.01);
}

TEST(Threads, EachGetsACpuOfItsOwn) {
  if (countAllowedCpus() < 2)
    GTEST_SKIP() << "this process may use one cpu only";
  cpu_set_t before, during, after;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  std::atomic<int> task{0};
  std::atomic<bool> isDone{false};
  std::thread other([&] {
    task = gettid();
    while (!isDone)
      ::usleep(1000);
  });
  while (!task)
    ::usleep(1000);
  {
    Pin pin(2);
    if (pin.getCpu() >= 0) {
      pin.spread();
      EXPECT_EQ(sched_getaffinity(task, sizeof during, &during), 0);
      EXPECT_EQ(CPU_COUNT(&during), 1);
      EXPECT_FALSE(CPU_ISSET(pin.getCpu(), &during));
      // Threads that this one starts may run on both.
      EXPECT_EQ(sched_getaffinity(0, sizeof during, &during), 0);
      EXPECT_EQ(CPU_COUNT(&during), 2);
    }
  }
  EXPECT_EQ(sched_getaffinity(task, sizeof after, &after), 0);
  EXPECT_TRUE(CPU_EQUAL(&before, &after));
  isDone = true;
  other.join();
}

TEST(Threads, AMissingRuntimeIsNamed) {
  std::string message = loadOpenMP("libnone.so.5").message();
  EXPECT_EQ(message.rfind("kernels with threads need libnone.so.5 (Debian: "
                          "libomp5): ",
                          0),
            0u)
      << message;
  EXPECT_NE(message.find("cannot open"), std::string::npos) << message;
}

TEST(Peaks, AreMeasuredAndPlausible) {
  Peaks peaks = measurePeaks(0.06);
  // Between a very old core and any core that exists.
  EXPECT_GT(peaks.f32Flops, 1e9);
  EXPECT_LT(peaks.f32Flops, 1e12);
  EXPECT_GT(peaks.f32Flops, 1.2 * peaks.f64Flops);
  EXPECT_GT(peaks.copyBytes, 1e8);
  EXPECT_FALSE(peaks.instructions.empty());
  // Dot products of narrow types are faster, where they are.
  if (hasCpuFeature("avx512bf16"))
    EXPECT_GT(peaks.bf16Flops, 0.5 * peaks.f32Flops);
  else
    EXPECT_EQ(peaks.bf16Flops, 0);
  if (hasCpuFeature("avx512vnni"))
    EXPECT_GT(peaks.i8Ops, peaks.f32Flops);
  else
    EXPECT_EQ(peaks.i8Ops, 0);
}

TEST(Peaks, GoByType) {
  Peaks peaks;
  peaks.f32Flops = 4;
  peaks.f64Flops = 2;
  peaks.instructions = "some";
  EXPECT_EQ(getPeak(peaks, ElementType::F64).operations, 2);
  EXPECT_EQ(getPeak(peaks, ElementType::F16).operations, 4);
  // Widened, as long as there is nothing better.
  EXPECT_EQ(getPeak(peaks, ElementType::BF16).operations, 4);
  EXPECT_EQ(getPeak(peaks, ElementType::I8).operations, 0);
  EXPECT_EQ(getPeak(peaks, ElementType::I32).operations, 0);
  peaks.bf16Flops = 8;
  peaks.i8Ops = 16;
  EXPECT_EQ(getPeak(peaks, ElementType::BF16).operations, 8);
  EXPECT_EQ(getPeak(peaks, ElementType::BF16).instructions, "avx512_bf16");
  EXPECT_EQ(getPeak(peaks, ElementType::I8).instructions, "avx512_vnni");
}

Measurement measure(const TestDirectory &directory,
                    const MeasureOptions &options) {
  Result<Bundle> bundle = Bundle::load(directory.getPath());
  EXPECT_TRUE(bundle.ok()) << bundle.message();
  Result<Measurement> measurement = measureBundle(*bundle, options);
  EXPECT_TRUE(measurement.ok()) << measurement.message();
  return measurement.ok() ? *measurement : Measurement();
}

MeasureOptions getShortOptions() {
  MeasureOptions options;
  options.seconds = 0.1;
  return options;
}

TEST(Measure, TimesAKernel) {
  TestDirectory directory;
  makeGemmBundle(directory, 32, 32, 32, true);
  Measurement measurement = measure(directory, getShortOptions());
  EXPECT_GE(measurement.seconds.samples, 5);
  EXPECT_GT(measurement.seconds.median, 1e-7);
  EXPECT_LE(measurement.seconds.min, measurement.seconds.median);
  EXPECT_NEAR(measurement.flopsPerSecond,
              2 * 32 * 32 * 32 / measurement.seconds.median,
              0.01 * measurement.flopsPerSecond);
  EXPECT_GT(measurement.percentOfPeak, 0);
  EXPECT_LT(measurement.percentOfPeak, 103);
  EXPECT_GE(measurement.cpu, 0);
  // Whether a busy machine passes the test of itself is not ours to say, but a
  // void run says why.
  EXPECT_EQ(measurement.valid, measurement.reason.empty());
  EXPECT_NE(toJson(measurement).find("\"self_ratio\""), std::string::npos);
  EXPECT_NE(toText(measurement).find("GFLOP/s"), std::string::npos);
}

TEST(Measure, EndsEarlyWhatIsNotWorthMore) {
  TestDirectory directory;
  makeGemmBundle(directory, 32, 32, 32, true);
  MeasureOptions options = getShortOptions();
  options.shortSeconds = 1e-3;
  EXPECT_FALSE(measure(directory, options).isShort);
  // Anything takes longer.
  options.worthBelow = 1e-12;
  options.seconds = 1000;
  Measurement measurement = measure(directory, options);
  EXPECT_TRUE(measurement.isShort);
  EXPECT_GE(measurement.seconds.samples, 5);
  EXPECT_NE(toJson(measurement).find("\"is_short\":true"), std::string::npos);
}

TEST(Measure, RejectsWhatIsAboveThePeak) {
  TestDirectory directory;
  makeGemmBundle(directory, 32, 32, 32, false);
  Manifest manifest = getGemmManifest(32, 32, 32, false);
  manifest.flops *= 100000;
  ASSERT_TRUE(writeManifest(manifest, directory.getPath()).ok());
  Measurement measurement = measure(directory, getShortOptions());
  EXPECT_FALSE(measurement.valid);
  EXPECT_GT(measurement.percentOfPeak, 103);
}

TEST(Measure, FactorsDecideThePeak) {
  TestDirectory directory;
  makeGemmBundle(directory, 32, 32, 32, false);
  Manifest manifest = getGemmManifest(32, 32, 32, false);
  manifest.gemm.reset();
  manifest.flops *= 100000;
  using Types = std::vector<ElementType>;
  // Arguments are f32 in all cases; i32 has no peak.
  for (const Types &factors :
       {Types{}, Types{ElementType::F64}, Types{ElementType::I8},
        Types{ElementType::F64, ElementType::F32},
        Types{ElementType::F32, ElementType::I32}}) {
    manifest.factors = factors;
    ASSERT_TRUE(writeManifest(manifest, directory.getPath()).ok());
    Measurement measurement = measure(directory, getShortOptions());
    const Peaks &peaks = measurement.peaks.values;
    ElementType first = factors.empty() ? ElementType::F32 : factors.front();
    double peak = getPeak(peaks, first).operations, largest = peak;
    if (factors.size() == 2)
      largest = factors[1] == ElementType::I32 ? 0 : peaks.f32Flops;
    EXPECT_NEAR(measurement.percentOfPeak,
                peak > 0 ? 100 * measurement.flopsPerSecond / peak : 0,
                1e-6 * measurement.percentOfPeak);
    char claim[80];
    std::snprintf(claim, sizeof claim, "above the measured peak of %.1f",
                  largest * 1e-9);
    // A busy machine voids a run, too, and the first reason stays.
    if (measurement.reason.find("above") != std::string::npos)
      EXPECT_NE(measurement.reason.find(claim), std::string::npos)
          << measurement.reason;
    EXPECT_EQ(largest > 0 && measurement.valid, false);
  }
}

TEST(Measure, RejectsOutputsThatChange) {
  TestDirectory directory;
  makeGemmBundle(directory, 8, 8, 8, false,
                 "  static int calls; (void)a; (void)b;\n"
                 "  for (int i = 0; i < 64; ++i) c[i] = calls > 100;\n"
                 "  ++calls;\n");
  Measurement measurement = measure(directory, getShortOptions());
  EXPECT_EQ(measurement.reason,
            "the output 'c' after timing is not the one before it");
  EXPECT_TRUE(measurement.isWrong);
  EXPECT_NE(toText(measurement).find("VOID"), std::string::npos);
}

TEST(Measure, RejectsLateRefusalsAndWrites) {
  // Faults that the check before did not see.
  auto getReason = [](const char *fault) {
    TestDirectory directory;
    makeGemmBundle(directory, 8, 8, 8, false,
                   std::string("  static int calls; (void)a; (void)b;\n"
                               "  for (int i = 0; i < 64; ++i) c[i] = 1;\n"
                               "  if (++calls > 100) ") +
                       fault + "\n");
    Measurement measurement = measure(directory, getShortOptions());
    EXPECT_TRUE(measurement.isWrong);
    return measurement.reason;
  };
  EXPECT_EQ(getReason("return 2;"),
            "the kernel refuses its arguments after timing");
  EXPECT_EQ(getReason("c[64] = 1;"),
            "the kernel wrote out of bounds while it was timed: argument 'c': "
            "byte 0 after its end was overwritten");
}

TEST(Measure, RefusesBadOptions) {
  TestDirectory directory;
  makeGemmBundle(directory, 2, 2, 2, false);
  Result<Bundle> bundle = Bundle::load(directory.getPath());
  ASSERT_TRUE(bundle.ok());
  MeasureOptions options;
  options.threads = 0;
  EXPECT_FAILURE(measureBundle(*bundle, options),
                 "threads must be from 1 to 1024, but is 0");
  options.threads = 1;
  options.seconds = 0;
  EXPECT_FAILURE(measureBundle(*bundle, options),
                 "seconds must be above 0 and at most 3600");
}

TEST(Baselines, NamesAreChecked) {
  Result<std::vector<std::string>> names = parseBaselines("blis,openblas,blis");
  ASSERT_TRUE(names.ok());
  EXPECT_EQ(*names, (std::vector<std::string>{"blis", "openblas"}));
  EXPECT_FAILURE(
      parseBaselines("openblas,mkl"),
      "there is no baseline 'mkl'; known are openblas, blis, onednn");
  EXPECT_TRUE(parseBaselines("")->empty());
  EXPECT_TRUE(parseBaselines("none")->empty());
}

TEST(Baselines, WithoutEquivalentAreSkipped) {
  TestDirectory directory;
  makeGemmBundle(directory, 4, 4, 4, false);
  Manifest manifest = getGemmManifest(4, 4, 4, false);
  manifest.gemm.reset();
  ASSERT_TRUE(writeManifest(manifest, directory.getPath()).ok());
  MeasureOptions options = getShortOptions();
  options.baselines = {"openblas"};
  Measurement measurement = measure(directory, options);
  ASSERT_EQ(measurement.baselines.size(), 1u);
  EXPECT_EQ(measurement.baselines[0].state, "skipped");
  EXPECT_EQ(measurement.baselines[0].note, "the kernel has no GEMM equivalent");
  EXPECT_TRUE(measurement.best.empty());
}

/// A stand-in for a library: names and a gemm that may be wrong.
void makeLibrary(const TestDirectory &directory, const std::string &result) {
  directory.compile(
      "char *openblas_get_corename(void) { return \"Stub\"; }\n"
      "char *openblas_get_config(void) { return \"OpenBLAS 9.9 x\"; }\n"
      "void openblas_set_num_threads(int n) { (void)n; }\n"
      "void cblas_sgemm(int o, int ta, int tb, int m, int n, int k, float al,\n"
      "  const float *a, int lda, const float *b, int ldb, float be, float "
      "*c,\n"
      "  int ldc) { (void)o; (void)al;\n"
      "  for (int i = 0; i < m; ++i) for (int j = 0; j < n; ++j) {\n"
      "    float s = be ? c[i * ldc + j] : 0;\n"
      "    for (int p = 0; p < k; ++p)\n"
      "      s += (ta == 112 ? a[p * lda + i] : a[i * lda + p]) *\n"
      "           (tb == 112 ? b[j * ldb + p] : b[p * ldb + j]);\n"
      "    c[i * ldc + j] = " +
          result + "; } }\n",
      "libstub.so");
}

BaselineTiming timeLibrary(const TestDirectory &library, bool accumulate) {
  TestDirectory directory;
  makeGemmBundle(directory, 9, 5, 7, accumulate);
  ::setenv("TENSOROP_OPENBLAS", library.getFile("libstub.so").c_str(), 1);
  MeasureOptions options = getShortOptions();
  options.baselines = {"openblas"};
  Measurement measurement = measure(directory, options);
  ::unsetenv("TENSOROP_OPENBLAS");
  for (const BaselineTiming &timing : measurement.baselines)
    return timing;
  return BaselineTiming();
}

TEST(Baselines, AreCalledAsTheyShould) {
  // Transposed operands, and both ways to treat C.
  TestDirectory library;
  makeLibrary(library, "s");
  for (bool accumulate : {false, true}) {
    BaselineTiming timing = timeLibrary(library, accumulate);
    // The system's own OpenBLAS, when there is one, may be faster.
    EXPECT_EQ(timing.state == "skipped", false) << timing.note;
    EXPECT_GT(timing.ratio, 0);
    EXPECT_FALSE(timing.version.empty());
  }
  GemmEquivalent gemm;
  gemm.m = 2;
  gemm.n = 3;
  gemm.k = 4;
  float a[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  float b[12] = {1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0};
  ::setenv("TENSOROP_OPENBLAS", library.getFile("libstub.so").c_str(), 1);
  for (bool transA : {false, true})
    for (bool transB : {false, true}) {
      gemm.transA = transA;
      gemm.transB = transB;
      BaselineSearch search = findBaselines("openblas", gemm, /*threads=*/1);
      ASSERT_FALSE(search.found.empty());
      EXPECT_EQ(search.found[0].version, "9.9");
      EXPECT_EQ(search.found[0].core, "Stub");
      for (const Baseline &baseline : search.found) {
        float c[6] = {0};
        baseline.call(a, b, c);
        for (int i = 0; i < 2; ++i)
          for (int j = 0; j < 3; ++j) {
            float sum = 0;
            for (int p = 0; p < 4; ++p)
              sum += (transA ? a[p * 2 + i] : a[i * 4 + p]) *
                     (transB ? b[j * 4 + p] : b[p * 3 + j]);
            EXPECT_EQ(c[i * 3 + j], sum) << baseline.library;
          }
      }
    }
  ::unsetenv("TENSOROP_OPENBLAS");
}

TEST(Baselines, VectorsAlsoTryGemv) {
  BaselineSearch search;
  for (int vector = 0; vector < 2; ++vector)
    for (bool transA : {false, true})
      for (bool transB : {false, true})
        for (bool accumulate : {false, true}) {
          GemmEquivalent gemm;
          gemm.m = vector ? 5 : 1;
          gemm.n = vector ? 1 : 5;
          gemm.k = 3;
          gemm.transA = transA;
          gemm.transB = transB;
          gemm.accumulate = accumulate;
          search = findBaselines("openblas", gemm, /*threads=*/1);
          if (search.found.empty())
            GTEST_SKIP() << "no OpenBLAS on this machine";
          bool gemv = false;
          for (const Baseline &baseline : search.found) {
            gemv |= baseline.function == "gemv";
            float a[15], b[15], c[5] = {1, 2, 3, 4, 5};
            for (int i = 0; i < 15; ++i) {
              a[i] = float(i + 1);
              b[i] = float(2 * i - 7);
            }
            baseline.call(a, b, c);
            for (int64_t e = 0; e < 5; ++e) {
              int64_t i = vector ? e : 0, j = vector ? 0 : e;
              float sum = accumulate ? float(e + 1) : 0;
              for (int64_t p = 0; p < 3; ++p)
                sum += (transA ? a[p * gemm.m + i] : a[i * 3 + p]) *
                       (transB ? b[j * 3 + p] : b[p * gemm.n + j]);
              EXPECT_EQ(c[e], sum) << baseline.library << baseline.function;
            }
          }
          EXPECT_TRUE(gemv);
        }
}

/// Each function that oneDNN has for these types, on matrices of small whole
/// numbers, which sums of any kind hold exactly.
void checkOneDnn(ElementType type, ElementType result) {
  constexpr int64_t m = 3, n = 4, k = 70;
  for (int variant = 0; variant < 8; ++variant) {
    GemmEquivalent gemm;
    gemm.m = m;
    gemm.n = n;
    gemm.k = k;
    gemm.transA = variant & 1;
    gemm.transB = variant & 2;
    gemm.accumulate = variant & 4;
    gemm.type = type;
    gemm.result = result;
    BaselineSearch search = findBaselines("onednn", gemm, /*threads=*/1);
    if (search.found.empty())
      GTEST_SKIP() << "no oneDNN for " << getName(type) << " on this machine";
    std::vector<char> a(m * k * getByteSize(type)),
        b(k * n * getByteSize(type)), c(m * n * getByteSize(result));
    for (int64_t i = 0; i < m * k; ++i)
      storeDouble(type, a.data(), i, double(i % 11) - 5);
    for (int64_t i = 0; i < k * n; ++i)
      storeDouble(type, b.data(), i, double(i % 7) - 3);
    for (const Baseline &baseline : search.found) {
      for (int64_t i = 0; i < m * n; ++i)
        storeDouble(result, c.data(), i, double(i));
      baseline.call(a.data(), b.data(), c.data());
      for (int64_t i = 0; i < m; ++i)
        for (int64_t j = 0; j < n; ++j) {
          double sum = gemm.accumulate ? double(i * n + j) : 0;
          for (int64_t p = 0; p < k; ++p)
            sum += loadAsDouble(type, a.data(),
                                gemm.transA ? p * m + i : i * k + p) *
                   loadAsDouble(type, b.data(),
                                gemm.transB ? j * k + p : p * n + j);
          EXPECT_EQ(loadAsDouble(result, c.data(), i * n + j), sum)
              << baseline.function << " " << getName(type) << " " << variant;
        }
    }
  }
}

TEST(Baselines, OneDnnMultipliesF32) {
  checkOneDnn(ElementType::F32, ElementType::F32);
}
TEST(Baselines, OneDnnMultipliesBF16) {
  checkOneDnn(ElementType::BF16, ElementType::F32);
}
TEST(Baselines, OneDnnMultipliesI8) {
  checkOneDnn(ElementType::I8, ElementType::I32);
}

TEST(Baselines, WrongLibrariesDoNotCount) {
  TestDirectory library;
  makeLibrary(library, "s * 1.01f");
  BaselineTiming timing = timeLibrary(library, false);
  // Another library may be found; the wrong one is never the one timed.
  EXPECT_NE(timing.library, library.getFile("libstub.so"));
  if (timing.state == "skipped")
    EXPECT_NE(timing.note.find("its result is wrong at [0, 0]"),
              std::string::npos)
        << timing.note;
}

TEST(Baselines, AlienLibrariesAreNoted) {
  TestDirectory directory;
  directory.write("libtext.so", "text");
  directory.compile("int nothing;", "libempty.so");
  directory.compile("__attribute__((constructor)) void die(void) {"
                    " __builtin_trap(); }",
                    "libcrash.so");
  ::setenv("TENSOROP_OPENBLAS",
           (directory.getFile("libtext.so") + ":" +
            directory.getFile("libempty.so") + ":" +
            directory.getFile("libcrash.so") + ":/nowhere/lib.so")
               .c_str(),
           1);
  GemmEquivalent gemm;
  gemm.m = gemm.n = gemm.k = 2;
  BaselineSearch search = findBaselines("openblas", gemm, /*threads=*/1);
  ::unsetenv("TENSOROP_OPENBLAS");
  std::string notes;
  for (const std::string &note : search.notes)
    notes += note + "\n";
  EXPECT_NE(notes.find("libtext.so"), std::string::npos) << notes;
  EXPECT_NE(notes.find("libempty.so: is no OpenBLAS"), std::string::npos);
  EXPECT_NE(notes.find("libcrash.so: ends the process that loads it"),
            std::string::npos)
      << notes;
  EXPECT_NE(notes.find("/nowhere/lib.so"), std::string::npos);
  gemm.type = ElementType::I8;
  gemm.result = ElementType::I32;
  for (const Baseline &baseline :
       findBaselines("openblas", gemm, /*threads=*/1).found)
    ADD_FAILURE() << baseline.library << " claims i8";
  // Types that no library multiplies.
  gemm.type = gemm.result = ElementType::I64;
  for (const Baseline &baseline :
       findBaselines("onednn", gemm, /*threads=*/1).found)
    ADD_FAILURE() << baseline.library << " claims i64";
}

} // namespace
