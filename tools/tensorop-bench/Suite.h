//===- Suite.h - What tensorop-bench is asked to measure --------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TOOLS_BENCH_SUITE_H
#define TENSOROP_TOOLS_BENCH_SUITE_H

#include "TensorOp/Runtime/ElementType.h"
#include "TensorOp/Runtime/Status.h"
#include <string>
#include <vector>

namespace tensorop::bench {

/// C = A B, row-major: A is m x k, B is k x n.
struct GemmShape {
  int64_t m = 0, n = 0, k = 0;
};

/// One line of the table.
struct Case {
  std::string op = "gemm";
  runtime::ElementType type = runtime::ElementType::F32;
  GemmShape shape;
  /// File with plans; empty leaves the choice to the compiler.
  std::string plan;
};

/// Parses "MxNxK"; sizes from 1 to 65536.
runtime::Result<GemmShape> parseShape(const std::string &text);

/// Parses a list of shapes separated by commas.
runtime::Result<std::vector<GemmShape>> parseShapes(const std::string &text);

/// Parses a list of types separated by commas: f32, f64, f16, bf16 or i8, the
/// type of both factors.
runtime::Result<std::vector<runtime::ElementType>>
parseTypes(const std::string &text);

/// Refuses an operator that there is no payload for.
runtime::Status checkOp(const std::string &op);

/// Reads a suite:
///   {"schema": 1, "name": "...", "cases": [
///     {"op": "gemm", "types": "f32", "shapes": ["64x64x64", ...],
///      "plan": "file, relative to the suite"}]}
/// Messages name file, field and value.
runtime::Result<std::vector<Case>> readSuite(const std::string &path);

/// "1024x1024x1024".
std::string format(const GemmShape &shape);

/// The payload of a case: one function on tensors that fills its result with
/// zeros and multiplies.
std::string makePayload(const Case &benchCase);

} // namespace tensorop::bench

#endif // TENSOROP_TOOLS_BENCH_SUITE_H
