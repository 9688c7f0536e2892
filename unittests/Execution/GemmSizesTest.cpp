//===- GemmSizesTest.cpp - Plans on all sizes, after each phase -----------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiles and checks C = A * B (and C += A * B) with sizes from 1 to 40 in
// each dimension, under each edge policy, after each prefix of the realiser's
// phases. Blocks are small, so that blocks and panels have edges too. A seeded
// sample; TENSOROP_TEST_TIER=full takes a larger one.
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Execution/Job.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"
#include <cstdlib>
#include <random>

using namespace tensorop;

namespace {

struct Shape {
  int64_t m, n, k;
  std::string str() const {
    return std::to_string(m) + "x" + std::to_string(n) + "x" +
           std::to_string(k);
  }
};

std::string tensor(int64_t rows, int64_t columns, const std::string &type) {
  return "tensor<" + std::to_string(rows) + "x" + std::to_string(columns) +
         "x" + type + ">";
}

/// C = A * B, or C += A * B.
std::string payload(Shape s, const std::string &type, bool accumulate) {
  std::string a = tensor(s.m, s.k, type), b = tensor(s.k, s.n, type),
              c = tensor(s.m, s.n, type);
  std::string text = "func.func @gemm(%a: " + a + ", %b: " + b;
  if (accumulate)
    text += ", %c: " + c + " {bufferization.writable = true}";
  text += ") -> " + c + " {\n";
  if (!accumulate)
    text += "  %z = arith.constant 0.0 : " + type +
            "\n  %e = tensor.empty() : " + c +
            "\n  %c = linalg.fill ins(%z : " + type + ") outs(%e : " + c +
            ") -> " + c + "\n";
  return text + "  %0 = linalg.matmul ins(%a, %b : " + a + ", " + b +
         ") outs(%c : " + c + ") -> " + c + "\n  return %0 : " + c + "\n}\n";
}

/// Small blocks: k in 16, m in 12; register tile `mr` x 2 vectors.
std::string plan(const std::string &edge, bool packA, bool packB, bool reassoc,
                 int mr = 4) {
  std::string rows = std::to_string(mr);
  return "strategy.plan @p root mm(m, n, k) requires [fma] numerics(" +
         std::string(reassoc ? "reassoc, " : "") +
         "contract) {\n"
         "  strategy.tile [pc: k = 16, ic: m = 12]\n"
         "  strategy.tile [jr: n = v(2), ir: m = " +
         rows + "] edge(jr = " + edge + ", ir = " + edge +
         ")\n"
         "  strategy.tile [kk: k = 1]\n" +
         (packB ? "  strategy.layout mm.rhs pack [n = v(2)] at pc\n" : "") +
         (packA ? "  strategy.layout mm.lhs pack [m = " + rows + "] at ic\n"
                : "") +
         "  strategy.vectorize mm [m = " + rows +
         ", n = v(2)] with fma\n"
         "  strategy.unroll kk by 3\n}\n";
}

/// Threads divide m, around a copy of B for all and one of A for each; or m and
/// n together, with a copy of A for the whole call and one of B for each.
std::string threadedPlan(const std::string &edge, bool both) {
  return std::string("strategy.plan @p root mm(m, n, k) requires [fma] "
                     "numerics(reassoc, contract) {\n") +
         (both ? "  strategy.tile [jc: n = v(4), ic: m = 12]\n"
                 "  strategy.parallelize [jc, ic] to threads "
                 "schedule(dynamic)\n"
                 "  strategy.tile [pc: k = 16]\n"
               : "  strategy.tile [pc: k = 16, ic: m = 12]\n"
                 "  strategy.parallelize [ic] to threads\n") +
         "  strategy.tile [jr: n = v(2), ir: m = 4] edge(jr = " + edge +
         ", ir = " + edge +
         ")\n"
         "  strategy.tile [kk: k = 1]\n"
         "  strategy.layout mm.rhs pack [n = v(2)] at pc\n"
         "  strategy.layout mm.lhs pack [m = 4] at " +
         (both ? "call" : "ic") +
         "\n"
         "  strategy.vectorize mm [m = 4, n = v(2)] with fma\n"
         "  strategy.unroll kk by 3\n}\n";
}

bool isFullTier() {
  const char *tier = std::getenv("TENSOROP_TEST_TIER");
  return tier && std::string(tier) == "full";
}

class GemmSizes : public ::testing::TestWithParam<const char *> {
protected:
  void SetUp() override {
    llvm::SmallString<128> path;
    ASSERT_FALSE(
        llvm::sys::fs::createUniqueDirectory("tensorop-gemm-sizes", path));
    folder = path.str().str();
    // Without FMA there is no plan to test.
    CompileResult probe;
    if (!runtimeHasFma())
      GTEST_SKIP() << "this machine has no FMA instructions";
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }

  static bool runtimeHasFma() { return __builtin_cpu_supports("fma"); }

  /// Compiles and checks; `what` is for the failure message.
  void check(const std::string &payloadText, const std::string &planText,
             int64_t phases, const std::string &what, int64_t threads = 1) {
    Job job;
    job.compile.payload = payloadText;
    job.compile.plans = planText;
    job.compile.phases = phases;
    job.compile.threads = threads;
    job.compile.directory = folder;
    job.check.emplace();
    JobResult result = runJob(compiler, job, [](llvm::StringRef) {});
    EXPECT_EQ(getName(result.status), "done") << what;
    EXPECT_EQ(result.compile.planName, "p") << what;
    if (result.status != JobStatus::Done) {
      for (const Message &message : result.compile.messages)
        ADD_FAILURE() << what << ": " << toString(message);
      ADD_FAILURE() << what << ": " << result.checkText;
    }
  }

  Compiler compiler;
  std::string folder;
};

TEST_P(GemmSizes, AreCorrectAfterEachPhase) {
  std::string edge = GetParam();
  std::mt19937 random(7 + edge.size());
  std::uniform_int_distribution<int64_t> size(1, 40);
  int samples = isFullTier() ? 60 : 4;
  // Blocks of k that are at least a vector long take the packing's fast path.
  std::vector<Shape> shapes{{1, 1, 1}, {40, 33, 17}, {29, 38, 40}};
  while (int(shapes.size()) < samples + 3)
    shapes.push_back({size(random), size(random), size(random)});
  int number = 0;
  for (Shape shape : shapes) {
    // Each sample has another combination of the other choices.
    bool accumulate = number & 1, packA = number < 3 || number & 2,
         packB = number < 3 || number % 3 != 0, reassoc = number % 5 != 0;
    int mr = number % 2 ? 6 : 4;
    std::string type = number % 4 == 3 ? "f64" : "f32";
    ++number;
    for (int64_t phases = 1; phases <= 5; ++phases)
      check(payload(shape, type, accumulate),
            plan(edge, packA, packB, reassoc, mr), phases,
            shape.str() + " " + type + " edge " + edge + (packA ? " A" : "") +
                (packB ? " B" : "") + (reassoc ? " reassoc" : "") +
                (accumulate ? " accumulate" : "") + " after phase " +
                std::to_string(phases));
  }
}

INSTANTIATE_TEST_SUITE_P(Edges, GemmSizes,
                         ::testing::Values("auto", "mask", "pad", "peel",
                                           "narrow"),
                         [](const auto &info) { return info.param; });

TEST_F(GemmSizes, AreCorrectOnThreads) {
  std::mt19937 random(11);
  // Every remainder of the blocks of m (12) and n, with few and many of them.
  std::uniform_int_distribution<int64_t> size(1, 90);
  std::vector<Shape> shapes{{1, 1, 1}, {12, 64, 16}, {73, 70, 33}};
  for (int i = 0; i < (isFullTier() ? 90 : 6); ++i)
    shapes.push_back({size(random), size(random), size(random)});
  int number = 0;
  for (Shape shape : shapes)
    for (int64_t threads : {1, 2, 3}) {
      bool both = number % 2, accumulate = number % 3 == 0;
      const char *edge = number % 5 ? "auto" : "pad";
      ++number;
      check(payload(shape, number % 4 ? "f32" : "f64", accumulate),
            threadedPlan(edge, both), /*phases=*/number % 7 ? 0 : 5,
            shape.str() + " on " + std::to_string(threads) +
                (both ? " threads, both " : " threads ") + edge,
            threads);
    }
}

/// The plans of benchmarks/plans/sgemm.mlir, one text each, without guards.
std::vector<std::string> shippedPlans() {
  auto file = llvm::MemoryBuffer::getFile(TENSOROP_SGEMM_PLANS);
  if (!file)
    return {};
  llvm::SmallVector<llvm::StringRef> parts;
  (*file)->getBuffer().split(parts, "strategy.plan @");
  std::vector<std::string> plans;
  for (llvm::StringRef part : llvm::ArrayRef(parts).drop_front()) {
    auto [name, rest] = part.split(' ');
    std::string text = "strategy.plan @p " + rest.str();
    if (size_t at = text.find("when \""); at != std::string::npos)
      text.erase(at, text.find('"', at + 6) + 1 - at);
    plans.push_back(text);
  }
  return plans;
}

TEST_F(GemmSizes, ShippedPlansAreCorrectAtAllSizes) {
  std::vector<std::string> plans = shippedPlans();
  ASSERT_EQ(plans.size(), 3u);
  std::mt19937 random(3);
  std::uniform_int_distribution<int64_t> size(1, 40);
  // The short trips of the unrolled loop, then blocks that end in a rest.
  std::vector<Shape> shapes{{9, 50, 1},   {9, 50, 2},    {9, 50, 3},
                            {9, 50, 4},   {9, 50, 5},    {131, 17, 515},
                            {1, 33, 600}, {130, 1, 1025}};
  for (int i = 0; i < (isFullTier() ? 200 : 6); ++i)
    shapes.push_back({size(random), size(random), size(random)});
  for (Shape shape : shapes)
    for (const std::string &text : plans)
      check(payload(shape, "f32", /*accumulate=*/false), text, /*phases=*/0,
            shape.str() + " " + text.substr(0, 80));
}

TEST_F(GemmSizes, ExactRefusesARest) {
  Job job;
  job.compile.payload = payload({13, 32, 8}, "f32", false);
  job.compile.plans = plan("exact", true, true, true);
  job.compile.directory = folder;
  JobResult result = runJob(compiler, job, [](llvm::StringRef) {});
  EXPECT_EQ(getName(result.status), "failed");
  bool said = false;
  for (const Message &message : result.compile.messages)
    said |= message.text.find("exact") != std::string::npos;
  EXPECT_TRUE(said);
}

} // namespace
