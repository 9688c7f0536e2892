//===- CodegenTest.cpp - Objects, entries and the linker ------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Target/CPU/Codegen.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"
#include <dlfcn.h>

using namespace tensorop;

namespace {

const char *const triple = "x86_64-unknown-linux-gnu";

std::string messageOf(llvm::Error error) {
  return llvm::toString(std::move(error));
}

std::unique_ptr<llvm::Module> parse(llvm::LLVMContext &context,
                                    llvm::StringRef text) {
  llvm::SMDiagnostic diagnostic;
  auto module = llvm::parseAssemblyString(text, diagnostic, context);
  EXPECT_TRUE(module) << diagnostic.getMessage().str();
  return module;
}

/// A folder that goes with the test.
struct Folder {
  Folder() {
    llvm::SmallString<128> made;
    EXPECT_FALSE(llvm::sys::fs::createUniqueDirectory("codegen-test", made));
    path = made.str().str();
  }
  ~Folder() { llvm::sys::fs::remove_directories(path); }
  std::string path;
};

/// Compiles `text` and writes the object to `path`.
void writeObject(Codegen &codegen, llvm::StringRef text,
                 const std::string &path) {
  llvm::LLVMContext context;
  auto module = parse(context, text);
  module->setDataLayout("");
  auto bytes = codegen.emitObject(*module);
  ASSERT_TRUE(bool(bytes)) << messageOf(bytes.takeError());
  std::error_code code;
  llvm::raw_fd_ostream(path, code).write(bytes->data(), bytes->size());
  EXPECT_FALSE(code) << code.message();
}

TEST(Codegen, RefusesUnknownMachines) {
  auto target = Codegen::create({"pdp11-unknown-linux", "", ""});
  ASSERT_FALSE(target);
  EXPECT_NE(messageOf(target.takeError())
                .find("no backend for the triple 'pdp11-unknown-linux'"),
            std::string::npos);
  target = Codegen::create({triple, "pentium99", ""});
  ASSERT_FALSE(target);
  EXPECT_NE(messageOf(target.takeError()).find("does not know the cpu"),
            std::string::npos);
}

TEST(AbiEntry, RefusesWhatDoesNotFit) {
  llvm::LLVMContext context;
  auto module = parse(context, "define void @f(ptr %a) { ret void }");
  AbiEntry entry;
  entry.implementation = "g";
  entry.packed = "g_packed";
  EXPECT_EQ(messageOf(addAbiEntry(*module, entry)),
            "the module has no function 'g'");
  entry.implementation = "f";
  entry.arguments = {{4, {2}}, {4, {2}}};
  EXPECT_EQ(messageOf(addAbiEntry(*module, entry)),
            "'f' has 1 arguments, but its ABI has 2");
}

TEST(Linker, NamesWhatIsUndefined) {
  auto codegen = Codegen::create({triple, "x86-64", ""});
  ASSERT_TRUE(bool(codegen));
  Folder folder;
  std::string object = folder.path + "/f.o";
  writeObject(**codegen,
              "declare float @no_such_function(float)\n"
              "define float @f(float %x) {\n"
              "  %y = call float @no_such_function(float %x)\n"
              "  ret float %y\n}\n",
              object);
  std::string text =
      messageOf(linkSharedObject({object}, folder.path + "/f.so", triple));
  EXPECT_NE(text.find("linking '"), std::string::npos);
  EXPECT_NE(text.find("no_such_function"), std::string::npos);
  // The linker can be used again, and libm is there.
  object = folder.path + "/g.o";
  writeObject(**codegen,
              "declare float @tanhf(float)\n"
              "define float @g(float %x) {\n"
              "  %y = call float @tanhf(float %x)\n"
              "  ret float %y\n}\n",
              object);
  std::string library = folder.path + "/g.so";
  EXPECT_EQ(messageOf(linkSharedObject({object}, library, triple)), "");
  void *handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_TRUE(handle) << ::dlerror();
  auto g = reinterpret_cast<float (*)(float)>(::dlsym(handle, "g"));
  ASSERT_TRUE(g);
  EXPECT_EQ(g(0.0f), 0.0f);
  ::dlclose(handle);
}

TEST(Linker, NamesAMissingLibrary) {
  Folder folder;
  EXPECT_EQ(messageOf(linkSharedObject({}, folder.path + "/x.so", triple,
                                       {{"libnone.so.5", "tests need it"}})),
            "linking '" + folder.path +
                "/x.so' failed: libnone.so.5 is in no folder of system "
                "libraries; tests need it");
}

TEST(Linker, SaysWhatAForeignSystemLacks) {
  // Nobody installs a cross compiler for this one.
  const char *foreign = "xcore-unknown-linux-gnu";
  Folder folder;
  std::string text = messageOf(linkSharedObject(
      {folder.path + "/none.o"}, folder.path + "/x.so", foreign));
  EXPECT_NE(text.find("(the libraries of a cross compiler for xcore (Debian: "
                      "g++-xcore-linux-gnu) are not installed)"),
            std::string::npos)
      << text;
  EXPECT_EQ(messageOf(linkSharedObject({}, folder.path + "/x.so", foreign,
                                       {{"libnone.so.5", "tests need it"}})),
            "linking '" + folder.path +
                "/x.so' failed: libnone.so.5 is in no folder of system "
                "libraries for xcore; tests need it");
  text =
      messageOf(linkStaticProgram({}, "runner.a", folder.path + "/x", foreign));
  EXPECT_EQ(text, "linking '" + folder.path +
                      "/x' failed: no crt1.o, crti.o, crtbeginT.o, libm.a, "
                      "libc.a, libstdc++.a, libgcc.a, libgcc_eh.a, crtend.o, "
                      "crtn.o; install the libraries of a cross compiler for "
                      "xcore (Debian: g++-xcore-linux-gnu)");
}

TEST(Codegen, MakesObjectsForOtherMachines) {
  for (auto [foreign, cpu, features] :
       {std::tuple("riscv64-unknown-linux-gnu", "", "+m,+a,+f,+d,+c,+v"),
        {"riscv64-unknown-linux-gnu", "spacemit-x60", "+v"},
        {"aarch64-unknown-linux-gnu", "", ""},
        {"aarch64-unknown-linux-gnu", "neoverse-v1", "+sve"}}) {
    auto codegen = Codegen::create({foreign, cpu, features});
    ASSERT_TRUE(bool(codegen)) << foreign << cpu;
    Folder folder;
    std::string object = folder.path + "/f.o";
    writeObject(**codegen,
                "define float @f(float %x) {\n"
                "  %y = fadd float %x, %x\n"
                "  ret float %y\n}\n",
                object);
    EXPECT_EQ(
        messageOf(linkSharedObject({object}, folder.path + "/f.so", foreign)),
        "");
  }
}

/// What the optimizer makes of a load with `mask` and `otherwise`, whose value
/// is stored with the same mask.
std::string optimizeMasked(const char *machine, const char *features,
                           llvm::StringRef mask, llvm::StringRef otherwise) {
  auto codegen = Codegen::create({machine, "", features});
  EXPECT_TRUE(bool(codegen));
  llvm::LLVMContext context;
  std::string text =
      ("define void @f(ptr %from, ptr %to) {\n"
       "  %x = call <4 x float> @llvm.masked.load.v4f32.p0(ptr align 4 %from, "
       "<4 x i1> <" +
       mask + ">, <4 x float> " + otherwise +
       ")\n"
       "  call void @llvm.masked.store.v4f32.p0(<4 x float> %x, ptr align 4 "
       "%to, <4 x i1> <" +
       mask +
       ">)\n"
       "  ret void\n}\n"
       "declare <4 x float> @llvm.masked.load.v4f32.p0(ptr, <4 x i1>, <4 x "
       "float>)\n"
       "declare void @llvm.masked.store.v4f32.p0(<4 x float>, ptr, <4 x i1>)\n")
          .str();
  auto module = parse(context, text);
  (*codegen)->optimize(*module);
  std::string result;
  llvm::raw_string_ostream stream(result);
  module->getFunction("f")->print(stream);
  return result;
}

unsigned countOf(const std::string &text, llvm::StringRef what) {
  return llvm::StringRef(text).count(what);
}

TEST(Codegen, PrefixMasksBecomeVectorLengths) {
  const char *riscv = "riscv64-unknown-linux-gnu", *v = "+m,+a,+f,+d,+c,+v";
  const char *prefix = "i1 true, i1 true, i1 true, i1 false";
  std::string text = optimizeMasked(riscv, v, prefix, "poison");
  EXPECT_EQ(countOf(text, "@llvm.vp.load"), 1u) << text;
  EXPECT_EQ(countOf(text, "@llvm.vp.store"), 1u) << text;
  EXPECT_EQ(countOf(text, "i32 3)"), 2u) << text;
  EXPECT_EQ(countOf(text, "align 4"), 2u) << text;
  EXPECT_EQ(countOf(text, "@llvm.masked"), 0u) << text;
  // Lanes that the load defines beyond the first ones are not left open.
  text = optimizeMasked(riscv, v, prefix, "zeroinitializer");
  EXPECT_EQ(countOf(text, "@llvm.vp.load"), 0u) << text;
  EXPECT_EQ(countOf(text, "@llvm.vp.store"), 1u) << text;
  // Not the first lanes.
  text = optimizeMasked(riscv, v, "i1 true, i1 false, i1 true, i1 false",
                        "poison");
  EXPECT_EQ(countOf(text, "@llvm.vp"), 0u) << text;
  EXPECT_EQ(countOf(text, "@llvm.masked"), 2u) << text;
  // Other machines have masks for this.
  text = optimizeMasked(triple, "+avx2", prefix, "poison");
  EXPECT_EQ(countOf(text, "@llvm.vp"), 0u) << text;
}

TEST(Linker, NamesAMissingFile) {
  Folder folder;
  std::string text = messageOf(linkSharedObject({folder.path + "/none.o"},
                                                folder.path + "/x.so", triple));
  EXPECT_NE(text.find("none.o"), std::string::npos);
}

} // namespace
