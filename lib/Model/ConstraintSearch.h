//===- ConstraintSearch.h - Searches with a limit ---------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The searches of ConstraintSet end only when they are done. Plans come from
// outside: the tree searches with a limit and says so when it is reached.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_MODEL_CONSTRAINTSEARCH_H
#define TENSOROP_LIB_MODEL_CONSTRAINTSEARCH_H

#include "TensorOp/Model/ConstraintSolver.h"

namespace tensorop::model {

/// Relation::MultipleOf; nothing is a multiple of zero.
bool isMultiple(int64_t value, int64_t of);

/// Points, partial ones included, that a limited search looks at: some seconds.
inline constexpr uint64_t searchLimit = 10'000'000;

/// ConstraintSet::first, ::nearest and ::unsatCore that look at `limit` points
/// at most. A core cut short has rules that may not be needed.
LimitedSearch findFirst(const ConstraintSet &set, uint64_t limit = searchLimit);
LimitedSearch findNearest(const ConstraintSet &set, const Assignment &target,
                          uint64_t limit = searchLimit);
std::vector<size_t> findUnsatCore(const ConstraintSet &set,
                                  uint64_t limit = searchLimit);

/// "no legal point found within N points".
std::string searchLimitMessage(uint64_t limit = searchLimit);

} // namespace tensorop::model

#endif // TENSOROP_LIB_MODEL_CONSTRAINTSEARCH_H
