//===- NoZ3.cpp - A build without Z3 --------------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Script.h"
#include "TensorOp/Support/Check.h"
#include "TensorOp/Z3/Z3.h"

using namespace llvm;
using namespace tensorop;
using namespace tensorop::z3;

std::string z3::version() { return ""; }

struct Script::State {};

Script::Script(Script &&) = default;
Script::~Script() = default;

Expected<Script> Script::parse(const std::string &, unsigned) {
  return createStringError(inconvertibleErrorCode(), whyAbsent().c_str());
}

// No script is ever made.
Script::Answer Script::check(ArrayRef<std::string>, ArrayRef<AtMost>) {
  TENSOROP_CHECK(false, "there is no Z3");
  return Answer::Unknown;
}
std::optional<int64_t> Script::value(const std::string &, bool) const {
  return std::nullopt;
}
std::vector<std::string> Script::core() const { return {}; }
std::string Script::reason() const { return ""; }
