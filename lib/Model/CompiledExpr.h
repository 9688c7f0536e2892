//===- CompiledExpr.h - Expressions over numbered slots ---------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The search evaluates the same expressions many times: names become slots of
// an array. Interval evaluation bounds an expression while some slots are open.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_MODEL_COMPILEDEXPR_H
#define TENSOROP_LIB_MODEL_COMPILEDEXPR_H

#include "TensorOp/Model/Expr.h"
#include <vector>

namespace tensorop::model {

/// All values from `lo` to `hi`.
struct Interval {
  int64_t lo = INT64_MIN, hi = INT64_MAX;
  /// Evaluation may give no value (overflow, division by zero) at some point.
  bool mayFail = false;
  bool isPoint() const { return lo == hi; }
};

class CompiledExpr {
public:
  CompiledExpr() = default;
  /// Names become slots by `slots` or literals by `constants`. Returns nothing
  /// when a name is in neither or the expression has v(), [] or `full`.
  static std::optional<CompiledExpr>
  compile(const Expr &expr, const llvm::StringMap<unsigned> &slots,
          const llvm::StringMap<int64_t> &constants);

  /// Value, or nothing on division by zero or overflow.
  std::optional<int64_t> evaluate(llvm::ArrayRef<int64_t> slots) const;
  /// Bounds of the value when each slot is in its interval. Never too narrow
  /// for the points at which evaluate gives a value.
  Interval bounds(llvm::ArrayRef<Interval> slots) const;
  /// Slots used, ascending.
  llvm::ArrayRef<unsigned> slots() const { return used; }

  /// Bounds of one operation on values in `a` and `b`; everything, and mayFail,
  /// when a result may leave 64 bits or a divisor is not known to be positive.
  static Interval boundOf(Expr::Kind kind, Interval a, Interval b);

private:
  struct Node {
    Expr::Kind kind;
    /// Literal's value or slot.
    int64_t value;
    int lhs, rhs;
  };
  std::vector<Node> nodes;
  llvm::SmallVector<unsigned, 4> used;
  int add(const Expr &expr, const llvm::StringMap<unsigned> &slots,
          const llvm::StringMap<int64_t> &constants);
  std::optional<int64_t> eval(int index, llvm::ArrayRef<int64_t> slots) const;
  Interval bound(int index, llvm::ArrayRef<Interval> slots) const;
};

} // namespace tensorop::model

#endif // TENSOROP_LIB_MODEL_COMPILEDEXPR_H
