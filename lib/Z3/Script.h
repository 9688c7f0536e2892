//===- Script.h - One SMT-LIB script in Z3 ----------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_Z3_SCRIPT_H
#define TENSOROP_LIB_Z3_SCRIPT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tensorop::z3 {

/// Declarations and assertions that Z3 has read, and questions about them.
class Script {
public:
  enum class Answer { Sat, Unsat, Unknown };
  /// A declared integer is at most this.
  struct AtMost {
    std::string name;
    int64_t limit;
  };

  /// An error: there is no Z3, or it does not understand the text.
  static llvm::Expected<Script> parse(const std::string &smtlib,
                                      unsigned steps);
  Script(Script &&);
  ~Script();

  /// Can everything hold with these declared Booleans true and these limits?
  Answer check(llvm::ArrayRef<std::string> assumptions,
               llvm::ArrayRef<AtMost> limits = {});
  /// After Sat: a value of a declared constant; nothing when 64 bits do not
  /// hold it.
  std::optional<int64_t> value(const std::string &name, bool isBoolean) const;
  /// After Unsat: assumptions that are too many together.
  std::vector<std::string> core() const;
  /// After Unknown.
  std::string reason() const;

private:
  struct State;
  explicit Script(std::unique_ptr<State> state);
  std::unique_ptr<State> state;
};

} // namespace tensorop::z3

#endif // TENSOROP_LIB_Z3_SCRIPT_H
