//===- AnalyticTest.cpp - The analytic proposer's plans -------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"
#include "TensorOp/Hardware/Catalogue.h"
#include "TensorOp/Model/CostModel.h"
#include "gtest/gtest.h"
#include <map>

using namespace tensorop;
using namespace tensorop::model;

namespace {

Proposal propose(const KernelInfo &kernel, const char *target,
                 int64_t threads = 1) {
  auto plan =
      createAnalyticProposer()->propose(kernel, machine(target), threads);
  EXPECT_TRUE(bool(plan)) << llvm::toString(plan.takeError());
  return plan ? *plan : Proposal();
}

unsigned count(const Proposal &plan, llvm::StringRef verb) {
  return llvm::count_if(plan.steps, [&](const Proposal::ReasonedStep &step) {
    return step.step.verb() == verb;
  });
}

TEST(AnalyticChoices, SmallOperandsAreNotCopied) {
  EXPECT_EQ(count(propose(gemm(64, 64, 64), "znver4"), "layout"), 0u);
  EXPECT_EQ(count(propose(gemm(96, 96, 96), "x86-64-v3"), "layout"), 0u);
  // Nor what is used once.
  EXPECT_EQ(count(propose(gemm(1, 4096, 4096), "znver4"), "layout"), 0u);
}

TEST(AnalyticChoices, LargeOperandsAreCopied) {
  EXPECT_GE(count(propose(gemm(4096, 4096, 4096), "znver4"), "layout"), 1u);
  EXPECT_GE(count(propose(gemm(4096, 4096, 4096), "x86-64-v3"), "layout"), 1u);
}

TEST(AnalyticChoices, ItsPanelsComeInTime) {
  for (const char *target : machines)
    for (const KernelInfo &kernel :
         {gemm(1024, 1024, 1024), gemm(2048, 2048, 2048), gemm(64, 11008, 4096),
          gemm(4096, 64, 1024), gemm(1, 4096, 4096), gemm(127, 255, 511)}) {
      HardwareModel hw = machine(target);
      Proposal plan = propose(kernel, target);
      auto tree = LoopTree::build(plan.header, plan.plainSteps(), hw, &kernel);
      ASSERT_TRUE(bool(tree)) << llvm::toString(tree.takeError());
      for (const Remark &remark : tree->remarks())
        EXPECT_NE(remark.label, "M-L1")
            << target << ": " << remark.message << "\n"
            << plan.str();
    }
}

TEST(AnalyticChoices, TheRegisterTileHidesTheLatency) {
  for (const char *target : machines) {
    HardwareModel hw = machine(target);
    Proposal plan = propose(gemm(960, 960, 960), target);
    for (const Proposal::ReasonedStep &step : plan.steps)
      if (const auto *tile = std::get_if<VectorizeStep>(&step.step.body)) {
        int64_t rows = tile->tile.front().size.part(0).value();
        int64_t vectors = tile->tile.back().size.part(0).operands()[0].value();
        EXPECT_GE(rows * vectors, hw.fmaLatency * hw.fmaPerCycle) << target;
        EXPECT_LE(rows * vectors + vectors + 1, hw.vectorRegisters) << target;
        EXPECT_NE(step.why, "");
      }
  }
}

/// The register tile of a plan, by dimension.
std::map<std::string, std::string> tileOf(const Proposal &plan) {
  std::map<std::string, std::string> sizes;
  for (const Proposal::ReasonedStep &step : plan.steps)
    if (const auto *tile = std::get_if<VectorizeStep>(&step.step.body))
      for (const DimSize &entry : tile->tile)
        sizes[entry.dim] = entry.size.str();
  return sizes;
}

TEST(AnalyticChoices, FewColumnsTakeNarrowVectors) {
  // As wide as the columns are, and enough accumulators for one row.
  auto tile = tileOf(propose(gemm(1, 8, 4096), "znver4"));
  EXPECT_EQ(tile["n"], "8");
  EXPECT_EQ(tile["k"], "8");
  EXPECT_EQ(tileOf(propose(gemm(1, 3, 4096), "x86-64-v3"))["n"], "4");
  // A whole vector of them is no narrow one.
  EXPECT_EQ(tileOf(propose(gemm(1, 8, 4096), "x86-64-v3"))["n"], "v(1)");
}

TEST(AnalyticChoices, LongDotProductsTakeLanesAlongThem) {
  for (const char *target : machines) {
    // A matrix by a column, and what is contiguous along the reduction.
    for (const KernelInfo &kernel :
         {contraction("mk", {4096, 4096}, "mk", "k", "m"),
          contraction("mnk", {4096, 1, 4096}, "mk", "kn", "mn"),
          contraction("k", {10000}, "k", "k", ""),
          contraction("mnk", {4, 2, 4096}, "mk", "nk", "mn")}) {
      Proposal plan = propose(kernel, target);
      auto tile = tileOf(plan);
      EXPECT_EQ(tile["k"].substr(0, 2), "v(") << target << plan.str();
      EXPECT_EQ(count(plan, "layout"), 0u) << target;
    }
  }
  // Not where rows of the output are vectors of their own.
  EXPECT_EQ(tileOf(propose(gemm(512, 512, 512), "znver4")).count("k"), 0u);
}

TEST(AnalyticChoices, NarrowTypesTakeTheInstructionWithMostProducts) {
  auto instruction = [](const KernelInfo &kernel, const char *target) {
    for (const Proposal::ReasonedStep &step : propose(kernel, target).steps)
      if (const auto *tile = std::get_if<VectorizeStep>(&step.step.body))
        return tile->instr;
    return std::string("none");
  };
  KernelInfo square = gemm(512, 512, 512);
  KernelInfo bytes = withTypes(square, "i8", "i32");
  EXPECT_EQ(instruction(bytes, "znver4"), "vnni");
  EXPECT_EQ(instruction(bytes, "x86-64-v4"), "pmaddwd");
  EXPECT_EQ(instruction(bytes, "x86-64-v3"), "pmaddwd");
  KernelInfo bf16 = withTypes(square, "bf16", "f32");
  EXPECT_EQ(instruction(bf16, "znver4"), "dpbf16");
  EXPECT_EQ(instruction(bf16, "x86-64-v3"), "fma");
  EXPECT_EQ(instruction(withTypes(square, "f16", "f32"), "znver4"), "fma");
  EXPECT_EQ(instruction(withTypes(square, "i16", "i32"), "znver4"), "pmaddwd");
  EXPECT_EQ(instruction(withTypes(square, "i32", "i32"), "znver4"), "vector");
  // The operand along the lanes has to be signed.
  bytes.ops[0].operands[1].isUnsigned = true;
  EXPECT_EQ(instruction(bytes, "znver4"), "pmaddwd");
  // ARM has instructions by signs, RVV widens while it packs.
  auto withSigns = [&](bool lhs, bool rhs) {
    bytes.ops[0].operands[0].isUnsigned = lhs;
    bytes.ops[0].operands[1].isUnsigned = rhs;
    return bytes;
  };
  EXPECT_EQ(instruction(withSigns(false, false), "cortex-a55"), "sdot");
  EXPECT_EQ(instruction(withSigns(true, true), "cortex-a55"), "udot");
  EXPECT_EQ(instruction(withSigns(true, false), "cortex-a55"), "vector");
  EXPECT_EQ(instruction(withSigns(true, false), "neoverse-v1"), "usdot");
  EXPECT_EQ(instruction(withSigns(false, true), "neoverse-v1"), "usdot");
  EXPECT_EQ(instruction(withSigns(false, false), "cortex-a72"), "vector");
  EXPECT_EQ(instruction(withSigns(true, false), "spacemit-x60"), "vwmacc");
  // The sums' type decides.
  EXPECT_EQ(instruction(withTypes(square, "i8", "i64"), "znver4"), "vector");
}

TEST(AnalyticChoices, NamesNoInstructionThatIsNotLowered) {
  KernelInfo bytes = withTypes(gemm(512, 512, 512), "i8", "i32");
  HardwareModel hw = machine("apple-m1");
  // One that would be the best of all.
  hw.instructions.push_back({"mystery", {{"i8", "i32"}}, /*group=*/8});
  EXPECT_FALSE(lowersInstruction(hw, hw.instructions.back()));
  Proposal plan = proposeLegal(bytes, hw, 1, "bytes");
  EXPECT_EQ(plan.str().find("mystery"), std::string::npos) << plan.str();
  // Nor one that the processor lacks, whatever the list says.
  for (const InstructionClass &one : machine("neoverse-v1").instructions)
    if (one.name == "usdot")
      EXPECT_FALSE(lowersInstruction(hw, one));
  // Nor a matrix instruction.
  hw = machine("sm_90a");
  for (const InstructionClass &one : hw.instructions)
    if (one.isMatrix())
      EXPECT_FALSE(lowersInstruction(hw, one)) << one.name;
}

TEST(AnalyticChoices, OnlyApproximateInstructionsAskForPermission) {
  KernelInfo square = withTypes(gemm(512, 512, 512), "bf16", "f32");
  EXPECT_EQ(propose(square, "znver4").header.numerics.approx, 1);
  EXPECT_FALSE(propose(square, "x86-64-v3").header.numerics.approx);
  // Sums of integers are the same in any order.
  Proposal integers = propose(withTypes(square, "i8", "i32"), "znver4");
  EXPECT_FALSE(integers.header.numerics.reassoc ||
               integers.header.numerics.contract ||
               integers.header.numerics.approx);
}

TEST(AnalyticChoices, GroupsWasteLittleOfTheReduction) {
  // Of k = 64 and l = 3, groups of four are of k.
  KernelInfo kernel = withTypes(
      contraction("mnkl", {64, 64, 64, 3}, "mkl", "kln", "mn"), "i8", "i32");
  Proposal plan = propose(kernel, "znver4");
  for (const Proposal::ReasonedStep &step : plan.steps)
    if (const auto *tile = std::get_if<VectorizeStep>(&step.step.body)) {
      EXPECT_EQ(tile->instr, "vnni");
      EXPECT_EQ(tile->tile.back().dim, "k0");
    }
}

TEST(AnalyticChoices, ConsumersOfAnotherTypeRunAfterwards) {
  KernelInfo kernel =
      withTypes(contraction("mnk", {64, 64, 64}, "mk", "kn", "mn", "f32",
                            /*consumer=*/true),
                "i8", "i32");
  for (OperandInfo &operand : kernel.ops[1].operands)
    operand.type = "i32";
  EXPECT_EQ(propose(kernel, "znver4").header.with.size(), 1u);
  // Sums that are rounded to bytes do not lie where the sums would.
  kernel.ops[1].operands.back().type = "i8";
  kernel.ops[1].operands.back().bits = 8;
  EXPECT_EQ(propose(kernel, "znver4").header.with.size(), 0u);
}

TEST(AnalyticChoices, ConsumersThatWriteElsewhereRunAfterwards) {
  KernelInfo kernel = contraction("mnk", {64, 64, 64}, "mk", "kn", "mn", "f32",
                                  /*consumer=*/true);
  EXPECT_EQ(propose(kernel, "znver4").header.with.size(), 1u);
  // Its output is an array of its own, not the one that the sums are in.
  kernel.ops[1].operands.back().producer = "";
  EXPECT_EQ(propose(kernel, "znver4").header.with.size(), 0u);
}

TEST(AnalyticChoices, EachChoiceSaysWhy) {
  Proposal plan = propose(gemm(4096, 4096, 4096), "znver4");
  EXPECT_NE(plan.why, "");
  for (const Proposal::ReasonedStep &step : plan.steps)
    if (step.step.verb() == "layout" || step.step.verb() == "pipeline" ||
        step.step.verb() == "vectorize") {
      EXPECT_NE(step.why, "") << step.step.str();
    }
}

/// The loops that threads divide.
std::vector<std::string> divided(const Proposal &plan) {
  for (const Proposal::ReasonedStep &step : plan.steps)
    if (const auto *found = std::get_if<ParallelizeStep>(&step.step.body)) {
      EXPECT_NE(step.why, "");
      return {found->loops.begin(), found->loops.end()};
    }
  return {};
}

TEST(AnalyticChoices, ThreadsDivideWhereThatPays) {
  for (const char *target : machines) {
    EXPECT_EQ(divided(propose(gemm(2048, 2048, 2048), target)).size(), 0u);
    for (int64_t threads : {2, 3, 16}) {
      EXPECT_EQ(
          divided(propose(gemm(2048, 2048, 2048), target, threads)).size(), 1u)
          << target;
      EXPECT_EQ(divided(propose(gemm(24, 24, 24), target, threads)).size(), 0u)
          << target;
    }
    // One row: only the columns can be divided. One column of tiles: the rows.
    auto byColumns = divided(propose(gemm(1, 8192, 8192), target, 2));
    ASSERT_EQ(byColumns.size(), 1u) << target;
    EXPECT_EQ(byColumns.front().front(), 'j') << target;
    auto byRows = divided(propose(gemm(8192, 8, 512), target, 2));
    ASSERT_EQ(byRows.size(), 1u) << target;
    EXPECT_EQ(byRows.front().front(), 'i') << target;
    KernelInfo batch =
        contraction("bmnk", {64, 128, 128, 128}, "bmk", "bkn", "bmn");
    EXPECT_EQ(divided(propose(batch, target, 4)),
              std::vector<std::string>{"ob"})
        << target;
  }
}

TEST(AnalyticChoices, OtherKernelsAreRefusedWithAReason) {
  auto proposer = createAnalyticProposer();
  auto why = [&](const KernelInfo &kernel, const char *target) {
    auto plan = proposer->propose(kernel, machine(target));
    return plan ? std::string() : llvm::toString(plan.takeError());
  };
  KernelInfo kernel = gemm(8, 8, 8);
  EXPECT_NE(why(kernel, "rvv").find("vectors of a known length"),
            std::string::npos);
  KernelInfo none;
  EXPECT_EQ(why(none, "znver4"), "it has no contraction");
  KernelInfo two = kernel;
  two.ops.push_back(kernel.ops[0]);
  two.ops.back().name = "other";
  EXPECT_EQ(why(two, "znver4"), "it has two contractions, 'mm' and 'other'");
  KernelInfo unary = kernel;
  unary.ops[0].operands.erase(unary.ops[0].operands.begin());
  EXPECT_EQ(why(unary, "znver4"), "'mm' has not two inputs and one output");
  HardwareModel old = machine("x86-64-v3");
  old.features.clear();
  auto noneLegal = proposer->propose(kernel, old);
  ASSERT_FALSE(bool(noneLegal));
  EXPECT_TRUE(llvm::StringRef(llvm::toString(noneLegal.takeError()))
                  .starts_with("no candidate is legal: "));
  KernelInfo bits = withTypes(kernel, "i4", "i32");
  EXPECT_EQ(why(bits, "znver4"),
            "operand 'lhs' of 'mm' is of type i4, not one of f16, bf16, f32, "
            "f64, i8, i16, i32, i64");
  EXPECT_EQ(why(withTypes(kernel, "bf16", "f64"), "znver4"),
            "no candidate is legal: znver4 has no instruction that multiplies "
            "bf16 and adds up in f64");
  KernelInfo mixed = kernel;
  mixed.ops[0].operands[0].type = "f64";
  EXPECT_NE(why(mixed, "znver4").find("differ in type"), std::string::npos);
  KernelInfo window = kernel;
  window.ops[0].operands[2].access[0].constant = 1;
  EXPECT_NE(why(window, "znver4").find("plain dimensions"), std::string::npos);
  KernelInfo computed = kernel;
  computed.ops[0].operands[0].access[0].affine = false;
  EXPECT_NE(why(computed, "znver4").find("sums of dimensions"),
            std::string::npos);
  KernelInfo open = kernel;
  open.ops[0].extents[0].reset();
  EXPECT_NE(why(open, "znver4").find("is not known"), std::string::npos);
  KernelInfo outer = contraction("kl", {8, 8}, "k", "l", "");
  EXPECT_NE(why(outer, "znver4").find("lanes would run along"),
            std::string::npos);
  KernelInfo empty = gemm(8, 0, 8);
  EXPECT_NE(why(empty, "znver4").find("size 0"), std::string::npos);
}

TEST(Proposers, AreFoundByName) {
  auto made = createProposer("analytic");
  ASSERT_TRUE(bool(made));
  EXPECT_EQ((*made)->name(), "analytic");
  auto unknown = createProposer("oracle");
  ASSERT_FALSE(bool(unknown));
  EXPECT_EQ(llvm::toString(unknown.takeError()),
            "unknown proposer 'oracle'; the proposers are analytic, database");
}

TEST(Rooflines, TellMemoryFromCompute) {
  HardwareModel hw = machine("znver4");
  auto large = computeRoofline(gemm(1024, 1024, 1024), hw);
  ASSERT_TRUE(large);
  EXPECT_EQ(large->flops, 2.0 * 1024 * 1024 * 1024);
  EXPECT_EQ(large->bytes, 3.0 * 4 * 1024 * 1024);
  EXPECT_FALSE(large->isMemoryBound());
  EXPECT_EQ(large->attainable, 1);
  auto vector = computeRoofline(gemm(1, 4096, 4096), hw);
  ASSERT_TRUE(vector);
  EXPECT_TRUE(vector->isMemoryBound());
  EXPECT_LT(vector->attainable, 0.5);
  EXPECT_FALSE(vector->isMeasured);
  // What one op hands to the next inside a kernel does not count.
  KernelInfo fused =
      contraction("mnk", {64, 64, 64}, "mk", "kn", "mn", "f32", true);
  EXPECT_EQ(computeRoofline(fused, hw)->bytes, 3.0 * 4 * 64 * 64);
  // The peak is that of the instruction: dot products of bf16 and i8 do more in
  // a cycle, so that memory bounds longer. What has none is as slow as f32.
  auto attainable = [&](const char *type, const char *acc) {
    KernelInfo kernel = gemm(16, 16, 16);
    OpInfo &op = kernel.ops.back();
    for (OperandInfo &operand : op.operands)
      operand.type = operand.isOutput ? acc : type;
    op.accType = acc;
    op.isFloat = acc[0] == 'f';
    return computeRoofline(kernel, hw)->attainable;
  };
  double f32 = attainable("f32", "f32");
  EXPECT_LT(f32, 1);
  EXPECT_DOUBLE_EQ(attainable("f16", "f32"), f32);
  EXPECT_DOUBLE_EQ(attainable("bf16", "f32"), f32 / 2);
  EXPECT_DOUBLE_EQ(attainable("i8", "i32"), f32 / 4);
  // Integers without such an instruction: two instructions for one.
  EXPECT_DOUBLE_EQ(attainable("i32", "i32"), std::min(1.0, f32 * 2));
  // Measured peaks of these types, where there are any.
  hw.peaks = {1e11, 5e10, 1.25e10};
  double measured = attainable("f32", "f32");
  EXPECT_DOUBLE_EQ(attainable("bf16", "f32"), measured / 2);
  hw.peaks.bf16Flops = 1.6e11;
  EXPECT_DOUBLE_EQ(attainable("bf16", "f32"), measured / 1.6);
  hw.peaks.i8Ops = 3e11;
  EXPECT_DOUBLE_EQ(attainable("i8", "i32"), measured / 3);
  hw = machine("x86-64-v3");
  EXPECT_DOUBLE_EQ(attainable("bf16", "f32"), attainable("f32", "f32"));
  KernelInfo open = gemm(8, 8, 8);
  open.ops[0].extents[0].reset();
  EXPECT_FALSE(computeRoofline(open, hw));
}

TEST(Costs, ThreadsShareWhatTheyDivide) {
  HardwareModel hw = machine("znver4");
  KernelInfo kernel = gemm(2048, 2048, 2048);
  Proposal plan = propose(kernel, "znver4", 2);
  auto tree = LoopTree::build(plan.header, plan.plainSteps(), hw, &kernel);
  ASSERT_TRUE(bool(tree));
  CostEstimate one = estimateCost(*tree), two = estimateCost(*tree, 2);
  EXPECT_EQ(one.team, 0);
  EXPECT_GT(two.team, 0);
  EXPECT_NEAR(two.compute, one.compute / 2, 0.02 * one.compute);
  EXPECT_NEAR(two.packing, one.packing / 2, 0.05 * one.packing);
  // Without a parallel loop, threads change nothing.
  Proposal alone = propose(kernel, "znver4");
  tree = LoopTree::build(alone.header, alone.plainSteps(), hw, &kernel);
  ASSERT_TRUE(bool(tree));
  EXPECT_EQ(estimateCost(*tree).total(), estimateCost(*tree, 2).total());
}

TEST(CostModel, LoadsTakeTurnsInOrder) {
  // One multiply-add and one load a cycle: an in-order core starts one after
  // the other.
  HardwareModel hw = machine("cortex-a55");
  hw.fmaPerCycle = 1;
  hw.loadsPerCycle = 1;
  hw.fmaLatency = 1;
  hw.inOrder = false;
  EXPECT_DOUBLE_EQ(cyclesOfStep(hw, 128, 16, 8), 16);
  hw.inOrder = true;
  EXPECT_DOUBLE_EQ(cyclesOfStep(hw, 128, 16, 8), 24);
  // The latency bounds both.
  hw.fmaLatency = 40;
  EXPECT_DOUBLE_EQ(cyclesOfStep(hw, 128, 16, 8), 40);
}

/// Estimate of a plan on a machine.
CostEstimate estimate(const Proposal &plan, const HardwareModel &hw,
                      const KernelInfo &kernel) {
  auto tree = LoopTree::build(plan.header, plan.plainSteps(), hw, &kernel);
  EXPECT_TRUE(bool(tree)) << llvm::toString(tree.takeError());
  return estimateCost(*tree);
}

TEST(CostModel, LoadsTakeSlotsWhereTheirNumberIsKnown) {
  KernelInfo kernel = gemm(250, 250, 250);
  HardwareModel narrow = machine("neoverse-v1"), wide = narrow;
  Proposal plan = propose(kernel, "neoverse-v1");
  wide.issueWidth = 2 * narrow.issueWidth;
  HardwareModel unknown = narrow;
  unknown.issueWidth = 0;
  double slow = estimate(plan, narrow, kernel).compute,
         fast = estimate(plan, wide, kernel).compute,
         least = estimate(plan, unknown, kernel).compute;
  EXPECT_GT(slow, fast);
  EXPECT_NEAR(slow - fast, fast - least, 1e-6 * least);
  // A multiply-add of four lanes for each point, and what they need.
  double instructions = estimate(plan, narrow, kernel).instructions;
  EXPECT_GT(instructions, 250.0 * 250 * 250 / 4);
  EXPECT_LT(instructions, 1.5 * 250 * 250 * 250 / 4);
}

TEST(CostModel, PairsOfVectorsComeFromPanels) {
  KernelInfo kernel = gemm(256, 256, 256);
  HardwareModel hw = machine("neoverse-v1");
  Proposal packed = propose(kernel, "neoverse-v1");
  ASSERT_EQ(count(packed, "layout"), 1u);
  Proposal plain = packed;
  llvm::erase_if(plain.steps, [](const Proposal::ReasonedStep &step) {
    return step.step.verb() == "layout";
  });
  EXPECT_LT(estimate(packed, hw, kernel).instructions,
            estimate(plain, hw, kernel).instructions);
  // Longer vectors have no such instruction.
  HardwareModel sve = machine("neoverse-v1-sve");
  EXPECT_TRUE(hw.hasPairedLoads());
  EXPECT_FALSE(sve.hasPairedLoads());
}

TEST(AnalyticChoices, OfPlansAsFastTheOneWithFewestInstructions) {
  // Without their number, the cheapest is taken.
  KernelInfo kernel = gemm(250, 250, 250);
  HardwareModel hw = machine("neoverse-v1");
  Proposal fewest = proposeLegal(kernel, hw, 1, "fewest");
  CostEstimate few = estimate(fewest, hw, kernel);
  HardwareModel unknown = hw;
  unknown.issueWidth = 0;
  CostEstimate cheap =
      estimate(proposeLegal(kernel, unknown, 1, "cheapest"), hw, kernel);
  EXPECT_LT(few.instructions, cheap.instructions);
  EXPECT_LE(few.total(), 1.02 * cheap.total());
}

TEST(AnalyticChoices, WhatFitsIsNotCut) {
  // 250 steps are no multiple of those that an iteration takes.
  for (const char *target : {"neoverse-v1", "apple-m1"})
    for (const auto &step : propose(gemm(250, 250, 250), target).steps)
      EXPECT_EQ(step.step.str().find("pc:"), std::string::npos)
          << target << ": " << step.step.str();
}

TEST(CostModel, TilesAreWholeLinesWhereMissesAdd) {
  KernelInfo kernel = gemm(256, 256, 256);
  HardwareModel hw = machine("cortex-a55");
  // Three vectors are three quarters of a line: each is missed twice.
  EXPECT_EQ(tileOf(proposeLegal(kernel, hw, 1, "gemm"))["n"], "v(4)");
  hw.missesAdd = false;
  EXPECT_EQ(tileOf(proposeLegal(kernel, hw, 1, "gemm"))["n"], "v(3)");
}

TEST(Costs, PackingPaysForLargeOperandsOnly) {
  HardwareModel hw = machine("znver4");
  for (int64_t size : {32, 2048}) {
    KernelInfo kernel = gemm(size, size, size);
    Proposal plan = propose(kernel, "znver4");
    auto tree = LoopTree::build(plan.header, plan.plainSteps(), hw, &kernel);
    ASSERT_TRUE(bool(tree));
    CostEstimate cost = estimateCost(*tree);
    EXPECT_EQ(cost.packing > 0, count(plan, "layout") > 0);
    // Not less than the multiply-adds take, and not much more.
    double least = double(size) * size * size / hw.lanes(32) / hw.fmaPerCycle;
    EXPECT_GE(cost.total(), least);
    EXPECT_LE(cost.total(), 1.6 * least);
  }
}

} // namespace
