//===- MutationTest.cpp - Whether the gate finds faults in our rewrites ---===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The mutation score: each fault of Support/Mutation.h is switched on, and the
// gate (realisation check, then compiling and checking plans on remainder
// classes of their tiles) must find it. A fault counts as found when a kernel
// is wrong, crashes, hangs or is refused.
//
// The test program itself is the worker: `MutationTest --worker FAULT`.
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Support/Mutation.h"
#include "TensorOp/Execution/Job.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "gtest/gtest.h"
#include <cstdlib>
#include <cstring>

using namespace tensorop;

namespace {

struct Fault {
  Mutation mutation;
  const char *name, *what;
};
const Fault faults[] = {
#define TENSOROP_MUTATION(name, what) {Mutation::name, #name, what},
    TENSOROP_FOR_EACH_MUTATION(TENSOROP_MUTATION)
#undef TENSOROP_MUTATION
};

struct Shape {
  int64_t m, n, k;
};

std::string tensor(int64_t rows, int64_t columns, const std::string &type) {
  return "tensor<" + std::to_string(rows) + "x" + std::to_string(columns) +
         "x" + type + ">";
}

enum class Kind { Plain, Accumulate, Epilogue, LongEpilogue };

bool hasEpilogue(Kind kind) {
  return kind == Kind::Epilogue || kind == Kind::LongEpilogue;
}

/// C = A B, C += A B, C = max(A B + bias, D), or C = max(tanh(A B + bias), D).
std::string makePayload(Kind kind, Shape s, const std::string &type) {
  std::string a = tensor(s.m, s.k, type), b = tensor(s.k, s.n, type),
              c = tensor(s.m, s.n, type),
              row = "tensor<" + std::to_string(s.n) + "x" + type + ">";
  std::string text = "func.func @f(%a: " + a + ", %b: " + b;
  if (kind == Kind::Accumulate)
    text += ", %i: " + c + " {bufferization.writable = true}";
  if (hasEpilogue(kind))
    text += ", %v: " + row + ", %d: " + c;
  text += ") -> " + c + " {\n";
  if (kind != Kind::Accumulate)
    text += "%z = arith.constant 0.0 : " + type +
            "\n%e = tensor.empty() : " + c +
            "\n%i = linalg.fill ins(%z : " + type + ") outs(%e : " + c +
            ") -> " + c + "\n";
  text += "%0 = linalg.matmul ins(%a, %b : " + a + ", " + b +
          ") outs(%i : " + c + ") -> " + c + "\n";
  bool isLong = kind == Kind::LongEpilogue;
  if (hasEpilogue(kind))
    text += "%1 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, "
            "j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>, "
            "affine_map<(i, j) -> (i, j)>], iterator_types = [\"parallel\", "
            "\"parallel\"]} ins(%0, %v, %d : " +
            c + ", " + row + ", " + c + ") outs(%e : " + c +
            ") attrs = {strategy.op = \"ew\"} {\n^bb0(%x: " + type +
            ", %y: " + type + ", %w: " + type + ", %o: " + type +
            "):\n%s = arith.addf %x, %y : " + type +
            (isLong ? "\n%t = math.tanh %s : " + type : "") +
            "\n%r = arith.maximumf " + (isLong ? "%t" : "%s") +
            ", %w : " + type + "\nlinalg.yield %r : " + type + "\n} -> " + c +
            "\n";
  return text + "return %" + (hasEpilogue(kind) ? "1" : "0") + " : " + c +
         "\n}\n";
}

/// Blocks of `kc` in k and 12 in m, register tile of 4 rows and 2 vectors.
std::string makePlan(Kind kind, int kc, const std::string &edge, bool pack,
                     bool reassoc, bool splitTwice, bool divided) {
  return std::string("strategy.plan @p root mm(m, n, k) ") +
         (hasEpilogue(kind) ? "with [ew(m, n)] " : "") +
         "requires [fma] numerics(" + (reassoc ? "reassoc, " : "") +
         "contract) {\n" +
         (splitTwice
              ? "strategy.tile [pp: k = " + std::to_string(2 * kc) + "]\n"
              : "") +
         "strategy.tile [pc: k = " + std::to_string(kc) + ", ic: m = 12]\n" +
         (divided ? "strategy.parallelize [ic] to threads\n" : "") +
         "strategy.tile [jr: n = v(2), ir: m = 4] edge(jr = " + edge +
         ", ir = " + edge + ")\nstrategy.tile [kk: k = 1]\n" +
         (pack ? "strategy.layout mm.rhs pack [n = v(2)] at pc\n"
                 "strategy.layout mm.lhs pack [m = 4] at ic\n"
               : "") +
         (hasEpilogue(kind)
              ? std::string("strategy.fuse ew into ir when last(") +
                    (splitTwice ? "pp, " : "") + "pc)\n"
              : "") +
         "strategy.vectorize mm [m = 4, n = v(2)] with fma\n"
         "strategy.unroll kk by 3\n}\n";
}

/// Several accumulators for each sum: of two elements of k, or in lanes along
/// k.
std::string makePartialPlan(Kind kind, std::string edge, bool dots) {
  if (dots && edge == "pad")
    edge = "mask";
  std::string edges = " edge(jr = " + edge + ", ir = " + edge + ")\n";
  return std::string("strategy.plan @p root mm(m, n, k) ") +
         (hasEpilogue(kind) ? "with [ew(m, n)] " : "") +
         "requires [fma] numerics(reassoc, contract) {\n"
         "strategy.tile [pc: k = v(2)]\n" +
         (dots ? "strategy.tile [jr: n = 2, ir: m = 4]" + edges +
                     "strategy.tile [kk: k = v(1)]\n"
                     "strategy.layout mm.rhs pack [k = v(2)] at pc\n"
               : "strategy.tile [jr: n = v(1), ir: m = 4]" + edges +
                     "strategy.tile [kk: k = 2]\n") +
         (hasEpilogue(kind) ? "strategy.fuse ew into ir when last(pc)\n" : "") +
         (dots ? "strategy.vectorize mm [m = 4, n = 2, k = v(1)] with fma\n"
               : "strategy.vectorize mm [m = 4, k = 2, n = v(1)] with fma\n") +
         "strategy.unroll kk by 3\n}\n";
}

/// C = A (s B), with integers B and a scale for each of its rows.
std::string makeDequantized(Shape s) {
  std::string a = tensor(s.m, s.k, "f32"), b = tensor(s.k, s.n, "f32"),
              q = tensor(s.k, s.n, "i8"), c = tensor(s.m, s.n, "f32"),
              row = "tensor<" + std::to_string(s.k) + "xf32>";
  return "func.func @f(%a: " + a + ", %q: " + q + ", %s: " + row +
         ", %i: " + c + " {bufferization.writable = true}) -> " + c +
         " {\n%e = tensor.empty() : " + b +
         "\n%b = linalg.generic {indexing_maps = [affine_map<(k, n) -> (k, "
         "n)>, affine_map<(k, n) -> (k)>, affine_map<(k, n) -> (k, n)>], "
         "iterator_types = [\"parallel\", \"parallel\"]} ins(%q, %s : " +
         q + ", " + row + ") outs(%e : " + b +
         ") attrs = {strategy.op = \"dq\"} {\n^bb0(%x: i8, %y: f32, %o: "
         "f32):\n%v = arith.sitofp %x : i8 to f32\n%w = arith.mulf %v, %y : "
         "f32\nlinalg.yield %w : f32\n} -> " +
         b + "\n%0 = linalg.matmul ins(%a, %b : " + a + ", " + b +
         ") outs(%i : " + c + ") -> " + c + "\nreturn %0 : " + c + "\n}\n";
}

const char dequantizingPlan[] =
    "strategy.plan @p root mm(m, n, k) with [dq(k, n)] requires [fma] "
    "numerics(reassoc, contract) {\nstrategy.tile [pc: k = 16]\n"
    "strategy.tile [jr: n = v(2), ir: m = 4]\nstrategy.tile [kk: k = 1]\n"
    "strategy.layout mm.rhs pack [n = v(2)] at pc\n"
    "strategy.fuse dq into pc\n"
    "strategy.vectorize mm [m = 4, n = v(2)] with fma\n}\n";

/// Lanes along the reduction in panels of both operands: full blocks, and one
/// with a rest.
const char partialPanelsPlan[] =
    "strategy.plan @p root mm(m, n, k) requires [fma] "
    "numerics(reassoc, contract) {\nstrategy.tile [pc: k = v(4)]\n"
    "strategy.tile [ir: m = 2, jr: n = 2]\nstrategy.tile [kk: k = v(1)]\n"
    "strategy.layout mm.lhs pack [k = v(4)] at pc\n"
    "strategy.layout mm.rhs pack [k = v(4)] at pc\n"
    "strategy.vectorize mm [m = 2, n = 2, k = v(1)] with fma\n}\n";

struct Case {
  std::string payload, plan;
  int64_t threads = 1;
};

/// Remainder classes: full tiles, one row and column more and less, one tile
/// only, less than one tile; of k less than, just above and many blocks.
std::vector<Case> makeCases() {
  std::vector<Case> cases;
  const Shape shapes[] = {{29, 70, 49}, {24, 64, 48}, {13, 33, 17},
                          {3, 5, 7},    {25, 31, 66}, {12, 97, 40}};
  const Kind kinds[] = {Kind::Plain, Kind::Accumulate, Kind::Epilogue};
  const char *edges[] = {"auto", "mask", "pad", "narrow", "peel"};
  int number = 0;
  for (Shape shape : shapes)
    for (Kind kind : kinds) {
      std::string edge = edges[number % 5];
      std::string type = number % 4 == 3 ? "f64" : "f32";
      bool splitTwice = kind != Kind::Accumulate && shape.k > 40;
      bool pack = number % 3 != 1, reassoc = number % 4 != 2;
      // Whole blocks of vectors, and such that the last one is moved back.
      int kc = number % 2 ? 20 : 16;
      int64_t threads = number % 4 == 0 ? 3 : 1;
      cases.push_back(
          {makePayload(kind, shape, type),
           makePlan(kind, kc, edge, pack, reassoc, splitTwice, threads > 1),
           threads});
      ++number;
    }
  for (Shape shape : shapes)
    for (bool dots : {false, true}) {
      Kind kind = kinds[number % 3];
      cases.push_back({makePayload(kind, shape, number % 4 ? "f32" : "f64"),
                       makePartialPlan(kind, edges[number % 5], dots)});
      ++number;
    }
  for (const char *edge : {"auto", "mask", "peel"}) {
    std::string payload =
        makePayload(Kind::LongEpilogue, shapes[number % 6], "f32");
    cases.push_back({payload, makePlan(Kind::LongEpilogue, 16, edge,
                                       /*pack=*/true, /*reassoc=*/true,
                                       /*splitTwice=*/false,
                                       /*divided=*/false)});
    cases.push_back({payload, makePartialPlan(Kind::LongEpilogue, edge,
                                              /*dots=*/false)});
    ++number;
  }
  cases.push_back({makeDequantized({13, 33, 50}), dequantizingPlan});
  cases.push_back(
      {makePayload(Kind::Accumulate, {13, 33, 203}, "f32"), partialPanelsPlan});
  return cases;
}

class MutationTest : public testing::Test {
protected:
  void SetUp() override {
    if (!__builtin_cpu_supports("fma"))
      GTEST_SKIP() << "this machine has no FMA instructions";
    llvm::SmallString<128> made;
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("mutation-test", made));
    folder = made.str().str();
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }

  JobResult run(Worker &worker, const Case &one) {
    Job job;
    job.compile.payload = one.payload;
    job.compile.plans = one.plan;
    job.compile.threads = one.threads;
    job.compile.directory = folder;
    job.check.emplace();
    return runJob(worker, job, [](llvm::StringRef) {});
  }

  std::string folder;
  std::vector<Case> cases = makeCases();
};

TEST_F(MutationTest, WithoutAFaultAllIsRight) {
  Worker worker({thisExecutable(), workerFlag.str(), "None"}, {60, 0});
  for (const Case &one : cases) {
    JobResult result = run(worker, one);
    EXPECT_EQ(getName(result.status), "done")
        << one.payload << one.plan
        << (result.compile.messages.empty()
                ? ""
                : toString(result.compile.messages.back()));
    EXPECT_EQ(result.compile.planName, "p");
  }
}

TEST_F(MutationTest, FaultsAreFound) {
  unsigned found = 0, all = 0;
  std::string survivors;
  for (const Fault &fault : faults) {
    Worker worker({thisExecutable(), workerFlag.str(), fault.name}, {60, 0});
    std::string how;
    for (size_t i = 0; i < cases.size() && how.empty(); ++i) {
      JobResult result = run(worker, cases[i]);
      if (result.status != JobStatus::Done)
        how = getName(result.status).str() + " in case " + std::to_string(i) +
              ": " + result.compile.messages.back().text;
    }
    ++all;
    found += !how.empty();
    if (how.empty())
      survivors += std::string("  ") + fault.name + "\n";
    std::printf("%-8s %-16s %s\n         %s\n",
                how.empty() ? "SURVIVES" : "found", fault.name, fault.what,
                llvm::StringRef(how).take_front(150).str().c_str());
    std::fflush(stdout);
  }
  std::printf("mutation score: %u of %u faults found, %.1f %%\n", found, all,
              100.0 * found / all);
  EXPECT_GE(all, 12u);
  EXPECT_GE(found, 0.95 * all) << "survivors:\n" << survivors;
}

} // namespace

int main(int argc, char **argv) {
  if (argc == 3 && argv[1] == workerFlag) {
    for (const Fault &fault : faults)
      if (std::strcmp(fault.name, argv[2]) == 0)
        activeMutation = fault.mutation;
    return serveCompileJobs();
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
