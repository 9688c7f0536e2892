//===- JsonLines.cpp - JSON, one value a line, between processes ----------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Execution/JsonLines.h"
#include "llvm/Support/raw_ostream.h"
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

using namespace tensorop;

bool tensorop::writeAll(int fd, llvm::StringRef text) {
  while (!text.empty()) {
    ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    text = text.drop_front(written);
  }
  return true;
}

std::string tensorop::toLine(llvm::json::Object object) {
  std::string line;
  llvm::raw_string_ostream(line)
      << llvm::json::Value(std::move(object)) << "\n";
  return line;
}

std::optional<std::string> tensorop::takeLine(std::string &pending) {
  size_t end = pending.find('\n');
  if (end == std::string::npos)
    return std::nullopt;
  std::string line = pending.substr(0, end);
  pending.erase(0, end + 1);
  return line;
}

int tensorop::takeStandardOutput() {
  int kept = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  if (kept >= 0 && ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
    int error = errno;
    ::close(kept);
    errno = error;
    return -1;
  }
  return kept;
}
