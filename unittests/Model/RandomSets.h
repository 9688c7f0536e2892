//===- RandomSets.h - Random small constraint sets --------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_UNITTESTS_MODEL_RANDOMSETS_H
#define TENSOROP_UNITTESTS_MODEL_RANDOMSETS_H

#include "TensorOp/Model/ConstraintSet.h"
#include <random>

namespace tensorop::model::test {

/// Up to four variables with every kind of domain and up to five rules with
/// every operator and relation; divisions by zero, negative divisors and
/// overflow occur.
ConstraintSet randomSet(std::mt19937 &rng);

/// Values in, near and far from the domains.
Assignment randomPoint(const ConstraintSet &set, std::mt19937 &rng);

} // namespace tensorop::model::test

#endif // TENSOROP_UNITTESTS_MODEL_RANDOMSETS_H
