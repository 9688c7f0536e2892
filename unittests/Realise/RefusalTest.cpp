//===- RefusalTest.cpp - Payloads that do not fit, and why ----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Payloads that tileBand does not make, and ops that are not what a step
// expects. RewriteTest has the refusals that depend on the spec.
//
//===----------------------------------------------------------------------===//

#include "Gemm.h"
#include "mlir/IR/PatternMatch.h"
#include <gtest/gtest.h>

using namespace mlir;
using namespace tensorop;
using namespace tensorop::test;

/// A product on `a`, `b`, `c` (names of SSA values) of these types.
static std::string product(const std::string &a, const std::string &b,
                           const std::string &c) {
  return "linalg.generic {strategy.op = \"mm\", indexing_maps = "
         "[affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, "
         "affine_map<(i, j, k) -> (i, j)>], iterator_types = [\"parallel\", "
         "\"parallel\", \"reduction\"]} ins(%a, %b : " +
         a + ", " + b + ") outs(%c : " + c +
         ") {\n ^bb0(%x: f32, %y: f32, %s: f32):\n %p = arith.mulf %x, %y : "
         "f32\n %r = arith.addf %s, %p : f32\n linalg.yield %r : f32\n }\n";
}

/// An elementwise op named `ep` on %c, with `inputs` before its output.
static std::string elementwise(const std::string &c,
                               const std::string &maps = "",
                               const std::string &inputs = "",
                               const std::string &arguments = "") {
  return "linalg.generic {strategy.op = \"ep\", indexing_maps = [" + maps +
         "affine_map<(i, j) -> (i, j)>], iterator_types = [\"parallel\", "
         "\"parallel\"]} " +
         inputs + " outs(%c : " + c + ") {\n ^bb0(" + arguments +
         "%s: f32):\n %r = arith.addf %s, %s : f32\n linalg.yield %r : f32\n "
         "}\n";
}

static linalg::GenericOp generic(Kernel &kernel, StringRef name) {
  return cast<linalg::GenericOp>(kernel.find(name).getOperation());
}

/// The op `mm` of the payload in loops over its rows and columns by 4.
static linalg::GenericOp tiled(Kernel &kernel) {
  IRRewriter rewriter(&context());
  Refusal why;
  auto band =
      tileBand(rewriter, kernel.find("mm"), {{"jr", 1, 4}, {"ir", 0, 4}}, why);
  EXPECT_TRUE(succeeded(band)) << why.reason;
  return band->op;
}

static std::string fuseReason(Kernel &kernel, bool isInit) {
  IRRewriter rewriter(&context());
  Refusal why;
  linalg::GenericOp op = tiled(kernel);
  auto fused = isInit ? fuseInit(rewriter, kernel.find("ep"), op, why)
                      : fuseEpilogue(rewriter, kernel.find("ep"), op, why);
  EXPECT_TRUE(failed(fused));
  EXPECT_TRUE(why.at);
  return why.reason;
}

static std::string tileReason(Kernel &kernel, linalg::GenericOp op,
                              RegisterTileSpec spec) {
  IRRewriter rewriter(&context());
  Refusal why;
  EXPECT_TRUE(failed(registerTile(rewriter, op, spec, why)));
  return why.reason;
}

static RegisterTileSpec fourByFour() {
  RegisterTileSpec spec;
  spec.dims = {{0, 4}, {1, 4}};
  spec.lanes = 4;
  spec.inner = {{"kk", 2, 1}};
  return spec;
}

static const std::string kSquare = "memref<8x8xf32>";
static const std::string kArguments =
    "%a: memref<8x8xf32>, %b: memref<8x8xf32>, %c: memref<8x8xf32>";

TEST(Refusal, DynamicExtents) {
  std::string any = "memref<?x?xf32>";
  Kernel kernel("func.func @f(%a: " + any + ", %b: " + any + ", %c: " + any +
                ") {\n" + product(any, any, any) + "return\n}");
  IRRewriter rewriter(&context());
  Refusal why;
  EXPECT_TRUE(
      failed(tileBand(rewriter, kernel.find("mm"), {{"ir", 0, 4}}, why)));
  EXPECT_EQ(why.reason, "expects static extents");
  EXPECT_EQ(tileReason(kernel, generic(kernel, "mm"), fourByFour()),
            "the extent of dimension 0 is not known");
}

/// A product on views %a (of %whole) and %c, made in a loop by hand.
static std::string byHand(const std::string &view, const std::string &type,
                          const std::string &setup = "") {
  return "func.func @f(%whole: memref<16x8xf32>, %b: memref<8x8xf32>, %out: "
         "memref<8x8xf32>, %n: index) {\n %c0 = arith.constant 0 : index\n "
         "%c4 = arith.constant 4 : index\n %c8 = arith.constant 8 : index\n"
         "scf.for %i = %c0 to %c8 step %c4 {\n" +
         setup + "%a = memref.subview " + view + " : memref<16x8xf32> to " +
         type +
         "\n %c = memref.subview %out[%i, 0] [4, 8] [1, 1] : memref<8x8xf32> "
         "to memref<4x8xf32, strided<[8, 1], offset: ?>>\n" +
         product(type, kSquare, "memref<4x8xf32, strided<[8, 1], offset: ?>>") +
         "}\nreturn\n}";
}

static std::string packReason(Kernel &kernel, scf::ForOp place = nullptr) {
  IRRewriter rewriter(&context());
  Refusal why;
  EXPECT_TRUE(failed(packOperand(rewriter, generic(kernel, "mm"), place,
                                 {0, 0, 4, {16, 8}, "x", 4}, why)));
  EXPECT_TRUE(why.at);
  return why.reason;
}

TEST(Refusal, ViewsThatPackingCannotFollow) {
  Kernel strided(byHand("%whole[%i, 0] [4, 8] [2, 1]",
                        "memref<4x8xf32, strided<[16, 1], offset: ?>>"));
  EXPECT_EQ(packReason(strided), "expects views of unit strides and full rank "
                                 "between the place and the op");
  Kernel shifted(byHand("%whole[%j, 0] [4, 8] [1, 1]",
                        "memref<4x8xf32, strided<[8, 1], offset: ?>>",
                        "%j = arith.addi %i, %c4 : index\n"));
  EXPECT_EQ(packReason(shifted), "the tile's offset in the packed dimension is "
                                 "not a loop's induction variable");
}

TEST(Refusal, PlacesThatAreNotAround) {
  Kernel kernel("func.func @f(" + kArguments +
                ") {\n %c0 = arith.constant 0 : index\n %c1 = arith.constant "
                "1 : index\n scf.for %i = %c0 to %c1 step %c1 {\n}\n" +
                product(kSquare, kSquare, kSquare) + "return\n}");
  auto loop = kernel.first<scf::ForOp>();
  EXPECT_EQ(packReason(kernel, loop), "the place is not a loop around the op");
}

TEST(Refusal, ExtentsThatAreNotKnown) {
  // The view has %n rows, an argument.
  std::string type = "memref<?x8xf32, strided<[8, 1], offset: ?>>";
  std::string text =
      "func.func @f(%whole: memref<16x8xf32>, %b: memref<8x8xf32>, %out: "
      "memref<8x8xf32>, %n: index) {\n %a = memref.subview %whole[%n, 0] [%n, "
      "8] [1, 1] : memref<16x8xf32> to " +
      type +
      "\n %c = memref.subview %out[0, 0] [%n, 8] [1, 1] : memref<8x8xf32> to "
      "memref<?x8xf32, strided<[8, 1]>>\n" +
      product(type, kSquare, "memref<?x8xf32, strided<[8, 1]>>") + "return\n}";
  Kernel kernel(text);
  IRRewriter rewriter(&context());
  Refusal why;
  EXPECT_TRUE(failed(packOperand(rewriter, generic(kernel, "mm"), nullptr,
                                 {0, 0, 4, {16, 8}, "x", 4}, why)));
  EXPECT_EQ(why.reason, "the op's tile has an unknown number of elements of "
                        "dimension 0; a panel has 4");
  RegisterTileSpec spec = fourByFour();
  spec.dims[1].size = 8;
  spec.dims[0].edge = Edge::Narrow;
  EXPECT_EQ(tileReason(kernel, generic(kernel, "mm"), spec),
            "the remainders of dimension 0 are not known, which edge 'narrow' "
            "needs");
  // The packed dimension is known, the other one is not.
  std::string wide = "memref<8x?xf32, strided<[8, 1]>>";
  Kernel other("func.func @f(" + kArguments +
               ", %n: index) {\n %v = memref.subview %a[0, 0] [8, %n] [1, 1] : "
               "memref<8x8xf32> to " +
               wide + "\n %w = memref.subview %b[0, 0] [%n, 8] [1, 1] : " +
               "memref<8x8xf32> to memref<?x8xf32, strided<[8, 1]>>\n" +
               [&] {
                 std::string text =
                     product(wide, "memref<?x8xf32, strided<[8, 1]>>", kSquare);
                 return text.replace(text.find("%a, %b"), 6, "%v, %w");
               }() +
               "return\n}");
  EXPECT_TRUE(failed(packOperand(rewriter, generic(other, "mm"), nullptr,
                                 {0, 0, 8, {8, 8}, "x", 4}, why)));
  EXPECT_EQ(why.reason,
            "the extent of dimension 1 of operand 0 at the place is not known");
}

TEST(Refusal, OutputsOfTheRegisterTile) {
  Kernel two("func.func @f(" + kArguments +
             ") {\n linalg.generic {strategy.op = \"mm\", indexing_maps = "
             "[affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], "
             "iterator_types = [\"parallel\", \"parallel\"]} outs(%b, %c : "
             "memref<8x8xf32>, memref<8x8xf32>) {\n ^bb0(%x: f32, %y: f32):\n "
             "linalg.yield %y, %x : f32, f32\n }\nreturn\n}");
  EXPECT_EQ(tileReason(two, generic(two, "mm"), fourByFour()),
            "expects one output buffer");
  Kernel skewed("func.func @f(%a: memref<8xf32>, %b: memref<8xf32>, %c: "
                "memref<15xf32>) {\n linalg.generic {strategy.op = \"mm\", "
                "indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) "
                "-> (j)>, affine_map<(i, j) -> (i + j)>], iterator_types = "
                "[\"parallel\", \"parallel\"]} ins(%a, %b : memref<8xf32>, "
                "memref<8xf32>) outs(%c : memref<15xf32>) {\n ^bb0(%x: f32, "
                "%y: f32, %s: f32):\n linalg.yield %x : f32\n }\nreturn\n}");
  EXPECT_EQ(tileReason(skewed, generic(skewed, "mm"), fourByFour()),
            "the output is not written by a permutation");
  Kernel complex(
      "func.func @f(%a: memref<4x4xcomplex<f32>>, %c: "
      "memref<4x4xcomplex<f32>>) {\n linalg.generic {strategy.op = "
      "\"mm\", indexing_maps = [affine_map<(i, j) -> (i, j)>, "
      "affine_map<(i, j) -> (i, j)>], iterator_types = "
      "[\"parallel\", \"parallel\"]} ins(%a : "
      "memref<4x4xcomplex<f32>>) outs(%c : memref<4x4xcomplex<f32>>) "
      "{\n ^bb0(%x: complex<f32>, %y: complex<f32>):\n linalg.yield "
      "%x : complex<f32>\n }\nreturn\n}");
  RegisterTileSpec spec = fourByFour();
  spec.inner.clear();
  EXPECT_EQ(tileReason(complex, generic(complex, "mm"), spec),
            "expects integers or floats");
}

TEST(Refusal, FusedOpsOfAnotherTile) {
  Kernel kernel("func.func @f(" + kArguments + ") {\n" +
                product(kSquare, kSquare, kSquare) + elementwise(kSquare) +
                "return\n}");
  linalg::GenericOp op = tiled(kernel);
  RegisterTileSpec spec = fourByFour();
  spec.epilogues = {generic(kernel, "ep")};
  EXPECT_EQ(tileReason(kernel, op, spec),
            "expects an op fused into the same tile");
}

TEST(Refusal, PanelsNarrowerThanTheTile) {
  // Tiles of at most 4 columns, packed by 4, under a register tile of 8.
  Gemm gemm;
  gemm.nr = 4;
  gemm.packLhs = false;
  Kernel kernel(gemm.payload());
  Realised realised;
  ASSERT_EQ(realise(kernel, gemm, 2, realised), "");
  RegisterTileSpec spec = fourByFour();
  spec.dims = {{0, 6}, {1, 8, Edge::Mask}};
  EXPECT_EQ(tileReason(kernel, realised.band.op, spec),
            "the register tile takes 8 elements of dimension 1, but operand 1 "
            "is packed by 4");
}

TEST(Refusal, GroupsThatAreNotInPanels) {
  Kernel kernel(
      "func.func @f(%a: memref<4x8xf32>, %b: memref<8x4xf32>, "
      "%c: memref<4x4xf32>) {\n" +
      product("memref<4x8xf32>", "memref<8x4xf32>", "memref<4x4xf32>") +
      "return\n}\n");
  linalg::GenericOp op = tiled(kernel);
  RegisterTileSpec spec;
  spec.dims = {{0, 4}, {1, 4}};
  spec.lanes = 4;
  spec.groupDim = 2;
  EXPECT_EQ(tileReason(kernel, op, spec),
            "operand 0 is not packed with groups");
}

TEST(Refusal, OpsThatAreNotElementwise) {
  std::string mm = product(kSquare, kSquare, kSquare);
  Kernel sum("func.func @f(" + kArguments + ", %v: memref<8xf32>) {\n" + mm +
             "linalg.generic {strategy.op = \"ep\", indexing_maps = "
             "[affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], "
             "iterator_types = [\"parallel\", \"reduction\"]} ins(%c : " +
             kSquare +
             ") outs(%v : memref<8xf32>) {\n ^bb0(%x: f32, %s: f32):\n %r = "
             "arith.addf %s, %x : f32\n linalg.yield %r : f32\n }\nreturn\n}");
  EXPECT_EQ(fuseReason(sum, /*isInit=*/false),
            "expects an elementwise op, but it has 2 loops, of which 1 are "
            "reductions");
  Kernel shifted("func.func @f(" + kArguments + ", %v: memref<16xf32>) {\n" +
                 mm +
                 elementwise(kSquare, "affine_map<(i, j) -> (i + j)>, ",
                             "ins(%v : memref<16xf32>)", "%x: f32, ") +
                 "return\n}");
  EXPECT_EQ(fuseReason(shifted, /*isInit=*/false),
            "operand 0 is not read by a projected permutation");
  Kernel two("func.func @f(" + kArguments + ") {\n" + mm +
             "linalg.generic {strategy.op = \"ep\", indexing_maps = "
             "[affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], "
             "iterator_types = [\"parallel\", \"parallel\"]} outs(%b, %c : " +
             kSquare + ", " + kSquare +
             ") {\n ^bb0(%x: f32, %y: f32):\n linalg.yield %y, %x : f32, f32\n "
             "}\nreturn\n}");
  EXPECT_EQ(fuseReason(two, /*isInit=*/false), "expects ops with one output");
}

TEST(Refusal, BuffersThatAreUsedBetween) {
  std::string mm = product(kSquare, kSquare, kSquare);
  Kernel between("func.func @f(" + kArguments + ", %d: memref<8x8xf32>) {\n" +
                 mm + "linalg.copy ins(%c : " + kSquare + ") outs(%d : " +
                 kSquare + ")\n" + elementwise(kSquare) + "return\n}");
  EXPECT_EQ(fuseReason(between, /*isInit=*/false),
            "this op uses the buffer between 'scf.for' and 'linalg.generic'");
  Kernel late("func.func @f(" + kArguments + ") {\n" + mm +
              "%v = memref.alloc() : memref<8x8xf32>\n" +
              elementwise(kSquare, "affine_map<(i, j) -> (i, j)>, ",
                          "ins(%v : memref<8x8xf32>)", "%x: f32, ") +
              "return\n}");
  EXPECT_EQ(fuseReason(late, /*isInit=*/false),
            "operand 0 is made behind the nest");
}

TEST(Refusal, OutputTilesOfAnotherShape) {
  // The output is a row of a larger buffer: the view drops a dimension.
  std::string row = "memref<8x8xf32, strided<[8, 1], offset: ?>>";
  Kernel kernel("func.func @f(%a: memref<8x8xf32>, %b: memref<8x8xf32>, %d: "
                "memref<4x8x8xf32>, %n: index) {\n linalg.generic {strategy.op "
                "= \"ep\", indexing_maps = [affine_map<(h, i, j) -> (h, i, "
                "j)>], iterator_types = [\"parallel\", \"parallel\", "
                "\"parallel\"]} outs(%d : memref<4x8x8xf32>) {\n ^bb0(%s: "
                "f32):\n %z = arith.constant 0.0 : f32\n linalg.yield %z : "
                "f32\n }\n %c = memref.subview %d[%n, 0, 0] [1, 8, 8] [1, 1, "
                "1] : memref<4x8x8xf32> to " +
                row + "\n" + product(kSquare, kSquare, row) + "return\n}");
  EXPECT_EQ(fuseReason(kernel, /*isInit=*/true),
            "the output tile is not a view of unit strides and full rank");
}
