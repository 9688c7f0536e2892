//===- DispatchTest.cpp - Versions for several vector lengths -------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Target/CPU/Dispatch.h"
#include "TensorOp/Target/CPU/Codegen.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

using namespace tensorop;

namespace {

class Dispatch : public testing::Test {
protected:
  Dispatch() {
    codegen = llvm::cantFail(Codegen::create(
        {"riscv64-unknown-linux-gnu", "", "+m,+v", VectorScale{2, 1024}}));
  }

  CodeVersion parse(unsigned bits, const std::string &text) {
    llvm::SMDiagnostic diagnostic;
    auto module = llvm::parseAssemblyString(text, diagnostic, context);
    EXPECT_TRUE(module) << diagnostic.getMessage().str();
    return {bits, std::move(module)};
  }
  /// An exported function, with one of its own that has the same name in each
  /// version, that returns `value`.
  CodeVersion version(unsigned bits, int value) {
    return parse(
        bits,
        "@table = private constant i32 " + std::to_string(value) +
            "\n"
            "define internal i32 @body(ptr %a) noinline {\n"
            "  %v = load i32, ptr @table\n"
            "  ret i32 %v\n}\n"
            "define signext range(i32 0, 4) i32 @f(ptr readonly %a, ptr %w) "
            "\"target-features\"=\"+zvl" +
            std::to_string(bits) +
            "b\" {\n"
            "  %v = call i32 @body(ptr %a)\n"
            "  ret i32 %v\n}\n");
  }
  std::string link(std::vector<CodeVersion> versions) {
    auto all = linkVersions(std::move(versions), 64, *codegen);
    if (!all)
      return llvm::toString(all.takeError());
    linked = std::move(*all);
    EXPECT_FALSE(llvm::verifyModule(*linked, &llvm::errs()));
    return "";
  }

  llvm::LLVMContext context;
  std::unique_ptr<Codegen> codegen;
  std::unique_ptr<llvm::Module> linked;
};

TEST_F(Dispatch, ChoosesTheLongestThatFits) {
  std::vector<CodeVersion> versions;
  versions.push_back(version(128, 1));
  versions.push_back(version(256, 2));
  versions.push_back(version(1024, 3));
  ASSERT_EQ(link(std::move(versions)), "");
  std::string text;
  llvm::raw_string_ostream stream(text);
  linked->getFunction("f")->print(stream);
  // From the longest to the shortest, without a question for that one.
  size_t at = 0;
  for (const char *line :
       {"define signext i32 @f(ptr %0, ptr %1)", "call i64 @llvm.vscale.i64()",
        "icmp uge i64 %2, 16",
        "tail call signext range(i32 0, 4) i32 @f.v1024(", "icmp uge i64 %2, 4",
        "@f.v256(ptr readonly %0, ptr %1)",
        "@f.v128(ptr readonly %0, ptr %1)"}) {
    size_t found = text.find(line, at);
    ASSERT_NE(found, std::string::npos) << line << "\nin\n" << text;
    at = found;
  }
  EXPECT_EQ(text.find("icmp", at), std::string::npos) << text;
  // The dispatcher runs on any machine, a version where it fits.
  auto featuresOf = [&](const char *name) {
    return linked->getFunction(name)
        ->getFnAttribute("target-features")
        .getValueAsString()
        .str();
  };
  EXPECT_EQ(featuresOf("f"), "+m,+v,+disable-misched-load-clustering");
  EXPECT_EQ(featuresOf("f.v1024"), "+zvl1024b");
  EXPECT_TRUE(linked->getFunction("f")->hasExternalLinkage());
  for (const char *name : {"f.v128", "f.v256", "f.v1024", "body.v128",
                           "body.v256", "body.v1024"}) {
    ASSERT_TRUE(linked->getFunction(name)) << name;
    EXPECT_TRUE(linked->getFunction(name)->hasLocalLinkage()) << name;
  }
  EXPECT_EQ(linked->global_size(), 3u);
}

TEST_F(Dispatch, RefusesOtherEntries) {
  std::vector<CodeVersion> versions;
  versions.push_back(version(128, 1));
  versions.push_back(parse(256, "define i32 @g() { ret i32 0 }"));
  EXPECT_EQ(link(std::move(versions)),
            "internal error: the version for 256 bits exports 'g', which the "
            "first one does not, or with another type");
  versions.clear();
  versions.push_back(version(128, 1));
  versions.push_back(parse(512, "define i32 @f() { ret i32 0 }"));
  EXPECT_NE(link(std::move(versions)).find("exports 'f'"), std::string::npos);
  versions.clear();
  versions.push_back(version(128, 1));
  versions.push_back(parse(512, ""));
  EXPECT_EQ(link(std::move(versions)),
            "internal error: the version for 512 bits exports 0 functions, the "
            "first one has 1");
}

} // namespace
