//===- FormulaBounds.h - Bounds of the variables of a formula ---*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_MODEL_FORMULABOUNDS_H
#define TENSOROP_LIB_MODEL_FORMULABOUNDS_H

#include "TensorOp/Model/Formula.h"

namespace tensorop::model {

/// Integers from `lo` to `hi`; the ends of 64 bits mean that there is no bound.
struct Reach {
  int64_t lo = INT64_MIN, hi = INT64_MAX;
  bool hasLo() const { return lo != INT64_MIN; }
  bool hasHi() const { return hi != INT64_MAX; }
  bool isBounded() const { return hasLo() && hasHi(); }
  bool isEmpty() const { return lo > hi; }
};

/// Finds where the variables of a formula lie, by narrowing them with each
/// assertion until nothing changes. Never too narrow for a point that satisfies
/// the formula.
class FormulaBounds {
public:
  explicit FormulaBounds(const Formula &formula);
  Reach variable(unsigned index) const { return reach[index]; }
  /// Of an integer term; a Boolean one is 0 or 1.
  Reach of(const Term &term) const;

private:
  std::vector<Reach> reach;
  bool changed = false;

  void restrictTo(unsigned variable, Reach to);
  /// The integer `term` lies in `to`.
  void narrow(const Term &term, Reach to);
  /// The Boolean `term` is `value`.
  void narrow(const Term &term, bool value);
  void narrowAny(llvm::ArrayRef<Term> terms, bool value);
};

} // namespace tensorop::model

#endif // TENSOROP_LIB_MODEL_FORMULABOUNDS_H
