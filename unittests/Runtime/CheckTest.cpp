//===- CheckTest.cpp - Right and wrong kernels ----------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Runtime/Check.h"
#include "TensorOp/Runtime/Generators.h"
#include "TensorOp/Runtime/Npy.h"
#include "TestBundle.h"
#include <cmath>

using namespace tensorop;
using namespace tensorop::runtime;

namespace {

/// Correct loops in another order than the reference's.
const char *reversed =
    "  for (long i = 0; i < M; ++i)\n"
    "    for (long j = 0; j < N; ++j) {\n"
    "      T s = ACC ? c[i * N + j] : 0;\n"
    "      for (long p = K; p-- > 0;) s += a[i * K + p] * b[p * N + j];\n"
    "      c[i * N + j] = s;\n"
    "    }\n";

CheckResult checkGemm(const std::string &body, bool accumulate = false,
                      std::vector<std::string> generators = {}) {
  TestDirectory directory;
  makeGemmBundle(directory, 5, 7, 33, accumulate, body);
  Result<Bundle> bundle = Bundle::load(directory.getPath());
  EXPECT_TRUE(bundle.ok()) << bundle.message();
  CheckOptions options;
  options.generators = std::move(generators);
  Result<CheckResult> result = checkBundle(*bundle, options);
  EXPECT_TRUE(result.ok()) << result.message();
  return result.ok() ? *result : CheckResult();
}

TEST(Check, AcceptsRightKernelsOnAllGenerators) {
  for (bool accumulate : {false, true}) {
    CheckResult result = checkGemm(reversed, accumulate, getGeneratorNames());
    EXPECT_TRUE(result.correct) << result.diagnostic;
    EXPECT_EQ(result.elements, int64_t(5 * 7 * getGeneratorNames().size()));
    EXPECT_LE(result.maxError, result.errorBound);
    EXPECT_GT(result.errorBound, 0);
  }
}

/// A kernel with one fault, which must be found with the message's part.
void expectWrong(const std::string &body, const char *message,
                 bool accumulate = false) {
  CheckResult result = checkGemm(body, accumulate);
  EXPECT_FALSE(result.correct) << body;
  EXPECT_NE(result.diagnostic.find(message), std::string::npos)
      << result.diagnostic;
}

TEST(Check, FindsWrongValues) {
  std::string correct = reversed;
  // A step of k forgotten.
  std::string dropped = correct;
  dropped.replace(dropped.find("p = K;"), 6, "p = K - 1;");
  expectWrong(dropped, "35 of 35 elements are wrong");
  // One element a little off.
  expectWrong(correct + "  c[9] *= 1.0001f;\n",
              "1 of 35 elements are wrong; the worst is c[1, 2]: computed ");
  expectWrong(correct + "  c[9] = 0.0f / 0.0f;\n", "nan, reference");
  // beta = 0 where C is to be added.
  std::string overwritten = correct;
  overwritten.replace(overwritten.find("ACC ? c[i * N + j] : 0"), 22, "0");
  expectWrong(overwritten, "elements are wrong", true);
}

TEST(Check, FindsWritesOutOfBounds) {
  expectWrong(std::string(reversed) + "  c[35] = 0;\n",
              "the kernel wrote out of bounds: argument 'c': byte 0 after its "
              "end was overwritten");
  expectWrong(std::string(reversed) + "  ((char *)c)[-3] = 0;\n",
              "argument 'c': byte 3 before its begin was overwritten");
  expectWrong(std::string(reversed) + "  ((char *)ws)[130] = 0;\n",
              "around the workspace of 128 bytes: byte 2 after its end was "
              "overwritten");
}

TEST(Check, FindsChangedInputsAndMemory) {
  expectWrong(std::string(reversed) + "  a[3] = 1;\n",
              "the kernel changed its input: argument 'a'");
  // The last bit follows what the workspace happens to hold.
  expectWrong(std::string(reversed) +
                  "  *(int *)c ^= ((unsigned char *)ws)[5] >> 7;\n",
              "two calls with the same inputs differ: argument 'c'");
  expectWrong("  (void)a; (void)b; c[0] = 0;\n", "elements are wrong");
}

TEST(Check, FailsWhenAnEntryRefusesItsArguments) {
  TestDirectory directory;
  makeGemmBundle(directory, 2, 2, 2, false, "  return 2;\n");
  Result<Bundle> bundle = Bundle::load(directory.getPath());
  ASSERT_TRUE(bundle.ok());
  EXPECT_FAILURE(checkBundle(*bundle, {}),
                 "entry 'mm_packed' returned 2: it refuses argument 'b'");
  TestDirectory other;
  makeGemmBundle(other, 2, 2, 2, false, "  return -1;\n");
  bundle = Bundle::load(other.getPath());
  EXPECT_FAILURE(checkBundle(*bundle, {}),
                 "returned -1: it refuses the workspace of 128 bytes");
}

TEST(Check, FailsWithoutReference) {
  TestDirectory directory;
  makeGemmBundle(directory, 2, 2, 2, false);
  Manifest manifest = getGemmManifest(2, 2, 2, false);
  manifest.reference.reset();
  ASSERT_TRUE(writeManifest(manifest, directory.getPath()).ok());
  Result<Bundle> bundle = Bundle::load(directory.getPath());
  EXPECT_FAILURE(checkBundle(*bundle, {}), "its bundle has no reference entry");
}

/// Checks a kernel of 70 x 7 x 33 without its reference.
CheckResult checkLarge(const std::string &body, bool accumulate = false,
                       bool transposed = false) {
  TestDirectory directory;
  makeGemmBundle(directory, 70, 7, 33, accumulate, body);
  Manifest manifest = getGemmManifest(70, 7, 33, accumulate);
  if (transposed) {
    manifest.arguments[0].shape = {33, 70};
    manifest.arguments[1].shape = {7, 33};
    manifest.gemm->transA = manifest.gemm->transB = true;
    manifest.contraction->loops = {
        {70, 1, 0, 7}, {7, 0, 33, 1}, {33, 70, 1, 0}};
    Status status = writeManifest(manifest, directory.getPath());
    EXPECT_TRUE(status.ok()) << status.message();
  }
  Result<Bundle> bundle = Bundle::load(directory.getPath());
  EXPECT_TRUE(bundle.ok()) << bundle.message();
  CheckOptions options;
  options.fullCheckFlops = 0;
  Result<CheckResult> result = checkBundle(*bundle, options);
  EXPECT_TRUE(result.ok()) << result.message();
  EXPECT_EQ(result->method, "projection");
  return *result;
}

TEST(Check, LargeProductsAreProjected) {
  EXPECT_TRUE(checkLarge(reversed).correct);
  EXPECT_TRUE(checkLarge(reversed, /*accumulate=*/true).correct);
  CheckResult result =
      checkLarge("  for (long i = 0; i < M; ++i)\n"
                 "    for (long j = 0; j < N; ++j) {\n"
                 "      c[i * N + j] = 0;\n"
                 "      for (long p = 0; p < K; ++p)\n"
                 "        c[i * N + j] += a[p * M + i] * b[j * K + p];\n"
                 "    }\n",
                 false, /*transposed=*/true);
  EXPECT_TRUE(result.correct) << result.diagnostic;
  EXPECT_GT(result.errorBound, 0);

  // One element of 490, in a row that is not compared by value.
  for (int place : {0, 33, 245, 489}) {
    std::string at = "  c[" + std::to_string(place) + "]";
    EXPECT_FALSE(checkLarge(reversed + at + " += 1;\n").correct);
    EXPECT_FALSE(checkLarge(reversed + at + " = 0.0f / 0.0f;\n").correct);
    EXPECT_FALSE(checkLarge(reversed + at + " = 1e30f;\n").correct);
  }
  // Right on whole numbers only: found by value.
  result =
      checkLarge(std::string(reversed) + "  for (int i = 0; i < M * N; ++i)\n"
                                         "    c[i] = __builtin_rintf(c[i]);\n");
  EXPECT_FALSE(result.correct);
  EXPECT_EQ(result.against, "reference of the row");
  // A wrong row, and a block of k that is missing.
  EXPECT_FALSE(checkLarge(std::string(reversed) +
                          "  for (int j = 0; j < N; ++j)\n"
                          "    c[20 * N + j] = c[21 * N + j];\n")
                   .correct);
  std::string block = reversed;
  block.replace(block.find("p-- > 0;)"), 9, "p-- > 0;) if (p < 8 || p > 15)");
  EXPECT_FALSE(checkLarge(block).correct);
  // C is overwritten where it should be added to.
  std::string overwritten = reversed;
  overwritten.replace(overwritten.find("ACC ? c[i * N + j] : 0"), 22, "0");
  result = checkLarge(overwritten, /*accumulate=*/true);
  EXPECT_FALSE(result.correct);
  EXPECT_EQ(result.against, "random projection of the row");
}

/// C[g, m, n] = sum over p, q of A[p, g, m, q] B[g, n, 2 q + p]: a batch, two
/// reduction loops, operands in other orders, a window.
const char *const grouped =
    "enum { G = 3, M = 5, N = 6, P = 2, Q = 4, W = 8 };\n"
    "int f_packed(void *const *d, void *ws) {\n"
    "  T *a = ((T **)d[0])[1], *b = ((T **)d[1])[1], *c = ((T **)d[2])[1];\n"
    "  for (int g = 0; g < G; ++g) for (int m = 0; m < M; ++m)\n"
    "    for (int n = 0; n < N; ++n) { S s = 0;\n"
    "      for (int p = 0; p < P; ++p) for (int q = 0; q < Q; ++q)\n"
    "        s += (S)a[((p * G + g) * M + m) * Q + q] *\n"
    "             b[(g * N + n) * W + 2 * q + p];\n"
    "      ((S *)c)[(g * M + m) * N + n] = s; }\n"
    "  FAULT return 0; }\n";

CheckResult checkGrouped(const std::string &types, const std::string &fault,
                         bool isInteger) {
  std::string source = grouped;
  source.replace(source.find("FAULT"), 5, fault);
  TestDirectory directory;
  directory.compile(types + source, "kernel.so");
  Manifest manifest = makeManifest("f");
  ElementType in = isInteger ? ElementType::I8 : ElementType::F32,
              out = isInteger ? ElementType::I32 : ElementType::F32;
  manifest.arguments = {{"a", Role::In, in, {2, 3, 5, 4}, 1, ""},
                        {"b", Role::In, in, {3, 6, 8}, 1, ""},
                        {"c", Role::Out, out, {3, 5, 6}, 4, ""}};
  // Never called: the check must do without.
  manifest.reference = manifest.own = manifest.magnitude =
      CheckEntry{"f_packed", 0};
  if (!isInteger) {
    manifest.bound.kind = Bound::Kind::Contraction;
    manifest.bound.k = 8;
  }
  manifest.contraction = Contraction{{{3, 20, 48, 30},
                                      {5, 4, 0, 6},
                                      {6, 0, 8, 1},
                                      {2, 60, 1, 0},
                                      {4, 1, 2, 0}},
                                     false,
                                     0,
                                     1,
                                     2};
  manifest.flops = 2 * 3 * 5 * 6 * 8;
  Status status = writeManifest(manifest, directory.getPath());
  EXPECT_TRUE(status.ok()) << status.message();
  Result<Bundle> bundle = Bundle::load(directory.getPath());
  EXPECT_TRUE(bundle.ok()) << bundle.message();
  CheckOptions options;
  options.fullCheckFlops = 0;
  Result<CheckResult> result = checkBundle(*bundle, options);
  EXPECT_TRUE(result.ok()) << result.message();
  EXPECT_EQ(result->method, "projection");
  return *result;
}

TEST(Check, AnyContractionIsProjected) {
  for (bool isInteger : {false, true}) {
    std::string types = isInteger ? "typedef signed char T; typedef int S;\n"
                                  : "typedef float T; typedef float S;\n";
    CheckResult result = checkGrouped(types, "", isInteger);
    EXPECT_TRUE(result.correct) << result.diagnostic;
    for (const char *fault :
         {"((S *)c)[0] += 1;", "((S *)c)[89] -= 1;", "((S *)c)[40] = 0;",
          "for (int n = 0; n < N; ++n) ((S *)c)[30 + n] = ((S *)c)[n];",
          "{ S t = ((S *)c)[7]; ((S *)c)[7] = ((S *)c)[8]; ((S *)c)[8] = t; }"})
      EXPECT_FALSE(checkGrouped(types, fault, isInteger).correct) << fault;
    result = checkGrouped(types, "((S *)c)[77] += 3;", isInteger);
    EXPECT_EQ(result.index, (std::vector<int64_t>{2, 2, 0}));
  }
}

/// C = S + A B, where S is an argument of its own; `start` is what C's element
/// i starts from.
CheckResult checkStarted(const std::string &start) {
  TestDirectory directory;
  directory.compile("int f_packed(void *const *d, void *ws) {\n"
                    "  float *a = ((float **)d[0])[1], *b = ((float "
                    "**)d[1])[1], *s = ((float **)d[2])[1], *c = ((float "
                    "**)d[3])[1];\n"
                    "  for (int m = 0; m < 5; ++m) for (int n = 0; n < 6; "
                    "++n) { int i = m * 6 + n; float x = " +
                        start +
                        ";\n"
                        "    for (int k = 0; k < 7; ++k)\n"
                        "      x += a[m * 7 + k] * b[k * 6 + n];\n"
                        "    c[i] = x; }\n"
                        "  return 0; }\n",
                    "kernel.so");
  Manifest manifest = makeManifest("f");
  ElementType f32 = ElementType::F32;
  manifest.arguments = {{"a", Role::In, f32, {5, 7}, 4, ""},
                        {"b", Role::In, f32, {7, 6}, 4, ""},
                        {"s", Role::In, f32, {5, 6}, 4, ""},
                        {"c", Role::Out, f32, {5, 6}, 4, ""}};
  manifest.reference = manifest.own = manifest.magnitude =
      CheckEntry{"f_packed", 0};
  manifest.bound.kind = Bound::Kind::Contraction;
  manifest.bound.k = 8;
  manifest.contraction =
      Contraction{{{5, 7, 0, 6}, {6, 0, 1, 1}, {7, 1, 6, 0}}, true, 0, 1, 3, 2};
  manifest.flops = 2 * 5 * 6 * 7;
  Status status = writeManifest(manifest, directory.getPath());
  EXPECT_TRUE(status.ok()) << status.message();
  Result<Bundle> bundle = Bundle::load(directory.getPath());
  EXPECT_TRUE(bundle.ok()) << bundle.message();
  CheckOptions options;
  options.fullCheckFlops = 0;
  Result<CheckResult> result = checkBundle(*bundle, options);
  EXPECT_TRUE(result.ok()) << result.message();
  EXPECT_EQ(result->method, "projection");
  return *result;
}

TEST(Check, SumsThatStartFromAnArgumentAreProjected) {
  CheckResult result = checkStarted("s[i]");
  EXPECT_TRUE(result.correct) << result.diagnostic;
  EXPECT_FALSE(checkStarted("0").correct);
  EXPECT_FALSE(checkStarted("s[i] + s[i]").correct);
  EXPECT_FALSE(checkStarted("i == 29 ? 0 : s[i]").correct);
}

/// Elementwise y = f(x) on n floats with a measured bound.
void makeMap(const TestDirectory &directory, const std::string &own,
             const std::string &kernel) {
  auto entry = [](const std::string &name, const char *type,
                  const std::string &code) {
    return "int " + name + "(void *const *d, void *ws) { typedef " + type +
           " T; T *x = ((T **)d[0])[1], *y = ((T **)d[1])[1];\n"
           "for (int i = 0; i < 50; ++i) { " +
           code + " } return 0; }\n";
  };
  directory.compile("#define exp __builtin_exp\n#define expf __builtin_expf\n" +
                        entry("f_packed", "float", kernel) +
                        entry("f__own_packed", "float", own) +
                        entry("f__reference_packed", "double", own),
                    "kernel.so -lm");
  Manifest manifest = makeManifest("f");
  manifest.arguments = {{"x", Role::In, ElementType::F32, {50}, 4, ""},
                        {"y", Role::Out, ElementType::F32, {50}, 4, ""}};
  manifest.reference = CheckEntry{"f__reference_packed", 0};
  manifest.own = CheckEntry{"f__own_packed", 0};
  ASSERT_TRUE(writeManifest(manifest, directory.getPath()).ok());
}

TEST(Check, MeasuredBoundFollowsTheOwnTypesError) {
  // (x + 1000) - 1000 loses ten bits in float, and may lose them elsewhere.
  TestDirectory directory;
  makeMap(directory, "T t = x[i] + 1000; y[i] = t - 1000;",
          "T t = 1000 - x[i]; y[i] = 1000 - t;");
  Result<Bundle> bundle = Bundle::load(directory.getPath());
  ASSERT_TRUE(bundle.ok()) << bundle.message();
  Result<CheckResult> result = checkBundle(*bundle, {});
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->correct) << result->diagnostic;
  EXPECT_GT(result->maxError, 1e-6);

  // An exact operation is held to two units of the last place.
  TestDirectory exact;
  makeMap(exact, "y[i] = x[i] * 2;", "y[i] = x[i] * 2 * 1.000001f;");
  bundle = Bundle::load(exact.getPath());
  result = checkBundle(*bundle, {});
  ASSERT_TRUE(result.ok());
  EXPECT_FALSE(result->correct);

  // Where nothing is left of x, zeros would be right everywhere.
  TestDirectory lost;
  makeMap(lost, "T t = x[i] + 1e9; y[i] = t - 1e9;", "y[i] = 0;");
  bundle = Bundle::load(lost.getPath());
  ASSERT_TRUE(bundle.ok()) << bundle.message();
  EXPECT_FAILURE(checkBundle(*bundle, {}),
                 "a bound that a wrong value would exceed");
  // Zeros as the result of all elements can be checked.
  TestDirectory zeros;
  makeMap(zeros, "y[i] = x[i] - x[i];", "y[i] = 0;");
  bundle = Bundle::load(zeros.getPath());
  ASSERT_TRUE(bundle.ok()) << bundle.message();
  result = checkBundle(*bundle, {});
  ASSERT_TRUE(result.ok()) << result.message();
  EXPECT_TRUE(result->correct);
}

TEST(Check, InfinitiesAndNansMustAgree) {
  CheckOptions options;
  options.generators = {"special"};
  TestDirectory right;
  makeMap(right, "y[i] = x[i] * x[i];", "y[i] = x[i] * x[i];");
  Result<Bundle> bundle = Bundle::load(right.getPath());
  Result<CheckResult> result = checkBundle(*bundle, options);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->correct) << result->diagnostic;

  TestDirectory wrong;
  makeMap(wrong, "y[i] = x[i] * x[i];",
          "y[i] = x[i] * x[i]; if (y[i] != y[i]) y[i] = 0;");
  bundle = Bundle::load(wrong.getPath());
  bool found = false;
  // The few special values are drawn by the seed.
  for (options.seed = 1; options.seed < 8; ++options.seed) {
    result = checkBundle(*bundle, options);
    ASSERT_TRUE(result.ok());
    found |= !result->correct && std::isinf(result->maxError);
  }
  EXPECT_TRUE(found);

  // f64 still holds what overflows in float: infinity is right there.
  TestDirectory overflow;
  makeMap(overflow, "y[i] = x[i] * (T)1e30 * (T)3e8;",
          "y[i] = x[i] * 1e30f * 3e8f;");
  bundle = Bundle::load(overflow.getPath());
  result = checkBundle(*bundle, {});
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->correct) << result->diagnostic;
}

TEST(Check, OverflowsFollowTheirSign) {
  // Sums of positive products that leave the range: an infinity, no other.
  std::vector<std::string> generators = {"normal", "constant(1e25)"};
  EXPECT_TRUE(checkGemm(reversed, false, generators).correct);
  for (const char *fault : {"-c[3]", "0.0f / 0.0f", "3e38f", "0"}) {
    std::string body =
        std::string(reversed) + "  if (c[3] > 3.4e38f) c[3] = " + fault + ";\n";
    CheckResult result = checkGemm(body, false, generators);
    EXPECT_FALSE(result.correct) << fault;
    EXPECT_EQ(result.wrongElements, 1) << fault;
  }
  // What an input brings stays, whatever the order.
  generators = {"normal", "constant(inf)"};
  EXPECT_TRUE(checkGemm(reversed, false, generators).correct);
  EXPECT_FALSE(checkGemm(std::string(reversed) +
                             "  if (c[3] > 3.4e38f) c[3] = c[3] - c[3];\n",
                         false, generators)
                   .correct);
}

TEST(Check, NothingFiniteIsNoCheck) {
  CheckResult result =
      checkGemm(reversed, false, {"normal", "constant(nan)", "integers"});
  EXPECT_TRUE(result.correct) << result.diagnostic;
  EXPECT_EQ(result.idleGenerators, std::vector<std::string>{"constant(nan)"});
  EXPECT_EQ(result.elements, 105);
  EXPECT_EQ(result.decidedElements, 70);

  TestDirectory directory;
  makeGemmBundle(directory, 5, 7, 33, false, reversed);
  Result<Bundle> bundle = Bundle::load(directory.getPath());
  ASSERT_TRUE(bundle.ok()) << bundle.message();
  CheckOptions options;
  options.generators = {"constant(nan)", "constant(inf)"};
  EXPECT_FAILURE(checkBundle(*bundle, options),
                 "kernel 'mm' could not be checked: on inputs constant(nan), "
                 "constant(inf), no element of argument 'c' has a finite "
                 "reference and a bound that a wrong value would exceed");
  // A fault that shows all the same.
  EXPECT_FALSE(checkGemm(std::string(reversed) + "  c[3] = 0;\n", false,
                         {"constant(nan)"})
                   .correct);
}

/// Checks C of 2 x 3 elements, each of `k` products.
CheckResult checkLong(int k, const std::string &last) {
  std::string body = reversed;
  body.replace(body.find("p-- > 0;"), 8, "p-- > " + last + ";");
  TestDirectory directory;
  makeGemmBundle(directory, 2, 3, k, false, body);
  Result<Bundle> bundle = Bundle::load(directory.getPath());
  EXPECT_TRUE(bundle.ok()) << bundle.message();
  Result<CheckResult> result = checkBundle(*bundle, {});
  EXPECT_TRUE(result.ok()) << result.message();
  return result.ok() ? *result : CheckResult();
}

TEST(Check, LongSumsMissNoTerms) {
  // One term, by exact sums.
  EXPECT_TRUE(checkLong(100003, "0").correct);
  EXPECT_FALSE(checkLong(100003, "1").correct);
  EXPECT_TRUE(checkLong(200003, "0").correct);
  EXPECT_FALSE(checkLong(200003, "1").correct);
  // Where these would not be exact: half a percent of the terms.
  CheckResult result = checkLong(400000, "0");
  EXPECT_TRUE(result.correct) << result.diagnostic;
  EXPECT_LT(result.errorBound, 25);
  EXPECT_FALSE(checkLong(400000, "2000").correct);
}

/// Integers are compared exactly.
TEST(Check, IntegersAreExact) {
  for (bool wrong : {false, true}) {
    TestDirectory directory;
    std::string body = "(void *const *d, void *ws) { int *x = ((int "
                       "**)d[0])[1], *y = ((int **)d[1])[1];\n"
                       "for (int i = 0; i < 9; ++i) y[i] = x[i] * 3";
    directory.compile("int f_packed" + body + (wrong ? " + (i == 4)" : "") +
                          "; return 0; }\nint f__reference_packed" + body +
                          "; return 0; }\n",
                      "kernel.so");
    Manifest manifest = makeManifest("f");
    manifest.arguments = {{"x", Role::In, ElementType::I32, {3, 3}, 4, ""},
                          {"y", Role::Out, ElementType::I32, {3, 3}, 4, ""}};
    manifest.reference = CheckEntry{"f__reference_packed", 0};
    manifest.own = manifest.reference;
    ASSERT_TRUE(writeManifest(manifest, directory.getPath()).ok());
    Result<Bundle> bundle = Bundle::load(directory.getPath());
    ASSERT_TRUE(bundle.ok()) << bundle.message();
    Result<CheckResult> result = checkBundle(*bundle, {});
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(result->correct, !wrong);
    if (wrong)
      EXPECT_EQ(result->index, (std::vector<int64_t>{1, 1}));
  }
}

class CheckFiles : public ::testing::Test {
protected:
  void SetUp() override {
    makeGemmBundle(directory, 2, 2, 2, false);
    Result<Bundle> loaded = Bundle::load(directory.getPath());
    ASSERT_TRUE(loaded.ok());
    bundle = *loaded;
    write("a.npy", {2, 2}, {1, 2, 3, 4});
    write("b.npy", {2, 2}, {5, 6, 7, 8});
    options.inputs = {file("a.npy"), file("b.npy")};
  }
  std::string file(const std::string &name) { return directory.getFile(name); }
  void write(const std::string &name, std::vector<int64_t> shape,
             std::vector<double> values) {
    Result<Buffer> buffer = Buffer::allocate(ElementType::F32, shape);
    for (size_t i = 0; i < values.size(); ++i)
      storeDouble(ElementType::F32, buffer->data(), i, values[i]);
    ASSERT_TRUE(writeNpy(file(name), *buffer).ok());
  }

  TestDirectory directory;
  Bundle bundle;
  CheckOptions options;
};

TEST_F(CheckFiles, InputsExpectationsAndOutputs) {
  write("c.npy", {2, 2}, {19, 22, 43, 50});
  options.expect = {file("c.npy")};
  options.outputs = {file("out.npy")};
  Result<CheckResult> result = checkBundle(bundle, options);
  ASSERT_TRUE(result.ok()) << result.message();
  EXPECT_TRUE(result->correct) << result->diagnostic;
  EXPECT_EQ(directory.read("out.npy"), directory.read("c.npy"));

  write("c.npy", {2, 2}, {19, 22, 43, 50.1});
  result = checkBundle(bundle, options);
  ASSERT_TRUE(result.ok());
  EXPECT_FALSE(result->correct);
  EXPECT_EQ(result->against, file("c.npy"));
  EXPECT_EQ(result->index, (std::vector<int64_t>{1, 1}));
}

TEST_F(CheckFiles, UnfittingFilesAreRefused) {
  options.inputs = {file("a.npy")};
  EXPECT_FAILURE(checkBundle(bundle, options),
                 "kernel 'mm' has 2 inputs, but 1 files are given");
  write("b.npy", {2, 3}, {});
  options.inputs = {file("a.npy"), file("b.npy")};
  EXPECT_FAILURE(checkBundle(bundle, options),
                 "shape 2x3 does not fit argument 'b' of shape 2x2");
  options.inputs = {};
  write("c.npy", {4}, {});
  options.expect = {file("c.npy")};
  EXPECT_FAILURE(checkBundle(bundle, options),
                 "shape 4 does not fit argument 'c' of shape 2x2");
  options.expect = {};
  options.outputs = {"/nowhere/x.npy"};
  EXPECT_FAILURE(checkBundle(bundle, options), "cannot write /nowhere/x.npy");
  options.outputs = {};
  options.argumentGenerators = {{"z", "normal"}};
  EXPECT_FAILURE(checkBundle(bundle, options),
                 "kernel 'mm' has no argument 'z' for the generator 'normal'");
}

TEST(Check, BytesOfItsArrays) {
  Manifest manifest = getGemmManifest(32, 32, 32, false);
  CheckOptions options;
  double plain = 3 * 32 * 32 * 4, workspace = 128;
  // Inputs, results; reference and magnitude in f64.
  EXPECT_EQ(getCheckBytes(manifest, options), 6 * plain + workspace);
  // Projected: the inputs and two calls.
  options.fullCheckFlops = 0;
  EXPECT_EQ(getCheckBytes(manifest, options), 3 * plain + 2 * workspace);
  // Own-type loops, and two f64 frames with errors.
  options = CheckOptions();
  manifest.bound.kind = Bound::Kind::Measured;
  manifest.perturbed = CheckEntry{"mm__perturbed_packed", 0};
  EXPECT_EQ(getCheckBytes(manifest, options), 9 * plain + workspace);
}

} // namespace
