//===- CacheBlocks.h - Sizes of cache blocks --------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The blocks of GotoBLAS-like loops, from sizes and ways of the caches: Low,
// Igual, Smith, Quintana-Orti, "Analytical Modeling Is Enough for
// High-Performance BLIS", ACM TOMS 43(2), 2016, section 4.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_PROPOSER_CACHEBLOCKS_H
#define TENSOROP_LIB_PROPOSER_CACHEBLOCKS_H

#include "TensorOp/Hardware/HardwareModel.h"

namespace tensorop {

/// Steps of the reduction for which a panel of `width` elements stays in the
/// first-level cache while panels of `height` elements pass through it; at
/// least 1. Elements have `bits` bits.
int64_t reductionBlock(const HardwareModel &hw, int64_t height, int64_t width,
                       int64_t bits);

/// Elements along the rows for which a block with `steps` of the reduction
/// stays in the second-level cache while panels of `width` pass through it.
int64_t rowBlock(const HardwareModel &hw, int64_t steps, int64_t width,
                 int64_t bits);

/// Elements along the columns for which a block with `steps` of the reduction
/// stays in a core's share of the outermost cache; `full` when there is none.
int64_t columnBlock(const HardwareModel &hw, int64_t steps, int64_t bits,
                    int64_t full);

/// The least multiple of `unit` that cuts `extent` into as few blocks as
/// blocks of at most `limit` (at least `unit`) do, or as few that `threads`
/// threads get equal numbers of them; `extent` itself for one.
int64_t evenBlock(int64_t extent, int64_t limit, int64_t unit,
                  int64_t threads = 1);

} // namespace tensorop

#endif // TENSOROP_LIB_PROPOSER_CACHEBLOCKS_H
