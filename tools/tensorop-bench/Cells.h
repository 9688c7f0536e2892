//===- Cells.h - Cells of text tables --------------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TOOLS_BENCH_CELLS_H
#define TENSOROP_TOOLS_BENCH_CELLS_H

#include <cstdio>
#include <string>

namespace tensorop::bench {

constexpr size_t shapeWidth = 16, planWidth = 12, numberWidth = 9;

inline std::string printNumber(const char *pattern, double value) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, value);
  return text;
}

/// `text` with spaces on its left, or on its right, up to `width`.
inline std::string pad(const std::string &text, size_t width,
                       bool left = false) {
  if (text.size() >= width)
    return text;
  std::string spaces(width - text.size(), ' ');
  return left ? text + spaces : spaces + text;
}

} // namespace tensorop::bench

#endif // TENSOROP_TOOLS_BENCH_CELLS_H
