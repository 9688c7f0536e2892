//===- TemporaryFolder.h - A folder that goes with its owner ----*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_EXECUTION_TEMPORARYFOLDER_H
#define TENSOROP_EXECUTION_TEMPORARYFOLDER_H

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include <string>

namespace tensorop {

/// A new folder of this machine, removed with all that is in it.
class TemporaryFolder {
public:
  TemporaryFolder() = default;
  TemporaryFolder(const TemporaryFolder &) = delete;
  TemporaryFolder &operator=(const TemporaryFolder &) = delete;
  ~TemporaryFolder() {
    if (!path.empty())
      llvm::sys::fs::remove_directories(path);
  }
  /// Makes it; `prefix` begins its name.
  std::error_code make(llvm::StringRef prefix) {
    llvm::SmallString<128> made;
    std::error_code code = llvm::sys::fs::createUniqueDirectory(prefix, made);
    if (!code)
      path = made.str().str();
    return code;
  }
  /// Empty before make().
  std::string path;
};

} // namespace tensorop

#endif // TENSOROP_EXECUTION_TEMPORARYFOLDER_H
