//===- LabelsTest.cpp - Labels are documented and tested ------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"
#include <gtest/gtest.h>
#include <set>

using namespace llvm;

namespace {

std::string readFile(const Twine &path) {
  auto file = MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file) {
    ADD_FAILURE() << "cannot read " << path.str();
    return std::string();
  }
  return (*file)->getBuffer().str();
}

std::string readSources(StringRef folder) {
  std::string text;
  std::error_code error;
  for (sys::fs::directory_iterator it(TENSOROP_SOURCE_DIR "/" + folder, error),
       end;
       it != end && !error; it.increment(error))
    if (sys::path::extension(it->path()) == ".cpp")
      text += readFile(it->path());
  return text;
}

std::set<std::string> labels(StringRef text, StringRef pattern) {
  std::set<std::string> found;
  Regex regex(pattern);
  SmallVector<StringRef> match;
  while (regex.match(text, &match)) {
    found.insert(match[1].str());
    text = text.substr(match[0].data() + match[0].size() - text.data());
  }
  return found;
}

TEST(Labels, AreDocumentedAndTested) {
  std::set<std::string> used =
      labels(readSources("lib/Model"), "\"([A-Z]+-[A-Z0-9]+)\"");
  EXPECT_GT(used.size(), 90u);
  std::string docs = readFile(TENSOROP_SOURCE_DIR "/docs/constraints.md");
  std::set<std::string> documented = labels(docs, "([A-Z]+-[A-Z0-9]+)[, |]");
  std::set<std::string> tested =
      labels(readSources("unittests/Model"), "([A-Z]+-[A-Z0-9]+)");
  for (const std::string &label : used) {
    EXPECT_TRUE(documented.count(label)) << label << " is not documented";
    EXPECT_TRUE(tested.count(label)) << label << " has no test";
  }
  for (const std::string &label : documented)
    EXPECT_TRUE(used.count(label)) << label << " is documented but not used";
}

} // namespace
