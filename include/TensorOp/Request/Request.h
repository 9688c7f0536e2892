//===- Request.h - One line that asks for a kernel --------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   request    := "gemm" type shape clause*
//   type       := "f32" | "f64" | "f16" | "bf16" | "i8"
//   shape      := size "x" size "x" size                      (M x N x K)
//   clause     := "for" target option* | "threads" count
//               | "transposed" ("a" | "b") | "+" elementwise | "exact"
//   option     := name "=" value                        (joined by ":")
//   elementwise := "bias" | "relu" | "gelu" | "residual"
//
// Words are separated by spaces; "+" needs none. Sizes are from 1 to 65536,
// threads from 1 to 1024. `for`, `threads` and `exact` come at most once, each
// operand is transposed at most once.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_REQUEST_REQUEST_H
#define TENSOROP_REQUEST_REQUEST_H

#include "TensorOp/Runtime/ElementType.h"
#include "TensorOp/Runtime/Status.h"
#include <cstdint>
#include <string>
#include <vector>

namespace tensorop {

/// What happens to each element of the product, in the order given.
enum class Elementwise {
  /// Adds element n of a vector.
  Bias,
  /// max(x, 0).
  Relu,
  /// x / 2 * (1 + erf(x / sqrt 2)).
  Gelu,
  /// Adds the element of another matrix.
  Residual
};

/// The word of the grammar.
const char *getName(Elementwise op);

/// C = f(op(A) op(B)), row-major and dense: op(A) is m x k, op(B) is k x n, and
/// a transposed operand is stored the other way round.
struct Request {
  /// Of A and B.
  runtime::ElementType type = runtime::ElementType::F32;
  int64_t m = 1, n = 1, k = 1;
  bool transposedA = false, transposedB = false;
  std::vector<Elementwise> elementwise;
  /// As HardwareModel's resolveTarget reads it; not checked here.
  std::string target = "native";
  int64_t threads = 1;
  /// Elementary functions as libm has them; else they may be approximated.
  bool exact = false;

  /// Of the sums and of C: f32 for f16 and bf16, i32 for i8, else `type`.
  runtime::ElementType getResultType() const;
};

/// Whether the kernel of `request` computes an elementary function by a
/// polynomial in place of a call of libm.
bool isApproximated(const Request &request);

/// Reads one line. The message says what is wrong and what was expected, and
/// shows the line with a mark below the place.
runtime::Result<Request> parseRequest(const std::string &line);

/// The request in the grammar, every clause that is not the default written
/// out; parseRequest reads it back to an equal one.
std::string toString(const Request &request);

/// MLIR: the function @gemm on tensors with arguments a, b and one for each
/// bias and residual, as a front end would write it.
std::string makePayload(const Request &request);

} // namespace tensorop

#endif // TENSOROP_REQUEST_REQUEST_H
