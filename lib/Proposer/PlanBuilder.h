//===- PlanBuilder.h - From choices to a plan -------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_PROPOSER_PLANBUILDER_H
#define TENSOROP_LIB_PROPOSER_PLANBUILDER_H

#include "RegisterTiles.h"
#include "TensorOp/Proposer/Proposer.h"

namespace tensorop {

/// Where the operand that lanes run along is copied to panels.
enum class VectorPacking { None, Block, Panel };

/// What threads divide: nothing, the loops over what neither lanes nor rows
/// take, blocks along the lanes, blocks of rows, or the panels of register
/// tiles along the lanes inside the blocks.
enum class Division { None, Outer, Columns, Rows, Panels };

/// What distinguishes the candidates for one contraction.
struct Choices {
  RegisterTileChoice tile;
  /// At most so many steps of the reduction in one visit of a register tile.
  int64_t steps = 1;
  VectorPacking vectorPacking = VectorPacking::None;
  bool packScalar = false;
  /// Part of the second-level cache that a block of rows may fill: one in so
  /// many; 0: there are no blocks of rows.
  int64_t rowShare = 1;
  /// Ask for unpacked vectors ahead of time: along the reduction when the depth
  /// allows it, else along the lanes.
  bool prefetch = false;
  bool fuseConsumers = true;
  Division division = Division::None;
  /// How many threads there are to divide for.
  int64_t threads = 1;
};

/// The plan that `choices` describe: GotoBLAS-like loops around a register
/// tile. It may be illegal: the loop tree decides.
Proposal buildPlan(const Contraction &c, const HardwareModel &hw,
                   const Choices &choices);

} // namespace tensorop

#endif // TENSOROP_LIB_PROPOSER_PLANBUILDER_H
