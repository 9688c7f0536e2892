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
/// A file that is there keeps its old contents when the new ones cannot be
/// written.
llvm::Error writeTextFile(llvm::StringRef path, llvm::StringRef contents);

/// Whether a file of `bytes` can be written in `folder`, which is made when it
/// is not there: one is made, and removed again.
llvm::Error checkRoom(llvm::StringRef folder, uint64_t bytes);

} // namespace tensorop

#endif // TENSOROP_EXECUTION_TEXTFILE_H
