//===- Linker.cpp - Object files to a shared object, in process -----------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Target/CPU/Codegen.h"
#include "lld/Common/Driver.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

LLD_HAS_DRIVER(elf)

using namespace tensorop;

/// Folders in which the loader finds system libraries; the first hit counts.
static std::string findSystemLibrary(llvm::StringRef name) {
  for (const char *folder :
       {"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64",
        "/usr/lib64", "/lib", "/usr/lib"}) {
    std::string path = (llvm::Twine(folder) + "/" + name).str();
    if (llvm::sys::fs::exists(path))
      return path;
  }
  return "";
}

NeededLibrary tensorop::openMPLibrary() {
  return {"libomp.so.5", "kernels with threads need it (Debian: libomp5)"};
}

llvm::Error tensorop::linkSharedObject(llvm::ArrayRef<std::string> objects,
                                       const std::string &output,
                                       llvm::ArrayRef<NeededLibrary> needed) {
  std::vector<std::string> words = {"ld.lld",
                                    "-shared",
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
    std::string path = findSystemLibrary(library.file);
    if (path.empty())
      return llvm::createStringError(
          "linking '" + output + "' failed: " + library.file +
          " is in no folder of system libraries; " + library.purpose);
    words.push_back(path);
  }
  for (const char *name : {"libm.so.6", "libgcc_s.so.1", "libc.so.6"})
    if (std::string path = findSystemLibrary(name); !path.empty())
      words.push_back(path);
  std::vector<const char *> arguments;
  for (const std::string &word : words)
    arguments.push_back(word.c_str());
  std::string text;
  llvm::raw_string_ostream stream(text);
  lld::Result result =
      lld::lldMain(arguments, stream, stream, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode != 0)
    return llvm::createStringError("linking '" + output + "' failed: " + text);
  if (!result.canRunAgain)
    return llvm::createStringError(
        "internal error: the linker cannot go on after '" + output + "'");
  return llvm::Error::success();
}
