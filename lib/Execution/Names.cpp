//===- Names.cpp - Names that C and the linker accept ---------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Names.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/RuntimeLibcalls.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;

static bool isIdentifier(StringRef name) {
  return !name.empty() && !isDigit(name[0]) &&
         all_of(name, [](char c) { return isAlnum(c) || c == '_'; });
}

/// Keywords of C23 and C++23, without those that C reserves anyway (`_Bool`).
static bool isKeyword(StringRef name) {
  static const StringSet<> keywords = {
      // Both languages.
      "alignas", "alignof", "auto", "bool", "break", "case", "char", "const",
      "constexpr", "continue", "default", "do", "double", "else", "enum",
      "extern", "false", "float", "for", "goto", "if", "inline", "int", "long",
      "nullptr", "register", "return", "short", "signed", "sizeof", "static",
      "static_assert", "struct", "switch", "thread_local", "true", "typedef",
      "typeof", "typeof_unqual", "union", "unsigned", "void", "volatile",
      "while",
      // C, and what GNU's dialect adds.
      "restrict", "asm",
      // C++, alternative tokens included.
      "and", "and_eq", "bitand", "bitor", "catch", "char16_t", "char32_t",
      "char8_t", "class", "co_await", "co_return", "co_yield", "compl",
      "concept", "const_cast", "consteval", "constinit", "decltype", "delete",
      "dynamic_cast", "explicit", "export", "friend", "mutable", "namespace",
      "new", "noexcept", "not", "not_eq", "operator", "or", "or_eq", "private",
      "protected", "public", "reinterpret_cast", "requires", "static_cast",
      "template", "this", "throw", "try", "typeid", "typename", "using",
      "virtual", "wchar_t", "xor", "xor_eq"};
  return keywords.contains(name);
}

/// Names that C (7.1.3, 7.33) keeps for itself and for <stdint.h>, which the
/// header includes, and macros that GNU compilers define.
static bool isReserved(StringRef name) {
  if (name.starts_with("__") ||
      (name.size() > 1 && name[0] == '_' && isUpper(name[1])))
    return true;
  if ((name.starts_with("int") || name.starts_with("uint")) &&
      name.ends_with("_t"))
    return true;
  if (name.starts_with("INT") || name.starts_with("UINT"))
    for (StringRef end : {"_MAX", "_MIN", "_WIDTH", "_C"})
      if (name.ends_with(end))
        return true;
  return name == "linux" || name == "unix";
}

/// Functions that LLVM may call or replace calls of: libm, libc and the
/// compiler's own library; and the few others that every program has.
static bool isLibraryFunction(StringRef name) {
  static const TargetLibraryInfoImpl library(
      Triple("x86_64-unknown-linux-gnu"));
  static const StringSet<> others = {"main",  "exit",  "_exit", "abort",
                                     "read",  "write", "open",  "close",
                                     "_init", "_fini"};
  LibFunc function;
  return others.contains(name) || library.getLibFunc(name, function) ||
         !RTLIB::RuntimeLibcallsInfo::lookupLibcallImplName(name).empty();
}

std::string tensorop::makeKernelName(StringRef name) {
  std::string result;
  for (char c : name)
    result += isAlnum(c) ? c : '_';
  if (!isIdentifier(result) || isKeyword(result) || isReserved(result) ||
      isLibraryFunction(result))
    result = "kernel_" + result;
  return result;
}

const char *tensorop::whyNotParameterName(StringRef name) {
  if (!isIdentifier(name))
    return "is not a C identifier";
  if (isKeyword(name))
    return "is a keyword of C or C++";
  if (isReserved(name))
    return "is reserved by C";
  if (name == "workspace")
    return "is the name of the entry's last parameter";
  return nullptr;
}
