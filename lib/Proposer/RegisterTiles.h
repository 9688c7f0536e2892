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
  /// With groups there is exactly one.
  llvm::SmallVector<std::pair<unsigned, int64_t>> rows;
  /// Product of the rows' sizes.
  int64_t height = 1;
  /// Vectors along the lanes, and elements of each: those of a native vector,
  /// or fewer.
  int64_t vectors = 1, lanes = 1;
  /// Elements of the innermost reduction with accumulators of their own,
  /// besides those in lanes.
  int64_t partial = 1;

  int64_t width() const { return vectors * lanes; }
  int64_t accumulators() const { return height * vectors * partial; }
};

/// Vector registers of a tile of `height` rows and `vectors` columns: those of
/// the sums, of `bits` each, and what the operands of a step take (V-REGS of
/// the model).
int64_t registersFor(int64_t height, int64_t vectors, int64_t bits,
                     const HardwareModel &hw);

/// At most `count` tiles for lanes along the output, best first: most
/// arithmetic per cycle for the extents of `c`, edges and the latency of the
/// multiply-adds included; among equals, the fewest loads per multiply-add.
std::vector<RegisterTileChoice> chooseRegisterTiles(const Contraction &c,
                                                    const HardwareModel &hw,
                                                    unsigned count);

/// The same for lanes along a reduction: each output of the tile is a dot
/// product, whose lanes are added up at the end.
std::vector<RegisterTileChoice>
chooseDotTiles(const Contraction &c, const HardwareModel &hw, unsigned count);

} // namespace tensorop

#endif // TENSOROP_LIB_PROPOSER_REGISTERTILES_H
