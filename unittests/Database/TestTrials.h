//===- TestTrials.h - Trials and files for the tests ------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_UNITTESTS_DATABASE_TESTTRIALS_H
#define TENSOROP_UNITTESTS_DATABASE_TESTTRIALS_H

#include "TensorOp/Database/Database.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"
#include <fstream>

namespace tensorop::database {

/// A folder that goes with the test.
class Folder {
public:
  Folder() {
    llvm::SmallString<128> made;
    EXPECT_FALSE(llvm::sys::fs::createUniqueDirectory("trials", made));
    path = made.str().str();
  }
  ~Folder() { llvm::sys::fs::remove_directories(path); }
  std::string file(const char *name) const { return path + "/" + name; }
  std::string path;
};

inline Trial sampleTrial(double score = 1e-3, const char *plan = "plan a") {
  Trial trial;
  trial.fingerprint = "f";
  trial.extents = {64, 128, 256};
  trial.target = "machine";
  trial.machineHash = "m1";
  trial.threads = 1;
  trial.unit = "seconds";
  trial.evaluator = "native";
  trial.versions = "TensorOp 0.1.0, LLVM 22.1";
  trial.ops = {"mm", "bias"};
  trial.planText = plan;
  trial.planHash = hashOf(plan);
  trial.outcome = "measured";
  trial.samples = {score, 2 * score, score / 2};
  trial.score = score;
  trial.run = "r1";
  trial.provenance = R"({"algorithm":"random","seed":7})";
  trial.when = "2026-11-22T05:38:00Z";
  return trial;
}

inline Trial failedTrial(const char *outcome, const char *plan = "plan a") {
  Trial trial = sampleTrial(1, plan);
  trial.outcome = outcome;
  trial.samples.clear();
  trial.score = 0;
  trial.diagnostic = "register tile needs 34";
  return trial;
}

inline std::unique_ptr<TrialDatabase>
openOrFail(const std::string &path,
           TrialDatabase::Access access = TrialDatabase::Access::ReadWrite) {
  llvm::Expected<std::unique_ptr<TrialDatabase>> opened =
      TrialDatabase::open(path, access);
  if (opened)
    return std::move(*opened);
  ADD_FAILURE() << llvm::toString(opened.takeError());
  return nullptr;
}

/// The value, which must be there.
template <typename T> T get(llvm::Expected<T> value) {
  if (value)
    return std::move(*value);
  ADD_FAILURE() << llvm::toString(value.takeError());
  return T();
}

/// "" for success.
inline std::string messageOf(llvm::Error error) {
  return llvm::toString(std::move(error));
}
template <typename T> std::string messageOf(llvm::Expected<T> value) {
  return value ? "" : llvm::toString(value.takeError());
}

inline bool contains(const std::string &text, const char *part) {
  return text.find(part) != std::string::npos;
}

inline std::vector<Trial> allOf(const TrialDatabase &database,
                                const TrialFilter &filter = {}) {
  std::vector<Trial> trials;
  EXPECT_EQ("", messageOf(database.forEach(filter, [&](const Trial &trial) {
              trials.push_back(trial);
              return llvm::Error::success();
            })));
  return trials;
}

} // namespace tensorop::database

#endif // TENSOROP_UNITTESTS_DATABASE_TESTTRIALS_H
