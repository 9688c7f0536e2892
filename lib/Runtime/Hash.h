//===- Hash.h - Hashes of files and texts -----------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_RUNTIME_HASH_H
#define TENSOROP_LIB_RUNTIME_HASH_H

#include "TensorOp/Runtime/Status.h"
#include <string>

namespace tensorop::runtime {

/// "xxh3-128:" and 32 hexadecimal digits. Finds damage, not forgery.
std::string hashText(const std::string &text);

/// The bytes of a file; the message names it and the system's reason.
Result<std::string> readFile(const std::string &path);

/// Replaces a file at once, so that no reader ever sees a part of it.
Status writeFile(const std::string &path, const std::string &text);

} // namespace tensorop::runtime

#endif // TENSOROP_LIB_RUNTIME_HASH_H
