//===- Hash.cpp - Hashes of files and texts -------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Hash.h"
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

using namespace tensorop;
using namespace tensorop::runtime;

std::string runtime::hashText(const std::string &text) {
  XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  char digits[33];
  std::snprintf(digits, sizeof digits, "%016llx%016llx",
                static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return std::string("xxh3-128:") + digits;
}

namespace {
struct CloseFile {
  void operator()(std::FILE *file) const { std::fclose(file); }
};
} // namespace

Result<std::string> runtime::readFile(const std::string &path) {
  std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (!file)
    return Status::failure("cannot read " + path + ": " + std::strerror(errno));
  std::string text;
  char part[1 << 16];
  while (size_t count = std::fread(part, 1, sizeof part, file.get()))
    text.append(part, count);
  if (std::ferror(file.get()))
    return Status::failure("cannot read " + path + ": " + std::strerror(errno));
  return text;
}

Status runtime::writeFile(const std::string &path, const std::string &text) {
  // Devices and pipes cannot be replaced; they are written in place.
  bool regular = path.rfind("/dev/", 0) != 0;
  std::string target =
      regular ? path + ".tmp" + std::to_string(::getpid()) : path;
  std::FILE *file = std::fopen(target.c_str(), "wb");
  if (!file)
    return Status::failure("cannot write " + path + ": " +
                           std::strerror(errno));
  bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  int reason = errno;
  if (std::fclose(file) != 0 && written) {
    written = false;
    reason = errno;
  }
  if (written && regular && std::rename(target.c_str(), path.c_str()) != 0) {
    written = false;
    reason = errno;
  }
  if (written)
    return Status();
  if (regular)
    std::remove(target.c_str());
  return Status::failure("cannot write " + path + ": " + std::strerror(reason));
}
