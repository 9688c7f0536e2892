//===- AlikeMoves.h - How far elements of like values move ------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_RUNTIME_ALIKEMOVES_H
#define TENSOROP_LIB_RUNTIME_ALIKEMOVES_H

#include <vector>

namespace tensorop::runtime {

/// How far an element of a result may be moved by roundings, as elements of
/// about its value show: where a function saturates, or a narrow type absorbs
/// small errors, elements stay where they are, however far others move.
class AlikeMoves {
public:
  /// An element's value, which is finite, and how far it moves; may be
  /// infinite.
  struct Element {
    double value, move;
  };

  explicit AlikeMoves(std::vector<Element> elements);

  /// What no more than one in 32 of the elements next to `value`, which is that
  /// of an element, exceed; infinite where there are too few of them. Of a
  /// value that enough elements have, these alone count.
  double get(double value) const;

private:
  struct Range {
    double last, move;
  };
  using Iterator = std::vector<Element>::const_iterator;
  void add(Iterator first, Iterator from, Iterator end);

  /// In the order of their values.
  std::vector<Range> ranges;
};

} // namespace tensorop::runtime

#endif // TENSOROP_LIB_RUNTIME_ALIKEMOVES_H
