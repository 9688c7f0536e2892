//===- TileLoop.h - The loop of a register tile as LLVM IR ------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_UNITTESTS_TARGET_TILELOOP_H
#define TENSOROP_UNITTESTS_TARGET_TILELOOP_H

#include "llvm/Support/FormatVariadic.h"
#include <string>

namespace tensorop {

/// A loop that adds to rows x columns sums the products of scalars, `steps` of
/// each row in an iteration, and vectors. The rows of scalars are `stride`
/// bytes apart.
struct Tile {
  Tile(int rows, int columns, int steps, std::string type = "float",
       int bytes = 4)
      : rows(rows), columns(columns), steps(steps), type(std::move(type)),
        bytes(bytes) {}
  int rows, columns, steps;
  int stride = 4096;
  std::string type;
  /// Bytes of a scalar.
  int bytes;
  /// Stands between the first step and the second.
  std::string between;
};

/// A function 'f' with this loop over 1024 bytes of each row, of vectors of 128
/// bits.
inline std::string writeLoop(const Tile &tile) {
  using llvm::formatv;
  std::string vector = formatv("<{0} x {1}>", 16 / tile.bytes, tile.type).str(),
              multiply = tile.bytes == 4   ? "@llvm.fmuladd.v4f32"
                         : tile.bytes == 8 ? "@llvm.fmuladd.v2f64"
                                           : "@llvm.fmuladd.v8f16";
  std::string head, body, tail;
  for (int sum = 0; sum < tile.rows * tile.columns; ++sum) {
    head += formatv("  %s{0}.0 = phi {1} [ zeroinitializer, %entry ], "
                    "[ %s{0}.{2}, %loop ]\n",
                    sum, vector, tile.steps);
    tail += formatv("  %p{0} = getelementptr i8, ptr %c, i64 {1}\n"
                    "  store {2} %s{0}.{3}, ptr %p{0}, align 16\n",
                    sum, sum * 16, vector, tile.steps);
  }
  for (int step = 0; step < tile.steps; ++step) {
    for (int row = 0; row < tile.rows; ++row)
      body += formatv(
          "  %pa{0}.{1} = getelementptr inbounds i8, ptr %pa, i64 {2}\n"
          "  %a{0}.{1} = load {3}, ptr %pa{0}.{1}, align {5}\n"
          "  %i{0}.{1} = insertelement {4} poison, {3} %a{0}.{1}, i64 0\n"
          "  %x{0}.{1} = shufflevector {4} %i{0}.{1}, {4} poison, <{6} x i32> "
          "zeroinitializer\n",
          row, step, row * tile.stride + step * tile.bytes, tile.type, vector,
          tile.bytes, 16 / tile.bytes);
    for (int column = 0; column < tile.columns; ++column) {
      body +=
          formatv("  %pb{0}.{1} = getelementptr inbounds i8, ptr %pb, i64 {2}\n"
                  "  %b{0}.{1} = load {3}, ptr %pb{0}.{1}, align 16\n",
                  column, step, (step * tile.columns + column) * 16, vector);
      for (int row = 0; row < tile.rows; ++row)
        body += formatv("  %s{0}.{1} = call {2} {3}({2} %b{4}.{5}, {2} "
                        "%x{6}.{5}, {2} %s{0}.{5})\n",
                        row * tile.columns + column, step + 1, vector, multiply,
                        column, step, row);
    }
    if (step == 0)
      body += tile.between;
  }
  return formatv("declare {0} {1}({0}, {0}, {0})\n"
                 "declare void @g()\n"
                 "define void @f(ptr %a, ptr %b, ptr %c) {{\n"
                 "entry:\n  br label %loop\n"
                 "loop:\n"
                 "  %k = phi i64 [ 0, %entry ], [ %next, %loop ]\n",
                 vector, multiply)
             .str() +
         head +
         formatv("  %pa = getelementptr inbounds i8, ptr %a, i64 %k\n"
                 "  %kb = mul i64 %k, {0}\n"
                 "  %pb = getelementptr inbounds i8, ptr %b, i64 %kb\n",
                 tile.columns * 16 / tile.bytes)
             .str() +
         body +
         formatv("  %next = add nuw nsw i64 %k, {0}\n"
                 "  %more = icmp ult i64 %next, 1024\n"
                 "  br i1 %more, label %loop, label %exit\n"
                 "exit:\n",
                 tile.steps * tile.bytes)
             .str() +
         tail + "  ret void\n}\n";
}

} // namespace tensorop

#endif // TENSOROP_UNITTESTS_TARGET_TILELOOP_H
