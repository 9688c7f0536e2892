//===- Status.h - Success or a message --------------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The error type of the runtime, which has no LLVM and lets no exception out.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_RUNTIME_STATUS_H
#define TENSOROP_RUNTIME_STATUS_H

#include "TensorOp/Support/Check.h"
#include <optional>
#include <string>
#include <utility>

namespace tensorop::runtime {

/// Success, or a failure with a message that says what, where, which limit and
/// which value.
class [[nodiscard]] Status {
public:
  /// Success.
  Status() = default;

  /// A failure; `message` must not be empty.
  static Status failure(std::string message) {
    TENSOROP_CHECK(!message.empty(), "a failure says why");
    Status status;
    status.text = std::move(message);
    return status;
  }

  /// A failure because an array is more than the memory that is left.
  static Status noMemory(std::string message) {
    Status status = failure(std::move(message));
    status.memory = true;
    return status;
  }

  /// The same failure, with what it is about before its message.
  Status about(const std::string &what) const {
    Status status = *this;
    status.text = what + ": " + text;
    return status;
  }

  bool ok() const { return text.empty(); }
  bool isOutOfMemory() const { return memory; }

  /// The message of a failure; empty on success.
  const std::string &message() const { return text; }

private:
  std::string text;
  bool memory = false;
};

/// A value, or a failure with a message.
template <typename T> class [[nodiscard]] Result {
public:
  /*implicit*/ Result(T value) : content(std::move(value)) {}
  /*implicit*/ Result(Status failure) : state(std::move(failure)) {
    TENSOROP_CHECK(!state.ok(), "a result without value is a failure");
  }

  bool ok() const { return state.ok(); }
  const Status &status() const { return state; }
  const std::string &message() const { return state.message(); }

  /// The value; only on success.
  T &operator*() { return get(); }
  const T &operator*() const { return const_cast<Result *>(this)->get(); }
  T *operator->() { return &get(); }
  const T *operator->() const { return &const_cast<Result *>(this)->get(); }

private:
  T &get() {
    TENSOROP_CHECK(content.has_value(), "the value of a failed result is used");
    return *content;
  }

  std::optional<T> content;
  Status state;
};

} // namespace tensorop::runtime

#endif // TENSOROP_RUNTIME_STATUS_H
