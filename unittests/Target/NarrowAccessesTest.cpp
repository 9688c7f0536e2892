//===- NarrowAccessesTest.cpp - Masked accesses on NEON -------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Target/CPU/Codegen.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/SourceMgr.h"
#include "gtest/gtest.h"

using namespace tensorop;
using llvm::formatv;

namespace {

/// Code for a Cortex-A72 of `text`.
std::string compile(llvm::StringRef text) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  auto module = llvm::parseAssemblyString(text, diagnostic, context);
  EXPECT_TRUE(module) << diagnostic.getMessage().str();
  auto codegen = llvm::cantFail(
      Codegen::create({"aarch64-unknown-linux-gnu", "cortex-a72", "+neon"}));
  for (llvm::Function &function : *module)
    if (!function.isDeclaration())
      codegen->setTarget(function);
  codegen->optimize(*module);
  return llvm::cantFail(codegen->emitAssembly(*module));
}

/// Mask of the lanes whose bits `set` has, of `lanes`.
std::string mask(unsigned set, unsigned lanes) {
  std::string text = "<";
  for (unsigned i = 0; i < lanes; ++i)
    text += formatv("{0}i1 {1}", i ? ", " : "", (set >> i) & 1).str();
  return text + ">";
}

/// Copies the lanes of `set` of a vector of `lanes` elements of `type`; the
/// others are zero on the way.
std::string copyLanes(unsigned set, unsigned lanes, llvm::StringRef type,
                      llvm::StringRef name) {
  std::string vector = formatv("<{0} x {1}>", lanes, type).str(),
              chosen = mask(set, lanes);
  return formatv(
             "declare {0} @llvm.masked.load.{3}.p0(ptr, <{1} x i1>, {0})\n"
             "declare void @llvm.masked.store.{3}.p0({0}, ptr, <{1} x i1>)\n"
             "define {0} @f(ptr %a, ptr %b) {{\n"
             "  %x = call {0} @llvm.masked.load.{3}.p0(ptr align 4 %a, "
             "<{1} x i1> {2}, {0} zeroinitializer)\n"
             "  call void @llvm.masked.store.{3}.p0({0} %x, ptr align 4 %b, "
             "<{1} x i1> {2})\n"
             "  ret {0} %x\n}\n",
             vector, lanes, chosen, name)
      .str();
}

TEST(NarrowAccesses, HalfAVectorIsOneRegisterOf64Bits) {
  std::string code = compile(copyLanes(0b0011, 4, "float", "v4f32"));
  EXPECT_NE(code.find("ldr\td0, [x0]"), std::string::npos) << code;
  EXPECT_NE(code.find("str\td0, [x1]"), std::string::npos) << code;
  EXPECT_EQ(code.find("ld1"), std::string::npos) << code;
}

TEST(NarrowAccesses, OtherNumbersArePowersOfTwo) {
  // Two lanes and one; four and one of eight.
  for (const std::string &text : {copyLanes(0b0111, 4, "float", "v4f32"),
                                  copyLanes(0b00011111, 8, "i16", "v8i16")}) {
    std::string code = compile(text);
    EXPECT_NE(code.find("ldr\td1, [x0]"), std::string::npos) << code;
    EXPECT_NE(code.find("str\td1, [x1]"), std::string::npos) << code;
    EXPECT_EQ(llvm::StringRef(code).count("[x0"), 2u) << code;
    EXPECT_EQ(llvm::StringRef(code).count("[x1"), 2u) << code;
  }
}

TEST(NarrowAccesses, OtherMasksStay) {
  // The first lane lacks: no element before the others may be read.
  std::string code = compile(copyLanes(0b0110, 4, "float", "v4f32"));
  EXPECT_EQ(code.find("ldr\td"), std::string::npos) << code;
  EXPECT_EQ(code.find("ldr\tq0, [x0]"), std::string::npos) << code;
  // Nothing is read of none.
  code = compile(copyLanes(0b0000, 4, "float", "v4f32"));
  EXPECT_EQ(code.find("[x0]"), std::string::npos) << code;
}

} // namespace
