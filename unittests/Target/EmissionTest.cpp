//===- EmissionTest.cpp - Machine code with few spills --------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Target/CPU/Codegen.h"
#include "TileLoop.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/SourceMgr.h"
#include "gtest/gtest.h"

using namespace tensorop;

namespace {

/// Code for a Cortex-A72, or another cpu, of the loops in `text`.
std::string compile(llvm::StringRef text, bool inOrder,
                    std::string cpu = "cortex-a72") {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  auto module = llvm::parseAssemblyString(text, diagnostic, context);
  EXPECT_TRUE(module) << diagnostic.getMessage().str();
  CodegenTarget target{"aarch64-unknown-linux-gnu", cpu, "+neon"};
  target.inOrder = inOrder;
  auto codegen = llvm::cantFail(Codegen::create(target));
  for (llvm::Function &function : *module)
    if (!function.isDeclaration())
      codegen->setTarget(function);
  codegen->optimize(*module);
  std::string assembly = llvm::cantFail(codegen->emitAssembly(*module));
  // The module is as it was.
  EXPECT_EQ(assembly, llvm::cantFail(codegen->emitAssembly(*module)));
  return assembly;
}

/// Accesses of the stack between the first label of a loop and the last branch
/// to one, in function `name`.
size_t countSpills(llvm::StringRef assembly, llvm::StringRef name) {
  llvm::StringRef body = assembly.split((name + ":\n").str()).second;
  body = body.split(".Lfunc_end").first;
  body = body.substr(body.find("\n.LBB"));
  body = body.substr(0, body.rfind("\tb."));
  return body.count("[sp");
}

std::string rename(std::string text, llvm::StringRef name) {
  size_t at = text.find("@f(");
  return text.replace(at, 2, ("@" + name).str());
}

/// 24 sums, four vectors, six scalars: a multiply-add needs 30 registers, a
/// step of the loop more.
const Tile full(6, 4, 8);

TEST(Emission, KeepsTheOrderOfATileWhereTheSchedulerSpills) {
  std::string text = writeLoop(full);
  EXPECT_EQ(countSpills(compile(text, /*inOrder=*/false), "f"), 0u);
  // What would be without this.
  EXPECT_GT(countSpills(compile(text, /*inOrder=*/true), "f"), 0u);
}

TEST(Emission, SchedulesWhatDoesNotSpill) {
  // Vectors and scalars of the next step are loaded early.
  std::string text = writeLoop({2, 2, 6});
  EXPECT_EQ(compile(text, /*inOrder=*/false), compile(text, /*inOrder=*/true));
}

TEST(Emission, ChoosesForEachFunction) {
  std::string small = writeLoop({2, 2, 6});
  std::string both = rename(writeLoop(full), "full") +
                     rename(small.substr(small.find("define")), "small");
  std::string mixed = compile(both, /*inOrder=*/false),
              scheduled = compile(both, /*inOrder=*/true);
  EXPECT_EQ(countSpills(mixed, "full"), 0u);
  auto bodyOf = [](llvm::StringRef assembly) {
    return assembly.split("small:\n").second.split(".Lfunc_end").first.str();
  };
  EXPECT_FALSE(bodyOf(mixed).empty());
  EXPECT_EQ(bodyOf(mixed), bodyOf(scheduled));
}

/// A loop that reads a vector of each of 96 rows, the next ones 4 KiB on.
/// `metadata` is that of the branch back.
std::string walkRows(llvm::StringRef metadata) {
  std::string body, sum = "%sum";
  for (int row = 0; row < 96; ++row) {
    std::string next = row == 95 ? "%more" : llvm::formatv("%s{0}", row).str();
    body += llvm::formatv("  %p{0} = getelementptr i8, ptr %a, i64 {1}\n"
                          "  %q{0} = getelementptr i8, ptr %p{0}, i64 %i\n"
                          "  %x{0} = load <4 x float>, ptr %q{0}, align 16\n"
                          "  {3} = fadd <4 x float> {2}, %x{0}\n",
                          row, row * 1048576, sum, next);
    sum = next;
  }
  return ("define <4 x float> @f(ptr %a) {\n"
          "entry:\n  br label %loop\n"
          "loop:\n"
          "  %i = phi i64 [ 0, %entry ], [ %next, %loop ]\n"
          "  %sum = phi <4 x float> [ zeroinitializer, %entry ], "
          "[ %more, %loop ]\n" +
          body +
          "  %next = add nuw nsw i64 %i, 4096\n"
          "  %again = icmp ult i64 %next, 1048576\n"
          "  br i1 %again, label %loop, label %done" +
          metadata +
          "\ndone:\n  ret <4 x float> %more\n}\n"
          "!0 = distinct !{!0, !1, !2}\n"
          "!1 = !{!\"llvm.loop.unroll.disable\"}\n"
          "!2 = !{!\"llvm.loop.vectorize.enable\", i1 false}\n")
      .str();
}

TEST(Emission, AsksEarlyInPlannedLoopsOnlyWhereThePlanSaysSo) {
  // LLVM would, for this cpu, where an iteration walks several KiB.
  std::string plain = walkRows(""), planned = walkRows(", !llvm.loop !0");
  EXPECT_NE(compile(plain, /*inOrder=*/false, "apple-m1").find("prfm"),
            std::string::npos);
  EXPECT_EQ(compile(planned, /*inOrder=*/false, "apple-m1").find("prfm"),
            std::string::npos);
}

} // namespace
