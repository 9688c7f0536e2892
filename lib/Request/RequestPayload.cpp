//===- RequestPayload.cpp - The payload that a request asks for -----------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Request/Request.h"
#include <sstream>

using namespace tensorop;
using runtime::ElementType;

namespace {

std::string tensorType(const std::vector<int64_t> &shape, ElementType type) {
  std::string text = "tensor<";
  for (int64_t size : shape)
    text += std::to_string(size) + "x";
  return text + std::string(runtime::getName(type)) + ">";
}

/// Writes the function op by op.
class PayloadWriter {
public:
  explicit PayloadWriter(const Request &request)
      : request(request), result(request.getResultType()),
        element(runtime::getName(result)),
        matrix(tensorType({request.m, request.n}, result)) {}

  std::string write();

private:
  void writeProduct();
  void writeElementwise(Elementwise op, size_t number);
  bool isFloat() const { return runtime::isFloat(result); }
  /// A constant of the result's type.
  std::string constant(double value) const {
    std::ostringstream text;
    if (isFloat())
      text << std::scientific;
    text.precision(16);
    text << value << " : " << element;
    return text.str();
  }

  const Request &request;
  ElementType result;
  std::string element, matrix;
  /// The value that the next op reads.
  std::string current;
  std::ostringstream body, arguments;
};

} // namespace

void PayloadWriter::writeProduct() {
  std::vector<int64_t> shapeA = {request.m, request.k},
                       shapeB = {request.k, request.n};
  if (request.transposedA)
    std::swap(shapeA[0], shapeA[1]);
  if (request.transposedB)
    std::swap(shapeB[0], shapeB[1]);
  std::string a = tensorType(shapeA, request.type),
              b = tensorType(shapeB, request.type);
  arguments << "%a: " << a << " {tensorop.name = \"a\"}, %b: " << b
            << " {tensorop.name = \"b\"}";
  body << "  %zero = arith.constant " << (isFloat() ? "0.0" : "0") << " : "
       << element << "\n  %empty = tensor.empty() : " << matrix
       << "\n  %init = linalg.fill ins(%zero : " << element
       << ") outs(%empty : " << matrix << ") -> " << matrix
       << "\n  %product = linalg.matmul ";
  if (request.transposedA || request.transposedB)
    body << "indexing_maps = [affine_map<(m, n, k) -> "
         << (request.transposedA ? "(k, m)" : "(m, k)")
         << ">, affine_map<(m, n, k) -> "
         << (request.transposedB ? "(n, k)" : "(k, n)")
         << ">, affine_map<(m, n, k) -> (m, n)>]\n      ";
  body << "ins(%a, %b : " << a << ", " << b << ") outs(%init : " << matrix
       << ") -> " << matrix << "\n";
  current = "%product";
}

void PayloadWriter::writeElementwise(Elementwise op, size_t number) {
  std::string name = getName(op) + std::to_string(number);
  bool isBias = op == Elementwise::Bias,
       hasOperand = isBias || op == Elementwise::Residual;
  std::string operand = isBias ? tensorType({request.n}, result) : matrix;
  const char *add = isFloat() ? "addf" : "addi";
  if (hasOperand)
    arguments << ", %" << name << "_in: " << operand << " {tensorop.name = \""
              << name << "\"}";
  body << "  %" << name
       << " = linalg.generic {\n      indexing_maps = [affine_map<(m, n) -> "
          "(m, n)>, ";
  if (hasOperand)
    body << "affine_map<(m, n) -> " << (isBias ? "(n)" : "(m, n)") << ">, ";
  body << "affine_map<(m, n) -> (m, n)>],\n      iterator_types = "
          "[\"parallel\", \"parallel\"]}\n      ins("
       << current;
  if (hasOperand)
    body << ", %" << name << "_in";
  body << " : " << matrix;
  if (hasOperand)
    body << ", " << operand;
  body << ") outs(%empty : " << matrix << ") {\n    ^bb0(%x: " << element;
  if (hasOperand)
    body << ", %y: " << element;
  body << ", %unused: " << element << "):\n";
  auto line = [&](const std::string &text) {
    body << "      " << text << "\n";
  };
  switch (op) {
  case Elementwise::Bias:
  case Elementwise::Residual:
    line("%r = arith." + std::string(add) + " %x, %y : " + element);
    break;
  case Elementwise::Relu:
    line("%r = arith." + std::string(isFloat() ? "maximumf" : "maxsi") +
         " %x, %zero : " + element);
    break;
  case Elementwise::Gelu:
    line("%half = arith.constant " + constant(0.5));
    line("%one = arith.constant " + constant(1));
    line("%root = arith.constant " + constant(0.70710678118654752));
    line("%s = arith.mulf %x, %root : " + element);
    line("%e = math.erf %s " +
         std::string(request.exact ? "" : "fastmath<afn> ") + ": " + element);
    line("%p = arith.addf %e, %one : " + element);
    line("%h = arith.mulf %x, %half : " + element);
    line("%r = arith.mulf %h, %p : " + element);
    break;
  }
  body << "      linalg.yield %r : " << element << "\n  } -> " << matrix
       << "\n";
  current = "%" + name;
}

std::string PayloadWriter::write() {
  writeProduct();
  for (size_t i = 0; i < request.elementwise.size(); ++i)
    writeElementwise(request.elementwise[i], i);
  return "// " + toString(request) + "\nfunc.func @gemm(" + arguments.str() +
         ") -> " + matrix + " {\n" + body.str() + "  return " + current +
         " : " + matrix + "\n}\n";
}

std::string tensorop::makePayload(const Request &request) {
  return PayloadWriter(request).write();
}
