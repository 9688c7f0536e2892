//===- PeakCacheTest.cpp - Measured peaks, kept between processes ---------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PeakCache.h"
#include "TestBundle.h"
#include <cstdlib>
#include <filesystem>
#include <unistd.h>

using namespace tensorop;
using namespace tensorop::runtime;

namespace {

/// No test of this program sees or changes the user's own cache.
class OwnCacheFolder : public testing::Environment {
  TestDirectory directory;
  void SetUp() override {
    ::setenv("XDG_CACHE_HOME", directory.getPath().c_str(), 1);
    ::unsetenv("TENSOROP_MEASURE_PEAKS");
  }
};
[[maybe_unused]] testing::Environment *const ownCacheFolder =
    testing::AddGlobalTestEnvironment(new OwnCacheFolder);

/// Peaks whose rates are `scale` times those of some core.
Peaks getPeaksOf(double scale) {
  Peaks peaks;
  peaks.f32Flops = 1e11 * scale;
  peaks.f64Flops = 5e10 * scale;
  peaks.bf16Flops = 2e11 * scale;
  peaks.i8Ops = 4e11 * scale;
  peaks.copyBytes = 2e10 * scale;
  peaks.instructions = "avx512f";
  return peaks;
}

PeakKey getKey() { return {"Some CPU", {"avx2", "fma"}, 4, 1}; }

/// A cache in a folder of its own, and a measurement that counts its calls.
struct PeakCache : testing::Test {
  TestDirectory directory;
  std::string path = directory.getFile("a/b/peaks.json");
  int measured = 0;

  KnownPeaks get(double scale, bool again = false) {
    return PeakSource(path, getKey(),
                      [&] {
                        ++measured;
                        return getPeaksOf(scale);
                      })
        .get(again);
  }
  void write(const std::string &text) {
    std::filesystem::create_directories(directory.getFile("a/b"));
    directory.write("a/b/peaks.json", text);
  }
};

TEST_F(PeakCache, IsMeasuredOnce) {
  KnownPeaks first = get(1);
  EXPECT_EQ(first.source, "measured");
  EXPECT_EQ(first.note, "");
  KnownPeaks second = get(2);
  EXPECT_EQ(second.source, "cached");
  EXPECT_EQ(measured, 1);
  EXPECT_EQ(second.values.f32Flops, 1e11);
  EXPECT_EQ(second.values.f64Flops, 5e10);
  EXPECT_EQ(second.values.bf16Flops, 2e11);
  EXPECT_EQ(second.values.i8Ops, 4e11);
  EXPECT_EQ(second.values.copyBytes, 2e10);
  EXPECT_EQ(second.values.instructions, "avx512f");
  // Nothing temporary is left.
  int files = 0;
  for ([[maybe_unused]] const auto &file :
       std::filesystem::directory_iterator(directory.getFile("a/b")))
    ++files;
  EXPECT_EQ(files, 1);
}

TEST_F(PeakCache, AProcessReadsItOnce) {
  PeakSource source(path, getKey(), [] { return getPeaksOf(1); });
  EXPECT_EQ(source.get(false).source, "measured");
  std::filesystem::remove(path);
  EXPECT_EQ(source.get(false).values.f32Flops, 1e11);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(PeakCache, TheLargerOnesAreKept) {
  get(1);
  KnownPeaks busy = get(0.5, /*again=*/true);
  EXPECT_EQ(measured, 2);
  EXPECT_EQ(busy.values.f32Flops, 1e11);
  EXPECT_EQ(busy.note,
            "measured less than before (f32 50.0 of 100.0 Gop/s, f64 25.0 of "
            "50.0 Gop/s, bf16 100.0 of 200.0 Gop/s, i8 200.0 of 400.0 Gop/s, "
            "copy 10.0 of 20.0 GB/s): the larger peaks are kept");
  EXPECT_EQ(get(9).values.f32Flops, 1e11);
  // As two measurements differ anyway.
  EXPECT_EQ(get(0.99, /*again=*/true).note, "");
  KnownPeaks better = get(1.5, /*again=*/true);
  EXPECT_EQ(better.note, "");
  EXPECT_EQ(better.values.f32Flops, 1.5e11);
  EXPECT_EQ(get(9).values.f32Flops, 1.5e11);
  // Each for itself.
  Peaks a = getPeaksOf(1), b = getPeaksOf(1);
  b.copyBytes *= 3;
  b.f32Flops /= 2;
  Peaks both = maximize(a, b);
  EXPECT_EQ(both.f32Flops, a.f32Flops);
  EXPECT_EQ(both.copyBytes, b.copyBytes);
}

TEST_F(PeakCache, OtherProcessesAreNotLowered) {
  PeakSource source(path, getKey(), [&] {
    // Stored while this one measures.
    EXPECT_TRUE(storePeaks(path, getKey(), getPeaksOf(3)).ok());
    return getPeaksOf(1);
  });
  EXPECT_EQ(source.get(false).values.f32Flops, 3e11);
  EXPECT_EQ(loadPeaks(path, getKey())->f32Flops, 3e11);
}

TEST_F(PeakCache, EachKeyHasItsOwn) {
  get(1);
  PeakKey keys[] = {getKey(), getKey(), getKey(), getKey()};
  keys[0].cpu = "Another CPU";
  keys[1].features.pop_back();
  keys[2].cores = 5;
  keys[3].version = 2;
  for (const PeakKey &key : keys) {
    EXPECT_FALSE(loadPeaks(path, key));
    EXPECT_TRUE(storePeaks(path, key, getPeaksOf(2)).ok());
    EXPECT_EQ(loadPeaks(path, key)->f32Flops, 2e11);
    EXPECT_EQ(loadPeaks(path, getKey())->f32Flops, 1e11);
  }
}

TEST_F(PeakCache, BrokenFilesAreReplaced) {
  get(1);
  std::string whole = directory.read("a/b/peaks.json");
  auto replaced = [&](const std::string &what, const std::string &with) {
    std::string text = whole;
    size_t place = text.find(what);
    EXPECT_NE(place, std::string::npos) << what;
    return text.replace(place, what.size(), with);
  };
  std::string deep(900000, '[');
  for (const std::string &text :
       {std::string(), std::string("text"), whole.substr(0, whole.size() / 2),
        std::string("[1, 2]"), std::string("{\"schema\": 1}"), deep,
        std::string(2000000, ' ') + whole,
        replaced("\"schema\": 1", "\"schema\": 2"),
        replaced("\"cores\": 4", "\"cores\": []"),
        replaced("\"f32_flops\"", "\"flops\""),
        replaced("100000000000.0", "\"many\""),
        // Never lowered: what no core reaches must not come in.
        replaced("100000000000.0", "1e300"), replaced("100000000000.0", "0"),
        replaced("50000000000.0", "-1")}) {
    write(text);
    measured = 0;
    EXPECT_EQ(get(2).source, "measured") << text.substr(0, 100);
    EXPECT_EQ(measured, 1);
    EXPECT_EQ(get(3).values.f32Flops, 2e11) << text.substr(0, 100);
    EXPECT_EQ(measured, 1);
  }
}

TEST_F(PeakCache, AFolderThatCannotBeWrittenIsNoted) {
  // A file is where the folder should be; root may write everywhere else.
  directory.write("a", "text");
  KnownPeaks peaks = get(1);
  EXPECT_EQ(peaks.source, "measured");
  EXPECT_EQ(peaks.values.f32Flops, 1e11);
  EXPECT_EQ(peaks.note.rfind("not cached: cannot write " + path + ": ", 0), 0u)
      << peaks.note;
  // The process still knows them, and keeps the larger.
  int calls = 0;
  PeakSource source(path, getKey(),
                    [&] { return getPeaksOf(++calls == 1 ? 1 : 0.5); });
  source.get(false);
  EXPECT_EQ(source.get(false).values.f32Flops, 1e11);
  EXPECT_EQ(calls, 1);
  KnownPeaks again = source.get(true);
  EXPECT_EQ(again.values.f32Flops, 1e11);
  EXPECT_NE(again.note.find("are kept; not cached: "), std::string::npos);
  // A folder in the file's place.
  std::filesystem::remove(directory.getFile("a"));
  std::filesystem::create_directories(path);
  EXPECT_EQ(get(1).note.rfind("not cached: cannot write ", 0), 0u);
}

TEST_F(PeakCache, NowhereIsNoError) {
  path.clear();
  EXPECT_EQ(get(1).note, "");
  EXPECT_EQ(get(1).source, "measured");
  EXPECT_EQ(measured, 2);
}

/// Sets a variable, or removes it, for as long as the object lives.
class Variable {
public:
  Variable(const char *name, const char *value) : name(name) {
    if (const char *before = std::getenv(name))
      saved = before;
    set(value);
  }
  ~Variable() { set(saved ? saved->c_str() : nullptr); }

private:
  void set(const char *value) {
    if (value)
      ::setenv(name, value, 1);
    else
      ::unsetenv(name);
  }
  const char *name;
  std::optional<std::string> saved;
};

TEST(PeakCachePath, FollowsTheSpecification) {
  Variable home("HOME", "/somebody");
  {
    Variable cache("XDG_CACHE_HOME", "/caches");
    EXPECT_EQ(getPeakCachePath(), "/caches/tensorop/peaks.json");
  }
  for (const char *unusable : {"", "relative", (const char *)nullptr}) {
    Variable cache("XDG_CACHE_HOME", unusable);
    EXPECT_EQ(getPeakCachePath(), "/somebody/.cache/tensorop/peaks.json");
    Variable nowhere("HOME", nullptr);
    EXPECT_EQ(getPeakCachePath(), "");
    EXPECT_FALSE(getCachedPeaks());
  }
}

// The process's own: measured or cached before, then never lower.
TEST(PeakCachePath, ThisMachineIsCached) {
  KnownPeaks peaks = getPeaks();
  EXPECT_GT(peaks.values.f32Flops, 1e9);
  std::optional<Peaks> cached = getCachedPeaks();
  ASSERT_TRUE(cached);
  EXPECT_EQ(cached->f32Flops, peaks.values.f32Flops);
  EXPECT_EQ(cached->instructions, peaks.values.instructions);
  KnownPeaks again = getPeaks(/*again=*/true);
  EXPECT_EQ(again.source, "measured");
  EXPECT_GE(again.values.f32Flops, peaks.values.f32Flops);
  EXPECT_GE(again.values.copyBytes, peaks.values.copyBytes);
}

} // namespace
