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

/// Code for a Cortex-A72 of the loops in `text`.
std::string compile(llvm::StringRef text, bool inOrder) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  auto module = llvm::parseAssemblyString(text, diagnostic, context);
  EXPECT_TRUE(module) << diagnostic.getMessage().str();
  CodegenTarget target{"aarch64-unknown-linux-gnu", "cortex-a72", "+neon"};
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

} // namespace
