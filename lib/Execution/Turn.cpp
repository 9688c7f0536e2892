//===- Turn.cpp - One process at a time -----------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Turn.h"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

using namespace tensorop;

llvm::Expected<Turn> Turn::take(const std::string &path) {
  int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  int code = file < 0 ? -1 : 0;
  if (file >= 0)
    while ((code = ::flock(file, LOCK_EX)) < 0 && errno == EINTR)
      ;
  if (code == 0)
    return Turn(file);
  int error = errno;
  if (file >= 0)
    ::close(file);
  // untested: needs a temporary folder that is gone.
  return llvm::createStringError("cannot take turns by '" + path +
                                 "': " + std::strerror(error));
}

Turn::~Turn() {
  if (file >= 0)
    ::close(file);
}
