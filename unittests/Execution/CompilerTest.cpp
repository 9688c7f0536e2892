//===- CompilerTest.cpp - Payloads to bundles, and what goes wrong --------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The test program itself is the worker: `CompilerTest --worker`.
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Execution/Job.h"
#include "TensorOp/Runtime/Bundle.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"
#include <dlfcn.h>

using namespace tensorop;

namespace {

const char *const matmul = R"(
func.func @product(%a: tensor<4x5xf32>, %b: tensor<5x6xf32>) -> tensor<4x6xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x6xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %m = linalg.matmul ins(%a, %b : tensor<4x5xf32>, tensor<5x6xf32>)
                     outs(%f : tensor<4x6xf32>) -> tensor<4x6xf32>
  return %m : tensor<4x6xf32>
}
)";

class CompilerTest : public testing::Test {
protected:
  void SetUp() override {
    llvm::SmallString<128> made;
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("compiler-test", made));
    folder = made.str().str();
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }

  CompileRequest request(const std::string &payload) {
    CompileRequest result;
    result.payload = payload;
    result.payloadName = "in.mlir";
    result.directory = folder;
    return result;
  }
  CompileResult compile(const std::string &payload) {
    return compiler.compile(request(payload));
  }
  /// All errors of a compilation that must fail.
  std::string errorsOf(const CompileRequest &request) {
    CompileResult result = compiler.compile(request);
    EXPECT_FALSE(result.ok);
    std::string text;
    for (const Message &message : result.messages)
      if (message.severity == "error")
        text += toString(message) + "\n";
    return text;
  }
  std::string errorsOf(const std::string &payload) {
    return errorsOf(request(payload));
  }
  runtime::Manifest manifest() {
    auto read = runtime::readManifest(folder);
    EXPECT_TRUE(read.ok()) << read.message();
    return *read;
  }

  std::string folder;
  Compiler compiler;
};

TEST_F(CompilerTest, DescribesAMatmul) {
  CompileResult result = compile(matmul);
  ASSERT_TRUE(result.ok) << toString(result.messages.back());
  EXPECT_EQ(result.kernel, "product");
  runtime::Manifest facts = manifest();
  EXPECT_EQ(facts.flops, 2 * 4 * 5 * 6);
  EXPECT_EQ(facts.bytes, 4 * (20 + 30 + 24));
  ASSERT_TRUE(facts.gemm);
  EXPECT_EQ(facts.gemm->m, 4);
  EXPECT_EQ(facts.gemm->n, 6);
  EXPECT_EQ(facts.gemm->k, 5);
  EXPECT_FALSE(facts.gemm->transA || facts.gemm->transB ||
               facts.gemm->accumulate);
  EXPECT_EQ(facts.gemm->c, 2);
  EXPECT_EQ(facts.bound.kind, runtime::Bound::Kind::Contraction);
  EXPECT_EQ(facts.bound.k, 5);
  ASSERT_EQ(facts.arguments.size(), 3u);
  EXPECT_EQ(facts.arguments[2].role, runtime::Role::Out);
  EXPECT_TRUE(facts.reference && facts.own && facts.magnitude);
  // One remark for each op without a plan, also in the manifest.
  EXPECT_EQ(facts.diagnostics.size(), 2u);
}

TEST_F(CompilerTest, SeesTransposedAndAccumulatedProducts) {
  CompileResult result = compile(R"(
func.func @f(%a: tensor<5x4xf32>, %b: tensor<6x5xf32>,
             %c: tensor<4x6xf32> {bufferization.writable = true})
    -> tensor<4x6xf32> {
  %m = linalg.matmul
      indexing_maps = [affine_map<(m, n, k) -> (k, m)>,
                       affine_map<(m, n, k) -> (n, k)>,
                       affine_map<(m, n, k) -> (m, n)>]
      ins(%a, %b : tensor<5x4xf32>, tensor<6x5xf32>)
      outs(%c : tensor<4x6xf32>) -> tensor<4x6xf32>
  return %m : tensor<4x6xf32>
})");
  ASSERT_TRUE(result.ok) << toString(result.messages.back());
  runtime::Manifest facts = manifest();
  ASSERT_TRUE(facts.gemm);
  EXPECT_TRUE(facts.gemm->transA && facts.gemm->transB &&
              facts.gemm->accumulate);
  EXPECT_EQ(facts.bound.k, 6); // the old value is one more term
  EXPECT_EQ(facts.arguments[2].role, runtime::Role::InOut);
}

/// A matmul whose body widens both operands by `widen` and sums in `sum`.
static std::string widened(const std::string &type, const std::string &sum,
                           const std::string &widen, const std::string &kind) {
  return "#a = affine_map<(m, n, k) -> (m, k)>\n"
         "#b = affine_map<(m, n, k) -> (k, n)>\n"
         "#c = affine_map<(m, n, k) -> (m, n)>\n"
         "func.func @f(%a: tensor<4x5x" +
         type + ">, %b: tensor<5x6x" + type + ">, %c: tensor<4x6x" + sum +
         "> {bufferization.writable = true}) -> tensor<4x6x" + sum +
         "> {\n  %r = linalg.generic {indexing_maps = [#a, #b, #c], "
         "iterator_types = [\"parallel\", \"parallel\", \"reduction\"]} "
         "ins(%a, %b : tensor<4x5x" +
         type + ">, tensor<5x6x" + type + ">) outs(%c : tensor<4x6x" + sum +
         ">) {\n  ^bb0(%x: " + type + ", %y: " + type + ", %s: " + sum +
         "):\n    %u = arith." + widen + " %x : " + type + " to " + sum +
         "\n    %v = arith." + widen + " %y : " + type + " to " + sum +
         "\n    %p = arith.mul" + kind + " %u, %v : " + sum +
         "\n    %t = arith.add" + kind + " %s, %p : " + sum +
         "\n    linalg.yield %t : " + sum + "\n  } -> tensor<4x6x" + sum +
         ">\n  return %r : tensor<4x6x" + sum + ">\n}\n";
}

TEST_F(CompilerTest, SeesProductsOfNarrowTypes) {
  using runtime::ElementType;
  CompileResult result = compile(widened("bf16", "f32", "extf", "f"));
  ASSERT_TRUE(result.ok) << toString(result.messages.back());
  runtime::Manifest facts = manifest();
  ASSERT_TRUE(facts.gemm);
  EXPECT_EQ(facts.gemm->type, ElementType::BF16);
  EXPECT_EQ(facts.gemm->result, ElementType::F32);
  ASSERT_TRUE(compile(widened("i8", "i32", "extsi", "i")).ok);
  facts = manifest();
  ASSERT_TRUE(facts.gemm);
  EXPECT_EQ(facts.gemm->type, ElementType::I8);
  EXPECT_EQ(facts.gemm->result, ElementType::I32);
  // Integers of a library call are signed.
  ASSERT_TRUE(compile(widened("i8", "i32", "extui", "i")).ok);
  EXPECT_FALSE(manifest().gemm);
}

TEST_F(CompilerTest, DescribesTheLoopsOfAnyContraction) {
  CompileResult result = compile(R"(
func.func @f(%x: tensor<1x8x9x4xf32>, %w: tensor<3x2x4x5xf32>)
    -> tensor<1x6x4x5xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x6x4x5xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<1x6x4x5xf32>) -> tensor<1x6x4x5xf32>
  %r = linalg.conv_2d_nhwc_hwcf {strides = dense<[1, 2]> : tensor<2xi64>}
      ins(%x, %w : tensor<1x8x9x4xf32>, tensor<3x2x4x5xf32>)
      outs(%i : tensor<1x6x4x5xf32>) -> tensor<1x6x4x5xf32>
  return %r : tensor<1x6x4x5xf32>
})");
  ASSERT_TRUE(result.ok) << toString(result.messages.back());
  runtime::Manifest facts = manifest();
  ASSERT_TRUE(facts.contraction);
  // n, oh, ow, f, kh, kw, c: steps in the image, the filter and the result.
  std::vector<std::vector<int64_t>> loops;
  for (const runtime::ContractionLoop &loop : facts.contraction->loops)
    loops.push_back({loop.extent, loop.a, loop.b, loop.c});
  EXPECT_EQ(loops, (std::vector<std::vector<int64_t>>{{1, 288, 0, 120},
                                                      {6, 36, 0, 20},
                                                      {4, 8, 0, 5},
                                                      {5, 0, 1, 1},
                                                      {3, 36, 40, 0},
                                                      {2, 4, 20, 0},
                                                      {4, 1, 5, 0}}));
  EXPECT_EQ(facts.contraction->c, 2);
}

TEST_F(CompilerTest, ClaimsNoGemmForMore) {
  CompileResult result = compile(R"(
func.func @f(%a: tensor<4x5xf32>, %b: tensor<5x6xf32>) -> tensor<4x6xf32> {
  %one = arith.constant 1.0 : f32
  %e = tensor.empty() : tensor<4x6xf32>
  %f = linalg.fill ins(%one : f32) outs(%e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %m = linalg.matmul ins(%a, %b : tensor<4x5xf32>, tensor<5x6xf32>)
                     outs(%f : tensor<4x6xf32>) -> tensor<4x6xf32>
  return %m : tensor<4x6xf32>
})");
  ASSERT_TRUE(result.ok);
  runtime::Manifest facts = manifest();
  EXPECT_FALSE(facts.gemm);
  EXPECT_EQ(facts.bound.kind, runtime::Bound::Kind::Measured);
}

TEST_F(CompilerTest, RefusesWithAPlace) {
  EXPECT_NE(errorsOf("func.func @f(").find("in.mlir:1:"), std::string::npos);
  EXPECT_NE(errorsOf("module {}").find("'in.mlir' has no function"),
            std::string::npos);
  EXPECT_NE(errorsOf("func.func private @f()")
                .find("has no public function with a body; it has 'f'"),
            std::string::npos);
  EXPECT_NE(
      errorsOf(std::string(matmul) + "func.func @g(%x: tensor<f32>) { return }")
          .find("has 2 public functions; choose one of 'product', 'g'"),
      std::string::npos);
  CompileRequest named = request(matmul);
  named.function = "sum";
  EXPECT_NE(errorsOf(named).find("has no function 'sum' with a body"),
            std::string::npos);
  EXPECT_NE(errorsOf("func.func @f(%x: tensor<?xf32>) { return }")
                .find("argument #0 of 'f' has a dynamic size in dimension #0"),
            std::string::npos);
}

TEST_F(CompilerTest, RefusesTargetsAndFolders) {
  CompileRequest bad = request(matmul);
  bad.target = "z80";
  EXPECT_NE(errorsOf(bad).find("z80"), std::string::npos);
  bad.target = "nvptx";
  EXPECT_NE(errorsOf(bad).find("code is made for processors only so far"),
            std::string::npos);
  bad.target = "native";
  bad.directory = "/proc/none";
  EXPECT_NE(errorsOf(bad).find("cannot make the folder '/proc/none'"),
            std::string::npos);
}

TEST_F(CompilerTest, RefusesNames) {
  EXPECT_NE(
      errorsOf("func.func @f(%x: tensor<f32> {tensorop.name = \"a b\"}, %y: "
               "tensor<f32>) { return }")
          .find("has the name 'a b', which is not a C identifier"),
      std::string::npos);
  EXPECT_NE(
      errorsOf("func.func @f(%x: tensor<f32> {tensorop.name = \"arg1\"}, %y: "
               "tensor<f32>) { return }")
          .find("two arguments of 'f' are named 'arg1'"),
      std::string::npos);
  EXPECT_NE(errorsOf("func.func @main() { func.call @kernel_main() : () -> ()"
                     " return }"
                     "func.func private @kernel_main() { return }")
                .find("the name 'kernel_main' for the function 'main'"),
            std::string::npos);
}

TEST_F(CompilerTest, AvoidsReservedNames) {
  // Of the language, of libm, libc and the compiler's library; reserved.
  for (const char *name : {"main", "class", "fmodf", "tanhf", "calloc",
                           "__truncsfhf2", "_Exit", "uint8_t", "INT8_MAX"}) {
    CompileResult result = compile(std::string("func.func @") + name +
                                   "(%x: tensor<3xf32>) -> tensor<3xf32> { "
                                   "return %x : tensor<3xf32> }");
    ASSERT_TRUE(result.ok) << name;
    EXPECT_EQ(result.kernel, std::string("kernel_") + name);
  }
  CompileResult result =
      compile("func.func @gemm_main(%x: tensor<3xf32>) -> tensor<3xf32> { "
              "return %x : tensor<3xf32> }");
  EXPECT_EQ(result.kernel, "gemm_main");
}

TEST_F(CompilerTest, GivesTheSameBytesAgain) {
  auto bytes = [&](const char *name) {
    auto file = llvm::MemoryBuffer::getFile(folder + "/" + name);
    EXPECT_TRUE(bool(file));
    return (*file)->getBuffer().str();
  };
  ASSERT_TRUE(compile(matmul).ok);
  std::string object = bytes("kernel.so"), text = bytes("manifest.json");
  // The second time, the reference comes from the cache.
  CompileResult again = compile(matmul);
  ASSERT_TRUE(again.ok);
  EXPECT_EQ(bytes("kernel.so"), object);
  EXPECT_EQ(bytes("manifest.json"), text);
  for (const auto &[part, seconds] : again.seconds)
    if (part == "reference")
      EXPECT_LT(seconds, 1e-3);
}

TEST_F(CompilerTest, ChecksDescriptors) {
  ASSERT_TRUE(compile(matmul).ok);
  void *handle =
      ::dlopen((folder + "/kernel.so").c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_TRUE(handle) << ::dlerror();
  struct Matrix {
    float *allocated, *aligned;
    int64_t offset, sizes[2], strides[2];
  };
  auto product = reinterpret_cast<int32_t (*)(const Matrix *, const Matrix *,
                                              const Matrix *, void *)>(
      ::dlsym(handle, "product"));
  auto packed = reinterpret_cast<int32_t (*)(void *const *, void *)>(
      ::dlsym(handle, "product_packed"));
  ASSERT_TRUE(product && packed);
  std::vector<float> storage(101, 1.0f);
  Matrix a = {nullptr, storage.data(), 1, {4, 5}, {5, 1}};
  Matrix b = {nullptr, storage.data(), 0, {5, 6}, {6, 1}};
  Matrix c = {nullptr, storage.data() + 40, 2, {4, 6}, {6, 1}};
  EXPECT_EQ(product(&a, &b, &c, nullptr), 0);
  EXPECT_EQ(storage[41], 1.0f);
  EXPECT_EQ(storage[42], 5.0f);
  EXPECT_EQ(storage[65], 5.0f);
  EXPECT_EQ(storage[66], 1.0f);
  void *descriptors[] = {&a, &b, &c};
  EXPECT_EQ(packed(descriptors, nullptr), 0);
  Matrix bad = a;
  bad.sizes[1] = 4;
  EXPECT_EQ(product(&bad, &b, &c, nullptr), 1);
  bad = b;
  bad.strides[0] = 7;
  EXPECT_EQ(product(&a, &bad, &c, nullptr), 2);
  bad = c;
  bad.aligned =
      reinterpret_cast<float *>(reinterpret_cast<char *>(storage.data()) + 2);
  EXPECT_EQ(product(&a, &b, &bad, nullptr), 3);
  bad.aligned = nullptr;
  EXPECT_EQ(product(&a, &b, &bad, nullptr), 3);
  EXPECT_EQ(product(nullptr, &b, &c, nullptr), 1);
  // a begins after one element and has 20: c may begin behind it, not before.
  bad = c;
  bad.aligned = storage.data();
  bad.offset = 20;
  Matrix small = {nullptr, storage.data() + 70, 0, {5, 6}, {6, 1}};
  EXPECT_EQ(product(&a, &small, &bad, nullptr), 3);
  bad.offset = 21;
  EXPECT_EQ(product(&a, &small, &bad, nullptr), 0);
  ::dlclose(handle);
}

TEST_F(CompilerTest, ChecksTheWorkspaceAndAsserts) {
  // The sum needs a buffer between the two ops.
  CompileResult result = compile(R"(
#v = affine_map<(i) -> (i)>
func.func @f(%x: tensor<8xf32>) -> tensor<8xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8xf32>
  %r = linalg.generic {indexing_maps = [#v, #v], iterator_types = ["parallel"]}
      ins(%x : tensor<8xf32>) outs(%e : tensor<8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %c = arith.cmpf one, %a, %z : f32
    cf.assert %c, "an element is zero"
    %q = arith.divf %a, %a : f32
    linalg.yield %q : f32
  } -> tensor<8xf32>
  return %r : tensor<8xf32>
})");
  ASSERT_TRUE(result.ok) << toString(result.messages.back());
  runtime::Manifest facts = manifest();
  ASSERT_GT(facts.workspaceBytes, 0);
  void *handle =
      ::dlopen((folder + "/kernel.so").c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_TRUE(handle) << ::dlerror();
  auto packed = reinterpret_cast<int32_t (*)(void *const *, void *)>(
      ::dlsym(handle, "f_packed"));
  ASSERT_TRUE(packed);
  struct Vector {
    float *allocated, *aligned;
    int64_t offset, sizes[1], strides[1];
  };
  std::vector<float> in(8, 2.0f), out(8, 0.0f);
  alignas(64) char workspace[1024];
  ASSERT_LT(facts.workspaceBytes, 900);
  Vector x = {nullptr, in.data(), 0, {8}, {1}};
  Vector y = {nullptr, out.data(), 0, {8}, {1}};
  void *descriptors[] = {&x, &y};
  EXPECT_EQ(packed(descriptors, workspace), 0);
  EXPECT_EQ(out[7], 1.0f);
  EXPECT_EQ(packed(descriptors, nullptr), -1);
  EXPECT_EQ(packed(descriptors, workspace + 8), -1);
  in[3] = 0.0f;
  EXPECT_EQ(packed(descriptors, workspace), -2);
  in[3] = 1.0f;
  EXPECT_EQ(packed(descriptors, workspace), 0);
  ::dlclose(handle);
}

//===----------------------------------------------------------------------===//
// Jobs
//===----------------------------------------------------------------------===//

class JobTest : public CompilerTest {
protected:
  Job job(const std::string &payload) {
    Job result;
    result.compile = request(payload);
    result.check.emplace();
    return result;
  }
  JobResult run(Worker &worker, const Job &job) {
    return runJob(worker, job,
                  [&](llvm::StringRef step) { steps.push_back(step.str()); });
  }
  std::vector<std::string> steps;
};

TEST_F(JobTest, RoundTrips) {
  Job job = this->job(matmul);
  job.compile.plans = "plans";
  job.compile.function = "product";
  job.check->generators = {"normal", "uniform(1, 2)"};
  job.check->argumentGenerators["arg0"] = "iota";
  job.check->seed = 7;
  job.bench.emplace();
  job.bench->baselines = {"openblas"};
  job.bench->seconds = 0.5;
  llvm::Expected<Job> read = parseJob(toJson(job));
  ASSERT_TRUE(bool(read));
  EXPECT_EQ(toJson(*read), toJson(job));
  EXPECT_EQ(read->check->argumentGenerators["arg0"], "iota");
  EXPECT_EQ(read->bench->baselines, job.bench->baselines);
}

TEST_F(JobTest, RefusesMalformedJobs) {
  llvm::Expected<Job> read = parseJob(llvm::json::Object{{"schema", 2}});
  ASSERT_FALSE(read);
  EXPECT_EQ(llvm::toString(read.takeError()), "expected 1 at job.schema");
  read = parseJob(llvm::json::Object{{"schema", 1}});
  ASSERT_FALSE(read);
  EXPECT_EQ(llvm::toString(read.takeError()),
            "missing 'compile' when parsing job");
  llvm::Expected<JobResult> result = parseJobResult(toJson([] {
    JobResult odd;
    odd.status = JobStatus::Crashed;
    return odd;
  }()));
  ASSERT_FALSE(result);
  EXPECT_EQ(llvm::toString(result.takeError()),
            "result: unknown status 'crashed'");
}

TEST_F(JobTest, RunsInAWorker) {
  Worker worker({thisExecutable(), "--worker"}, {120, 0});
  JobResult result = run(worker, job(matmul));
  EXPECT_EQ(result.status, JobStatus::Done);
  EXPECT_EQ(steps, (std::vector<std::string>{"compile", "check"}));
  ASSERT_TRUE(result.check.getAsObject());
  EXPECT_EQ(result.check.getAsObject()->getBoolean("correct"), true);
  int pid = worker.pid();
  result = run(worker, job("func.func @f("));
  EXPECT_EQ(result.status, JobStatus::Failed);
  EXPECT_FALSE(result.compile.messages.empty());
  EXPECT_EQ(worker.pid(), pid);
}

TEST_F(JobTest, SurvivesACrash) {
  // The index of the extraction is far outside: a payload's own fault.
  Worker worker({thisExecutable(), "--worker"}, {120, 0});
  JobResult result = run(worker, job(R"(
func.func @f(%x: tensor<4xf32>) -> tensor<f32> {
  %far = arith.constant 1000000000000 : index
  %v = tensor.extract %x[%far] : tensor<4xf32>
  %r = tensor.from_elements %v : tensor<f32>
  return %r : tensor<f32>
})"));
  EXPECT_EQ(result.status, JobStatus::Crashed);
  ASSERT_FALSE(result.compile.messages.empty());
  EXPECT_NE(result.compile.messages.back().text.find("(step 'check')"),
            std::string::npos);
  EXPECT_EQ(run(worker, job(matmul)).status, JobStatus::Done);
}

TEST_F(JobTest, EndsAnEndlessLoop) {
  Worker worker({thisExecutable(), "--worker"}, {5, 0});
  JobResult result = run(worker, job(R"(
func.func @f(%x: tensor<f32>) -> tensor<f32> {
  %zero = arith.constant 0.0 : f32
  %s = tensor.extract %x[] : tensor<f32>
  %r = scf.while (%v = %s) : (f32) -> f32 {
    %a = math.absf %v : f32
    %c = arith.cmpf oge, %a, %zero : f32
    scf.condition(%c) %v : f32
  } do {
  ^bb0(%v: f32):
    %n = arith.negf %v : f32
    scf.yield %n : f32
  }
  %t = tensor.from_elements %r : tensor<f32>
  return %t : tensor<f32>
})"));
  EXPECT_EQ(result.status, JobStatus::TimedOut);
  EXPECT_EQ(run(worker, job(matmul)).status, JobStatus::Done);
}

TEST_F(JobTest, SaysWhenTheWorkerCannotStart) {
  Worker worker({"/nonexistent/worker"}, {5, 0});
  JobResult result = run(worker, job(matmul));
  EXPECT_EQ(result.status, JobStatus::Failed);
  EXPECT_TRUE(result.isUnreachable);
}

TEST_F(JobTest, SaysWhenMemoryIsMissing) {
  if (LLVM_ADDRESS_SANITIZER_BUILD)
    GTEST_SKIP() << "a sanitizer needs more address space";
  // Results of 512 MiB each.
  Worker worker({thisExecutable(), "--worker"}, {120, uint64_t(1) << 30});
  JobResult result = run(worker, job(R"(
func.func @f(%x: tensor<f32>) -> tensor<16384x8192xf32> {
  %e = tensor.empty() : tensor<16384x8192xf32>
  %r = linalg.broadcast ins(%x : tensor<f32>)
    outs(%e : tensor<16384x8192xf32>) dimensions = [0, 1]
  return %r : tensor<16384x8192xf32>
})"));
  EXPECT_EQ(result.status, JobStatus::OutOfMemory);
  ASSERT_FALSE(result.compile.messages.empty());
  EXPECT_NE(result.compile.messages.back().text.find(
                "no memory for an array of 536870912 bytes"),
            std::string::npos);
  llvm::Expected<JobResult> read = parseJobResult(toJson(result));
  ASSERT_TRUE(bool(read));
  EXPECT_EQ(read->status, JobStatus::OutOfMemory);
  EXPECT_FALSE(read->isUnreachable);
  EXPECT_EQ(run(worker, job(matmul)).status, JobStatus::Done);
}

TEST_F(JobTest, TellsIllegalPlansFromOtherRefusals) {
  Worker worker({thisExecutable(), "--worker"}, {120, 0});
  Job illegal = job(matmul);
  illegal.compile.plans = R"(
strategy.plan @p root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [ir: m = 90, jr: n = v(1)]
  strategy.tile [kk: k = 1]
  strategy.vectorize mm [m = 90, n = v(1)] with fma
})";
  JobResult result = run(worker, illegal);
  EXPECT_EQ(result.status, JobStatus::Failed);
  EXPECT_TRUE(result.compile.illegal);
  Job unreadable = job(matmul);
  unreadable.compile.plans = "no plan";
  result = run(worker, unreadable);
  EXPECT_EQ(result.status, JobStatus::Failed);
  EXPECT_FALSE(result.compile.illegal);
}

} // namespace

int main(int argc, char **argv) {
  if (argc == 2 && argv[1] == workerFlag)
    return serveCompileJobs();
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
