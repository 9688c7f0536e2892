//===- OtherOpsTest.cpp - Contractions that are no matrix product ---------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The plain loops of the untransformed payload are the reference.
//
//===----------------------------------------------------------------------===//

#include "Kernel.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/PatternMatch.h"
#include <gtest/gtest.h>
#include <random>

using namespace mlir;
using namespace tensorop;
using namespace tensorop::test;

/// Runs `realised` and `plain` on the same small integers and compares the
/// third argument.
static void expectSame(Kernel &plain, Kernel &realised, size_t a, size_t b,
                       size_t c) {
  std::mt19937 random(3);
  std::vector<float> x(a), y(b), want(c);
  for (auto *values : {&x, &y, &want})
    for (float &value : *values)
      value = float(int(random() % 9) - 4);
  std::vector<float> got = want;
  ASSERT_EQ(plain.run({x.data(), y.data(), want.data()}), "");
  ASSERT_TRUE(realised.verifies());
  ASSERT_EQ(realised.run({x.data(), y.data(), got.data()}), "");
  EXPECT_EQ(got, want);
}

/// out[w, f] += in[2 * w + q, c] * filter[q, c, f]
static const char *kConvolution = R"(
func.func @conv(%in: memref<29x5xf32>, %filter: memref<3x5x19xf32>, %out: memref<14x19xf32>) {
  linalg.generic {strategy.op = "conv", indexing_maps = [
      affine_map<(w, f, q, c) -> (2 * w + q, c)>, affine_map<(w, f, q, c) -> (q, c, f)>,
      affine_map<(w, f, q, c) -> (w, f)>],
      iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%in, %filter : memref<29x5xf32>, memref<3x5x19xf32>) outs(%out : memref<14x19xf32>) {
  ^bb0(%x: f32, %y: f32, %s: f32):
    %p = arith.mulf %x, %y : f32
    %r = arith.addf %s, %p : f32
    linalg.yield %r : f32
  }
  return
})";

TEST(OtherOps, Convolution) {
  for (bool pack : {false, true})
    for (Edge edge : {Edge::Auto, Edge::Mask, Edge::Peel, Edge::Pad}) {
      Kernel plain(kConvolution), kernel(kConvolution);
      IRRewriter rewriter(&context());
      Refusal why;
      auto band = tileBand(rewriter, kernel.find("conv"),
                           {{"ff", 1, 8}, {"wt", 0, 6}}, why);
      ASSERT_TRUE(succeeded(band)) << why.reason;
      if (pack) {
        // The whole filter, at the call: panels first, then q and c.
        auto buffer = packOperand(rewriter, band->op, nullptr,
                                  {1, 1, 8, {3, 5, 19}, "conv.filter", 4}, why);
        ASSERT_TRUE(succeeded(buffer)) << why.reason;
        EXPECT_EQ(buffer->getType().getShape(),
                  (ArrayRef<int64_t>{3, 3, 5, 8}));
        EXPECT_EQ(buffer->getOperation()->getParentOp(), kernel.func());
      }
      RegisterTileSpec spec;
      spec.dims = {{0, 6, edge}, {1, 8, edge}};
      spec.lanes = 4;
      spec.inner = {{"qq", 2, 1}, {"cc", 3, 1}};
      spec.contract = true;
      auto tile = registerTile(rewriter, band->op, spec, why);
      ASSERT_TRUE(succeeded(tile)) << why.reason;
      // Each version has each inner loop once.
      EXPECT_EQ(tile->loops.size(), 2 * tile->versions);
      expectSame(plain, kernel, 29 * 5, 3 * 5 * 19, 14 * 19);
    }
}

TEST(OtherOps, RefusesToPackAWindow) {
  Kernel kernel(kConvolution);
  IRRewriter rewriter(&context());
  Refusal why;
  auto band = tileBand(rewriter, kernel.find("conv"), {{"wt", 0, 6}}, why);
  ASSERT_TRUE(succeeded(band));
  EXPECT_TRUE(failed(packOperand(rewriter, band->op, nullptr,
                                 {0, 0, 6, {29, 5}, "x", 4}, why)));
  EXPECT_EQ(why.reason,
            "operand 0 is not a buffer read by a projected permutation");
}

TEST(OtherOps, ReductionsThatAreNoSum) {
  // out[i, j] = max(out[i, j], |a[i, k] - b[k, j]|)
  const char *text = R"(
func.func @f(%a: memref<7x9xf32>, %b: memref<9x11xf32>, %c: memref<7x11xf32>) {
  linalg.generic {strategy.op = "mm", indexing_maps = [affine_map<(i, j, k) -> (i, k)>,
      affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>],
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<7x9xf32>, memref<9x11xf32>) outs(%c : memref<7x11xf32>) {
  ^bb0(%x: f32, %y: f32, %s: f32):
    %half = arith.constant 0.5 : f32
    %d = arith.subf %x, %y : f32
    %h = arith.mulf %d, %half : f32
    %n = math.absf %h : f32
    %r = arith.maximumf %s, %n : f32
    linalg.yield %r : f32
  }
  return
})";
  Kernel plain(text), kernel(text);
  IRRewriter rewriter(&context());
  Refusal why;
  auto band =
      tileBand(rewriter, kernel.find("mm"), {{"jr", 1, 8}, {"ir", 0, 4}}, why);
  ASSERT_TRUE(succeeded(band)) << why.reason;
  RegisterTileSpec spec;
  spec.dims = {{0, 4}, {1, 8}};
  spec.lanes = 4;
  spec.inner = {{"kk", 2, 1}};
  spec.contract = true;
  auto tile = registerTile(rewriter, band->op, spec, why);
  ASSERT_TRUE(succeeded(tile)) << why.reason;
  EXPECT_EQ(kernel.count<vector::FMAOp>(), 0);
  expectSame(plain, kernel, 63, 99, 77);
}

TEST(OtherOps, InitByAnElementwiseOp) {
  // The output starts as a row that is broadcast: what a bias often is.
  const char *text = R"(
func.func @f(%a: memref<7x9xf32>, %row: memref<11xf32>, %c: memref<7x11xf32>) {
  linalg.generic {strategy.op = "init", indexing_maps = [affine_map<(i, j) -> (j)>,
      affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%row : memref<11xf32>) outs(%c : memref<7x11xf32>) {
  ^bb0(%x: f32, %old: f32):
    linalg.yield %x : f32
  }
  linalg.generic {strategy.op = "mm", indexing_maps = [affine_map<(i, j, k) -> (i, k)>,
      affine_map<(i, j, k) -> (j)>, affine_map<(i, j, k) -> (i, j)>],
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %row : memref<7x9xf32>, memref<11xf32>) outs(%c : memref<7x11xf32>) {
  ^bb0(%x: f32, %y: f32, %s: f32):
    %p = arith.mulf %x, %y : f32
    %r = arith.addf %s, %p : f32
    linalg.yield %r : f32
  }
  return
})";
  for (bool late : {false, true})
    for (int64_t kc : {4, 16}) {
      Kernel plain(text), kernel(text);
      IRRewriter rewriter(&context());
      Refusal why;
      auto band = tileBand(rewriter, kernel.find("mm"),
                           {{"pc", 2, kc}, {"jr", 1, 8}, {"ir", 0, 4}}, why);
      ASSERT_TRUE(succeeded(band)) << why.reason;
      auto init = fuseInit(rewriter, kernel.find("init"), band->op, why);
      ASSERT_TRUE(succeeded(init)) << why.reason;
      RegisterTileSpec spec;
      spec.dims = {{0, 4}, {1, 8}};
      spec.lanes = 4;
      spec.inner = {{"kk", 2, 1}};
      spec.init = *init;
      spec.lateInit = late;
      auto tile = registerTile(rewriter, band->op, spec, why);
      ASSERT_TRUE(succeeded(tile)) << why.reason;
      expectSame(plain, kernel, 63, 11, 77);
    }
}
