//===- RequestTest.cpp - The grammar of requests --------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Request/Request.h"
#include <gtest/gtest.h>

using namespace tensorop;
using runtime::ElementType;

static Request parsed(const std::string &line) {
  runtime::Result<Request> request = parseRequest(line);
  EXPECT_TRUE(request.ok()) << request.message();
  return request.ok() ? *request : Request();
}

static std::string refusal(const std::string &line) {
  runtime::Result<Request> request = parseRequest(line);
  return request.ok() ? "accepted" : request.message();
}

TEST(Request, ReadsEachClause) {
  Request request = parsed("gemm f32 12x34x56");
  EXPECT_EQ(request.type, ElementType::F32);
  EXPECT_EQ(request.m, 12);
  EXPECT_EQ(request.n, 34);
  EXPECT_EQ(request.k, 56);
  EXPECT_FALSE(request.transposedA);
  EXPECT_FALSE(request.transposedB);
  EXPECT_TRUE(request.elementwise.empty());
  EXPECT_EQ(request.target, "native");
  EXPECT_EQ(request.threads, 1);

  request = parsed("gemm i8 1x65536x2 threads 8 +bias+ relu transposed b for "
                   "rvv vlen=256 cpu=x + residual transposed a");
  EXPECT_EQ(request.type, ElementType::I8);
  EXPECT_EQ(request.n, 65536);
  EXPECT_TRUE(request.transposedA);
  EXPECT_TRUE(request.transposedB);
  EXPECT_EQ(request.elementwise,
            (std::vector<Elementwise>{Elementwise::Bias, Elementwise::Relu,
                                      Elementwise::Residual}));
  EXPECT_EQ(request.target, "rvv:vlen=256:cpu=x");
  EXPECT_EQ(request.threads, 8);
}

TEST(Request, SumsAreNotNarrow) {
  EXPECT_EQ(parsed("gemm f32 1x1x1").getResultType(), ElementType::F32);
  EXPECT_EQ(parsed("gemm f64 1x1x1").getResultType(), ElementType::F64);
  EXPECT_EQ(parsed("gemm f16 1x1x1").getResultType(), ElementType::F32);
  EXPECT_EQ(parsed("gemm bf16 1x1x1").getResultType(), ElementType::F32);
  EXPECT_EQ(parsed("gemm i8 1x1x1").getResultType(), ElementType::I32);
}

TEST(Request, PrintsWhatItReads) {
  for (const char *line :
       {"gemm f32 12x34x56", "gemm bf16 1x2x3 transposed a",
        "gemm f64 1x2x3 transposed a transposed b + gelu + residual",
        "gemm f32 1x2x3 + gelu exact for rvv threads 4",
        "gemm i8 1x2x3 transposed b + bias for rvv vlen=256 cpu=x threads 4",
        "gemm f32 1x2x3 for nvptx:sm_90a"})
    EXPECT_EQ(toString(parsed(line)), line);
}

TEST(Request, ErrorsPointAtTheWord) {
  EXPECT_EQ(refusal(""), "expected an operator (gemm), but the request ends "
                         "here\n  \n  ^");
  EXPECT_EQ(refusal("conv f32 1x1x1"),
            "expected an operator (gemm), but found 'conv'\n"
            "  conv f32 1x1x1\n"
            "  ^~~~");
  EXPECT_EQ(refusal("gemm f31 1x1x1"),
            "expected an element type (f32, f64, f16, bf16 or i8), but found "
            "'f31'\n"
            "  gemm f31 1x1x1\n"
            "       ^~~");
  EXPECT_EQ(refusal("gemm f32"),
            "expected a shape MxNxK such as 512x768x1024, but the request ends "
            "here\n"
            "  gemm f32\n"
            "          ^");
  EXPECT_EQ(refusal("gemm f32 64x64"),
            "expected a shape MxNxK such as 512x768x1024, but found '64x64'\n"
            "  gemm f32 64x64\n"
            "           ^~~~~");
  EXPECT_EQ(refusal("gemm f32 64x0x64"),
            "N must be a whole number from 1 to 65536, but is '0'\n"
            "  gemm f32 64x0x64\n"
            "              ^");
  EXPECT_EQ(refusal("gemm f32 64x64x99999999999999999999"),
            "K must be a whole number from 1 to 65536, but is "
            "'99999999999999999999'\n"
            "  gemm f32 64x64x99999999999999999999\n"
            "                 ^~~~~~~~~~~~~~~~~~~~");
  EXPECT_EQ(refusal("gemm f32 x1x1"),
            "M must be a whole number from 1 to 65536, but is ''\n"
            "  gemm f32 x1x1\n"
            "           ^");
  EXPECT_EQ(
      refusal("gemm f32 1x1x1 quickly"),
      "expected 'for', 'threads', 'transposed', 'exact' or '+', but found "
      "'quickly'\n"
      "  gemm f32 1x1x1 quickly\n"
      "                 ^~~~~~~");
}

TEST(Request, ErrorsOfClauses) {
  EXPECT_EQ(refusal("gemm f32 1x1x1 for"),
            "expected a target such as native or x86-64-v4, but the request "
            "ends here\n"
            "  gemm f32 1x1x1 for\n"
            "                    ^");
  EXPECT_EQ(refusal("gemm f32 1x1x1 for native for x"),
            "the target is given twice\n"
            "  gemm f32 1x1x1 for native for x\n"
            "                            ^~~");
  EXPECT_EQ(refusal("gemm f32 1x1x1 threads 0"),
            "the number of threads must be a whole number from 1 to 1024, but "
            "is '0'\n"
            "  gemm f32 1x1x1 threads 0\n"
            "                         ^");
  EXPECT_EQ(refusal("gemm f32 1x1x1 threads 1 threads 2"),
            "the number of threads is given twice\n"
            "  gemm f32 1x1x1 threads 1 threads 2\n"
            "                           ^~~~~~~");
  EXPECT_EQ(refusal("gemm f32 1x1x1\ttransposed c"),
            "expected an operand (a or b), but found 'c'\n"
            "  gemm f32 1x1x1 transposed c\n"
            "                            ^");
  EXPECT_EQ(refusal("gemm f32 1x1x1 transposed a transposed a"),
            "operand 'a' is transposed twice\n"
            "  gemm f32 1x1x1 transposed a transposed a\n"
            "                                         ^");
  EXPECT_EQ(refusal("gemm f32 1x1x1 +tanh"),
            "expected an elementwise operation (bias, relu, gelu or residual), "
            "but found 'tanh'\n"
            "  gemm f32 1x1x1 +tanh\n"
            "                  ^~~~");
  EXPECT_EQ(refusal("gemm i8 1x1x1 + gelu"),
            "gelu needs a float result, but that of i8 is i32\n"
            "  gemm i8 1x1x1 + gelu\n"
            "                  ^~~~");
}

TEST(Request, ErrorsSayWhatToWrite) {
  for (const char *type : {"fp32", "F32", "float32"}) {
    std::string text = refusal(std::string("gemm ") + type + " 1x1x1");
    EXPECT_NE(text.find("'; did you mean 'f32'?\n"), std::string::npos) << text;
  }
  EXPECT_NE(refusal("gemm int8 1x1x1").find("did you mean 'i8'?"),
            std::string::npos);
  EXPECT_EQ(refusal("gemm f31 1x1x1").find("did you mean"), std::string::npos);
  EXPECT_EQ(refusal("gemm f32 1x1x1 bias"),
            "elementwise operations follow a '+': write '+ bias'\n"
            "  gemm f32 1x1x1 bias\n"
            "                 ^~~~");
  EXPECT_EQ(refusal("gemm f32 1x1x1 exact exact"),
            "'exact' is given twice\n"
            "  gemm f32 1x1x1 exact exact\n"
            "                       ^~~~~");
}

TEST(Request, FunctionsAreApproximatedUnlessExact) {
  EXPECT_NE(makePayload(parsed("gemm f32 2x3x4 + gelu"))
                .find("math.erf %s fastmath<afn> : f32"),
            std::string::npos);
  EXPECT_NE(makePayload(parsed("gemm f32 2x3x4 + gelu exact"))
                .find("math.erf %s : f32"),
            std::string::npos);
  EXPECT_TRUE(isApproximated(parsed("gemm f32 2x3x4 + gelu")));
  EXPECT_TRUE(isApproximated(parsed("gemm bf16 2x3x4 + bias + gelu")));
  EXPECT_FALSE(isApproximated(parsed("gemm f32 2x3x4 + gelu exact")));
  EXPECT_FALSE(isApproximated(parsed("gemm f32 2x3x4 + relu")));
  EXPECT_FALSE(isApproximated(parsed("gemm f64 2x3x4 + gelu")));
}

TEST(Request, PayloadHasTheShapesAsked) {
  std::string text = makePayload(parsed("gemm f32 2x3x4"));
  EXPECT_NE(text.find("// gemm f32 2x3x4\nfunc.func @gemm(%a: tensor<2x4xf32>"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("%b: tensor<4x3xf32>"), std::string::npos);
  EXPECT_NE(text.find("-> tensor<2x3xf32> {"), std::string::npos);
  EXPECT_EQ(text.find("indexing_maps"), std::string::npos);

  text = makePayload(parsed("gemm bf16 2x3x4 transposed a + residual + bias"));
  EXPECT_NE(text.find("%a: tensor<4x2xbf16>"), std::string::npos) << text;
  EXPECT_NE(text.find("%b: tensor<4x3xbf16>"), std::string::npos);
  EXPECT_NE(text.find("%residual0_in: tensor<2x3xf32>"), std::string::npos);
  EXPECT_NE(text.find("%bias1_in: tensor<3xf32>"), std::string::npos);
  EXPECT_NE(text.find("affine_map<(m, n, k) -> (k, m)>, "
                      "affine_map<(m, n, k) -> (k, n)>"),
            std::string::npos);
}
