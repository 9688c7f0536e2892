//===- RegisterTiles.h - Register tiles worth trying ------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_PROPOSER_REGISTERTILES_H
#define TENSOROP_LIB_PROPOSER_REGISTERTILES_H

#include "Contraction.h"

namespace tensorop {

struct RegisterTileChoice {
  /// Sizes of row dimensions, each above 1 or the only one; innermost last.
  llvm::SmallVector<std::pair<unsigned, int64_t>> rows;
  /// Product of the rows' sizes.
  int64_t height = 1;
  /// Native vectors along the lanes.
  int64_t vectors = 1;
};

/// At most `count` tiles, best first: most arithmetic per cycle for the
/// extents of `c`, edges and the latency of the multiply-adds included; among
/// equals, the fewest loads per multiply-add.
std::vector<RegisterTileChoice> chooseRegisterTiles(const Contraction &c,
                                                    const HardwareModel &hw,
                                                    unsigned count);

} // namespace tensorop

#endif // TENSOROP_LIB_PROPOSER_REGISTERTILES_H
