//===- BoundsTest.cpp - Bounds that let right through, and nothing else ---===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Payloads with something beside one contraction, compiled by a plan that may
// reorder sums. The kernel of the bundle, and right ones written in C with
// other orders of summation, must pass; ones with a fault must not.
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Execution/Compiler.h"
#include "TensorOp/Runtime/Bundle.h"
#include "TensorOp/Runtime/Check.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"
#include <cstdlib>

using namespace tensorop;

namespace {

std::string replaceAll(std::string text, llvm::StringRef from,
                       llvm::StringRef to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;
       at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

const char *const plan = R"(
strategy.plan @p root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [pc: k = 64, ic: m = 24]
  strategy.tile [jr: n = v(2), ir: m = 6]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(2)] at pc
  strategy.vectorize mm [m = 6, n = v(2)] with fma
})";

/// 50x40 = 50x300 * 300x40, then `BODY`, which makes %r of an element %x and
/// its column's value %v.
const char *const layer = R"(
func.func @f(%a: tensor<50x300xT>, %b: tensor<300x40xT>, %bias: tensor<40xT>)
    -> tensor<50x40xT> {
  %z = arith.constant 0.0 : T
  %one = arith.constant 1.0 : T
  %e = tensor.empty() : tensor<50x40xT>
  %i = linalg.fill ins(%z : T) outs(%e : tensor<50x40xT>) -> tensor<50x40xT>
  %m = linalg.matmul ins(%a, %b : tensor<50x300xT>, tensor<300x40xT>)
                     outs(%i : tensor<50x40xT>) -> tensor<50x40xT>
  %y = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>,
                       affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%m, %bias : tensor<50x40xT>, tensor<40xT>)
      outs(%e : tensor<50x40xT>) {
  ^bb0(%x: T, %v: T, %o: T):
BODY
    linalg.yield %r : T
  } -> tensor<50x40xT>
  return %y : tensor<50x40xT>
})";

/// 50x40 = (50x300 * 300x64) * 64x40.
const char *const chain = R"(
func.func @f(%a: tensor<50x300xT>, %b: tensor<300x64xT>, %c: tensor<64x40xT>)
    -> tensor<50x40xT> {
  %z = arith.constant 0.0 : T
  %e = tensor.empty() : tensor<50x64xT>
  %i = linalg.fill ins(%z : T) outs(%e : tensor<50x64xT>) -> tensor<50x64xT>
  %m = linalg.matmul ins(%a, %b : tensor<50x300xT>, tensor<300x64xT>)
                     outs(%i : tensor<50x64xT>) -> tensor<50x64xT>
  %g = tensor.empty() : tensor<50x40xT>
  %h = linalg.fill ins(%z : T) outs(%g : tensor<50x40xT>) -> tensor<50x40xT>
  %y = linalg.matmul ins(%m, %c : tensor<50x64xT>, tensor<64x40xT>)
                     outs(%h : tensor<50x40xT>) -> tensor<50x40xT>
  return %y : tensor<50x40xT>
})";

/// An epilogue: MLIR from %x and %v to %r, and the same in C from x and v to r.
struct Epilogue {
  const char *name, *mlir, *c;
};
const Epilogue epilogues[] = {
    {"bias", "%r = arith.addf %x, %v : T", "r = x + v"},
    {"scale", "%r = arith.mulf %x, %v : T", "r = x * v"},
    {"relu", "%r = arith.maximumf %x, %z : T", "r = x > 0 ? x : 0"},
    {"sigmoid",
     "%n = arith.negf %x : T\n%p = math.exp %n : T\n"
     "%q = arith.addf %p, %one : T\n%r = arith.divf %one, %q : T",
     "r = 1 / (__builtin_exp(-x) + 1)"},
    {"reciprocal", "%r = arith.divf %v, %x : T", "r = v / x"},
    {"step",
     "%g = arith.cmpf ogt, %x, %v : T\n%r = arith.select %g, %x, %z : T",
     "r = x > v ? x : 0"},
};

std::string makeLayer(const Epilogue &epilogue, llvm::StringRef type) {
  std::string text = replaceAll(layer, "BODY", epilogue.mlir);
  text = replaceAll(text, "xT>", ("x" + type + ">").str());
  return replaceAll(replaceAll(text, ": T", (": " + type).str()), "xT,",
                    ("x" + type + ",").str());
}

/// Clamped to [0, 1]: most elements are one of these.
const Epilogue clampEpilogue = {
    "clamp", "%l = arith.maximumf %x, %z : T\n%r = arith.minimumf %l, %one : T",
    "r = x < 0 ? 0 : x < 1 ? x : 1"};

/// 50x40 = 50x32 * 32x40 of bf16, gelu of that and a bias in f32, stored as
/// bf16, which hides most roundings of the sums.
const char *const gelu = R"(
func.func @f(%a: tensor<50x32xbf16>, %b: tensor<32x40xbf16>,
             %bias: tensor<40xf32>) -> tensor<50x40xbf16> {
  %z = arith.constant 0.0 : f32
  %half = arith.constant 0.5 : f32
  %one = arith.constant 1.0 : f32
  %root = arith.constant 0.707106781 : f32
  %e = tensor.empty() : tensor<50x40xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<50x40xf32>)
      -> tensor<50x40xf32>
  %m = linalg.matmul ins(%a, %b : tensor<50x32xbf16>, tensor<32x40xbf16>)
                     outs(%i : tensor<50x40xf32>) -> tensor<50x40xf32>
  %o = tensor.empty() : tensor<50x40xbf16>
  %y = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>,
                       affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%m, %bias : tensor<50x40xf32>, tensor<40xf32>)
      outs(%o : tensor<50x40xbf16>) {
  ^bb0(%x: f32, %v: f32, %old: bf16):
    %s = arith.addf %x, %v : f32
    %t = arith.mulf %s, %root : f32
    %q = FUNCTION %t : f32
    %p = arith.addf %q, %one : f32
    %h = arith.mulf %s, %half : f32
    %g = arith.mulf %h, %p : f32
    %r = arith.truncf %g : f32 to bf16
    linalg.yield %r : bf16
  } -> tensor<50x40xbf16>
  return %y : tensor<50x40xbf16>
})";

std::string makeChain(llvm::StringRef type) {
  std::string text = replaceAll(chain, "xT>", ("x" + type + ">").str());
  return replaceAll(text, ": T", (": " + type).str());
}

/// A kernel in C: `SUM` adds up the products s of one element, `FAULT` may
/// change the finished result.
const char *const layerInC = R"(
enum { N = 40 };
for (long i = 0; i < 50; ++i)
  for (long j = 0; j < 40; ++j) {
    T s = 0, v = c[j], x, r;
    SUM
    x = s; EPILOGUE; y[i * 40 + j] = r;
  }
FAULT)";

/// LAYER, whose factors and results are bf16.
const char *const narrowInC = R"(
union { float f; unsigned u; } word;
unsigned short *stored[] = {(void *)a, (void *)b, (void *)y};
static float wide[3][50 * 300 + 50 * 40];
for (int n = 0; n < 2; ++n)
  for (long i = 0; i < (n ? 40 : 50) * 300; ++i) {
    word.u = (unsigned)stored[n][i] << 16;
    wide[n][i] = word.f;
  }
a = wide[0]; b = wide[1]; y = wide[2];
LAYER
for (long i = 0; i < 50 * 40; ++i) {
  word.f = y[i];
  stored[2][i] = (word.u + 0x7fff + (word.u >> 16 & 1)) >> 16;
})";

const char *const chainInC = R"(
enum { N = 64 };
for (long i = 0; i < 50; ++i) {
  T row[64];
  for (long j = 0; j < 64; ++j) {
    T s = 0;
    SUM
    row[j] = s;
  }
  for (long j = 0; j < 40; ++j) {
    T s = 0;
    for (long p = 64; p-- > 0;) s += row[p] * c[p * 40 + j];
    y[i * 40 + j] = s;
  }
}
FAULT)";

/// Right sums in other orders than the reference's; N is the row length of b.
const char *const rightSums[] = {
    "for (long p = 0; p < 300; ++p) s += a[i * 300 + p] * b[p * N + j];",
    "for (long p = 300; p-- > 0;) s += a[i * 300 + p] * b[p * N + j];",
    "for (long q = 0; q < 4; ++q) { T t = 0;\n"
    "  for (long p = q; p < 300; p += 4) t += a[i * 300 + p] * b[p * N + j];\n"
    "  s += t; }",
};

struct Fault {
  const char *name, *sum, *after;
};
const Fault faults[] = {
    {"the last k is dropped",
     "for (long p = 0; p < 299; ++p) s += a[i * 300 + p] * b[p * N + j];", ""},
    {"the first k counts twice",
     "s = a[i * 300] * b[j];\n"
     "for (long p = 0; p < 300; ++p) s += a[i * 300 + p] * b[p * N + j];",
     ""},
    {"the accumulator is not carried from one block of k to the next",
     "for (long p = 0; p < 300; ++p) { if (p == 256) s = 0;\n"
     "  s += a[i * 300 + p] * b[p * N + j]; }",
     ""},
    {"one k is dropped in the last row",
     "for (long p = 0; p < 300 - (i == 49); ++p)\n"
     "  s += a[i * 300 + p] * b[p * N + j];",
     ""},
    {"a row of the left operand is stale",
     "for (long p = 0; p < 300; ++p)\n"
     "  s += a[(i == 30 ? 29 : i) * 300 + p] * b[p * N + j];",
     ""},
    {"two rows are swapped", rightSums[0],
     "for (long j = 0; j < 40; ++j) { T t = y[j + 240]; y[j + 240] = y[j + "
     "280];"
     " y[j + 280] = t; }"},
    {"the tail of columns is not written", rightSums[0],
     "for (long i = 0; i < 50; ++i) y[i * 40 + 39] = 0;"},
};

/// A kernel or a sum of 300 products in C, of `k` instead.
std::string setDepth(std::string code, int k) {
  code = replaceAll(code, "256", std::to_string(k / 2));
  code = replaceAll(code, "299", std::to_string(k - 1));
  return replaceAll(code, "300", std::to_string(k));
}

class BoundsTest : public testing::Test {
protected:
  void SetUp() override {
    if (!__builtin_cpu_supports("fma"))
      GTEST_SKIP() << "this machine has no FMA instructions";
    llvm::SmallString<128> made;
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("bounds-test", made));
    folder = made.str().str();
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }

  void compile(const std::string &payload) {
    CompileRequest request;
    request.payload = payload;
    request.plans = plan;
    request.directory = folder;
    CompileResult result = compiler.compile(request);
    ASSERT_TRUE(result.ok) << payload << toString(result.messages.back());
    ASSERT_FALSE(result.planName.empty());
    auto read = runtime::readManifest(folder);
    ASSERT_TRUE(read.ok()) << read.message();
    manifest = *read;
  }

  runtime::CheckResult check() {
    auto bundle = runtime::Bundle::load(folder);
    EXPECT_TRUE(bundle.ok()) << bundle.message();
    if (!bundle.ok())
      return {};
    EXPECT_TRUE(bundle->getManifest().perturbed);
    auto result = runtime::checkBundle(*bundle, {});
    EXPECT_TRUE(result.ok()) << result.message();
    return result.ok() ? *result : runtime::CheckResult();
  }

  /// Makes room for kernels in C; the entries that check them stay.
  void moveChecks() {
    ASSERT_FALSE(
        llvm::sys::fs::rename(folder + "/kernel.so", folder + "/checks.so"));
  }

  void replaceKernel(const std::string &body, llvm::StringRef type) {
    std::error_code code;
    llvm::raw_fd_ostream source(folder + "/kernel.c", code);
    ASSERT_FALSE(code);
    source << "typedef " << (type == "f32" ? "float" : "double") << " T;\n"
           << "int f_packed(void *const *d, void *ws) {\n"
           << "  T *a = ((T **)d[0])[1], *b = ((T **)d[1])[1];\n"
           << "  T *c = ((T **)d[2])[1], *y = ((T **)d[3])[1];\n"
           << body << "\n  return 0;\n}\n";
    source.close();
    // The symbols of checks.so are found through kernel.so.
    std::string command = std::string(TENSOROP_TEST_CC) +
                          " -O1 -shared -fPIC -o " + folder + "/kernel.so " +
                          folder + "/kernel.c -Wl,--no-as-needed " + folder +
                          "/checks.so -lm";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
    runtime::Status status = runtime::writeManifest(manifest, folder);
    ASSERT_TRUE(status.ok()) << status.message();
  }

  /// All right sums must pass, all faults be found.
  void judge(const std::string &code, llvm::StringRef type,
             const std::string &what, int k = 300,
             llvm::ArrayRef<Fault> faults = ::faults) {
    auto make = [&](const char *sum, const char *after) {
      std::string text = replaceAll(code, "SUM", sum);
      return setDepth(replaceAll(text, "FAULT", after), k);
    };
    moveChecks();
    for (const char *sum : rightSums) {
      replaceKernel(make(sum, ""), type);
      runtime::CheckResult result = check();
      EXPECT_TRUE(result.correct) << what << "\n"
                                  << sum << "\n"
                                  << result.diagnostic;
    }
    for (const Fault &fault : faults) {
      replaceKernel(make(fault.sum, fault.after), type);
      EXPECT_FALSE(check().correct) << what << ": " << fault.name;
    }
  }

  Compiler compiler;
  runtime::Manifest manifest;
  std::string folder;
};

TEST_F(BoundsTest, EpiloguesOfContractions) {
  for (llvm::StringRef type : {"f64", "f32"})
    for (const Epilogue &epilogue : epilogues) {
      compile(makeLayer(epilogue, type));
      if (HasFatalFailure())
        return;
      std::string what = epilogue.name + (" " + type).str();
      runtime::CheckResult result = check();
      EXPECT_TRUE(result.correct) << what << ": " << result.diagnostic;
      std::string code = replaceAll(layerInC, "EPILOGUE", epilogue.c);
      judge(code, type, what);
    }
}

TEST_F(BoundsTest, ChainsOfContractions) {
  for (llvm::StringRef type : {"f64", "f32"}) {
    compile(makeChain(type));
    if (HasFatalFailure())
      return;
    std::string what = ("chain " + type).str();
    runtime::CheckResult result = check();
    EXPECT_TRUE(result.correct) << what << ": " << result.diagnostic;
    judge(chainInC, type, what);
  }
}

/// The roundings move the few elements that are not saturated by as much as
/// they are; which says nothing about the others.
TEST_F(BoundsTest, SaturatedElements) {
  compile(setDepth(makeLayer(clampEpilogue, "f32"), 3000));
  if (HasFatalFailure())
    return;
  runtime::CheckResult result = check();
  EXPECT_TRUE(result.correct) << result.diagnostic;
  EXPECT_GT(result.decidedElements, 500);
  // Without the faults of single products, which change too few elements.
  std::vector<Fault> large;
  for (const Fault &fault : faults) {
    llvm::StringRef name = fault.name;
    if (!name.contains("k is dropped") && !name.contains("k counts twice"))
      large.push_back(fault);
  }
  ASSERT_EQ(large.size(), 4u);
  judge(replaceAll(layerInC, "EPILOGUE", clampEpilogue.c), "f32", "clamp", 3000,
        large);
}

/// What moves are the tiny elements, by as much as they are.
TEST_F(BoundsTest, ElementsStoredInNarrowTypes) {
  for (auto [inMlir, inC] : {std::pair("math.erf", "__builtin_erff"),
                             std::pair("math.tanh", "__builtin_tanhf")}) {
    compile(replaceAll(gelu, "FUNCTION", inMlir));
    if (HasFatalFailure())
      return;
    runtime::CheckResult result = check();
    EXPECT_TRUE(result.correct) << inMlir << ": " << result.diagnostic;
    EXPECT_GT(result.decidedElements, 500) << inMlir;
    std::string code = replaceAll(layerInC, "EPILOGUE",
                                  std::string("x += v; r = x / 2 * (1 + ") +
                                      inC + "(0.707106781f * x))");
    judge(replaceAll(narrowInC, "LAYER", code), "f32", inMlir, 32);
  }
}

} // namespace
