//===- TextFile.cpp - Files that are written as a whole -------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Execution/TextFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/raw_ostream.h"
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

using namespace tensorop;
using llvm::StringRef;
namespace fs = llvm::sys::fs;

static std::error_code write(llvm::raw_fd_ostream &stream, StringRef contents) {
  stream << contents;
  stream.close();
  std::error_code code = stream.error();
  stream.clear_error();
  return code;
}

static std::error_code overwrite(StringRef path, StringRef contents) {
  std::error_code code;
  llvm::raw_fd_ostream stream(path, code);
  return code ? code : write(stream, contents);
}

/// By way of a new file, which takes the place of `path`, where its folder
/// allows one.
static std::error_code replace(StringRef path, StringRef contents) {
  llvm::SmallString<128> made;
  int file = -1;
  std::error_code code = fs::createUniqueFile(
      path + ".%%%%%%", file, made, fs::OF_None, fs::all_read | fs::all_write);
  if (code == std::errc::permission_denied)
    return overwrite(path, contents);
  if (code)
    return code;
  llvm::FileRemover remover(made);
  llvm::raw_fd_ostream stream(file, /*shouldClose=*/true);
  code = write(stream, contents);
  if (!code)
    code = fs::rename(made, path);
  if (!code)
    remover.releaseFile();
  return code;
}

llvm::Error tensorop::writeTextFile(StringRef path, StringRef contents) {
  // What else there is (a device, a link) stays what it is.
  fs::file_status status;
  std::error_code code = fs::status(path, status, /*follow=*/false);
  code = !code && fs::is_regular_file(status) ? replace(path, contents)
                                              : overwrite(path, contents);
  if (code)
    return llvm::createStringError("cannot write '" + path +
                                   "': " + code.message());
  return llvm::Error::success();
}

llvm::Error tensorop::checkRoom(StringRef folder, uint64_t bytes) {
  llvm::SmallString<128> path;
  int file = -1;
  std::error_code code = fs::create_directories(folder);
  if (!code)
    code = fs::createUniqueFile(folder + "/room-%%%%%%", file, path);
  if (!code) {
    llvm::FileRemover remover(path);
    int error = ::posix_fallocate(file, 0, off_t(bytes));
    // Some file systems cannot tell.
    if (error != 0 && error != EOPNOTSUPP && error != EINVAL)
      code = std::error_code(error, std::generic_category());
    ::close(file);
  }
  if (code)
    return llvm::createStringError("cannot write " + llvm::Twine(bytes) +
                                   " bytes in '" + folder +
                                   "': " + code.message());
  return llvm::Error::success();
}
