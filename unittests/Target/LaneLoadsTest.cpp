//===- LaneLoadsTest.cpp - Scalars of several steps in one vector ---------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Target/CPU/Codegen.h"
#include "TileLoop.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

using namespace tensorop;
using llvm::formatv;

namespace {

/// Loads of scalars and of vectors of scalars that are left of the loop.
struct Loads {
  unsigned scalars = 0, vectors = 0;
  bool operator==(const Loads &other) const {
    return scalars == other.scalars && vectors == other.vectors;
  }
};

std::ostream &operator<<(std::ostream &stream, const Loads &loads) {
  return stream << loads.scalars << " scalars, " << loads.vectors << " vectors";
}

Loads optimize(const Tile &tile, unsigned units = 1) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  auto module = llvm::parseAssemblyString(writeLoop(tile), diagnostic, context);
  EXPECT_TRUE(module) << diagnostic.getMessage().str();
  CodegenTarget target{"aarch64-unknown-linux-gnu", "", "+fullfp16"};
  if (units > 1)
    target = {"aarch64-unknown-linux-gnu", "", "+sve", VectorScale{units, 16}};
  auto codegen = llvm::cantFail(Codegen::create(target));
  codegen->setTarget(*module->getFunction("f"));
  codegen->optimize(*module);
  EXPECT_FALSE(llvm::verifyModule(*module, &llvm::errs()));
  Loads loads;
  for (llvm::BasicBlock &block : *module->getFunction("f"))
    for (llvm::Instruction &instruction : block) {
      auto *load = llvm::dyn_cast<llvm::LoadInst>(&instruction);
      if (!load)
        continue;
      // Vectors are aligned to 16 bytes, those of scalars are not.
      if (!load->getType()->isVectorTy())
        ++loads.scalars;
      else if (load->getAlign() < 16)
        ++loads.vectors;
    }
  return loads;
}

TEST(LaneLoads, JoinTheStepsOfEachRow) {
  EXPECT_EQ(optimize({2, 2, 4}), (Loads{0, 2}));
  EXPECT_EQ(optimize({4, 6, 8}), (Loads{0, 8}));
  EXPECT_EQ(optimize({2, 2, 4, "double", 8}), (Loads{0, 4}));
  EXPECT_EQ(optimize({2, 2, 8, "half", 2}), (Loads{0, 2}));
}

TEST(LaneLoads, JoinWhatFillsAVector) {
  EXPECT_EQ(optimize({2, 2, 6}), (Loads{4, 2}));
  EXPECT_EQ(optimize({2, 2, 3}), (Loads{6, 0}));
  EXPECT_EQ(optimize({2, 2, 2}), (Loads{4, 0}));
}

TEST(LaneLoads, NeedRegisters) {
  // 24 sums, a vector for each row, and a passing one.
  EXPECT_EQ(optimize({4, 6, 4}), (Loads{0, 4}));
  EXPECT_EQ(optimize({5, 4, 4}), (Loads{0, 5}));
  EXPECT_EQ(optimize({6, 4, 4}), (Loads{0, 6}));
  EXPECT_EQ(optimize({7, 4, 4}), (Loads{28, 0}));
  EXPECT_EQ(optimize({8, 3, 4}), (Loads{32, 0}));
  EXPECT_EQ(optimize({12, 2, 4}), (Loads{48, 0}));
}

TEST(LaneLoads, NeedRegistersThatHaveLanes) {
  // Of SVE's, eight for scalars of 32 bits; one is for the next step, and one
  // for moves between these and the others.
  EXPECT_EQ(optimize({5, 4, 4}, 2), (Loads{0, 5}));
  EXPECT_EQ(optimize({6, 4, 4}, 2), (Loads{24, 0}));
  EXPECT_EQ(optimize({7, 1, 4}, 2), (Loads{0, 7}));
  EXPECT_EQ(optimize({8, 1, 4}, 2), (Loads{32, 0}));
  EXPECT_EQ(optimize({8, 1, 4, "double", 8}, 2), (Loads{0, 16}));
}

TEST(LaneLoads, MoveOverReadsOnly) {
  Tile tile(1, 4, 4);
  tile.between = "  store float 1.0, ptr %c, align 4\n";
  EXPECT_EQ(optimize(tile), (Loads{4, 0}));
  tile.between = "  call void @g()\n";
  EXPECT_EQ(optimize(tile), (Loads{4, 0}));
  tile.between = "  %other = load volatile float, ptr %c, align 4\n";
  EXPECT_EQ(optimize(tile).vectors, 0u);
}

TEST(LaneLoads, MoveOverPrefetches) {
  Tile tile(1, 4, 4);
  tile.between = "  call void @llvm.prefetch.p0(ptr %c, i32 1, i32 3, i32 1)\n";
  EXPECT_EQ(optimize(tile), (Loads{0, 1}));
}

/// Vectors of unknown length repeat the first lane only.
TEST(LaneLoads, LeaveScalableVectorsAlone) {
  std::string loads, sums;
  for (int i = 0; i < 4; ++i) {
    loads +=
        formatv("  %p{0} = getelementptr inbounds i8, ptr %a, i64 {1}\n"
                "  %a{0} = load float, ptr %p{0}, align 4\n"
                "  %i{0} = insertelement <vscale x 4 x float> poison, float "
                "%a{0}, i64 0\n"
                "  %x{0} = shufflevector <vscale x 4 x float> %i{0}, "
                "<vscale x 4 x float> poison, <vscale x 4 x i32> "
                "zeroinitializer\n",
                i, 4 * i);
    sums +=
        formatv("  %s{1} = fadd <vscale x 4 x float> %s{0}, %x{0}\n", i, i + 1);
  }
  std::string text =
      "define void @f(ptr noalias %a, ptr noalias %c) {\n" + loads +
      "  %s0 = load <vscale x 4 x float>, ptr %c, align 16\n" + sums +
      "  store <vscale x 4 x float> %s4, ptr %c, align 16\n"
      "  ret void\n}\n";
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  auto module = llvm::parseAssemblyString(text, diagnostic, context);
  ASSERT_TRUE(module) << diagnostic.getMessage().str();
  auto codegen = llvm::cantFail(Codegen::create(
      {"aarch64-unknown-linux-gnu", "", "+sve", VectorScale{2, 2}}));
  codegen->setTarget(*module->getFunction("f"));
  codegen->optimize(*module);
  EXPECT_FALSE(llvm::verifyModule(*module, &llvm::errs()));
}

TEST(LaneLoads, ServeLongerVectorsToo) {
  EXPECT_EQ(optimize({4, 6, 4}, /*units=*/2).scalars, 0u);
}

} // namespace
