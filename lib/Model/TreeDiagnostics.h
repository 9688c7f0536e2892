//===- TreeDiagnostics.h - Collects the errors of one step ------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_MODEL_TREEDIAGNOSTICS_H
#define TENSOROP_LIB_MODEL_TREEDIAGNOSTICS_H

#include "TensorOp/Model/LoopTree.h"
#include "llvm/ADT/StringExtras.h"

namespace tensorop::model {

/// The errors found while one step (or the header, -1) is looked at.
class Diagnostics {
public:
  explicit Diagnostics(int step) : step(step) {}

  void report(llvm::StringRef label, const llvm::Twine &message) {
    reportAt(step, label, message);
  }
  void reportAt(int at, llvm::StringRef label, const llvm::Twine &message) {
    errors.push_back({label.str(), at, message.str()});
  }
  explicit operator bool() const { return !errors.empty(); }
  /// All errors joined, success without any.
  llvm::Error take() {
    llvm::Error result = llvm::Error::success();
    for (Entry &entry : errors)
      result = llvm::joinErrors(
          std::move(result),
          llvm::make_error<PlanError>(entry.label, entry.step, entry.message));
    errors.clear();
    return result;
  }

private:
  struct Entry {
    std::string label;
    int step;
    std::string message;
  };
  int step;
  std::vector<Entry> errors;
};

/// "a, b, c" of the entries' names, or "none".
template <typename Range> std::string listNames(const Range &range) {
  std::string text;
  for (const auto &entry : range)
    text += (text.empty() ? "" : ", ") + std::string(entry.name);
  return text.empty() ? "none" : text;
}

} // namespace tensorop::model

#endif // TENSOROP_LIB_MODEL_TREEDIAGNOSTICS_H
