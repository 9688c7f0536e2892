//===- RewriteTest.cpp - What each rewrite leaves in the IR ---------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Gemm.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/PatternMatch.h"
#include <gtest/gtest.h>

using namespace mlir;
using namespace tensorop;
using namespace tensorop::test;

/// The kernel after `steps`, with what the steps returned.
struct After {
  Kernel kernel;
  Realised realised;
  std::string refusal;
  After(const Gemm &gemm, int steps) : kernel(gemm.payload()) {
    refusal = realise(kernel, gemm, steps, realised);
  }
};

static std::string nameOf(Operation *op, StringRef attribute) {
  return op->getAttrOfType<StringAttr>(attribute).getValue().str();
}

TEST(TileBand, KeepsLoopsAndNames) {
  Gemm gemm;
  gemm.m = 6; // one trip of ic and ir
  gemm.mc = 12;
  After after(gemm, 1);
  ASSERT_EQ(after.refusal, "");
  ASSERT_EQ(after.realised.band.loops.size(), 4u);
  std::vector<std::string> names;
  for (scf::ForOp loop : after.realised.band.loops)
    names.push_back(nameOf(loop, kLoopName));
  EXPECT_EQ(names, (std::vector<std::string>{"pc", "ic", "jr", "ir"}));
  EXPECT_EQ(nameOf(after.realised.band.op, kOpName), "mm");
  EXPECT_EQ(after.kernel.count<scf::ForOp>(), 4);
}

TEST(TileBand, RefusesTensorsAndUnknownDimensions) {
  IRRewriter rewriter(&context());
  Refusal why;
  Kernel tensors("func.func @f(%a: tensor<4x4xf32>) -> tensor<4x4xf32> {\n"
                 "  %0 = linalg.matmul {strategy.op = \"mm\"} ins(%a, %a : "
                 "tensor<4x4xf32>, tensor<4x4xf32>) outs(%a : tensor<4x4xf32>) "
                 "-> tensor<4x4xf32>\n  return %0 : tensor<4x4xf32>\n}");
  EXPECT_TRUE(
      failed(tileBand(rewriter, tensors.find("mm"), {{"l", 0, 2}}, why)));
  EXPECT_EQ(why.reason,
            "expects buffer operands, but 'linalg.matmul' has tensors");
  EXPECT_EQ(why.at, tensors.find("mm").getOperation());
  Kernel kernel(Gemm().payload());
  EXPECT_TRUE(
      failed(tileBand(rewriter, kernel.find("mm"), {{"l", 3, 2}}, why)));
  EXPECT_EQ(why.reason, "loop 'l' is over dimension 3, but the op has 3");
}

TEST(Extents, FollowTheLoops) {
  Gemm gemm; // m = 13: ic by 12, ir by 6; n = 19: jr by 8
  After after(gemm, 1);
  linalg::GenericOp op = after.realised.band.op;
  auto out = op.getDpsInitOperand(0)->get().getDefiningOp<memref::SubViewOp>();
  ASSERT_TRUE(out);
  using Extents = SmallVector<int64_t>;
  EXPECT_EQ(possibleExtents(out.getMixedSizes()[0]), (Extents{6, 1}));
  EXPECT_EQ(possibleExtents(out.getMixedSizes()[1]), (Extents{8, 3}));
  EXPECT_EQ(possibleExtents(IntegerAttr::get(IndexType::get(&context()), 5)),
            (Extents{5}));
}

TEST(PackOperand, MakesPanelsOfTheTreesExtents) {
  Gemm gemm;
  After after(gemm, 2);
  ASSERT_EQ(after.refusal, "");
  ASSERT_EQ(after.realised.buffers.size(), 2u);
  auto shape = [&](int i) {
    return SmallVector<int64_t>(after.realised.buffers[i].getType().getShape());
  };
  EXPECT_EQ(shape(0), (SmallVector<int64_t>{3, 8, 8})); // n by 8, kc
  EXPECT_EQ(shape(1), (SmallVector<int64_t>{2, 8, 6})); // mc by 6, kc
  EXPECT_EQ(nameOf(after.realised.buffers[0], kBufferName), "mm.rhs");
  // At the entry, none in a loop, and no copy op anywhere.
  for (memref::AllocOp buffer : after.realised.buffers)
    EXPECT_EQ(buffer->getParentOp(), after.kernel.func());
  EXPECT_EQ(after.kernel.count<memref::AllocOp>(), 2);
  EXPECT_EQ(after.kernel.count<memref::CopyOp>(), 0);
}

TEST(PackOperand, RefusesWhatItCannotPack) {
  IRRewriter rewriter(&context());
  Gemm gemm;
  After after(gemm, 1);
  linalg::GenericOp op = after.realised.band.op;
  scf::ForOp pc = after.realised.band.loops[0],
             ir = after.realised.band.loops[3];
  auto reason = [&](const PackSpec &spec, scf::ForOp place) {
    Refusal why;
    std::string before = after.kernel.print();
    EXPECT_TRUE(failed(packOperand(rewriter, op, place, spec, why)));
    EXPECT_EQ(after.kernel.print(), before);
    return why.reason;
  };
  EXPECT_EQ(reason({2, 0, 6, {13, 19}, "x", 4}, pc),
            "operand 2 is the output; only inputs are packed");
  EXPECT_EQ(reason({7, 0, 6, {13, 19}, "x", 4}, pc),
            "operand 7 does not exist; the op has 3");
  EXPECT_EQ(reason({0, 1, 6, {13, 8}, "x", 4}, pc),
            "operand 0 lacks dimension 1");
  EXPECT_EQ(reason({0, 0, 6, {13}, "x", 4}, pc),
            "operand 0 has 2 dimensions, but 1 extents are given");
  EXPECT_EQ(reason({0, 0, 5, {13, 8}, "x", 4}, pc),
            "loop 'ir' steps by 6, which is no multiple of the panel size 5");
  EXPECT_EQ(
      reason({0, 0, 3, {13, 8}, "x", 4}, pc),
      "the op's tile takes 6 elements of dimension 0, more than the panel "
      "size 3");
  EXPECT_EQ(reason({0, 0, 6, {12, 8}, "x", 4}, pc),
            "dimension 0 of operand 0 has extent 13 at the place, but 12 was "
            "given");
  PackSpec grouped{0, 0, 6, {13, 8}, "x", 4};
  grouped.groupDim = 1;
  grouped.group = 2;
  EXPECT_EQ(reason(grouped, pc),
            "dimension 1 is not another, reduced dimension "
            "of operand 0: it cannot be grouped");
  PackSpec widened{0, 0, 6, {13, 8}, "x", 4};
  widened.element = Float64Type::get(&context());
  EXPECT_EQ(
      reason(widened, pc),
      "operand 0 of type f32 is not extended to f64 by the op's body: its "
      "copy cannot be of that type");
  PackSpec strided{0, 0, 6, {13, 8}, "x", 4};
  strided.strided = -4;
  EXPECT_EQ(reason(strided, pc),
            "expects strided stores of >= 0 elements, but got -4");
  (void)ir;
}

TEST(PackOperand, RefusesToPackTwice) {
  IRRewriter rewriter(&context());
  Gemm gemm;
  After after(gemm, 2);
  Refusal why;
  EXPECT_TRUE(failed(packOperand(rewriter, after.realised.band.op,
                                 after.realised.band.loops[0],
                                 {1, 1, 8, {8, 19}, "x", 4}, why)));
  EXPECT_EQ(why.reason, "operand 1 is packed already");
}

TEST(Fuse, GuardsOnlyWhereReductionsAreLeft) {
  Gemm gemm;
  gemm.fill = true;
  gemm.epilogues = 2;
  After split(gemm, 3);
  ASSERT_EQ(split.refusal, "");
  EXPECT_EQ(
      split.kernel.count<scf::IfOp>() -
          [&] {
            Gemm plain = gemm;
            plain.fill = false;
            plain.epilogues = 0;
            return After(plain, 3).kernel.count<scf::IfOp>();
          }(),
      2); // one for first, one for both epilogues
  auto guard = dyn_cast<scf::IfOp>(split.realised.init->getParentOp());
  ASSERT_TRUE(guard);
  EXPECT_EQ(nameOf(guard, kGuardName), "first");
  EXPECT_EQ(split.realised.epilogues[0]->getParentOp(),
            split.realised.epilogues[1]->getParentOp());
  gemm.kc = 64; // one trip
  After whole(gemm, 3);
  ASSERT_EQ(whole.refusal, "");
  EXPECT_EQ(whole.realised.init->getBlock(),
            whole.realised.band.op->getBlock());
  EXPECT_EQ(whole.realised.epilogues[0]->getBlock(),
            whole.realised.band.op->getBlock());
}

TEST(Fuse, RefusesOtherBuffersAndOrders) {
  IRRewriter rewriter(&context());
  Gemm gemm;
  gemm.fill = true;
  gemm.epilogues = 1;
  After after(gemm, 1);
  Refusal why;
  linalg::GenericOp op = after.realised.band.op;
  EXPECT_TRUE(
      failed(fuseEpilogue(rewriter, after.kernel.find("init"), op, why)));
  EXPECT_EQ(why.reason,
            "expects an op behind the nest it is fused into, in the "
            "same block");
  EXPECT_TRUE(failed(fuseInit(rewriter, after.kernel.find("ep0"), op, why)));
  EXPECT_EQ(why.reason,
            "expects an op that overwrites its output, but it reads it");
}

TEST(RegisterTile, KeepsAccumulatorsInOneLoop) {
  Gemm gemm;
  gemm.m = 12;
  gemm.n = 16;
  After after(gemm, 4);
  ASSERT_EQ(after.refusal, "");
  EXPECT_EQ(after.realised.tile.versions, 1u);
  ASSERT_EQ(after.realised.tile.loops.size(), 1u);
  scf::ForOp kk = after.realised.tile.loops[0];
  EXPECT_EQ(nameOf(kk, kLoopName), "kk");
  EXPECT_EQ(kk.getInitArgs().size(), 12u); // 6 rows, 2 vectors
  EXPECT_EQ(after.kernel.count<vector::FMAOp>(), 12);
  for (Value arg : kk.getRegionIterArgs())
    EXPECT_EQ(arg.getType(),
              VectorType::get({4}, Float32Type::get(&context())));
  // 2 vectors of the rhs and 6 scalars of the lhs a step; nothing is stored.
  int loads = 0, scalars = 0, stores = 0;
  kk.getBody()->walk([&](Operation *op) {
    loads += isa<vector::LoadOp>(op);
    scalars += isa<memref::LoadOp>(op);
    stores += isa<vector::StoreOp, memref::StoreOp>(op);
  });
  EXPECT_EQ(loads, 2);
  EXPECT_EQ(scalars, 6);
  EXPECT_EQ(stores, 0);
  EXPECT_EQ(after.kernel.count<linalg::GenericOp>(), 0);
}

TEST(RegisterTile, NarrowVersionsWasteNothing) {
  Gemm gemm; // 13 = 2 * 6 + 1 rows, 19 = 2 * 8 + 3 columns
  gemm.rowEdge = gemm.columnEdge = Edge::Narrow;
  After after(gemm, 4);
  ASSERT_EQ(after.refusal, "");
  EXPECT_EQ(after.realised.tile.versions, 4u);
  std::vector<size_t> accumulators;
  for (scf::ForOp loop : after.realised.tile.loops)
    accumulators.push_back(loop.getInitArgs().size());
  EXPECT_EQ(accumulators, (std::vector<size_t>{12, 6, 2, 1}));
}

TEST(RegisterTile, MaskedEdgesRunTheFullTile) {
  Gemm gemm;
  gemm.rowEdge = gemm.columnEdge = Edge::Mask;
  After after(gemm, 4);
  ASSERT_EQ(after.refusal, "");
  EXPECT_EQ(after.realised.tile.versions, 4u);
  for (scf::ForOp loop : after.realised.tile.loops)
    EXPECT_EQ(loop.getInitArgs().size(), 12u);
  // Packed panels are padded: inside the loops nothing is masked.
  for (scf::ForOp loop : after.realised.tile.loops)
    loop.getBody()->walk([](vector::MaskedLoadOp) { ADD_FAILURE(); });
}

TEST(RegisterTile, StaticExtentsNeedNoDispatch) {
  Gemm gemm;
  gemm.m = 4;
  gemm.n = 3;
  gemm.k = 8;
  gemm.packLhs = gemm.packRhs = false;
  After after(gemm, 4);
  ASSERT_EQ(after.refusal, "");
  EXPECT_EQ(after.realised.tile.versions, 1u);
  EXPECT_EQ(after.kernel.count<scf::IfOp>(), 0);
  EXPECT_EQ(after.kernel.count<vector::FMAOp>(), 4);
  EXPECT_EQ(after.kernel.count<vector::CreateMaskOp>(), 0);
}

TEST(RegisterTile, InitReplacesTheReadOfTheOutput) {
  Gemm gemm;
  gemm.m = 12;
  gemm.n = 16;
  gemm.kc = 64; // one block: always first
  gemm.fill = true;
  After after(gemm, 4);
  ASSERT_EQ(after.refusal, "");
  EXPECT_EQ(after.kernel.count<linalg::LinalgOp>(), 0);
  // No read of the output at all: only the packing and the rhs are loaded.
  int reads = 0;
  after.kernel.module->walk([&](vector::LoadOp load) {
    Value base = load.getBase();
    while (auto view = base.getDefiningOp<memref::SubViewOp>())
      base = view.getSource();
    reads += base == after.kernel.func().getArgument(2);
  });
  EXPECT_EQ(reads, 0);
}

TEST(RegisterTile, AsksForTheNextPanelOnce) {
  Gemm gemm;
  gemm.m = 12;
  gemm.n = 64;
  gemm.nr = 16; // a line of f32
  gemm.prefetch = true;
  After after(gemm, 4);
  ASSERT_EQ(after.refusal, "");
  // In the reduction: one line of the rhs, whose panel the loop over rows (the
  // innermost one) keeps; none of the lhs, whose panel it changes.
  ASSERT_EQ(after.realised.tile.loops.size(), 1u);
  int inside = 0;
  after.realised.tile.loops[0].getBody()->walk([&](memref::PrefetchOp op) {
    ++inside;
    EXPECT_FALSE(op.getIsWrite());
    auto flat = op.getMemref().getDefiningOp<memref::CollapseShapeOp>();
    ASSERT_TRUE(flat);
    EXPECT_EQ(flat.getSrc(), after.realised.buffers[0].getResult());
  });
  EXPECT_EQ(inside, 1);
  // Before it, the lines of the output: one in each of six rows. While the rhs
  // is packed, one line of the panel after the current one for each row that is
  // copied: several in an iteration, and the rest one by one.
  int rows = 0;
  after.kernel.func().walk([&](vector::StoreOp op) {
    rows += op.getVectorType().getNumElements() == gemm.nr;
  });
  EXPECT_EQ(rows, 8 + 1);
  EXPECT_EQ(after.kernel.count<memref::PrefetchOp>(), 1 + 6 + rows);
  EXPECT_EQ(check(after.kernel, gemm), "");
}

TEST(RegisterTile, AsksForUnpackedVectorsEarly) {
  for (bool tiles : {false, true}) {
    Gemm gemm;
    gemm.packRhs = false;
    (tiles ? gemm.prefetchTiles : gemm.prefetchSteps) = 3;
    After after(gemm, 4);
    ASSERT_EQ(after.refusal, "");
    // Each vector of the rhs in each version of the loop, and nothing else.
    for (scf::ForOp loop : after.realised.tile.loops) {
      int inside = 0;
      for (memref::PrefetchOp op :
           loop.getBody()->getOps<memref::PrefetchOp>()) {
        ++inside;
        EXPECT_FALSE(op.getIsWrite());
        Value base = op.getMemref();
        while (auto view = base.getDefiningOp<memref::SubViewOp>())
          base = view.getSource();
        EXPECT_EQ(base, after.kernel.func().getArgument(1));
      }
      EXPECT_GE(inside, 1);
      EXPECT_LE(inside, gemm.nr / gemm.lanes);
    }
    EXPECT_EQ(check(after.kernel, gemm), "");
  }
}

TEST(RegisterTile, RefusesToPrefetchNothing) {
  Gemm gemm;
  gemm.prefetchSteps = 3;
  EXPECT_NE(After(gemm, 4).refusal.find("there is nothing to prefetch"),
            std::string::npos);
  gemm.packRhs = false;
  gemm.prefetchSteps = -1;
  EXPECT_NE(After(gemm, 4).refusal.find("expects prefetch distances >= 0, but "
                                        "got -1 steps and 0 tiles"),
            std::string::npos);
}

TEST(RegisterTile, PaddedEdgesUseOneTileBuffer) {
  Gemm gemm;
  gemm.rowEdge = gemm.columnEdge = Edge::Pad;
  gemm.packLhs = gemm.packRhs = false;
  After after(gemm, 4);
  ASSERT_EQ(after.refusal, "");
  ASSERT_EQ(after.kernel.count<memref::AllocOp>(), 1);
  auto buffer = after.kernel.first<memref::AllocOp>();
  EXPECT_EQ(nameOf(buffer, kBufferName), "mm.edge");
  EXPECT_EQ(buffer.getType().getShape(), (ArrayRef<int64_t>{6, 8}));
  EXPECT_EQ(after.kernel.count<vector::MaskedStoreOp>(), 0);
}

TEST(RegisterTile, PeeledEdgesStayPlain) {
  Gemm gemm;
  gemm.rowEdge = gemm.columnEdge = Edge::Peel;
  After after(gemm, 4);
  ASSERT_EQ(after.refusal, "");
  EXPECT_EQ(after.realised.tile.versions, 1u);
  EXPECT_EQ(after.kernel.count<linalg::GenericOp>(), 2);
  EXPECT_FALSE(after.kernel.find("mm"));
}

/// The reason why the register tile of `gemm`, changed by `edit`, is refused;
/// the IR must be unchanged.
template <typename Edit>
static std::string refusedTile(Gemm gemm, Edit edit, int steps = 1) {
  After after(gemm, steps);
  EXPECT_EQ(after.refusal, "");
  RegisterTileSpec spec;
  spec.dims = {{0, gemm.mr, gemm.rowEdge}, {1, gemm.nr, gemm.columnEdge}};
  spec.lanes = gemm.lanes;
  spec.inner = {{"kk", 2, 1}};
  edit(spec);
  IRRewriter rewriter(&context());
  Refusal why;
  std::string before = after.kernel.print();
  EXPECT_TRUE(
      failed(registerTile(rewriter, after.realised.band.op, spec, why)));
  EXPECT_EQ(after.kernel.print(), before);
  EXPECT_TRUE(why.at);
  return why.reason;
}

TEST(RegisterTile, RefusesWithAReason) {
  using Spec = RegisterTileSpec;
  Gemm gemm;
  EXPECT_EQ(refusedTile(gemm, [](Spec &s) { s.dims[0].dim = 5; }),
            "register tile over dimension 5, but the op has 3");
  EXPECT_EQ(refusedTile(gemm, [](Spec &s) { s.dims[0].dim = 1; }),
            "dimension 1 occurs twice in the register tile");
  EXPECT_EQ(refusedTile(gemm, [](Spec &s) { s.dims[0].dim = 2; }),
            "dimension 2 is a reduction; partial sums expect one, the "
            "innermost loop, its step, and the output added last");
  EXPECT_EQ(refusedTile(gemm, [](Spec &s) { s.inner[0].dim = 0; }),
            "inner loop 'kk' is over dimension 0, which another loop or the "
            "tile has");
  EXPECT_EQ(refusedTile(gemm, [](Spec &s) { s.inner[0].size = 4; }),
            "inner loop 'kk' steps by 4; only steps of 1 are supported");
  EXPECT_EQ(
      refusedTile(gemm, [](Spec &s) { s.inner.clear(); }),
      "dimension 2 is neither in the register tile nor an inner loop; its "
      "extent must be 1 here");
  EXPECT_EQ(refusedTile(gemm,
                        [](Spec &s) {
                          s.dims.erase(s.dims.begin());
                          s.inner.push_back({"ii", 0, 1});
                        }),
            "inner loop 'ii' is over a dimension of the output; accumulators "
            "can only be carried through reductions");
  EXPECT_EQ(refusedTile(gemm, [](Spec &s) { s.lanes = 3; }),
            "the vectorized size 8 is no multiple of 3 lanes");
  EXPECT_EQ(refusedTile(gemm, [](Spec &s) { s.dims[0].size = 4; }),
            "dimension 0 has extent 6 here, more than its size 4 in the "
            "register tile");
  EXPECT_EQ(refusedTile(gemm, [](Spec &s) { s.dims[0].edge = Edge::Exact; }),
            "dimension 0 leaves a remainder of 1 at size 6, but its edge is "
            "'exact'");
  gemm.transposeRhs = true;
  EXPECT_EQ(refusedTile(gemm, [](Spec &) {}),
            "operand 1 is not contiguous in the vectorized dimension 1; pack "
            "it");
}

TEST(RegisterTile, RefusesBodiesWithoutVectorForm) {
  Kernel kernel(
      "func.func @f(%a: memref<4x4xf32>, %c: memref<4x4xf32>) {\n"
      "  linalg.generic {strategy.op = \"mm\", indexing_maps = [affine_map<(i, "
      "j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = "
      "[\"parallel\", \"parallel\"]} ins(%a : memref<4x4xf32>) outs(%c : "
      "memref<4x4xf32>) {\n  ^bb0(%x: f32, %y: f32):\n    %i = linalg.index 0 "
      ": "
      "index\n    %s = arith.mulf %x, %y : f32\n    linalg.yield %s : f32\n  "
      "}\n"
      "  return\n}");
  IRRewriter rewriter(&context());
  Refusal why;
  RegisterTileSpec spec;
  spec.dims = {{0, 4}, {1, 4}};
  spec.lanes = 4;
  auto op = cast<linalg::GenericOp>(kernel.find("mm").getOperation());
  EXPECT_TRUE(failed(registerTile(rewriter, op, spec, why)));
  EXPECT_EQ(why.reason,
            "its body has 'linalg.index', which has no form on vectors");
  op.getBody()->front().erase();
  spec.lateInit = true;
  EXPECT_TRUE(failed(registerTile(rewriter, op, spec, why)));
  EXPECT_EQ(why.reason, "'late_init' expects a body that adds to its output");
}

TEST(Unroll, LeavesNoIterationOut) {
  Gemm gemm;
  gemm.m = 12;
  gemm.n = 16;
  gemm.k = 8;
  gemm.unroll = 4;
  After after(gemm, 5);
  ASSERT_EQ(after.refusal, "");
  EXPECT_EQ(after.kernel.count<vector::FMAOp>(), 48);
  Refusal why;
  After outer(gemm, 1);
  EXPECT_TRUE(failed(unrollLoop(outer.realised.band.loops[0], 2, why)));
  EXPECT_EQ(why.reason,
            "expects an innermost loop, but loop 'pc' holds other loops");
  EXPECT_TRUE(failed(unrollLoop(outer.realised.band.loops[3], 0, why)));
  EXPECT_EQ(why.reason, "expects a factor >= 1, but got 0");
}
