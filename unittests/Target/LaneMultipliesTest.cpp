//===- LaneMultipliesTest.cpp - Multiply by a lane on SVE -----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Target/CPU/Codegen.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

using namespace tensorop;

namespace {

/// Multiplies and adds vectors of `lanes` floats, with element `lane` of a
/// vector of `loaded` floats, for machines with `units` times 128 bits.
std::string compile(unsigned lanes, unsigned loaded, unsigned lane,
                    unsigned units, llvm::StringRef type = "float") {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  auto vectorOf = [&](unsigned count) {
    return "<" + std::to_string(count) + " x " + type.str() + ">";
  };
  std::string wide = vectorOf(lanes), source = vectorOf(loaded);
  std::string suffix =
      "v" + std::to_string(lanes) + (type == "double" ? "f64" : "f32");
  std::string mask;
  for (unsigned i = 0; i < lanes; ++i)
    mask += (i ? ", i32 " : "i32 ") + std::to_string(lane);
  auto module = llvm::parseAssemblyString(
      "define void @f(ptr noalias %a, ptr noalias %b, ptr noalias %c) {\n"
      "  %x = load " +
          source +
          ", ptr %a, align 4\n"
          "  %s = shufflevector " +
          source + " %x, " + source + " poison, <" + std::to_string(lanes) +
          " x i32> <" + mask +
          ">\n"
          "  %y = load " +
          wide +
          ", ptr %b, align 4\n"
          "  %z = load " +
          wide +
          ", ptr %c, align 4\n"
          "  %r = call " +
          wide + " @llvm.fmuladd." + suffix + "(" + wide + " %y, " + wide +
          " %s, " + wide +
          " %z)\n"
          "  store " +
          wide +
          " %r, ptr %c, align 4\n"
          "  ret void\n}\n"
          "declare " +
          wide + " @llvm.fmuladd." + suffix + "(" + wide + ", " + wide + ", " +
          wide + ")\n",
      diagnostic, context);
  EXPECT_TRUE(module) << diagnostic.getMessage().str();
  auto codegen = llvm::cantFail(Codegen::create(
      {"aarch64-unknown-linux-gnu", "", "+sve", VectorScale{units, 16}}));
  codegen->setTarget(*module->getFunction("f"));
  codegen->optimize(*module);
  EXPECT_FALSE(llvm::verifyModule(*module, &llvm::errs()));
  return llvm::cantFail(codegen->emitAssembly(*module));
}

bool has(const std::string &text, llvm::StringRef part) {
  return llvm::StringRef(text).contains(part);
}

TEST(LaneMultiplies, TakesTheLaneOfItsSegment) {
  std::string first = compile(8, 8, 3, 2);
  EXPECT_TRUE(has(first, "ld1rqw\t{ z")) << first;
  EXPECT_TRUE(has(first, ".s[3]")) << first;
  EXPECT_FALSE(has(first, "mov\tz")) << first;
  // The last float is the last one of the second 128 bits. (LLVM loads no more
  // than what is used, so each test takes the last one that it wants loaded.)
  std::string second = compile(8, 8, 7, 2);
  EXPECT_TRUE(has(second, "[x0, #16]")) << second;
  EXPECT_TRUE(has(second, ".s[3]")) << second;
  std::string doubles = compile(4, 4, 3, 2, "double");
  EXPECT_TRUE(has(doubles, "ld1rqd\t{ z")) << doubles;
  EXPECT_TRUE(has(doubles, "[x0, #16]")) << doubles;
  EXPECT_TRUE(has(doubles, ".d[1]")) << doubles;
}

TEST(LaneMultiplies, LeavesTheRest) {
  // 128 bits would reach beyond what is loaded.
  EXPECT_FALSE(has(compile(8, 6, 5, 2), "ld1rq"));
  EXPECT_TRUE(has(compile(8, 6, 3, 2), "ld1rq"));
  // NEON has lanes.
  EXPECT_FALSE(has(compile(4, 4, 1, 2), "ld1rq"));
  // Registers that need not hold the vector.
  EXPECT_FALSE(has(compile(8, 8, 1, 1), "ld1rq"));
  EXPECT_FALSE(has(compile(16, 16, 3, 2), "ld1rq"));
  EXPECT_TRUE(has(compile(16, 16, 3, 4), "ld1rq"));
}

} // namespace
