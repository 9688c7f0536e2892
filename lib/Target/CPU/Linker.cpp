//===- Linker.cpp - Object files to a shared object, in process -----------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SystemLibraries.h"
#include "TensorOp/Target/CPU/Codegen.h"
#include "lld/Common/Driver.h"
#include "llvm/Support/raw_ostream.h"

LLD_HAS_DRIVER(elf)

using namespace tensorop;

NeededLibrary tensorop::openMPLibrary() {
  return {"libomp.so.5",
          "kernels with threads need that of the target (Debian: "
          "libomp5), one thread does without"};
}

/// Runs the linker in this process; `hint` ends the message of a failure.
static llvm::Error runLinker(llvm::ArrayRef<std::string> words,
                             const std::string &output,
                             const std::string &hint) {
  std::vector<const char *> arguments = {"ld.lld"};
  for (const std::string &word : words)
    arguments.push_back(word.c_str());
  std::string text;
  llvm::raw_string_ostream stream(text);
  lld::Result result =
      lld::lldMain(arguments, stream, stream, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode != 0)
    return llvm::createStringError("linking '" + output + "' failed: " + text +
                                   hint);
  if (!result.canRunAgain)
    return llvm::createStringError(
        "internal error: the linker cannot go on after '" + output + "'");
  return llvm::Error::success();
}

llvm::Error tensorop::linkSharedObject(llvm::ArrayRef<std::string> objects,
                                       const std::string &output,
                                       llvm::StringRef triple,
                                       llvm::ArrayRef<NeededLibrary> needed) {
  // A kernel may have the name of a function of libc (index): its entries call
  // it and no other.
  std::vector<std::string> words = {"-shared",
                                    "-Bsymbolic",
                                    "--no-undefined",
                                    "--hash-style=gnu",
                                    "--build-id=none",
                                    "-z",
                                    "noexecstack",
                                    "--as-needed",
                                    "-o",
                                    output};
  words.insert(words.end(), objects.begin(), objects.end());
  for (const NeededLibrary &library : needed) {
    std::string path = findSystemFile(triple, library.file);
    if (path.empty())
      return llvm::createStringError(
          "linking '" + output + "' failed: " + library.file +
          " is in no folder of system libraries" +
          (isForeign(triple) ? " for " + triple.split('-').first.str() : "") +
          "; " + library.purpose);
    words.push_back(path);
  }
  std::string hint;
  for (const char *name : {"libm.so.6", "libgcc_s.so.1", "libc.so.6"})
    if (std::string path = findSystemFile(triple, name); !path.empty())
      words.push_back(path);
    else
      hint = "(" + describeSystemFiles(triple) + " are not installed)";
  return runLinker(words, output, hint);
}

llvm::Error tensorop::linkStaticProgram(llvm::ArrayRef<std::string> objects,
                                        const std::string &archive,
                                        const std::string &output,
                                        llvm::StringRef triple) {
  std::vector<std::string> words = {
      "-static", "--gc-sections", "--build-id=none", "--eh-frame-hdr",
      "-z",      "noexecstack",   "--strip-debug",   "--discard-locals",
      "-o",      output};
  std::string missing;
  auto add = [&](const std::string &path, llvm::StringRef name) {
    if (path.empty())
      missing += (missing.empty() ? "" : ", ") + name.str();
    words.push_back(path);
  };
  for (const char *name : {"crt1.o", "crti.o"})
    add(findSystemFile(triple, name), name);
  add(findCompilerFile(triple, "crtbeginT.o"), "crtbeginT.o");
  words.insert(words.end(), objects.begin(), objects.end());
  words.insert(words.end(), {archive, "--start-group"});
  for (const char *name : {"libm.a", "libc.a"})
    add(findSystemFile(triple, name), name);
  for (const char *name : {"libstdc++.a", "libgcc.a", "libgcc_eh.a"})
    add(findCompilerFile(triple, name), name);
  words.push_back("--end-group");
  add(findCompilerFile(triple, "crtend.o"), "crtend.o");
  add(findSystemFile(triple, "crtn.o"), "crtn.o");
  if (!missing.empty())
    return llvm::createStringError("linking '" + output + "' failed: no " +
                                   missing + "; install " +
                                   describeSystemFiles(triple));
  return runLinker(words, output, "");
}
