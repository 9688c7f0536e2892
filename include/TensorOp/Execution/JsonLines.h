//===- JsonLines.h - JSON, one value a line, between processes --*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_EXECUTION_JSONLINES_H
#define TENSOROP_EXECUTION_JSONLINES_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/JSON.h"
#include <optional>
#include <string>

namespace tensorop {

/// Writes all of `text`; false when the other end is closed.
bool writeAll(int fd, llvm::StringRef text);

/// With the end of the line.
std::string toLine(llvm::json::Object object);

/// Takes one line, without its end, off the front of `pending`; nothing when
/// there is no whole one.
std::optional<std::string> takeLine(std::string &pending);

/// Keeps standard output for a protocol: returns a descriptor for it, and from
/// then on prints go to standard error. -1 with errno when that fails.
int takeStandardOutput();

} // namespace tensorop

#endif // TENSOROP_EXECUTION_JSONLINES_H
