//===- SystemLibraries.h - Where libraries of a machine lie -----*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_TARGET_CPU_SYSTEMLIBRARIES_H
#define TENSOROP_LIB_TARGET_CPU_SYSTEMLIBRARIES_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace tensorop {

/// The path of file `name` ("libm.so.6", "libc.a", "crt1.o") for the
/// architecture of `triple`, on Linux: of this machine's own system, or of what
/// a distribution installs for its cross compilers. Empty when there is none.
std::string findSystemFile(llvm::StringRef triple, llvm::StringRef name);

/// The same for a file of the newest GCC of that architecture ("libgcc.a",
/// "libstdc++.a", "crtbeginT.o").
std::string findCompilerFile(llvm::StringRef triple, llvm::StringRef name);

/// Whether code of `triple`'s architecture is for another machine than this.
bool isForeign(llvm::StringRef triple);

/// What has such files, in words, for messages.
std::string describeSystemFiles(llvm::StringRef triple);

} // namespace tensorop

#endif // TENSOROP_LIB_TARGET_CPU_SYSTEMLIBRARIES_H
