//===- AlikeMoves.cpp - How far elements of like values move --------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AlikeMoves.h"
#include <algorithm>
#include <iterator>
#include <limits>

using namespace tensorop::runtime;

using Element = AlikeMoves::Element;

/// Fewer elements say little about one another.
static constexpr std::ptrdiff_t enough = 64;

static bool isBelow(const Element &x, const Element &y) {
  return x.value < y.value;
}

AlikeMoves::AlikeMoves(std::vector<Element> elements) {
  std::sort(elements.begin(), elements.end(), isBelow);
  // A value that enough elements have is a range of its own, for those next to
  // it may well move; the others are divided into ranges that touch.
  auto begin = elements.begin(), divided = begin;
  for (auto at = begin; at != elements.end();) {
    auto next = std::upper_bound(at, elements.end(), *at, isBelow);
    if (next - at >= enough) {
      add(begin, divided, at);
      add(at, at, next);
      begin = divided = next;
    } else if (next - divided >= enough) {
      add(begin, divided, next);
      divided = next;
    }
    at = next;
  }
  add(begin, divided, elements.end());
}

/// The elements from `from` to `end`; when these are too few, those before them
/// count as well, back to `first`.
void AlikeMoves::add(Iterator first, Iterator from, Iterator end) {
  if (from == end)
    return;
  if (end - from < enough)
    from = end - std::min(end - first, enough);
  double move = std::numeric_limits<double>::infinity();
  if (end - from >= enough) {
    std::vector<double> moves;
    std::transform(from, end, std::back_inserter(moves),
                   [](const Element &element) { return element.move; });
    auto most = moves.end() - 1 - std::ptrdiff_t(moves.size() / 32);
    std::nth_element(moves.begin(), most, moves.end());
    move = *most;
  }
  ranges.push_back({std::prev(end)->value, move});
}

double AlikeMoves::get(double value) const {
  auto range = std::lower_bound(
      ranges.begin(), ranges.end(), value,
      [](const Range &range, double value) { return range.last < value; });
  return range == ranges.end() ? std::numeric_limits<double>::infinity()
                               : range->move;
}
