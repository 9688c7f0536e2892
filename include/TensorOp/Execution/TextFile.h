//===- TextFile.h - Files that are written as a whole -----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_EXECUTION_TEXTFILE_H
#define TENSOROP_EXECUTION_TEXTFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace tensorop {

/// Replaces the file `path`, or makes it. An error names the path and the
/// reason, also of a disk that is full at the end. (llvm::writeToOutput makes
/// another file and renames it, which devices and links do not survive.)
llvm::Error writeTextFile(llvm::StringRef path, llvm::StringRef contents);

} // namespace tensorop

#endif // TENSOROP_EXECUTION_TEXTFILE_H
