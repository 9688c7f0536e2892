//===- Algorithms.h - The search algorithms ---------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_TUNER_ALGORITHMS_H
#define TENSOROP_LIB_TUNER_ALGORITHMS_H

#include "TensorOp/Tuner/Algorithm.h"

namespace tensorop {

std::unique_ptr<SearchAlgorithm>
createTreeSearch(const SearchSpace &space, CostLearner &learner,
                 const AlgorithmOptions &options);

} // namespace tensorop

#endif // TENSOROP_LIB_TUNER_ALGORITHMS_H
