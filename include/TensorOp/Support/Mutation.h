//===- Mutation.h - Faults to be found by the gate --------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each fault is one line in a rewrite, `if (isMutated(Mutation::X)) ...`, which
// is dead code unless CMake's TENSOROP_MUTATIONS is on, and never taken unless
// a program sets `activeMutation`. Only unittests/Execution/MutationTest.cpp
// does: no tool has an option or reads a variable for it.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_SUPPORT_MUTATION_H
#define TENSOROP_SUPPORT_MUTATION_H

namespace tensorop {

/// Name and what goes wrong, by room.
#define TENSOROP_FOR_EACH_MUTATION(M)                                          \
  M(SwappedDims, "Conversion: the outer two loops are over each other's dims") \
  M(BandEndsEarly, "TileBand: a loop ends one element early")                  \
  M(BandTail, "TileBand: a loop leaves out the last, partial tile")            \
  M(BandStride, "TileBand: a loop steps one element too far")                  \
  M(TileUnclamped, "TileBand: the last tile has the full size")                \
  M(PackTail, "PackCode: the last, partial panel is not packed")               \
  M(PackPanels, "PackCode: one full panel is not packed")                      \
  M(PackTarget, "PackCode: all panels are written to the first one")           \
  M(PackUntransposed, "PackCode: blocks are not transposed")                   \
  M(PackOverrun, "PackCode: the last block is not moved back")                 \
  M(StalePanel, "PackOperand: packed in the first iteration only")             \
  M(FirstPanel, "PackOperand: every tile reads the first panel")               \
  M(ProducerOffset, "PackSource: a fused producer starts from its first row")  \
  M(NarrowRest, "RegisterTile: a narrow tile is one element short")            \
  M(EdgeIsFull, "RegisterTile: an edge is taken for a full tile")              \
  M(PadNotRead,                                                                \
    "RegisterTile: the padded tile does not start from the output")            \
  M(PadNotWritten, "RegisterTile: the padded tile is not copied back")         \
  M(InitSkipped, "TileEmitter: accumulators start from what is in memory")     \
  M(NoAccumulate, "TileEmitter: the output's old value is not added")          \
  M(AccumulateTwice, "TileEmitter: the output's old value is added twice")     \
  M(RowMask, "TileEmitter: rows beyond the edge are not masked")               \
  M(ColumnMask, "TileEmitter: the mask has one column too many")               \
  M(StaleRegister, "TileEmitter: one loaded value serves the whole tile")      \
  M(LastStep, "TileEmitter: the reduction ends one step early")                \
  M(FmaOperands, "TileEmitter: a factor and the addend are exchanged")         \
  M(PartialRest, "PartialSums: what the loop leaves is not added")             \
  M(PartialDropped, "PartialSums: one accumulator of each sum is taken")       \
  M(PartialPast, "PartialSums: one more step where nothing is left")           \
  M(PartialEpilogues, "PartialSums: a long epilogue runs for each of a sum's " \
                      "accumulators")                                          \
  M(LongLastRow, "TileFused: a long epilogue leaves out a tile's last row")    \
  M(EpilogueEarly, "Fuse: the epilogue runs in each block of the reduction")   \
  M(EpilogueNever, "Fuse: the epilogue's guard never holds")                   \
  M(InitInEachBlock, "Fuse: the init runs in each block of the reduction")     \
  M(GuardInnermost, "Fuse: a guard asks the innermost reduction loop only")    \
  M(OperandOffset, "Fuse: an epilogue's operand does not move with the tile")  \
  M(UnrollTail, "Unroll: the remainder is left out")                           \
  M(UnrollStep, "Unroll: the step grows, the body does not")                   \
  M(TeamLast, "Team: the last iteration of a divided loop is left out")        \
  M(TeamFill, "Team: the last panel of a shared copy is left out")             \
  M(TeamCopies, "Team: there is one private copy for all threads")             \
  M(WorkspaceOverlap, "Workspace: buffers that live together overlap")         \
  M(WorkspaceSize, "Workspace: the last buffer is not counted")

enum class Mutation {
  None,
#define TENSOROP_MUTATION(name, what) name,
  TENSOROP_FOR_EACH_MUTATION(TENSOROP_MUTATION)
#undef TENSOROP_MUTATION
};

#ifdef TENSOROP_MUTATIONS
inline Mutation activeMutation = Mutation::None;
inline bool isMutated(Mutation one) { return activeMutation == one; }
#else
constexpr bool isMutated(Mutation) { return false; }
#endif

} // namespace tensorop

#endif // TENSOROP_SUPPORT_MUTATION_H
