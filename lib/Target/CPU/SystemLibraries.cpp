//===- SystemLibraries.cpp - Where libraries of a machine lie -------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SystemLibraries.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include <vector>

using namespace tensorop;
using llvm::StringRef;
using llvm::Twine;

static StringRef getArch(StringRef triple) { return triple.split('-').first; }

/// GNU's name of the architecture, as folders have it: "riscv64-linux-gnu".
static std::string getFolderName(StringRef triple) {
  return (getArch(triple) + "-linux-gnu").str();
}

bool tensorop::isForeign(StringRef triple) {
  return llvm::Triple(llvm::sys::getProcessTriple()).getArch() !=
         llvm::Triple(triple).getArch();
}

std::string tensorop::findSystemFile(StringRef triple, StringRef name) {
  std::string own = getFolderName(triple);
  std::vector<std::string> folders = {"/lib/" + own, "/usr/lib/" + own,
                                      "/usr/" + own + "/lib"};
  if (!isForeign(triple))
    folders.insert(folders.end(), {"/lib64", "/usr/lib64", "/lib", "/usr/lib"});
  for (const std::string &folder : folders) {
    std::string path = (Twine(folder) + "/" + name).str();
    if (llvm::sys::fs::exists(path))
      return path;
  }
  return "";
}

std::string tensorop::findCompilerFile(StringRef triple, StringRef name) {
  int newest = -1;
  std::string found;
  for (const char *root : {"/usr/lib/gcc/", "/usr/lib/gcc-cross/"}) {
    std::error_code error;
    for (llvm::sys::fs::directory_iterator
             it(root + getFolderName(triple), error),
         end;
         it != end && !error; it.increment(error)) {
      int version;
      std::string path = (Twine(it->path()) + "/" + name).str();
      if (llvm::sys::path::filename(it->path()).getAsInteger(10, version) ||
          version <= newest || !llvm::sys::fs::exists(path))
        continue;
      newest = version;
      found = path;
    }
  }
  return found;
}

std::string tensorop::describeSystemFiles(StringRef triple) {
  if (!isForeign(triple))
    return "the C library's development files (Debian: libc6-dev)";
  StringRef arch = getArch(triple);
  return ("the libraries of a cross compiler for " + arch + " (Debian: g++-" +
          arch + "-linux-gnu)")
      .str();
}
