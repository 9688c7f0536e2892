//===- ParseRequest.cpp - The grammar of requests -------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Request/Request.h"
#include <algorithm>
#include <iterator>

using namespace tensorop;
using runtime::ElementType;
using runtime::Result;
using runtime::Status;

namespace {

constexpr int64_t maxSize = 65536, maxThreads = 1024;
constexpr Elementwise allElementwise[] = {Elementwise::Bias, Elementwise::Relu,
                                          Elementwise::Gelu,
                                          Elementwise::Residual};
constexpr ElementType allTypes[] = {ElementType::F32, ElementType::F64,
                                    ElementType::F16, ElementType::BF16,
                                    ElementType::I8};

/// A word of the line, and where it begins.
struct Word {
  std::string text;
  size_t at;
};

/// "a, b or c".
std::string anyOf(const std::vector<std::string> &names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i)
    text += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  return text;
}

/// "F32", "fp32" and "int8" as MLIR writes them.
std::string getSimilarType(const std::string &text) {
  std::string similar;
  for (char c : text)
    similar += c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
  for (const char *prefix : {"fp", "float", "int"})
    if (similar.rfind(prefix, 0) == 0)
      return prefix[0] + similar.substr(std::string(prefix).size());
  return similar;
}

class Parser {
public:
  explicit Parser(const std::string &line) : line(line) {
    for (size_t i = 0; i < line.size();) {
      if (isSpace(line[i])) {
        ++i;
        continue;
      }
      size_t end = i + 1;
      if (line[i] != '+')
        while (end < line.size() && !isSpace(line[end]) && line[end] != '+')
          ++end;
      words.push_back({line.substr(i, end - i), i});
      i = end;
    }
    words.push_back({"", line.size()});
  }

  Result<Request> parse();

private:
  static bool isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }
  bool atEnd() const { return next + 1 == words.size(); }
  const Word &peek() const { return words[next]; }
  const Word &take() { return atEnd() ? words[next] : words[next++]; }

  /// A failure at `length` characters from `at`.
  Status fail(size_t at, size_t length, const std::string &text) const {
    std::string shown = line;
    std::replace_if(shown.begin(), shown.end(), isSpace, ' ');
    return Status::failure(text + "\n  " + shown + "\n  " +
                           std::string(at, ' ') + "^" +
                           std::string(length > 1 ? length - 1 : 0, '~'));
  }
  Status fail(const Word &word, const std::string &text) const {
    return fail(word.at, word.text.size(), text);
  }
  Status expected(const std::string &what, const Word &found,
                  const std::string &hint = "") const {
    return fail(found,
                "expected " + what +
                    (found.text.empty() ? ", but the request ends here"
                                        : ", but found '" + found.text + "'") +
                    hint);
  }

  /// A number in [1, most] that is all of `text`, which begins at `at`.
  Status parseNumber(const std::string &text, size_t at,
                     const std::string &what, int64_t most, int64_t &value);
  Status parseType();
  Status parseShape();
  Status parseTarget();
  Status parseTransposed();
  Status parseElementwise();
  Status parseClause();

  const std::string &line;
  std::vector<Word> words;
  size_t next = 0;
  Request request;
  bool hasTarget = false, hasThreads = false;
};

} // namespace

Status Parser::parseNumber(const std::string &text, size_t at,
                           const std::string &what, int64_t most,
                           int64_t &value) {
  bool digits = !text.empty() && text.size() <= 10 &&
                std::all_of(text.begin(), text.end(),
                            [](char c) { return c >= '0' && c <= '9'; });
  value = digits ? std::stoll(text) : 0;
  if (value < 1 || value > most)
    return fail(at, text.size(),
                what + " must be a whole number from 1 to " +
                    std::to_string(most) + ", but is '" + text + "'");
  return Status();
}

Status Parser::parseType() {
  const Word &word = take();
  std::vector<std::string> names;
  for (ElementType type : allTypes) {
    names.emplace_back(runtime::getName(type));
    if (word.text == names.back()) {
      request.type = type;
      return Status();
    }
  }
  std::string similar = getSimilarType(word.text);
  bool isKnown = std::find(names.begin(), names.end(), similar) != names.end();
  return expected("an element type (" + anyOf(names) + ")", word,
                  isKnown ? "; did you mean '" + similar + "'?" : "");
}

Status Parser::parseShape() {
  const Word &word = take();
  if (std::count(word.text.begin(), word.text.end(), 'x') != 2)
    return expected("a shape MxNxK such as 512x768x1024", word);
  size_t begin = 0;
  for (auto [name, value] :
       {std::pair("M", &request.m), {"N", &request.n}, {"K", &request.k}}) {
    size_t end = std::min(word.text.find('x', begin), word.text.size());
    Status status = parseNumber(word.text.substr(begin, end - begin),
                                word.at + begin, name, maxSize, *value);
    if (!status.ok())
      return status;
    begin = end + 1;
  }
  return Status();
}

Status Parser::parseTarget() {
  if (hasTarget)
    return fail(words[next - 1], "the target is given twice");
  hasTarget = true;
  const Word &word = take();
  if (word.text.empty() || word.text == "+")
    return expected("a target such as native or x86-64-v4", word);
  request.target = word.text;
  while (peek().text.find('=') != std::string::npos)
    request.target += ":" + take().text;
  return Status();
}

Status Parser::parseTransposed() {
  const Word &word = take();
  if (word.text != "a" && word.text != "b")
    return expected("an operand (a or b)", word);
  bool &flag = word.text == "a" ? request.transposedA : request.transposedB;
  if (flag)
    return fail(word, "operand '" + word.text + "' is transposed twice");
  flag = true;
  return Status();
}

Status Parser::parseElementwise() {
  const Word &word = take();
  std::vector<std::string> names;
  for (Elementwise op : allElementwise) {
    names.emplace_back(getName(op));
    if (word.text != names.back())
      continue;
    if (op == Elementwise::Gelu && !runtime::isFloat(request.getResultType()))
      return fail(word,
                  "gelu needs a float result, but that of " +
                      std::string(runtime::getName(request.type)) + " is " +
                      std::string(runtime::getName(request.getResultType())));
    request.elementwise.push_back(op);
    return Status();
  }
  return expected("an elementwise operation (" + anyOf(names) + ")", word);
}

Status Parser::parseClause() {
  const Word &word = take();
  if (word.text == "for")
    return parseTarget();
  if (word.text == "transposed")
    return parseTransposed();
  if (word.text == "+")
    return parseElementwise();
  if (word.text == "exact") {
    if (request.exact)
      return fail(word, "'exact' is given twice");
    request.exact = true;
    return Status();
  }
  if (word.text != "threads") {
    for (Elementwise op : allElementwise)
      if (word.text == getName(op))
        return fail(word, "elementwise operations follow a '+': write '+ " +
                              word.text + "'");
    return expected("'for', 'threads', 'transposed', 'exact' or '+'", word);
  }
  if (hasThreads)
    return fail(word, "the number of threads is given twice");
  hasThreads = true;
  const Word &number = take();
  return parseNumber(number.text, number.at, "the number of threads",
                     maxThreads, request.threads);
}

Result<Request> Parser::parse() {
  const Word &op = take();
  if (op.text != "gemm")
    return expected("an operator (gemm)", op);
  Status status = parseType();
  if (status.ok())
    status = parseShape();
  while (status.ok() && !atEnd())
    status = parseClause();
  if (!status.ok())
    return status;
  return request;
}

const char *tensorop::getName(Elementwise op) {
  switch (op) {
  case Elementwise::Bias:
    return "bias";
  case Elementwise::Relu:
    return "relu";
  case Elementwise::Gelu:
    return "gelu";
  case Elementwise::Residual:
    return "residual";
  }
  return "";
}

ElementType Request::getResultType() const {
  switch (type) {
  case ElementType::F16:
  case ElementType::BF16:
    return ElementType::F32;
  case ElementType::I8:
    return ElementType::I32;
  default:
    return type;
  }
}

bool tensorop::isApproximated(const Request &request) {
  // There are polynomials for f32 and what is rounded from it, none for f64.
  return !request.exact && request.getResultType() == ElementType::F32 &&
         std::find(request.elementwise.begin(), request.elementwise.end(),
                   Elementwise::Gelu) != request.elementwise.end();
}

Result<Request> tensorop::parseRequest(const std::string &line) {
  return Parser(line).parse();
}

std::string tensorop::toString(const Request &request) {
  std::string text = "gemm " + std::string(runtime::getName(request.type)) +
                     " " + std::to_string(request.m) + "x" +
                     std::to_string(request.n) + "x" +
                     std::to_string(request.k);
  if (request.transposedA)
    text += " transposed a";
  if (request.transposedB)
    text += " transposed b";
  for (Elementwise op : request.elementwise)
    text += std::string(" + ") + getName(op);
  if (request.exact)
    text += " exact";
  if (request.target != "native") {
    std::string target = request.target;
    // Options are words of their own in the grammar.
    for (size_t at = 0; (at = target.find(':', at)) != std::string::npos;) {
      size_t end = std::min(target.find(':', at + 1), target.size());
      if (target.substr(at, end - at).find('=') != std::string::npos)
        target[at] = ' ';
      at = end;
    }
    text += " for " + target;
  }
  if (request.threads != 1)
    text += " threads " + std::to_string(request.threads);
  return text;
}
