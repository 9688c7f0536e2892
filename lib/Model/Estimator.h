//===- Estimator.h - How a loop tree's cycles are estimated -----*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_MODEL_ESTIMATOR_H
#define TENSOROP_LIB_MODEL_ESTIMATOR_H

#include "TensorOp/Model/CostModel.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>

namespace tensorop::model {

// Factors of the estimate that no data sheet has, fitted to measurements on
// Zen 4 and Zen 5 (benchmarks/results).

/// Cycles to start and end a register tile, besides those of each accumulator.
constexpr double kTileCycles = 24;
/// Cycles to clear an accumulator, add the output to it and store it.
constexpr double kAccumulatorCycles = 4;
/// Share of the slots of loads, and of what else stands beside multiply-adds,
/// that a core out of order does not hide.
constexpr double kExposedIssue = 0.2;
/// Share of the time for data from the second-level cache, and from those
/// further out, that out-of-order execution does not hide.
constexpr double kExposedNear = 0.15, kExposedFar = 0.6;
/// Share of the shorter of computing and reading memory that adds to the
/// longer.
constexpr double kExposed = 0.3;
/// What is left of that where somebody looks ahead.
constexpr double kForeseen = 0.35;
/// A hardware prefetcher follows this many streams ...
constexpr int64_t kStreams = 8;
/// ... and finds the next line by itself in runs of this many bytes.
constexpr int64_t kLongRun = 1024;
/// Bandwidth that is left without it, and when the program asks for lines
/// itself, which only so many can be under way.
constexpr double kUnpredicted = 0.3, kAsked = 0.65;
/// And when a stream is followed within its pages only.
constexpr double kFollowed = 0.85;
/// Rows in pages of their own that address translation keeps at hand, and
/// cycles for each visit of a row when there are more.
constexpr int64_t kPages = 512, kPageBytes = 4096;
constexpr double kPageCycles = 3;
/// Part of a cache that a plan can count on.
constexpr double kUsable = 0.85;
/// Cycles to start a team of threads and to let it go, and of a barrier, for
/// each doubling of their number.
constexpr double kTeamCycles = 8000, kBarrierCycles = 1000;
/// So many cores take all that main memory gives.
constexpr double kMemoryCores = 4;

/// Tiles of one dimension that have the same extent and code.
struct TileCount {
  int64_t extent = 0, code = 0;
  double count = 0;
};

/// Adds up a CostEstimate. What register tiles take is in ComputeCost.cpp, what
/// data takes on its way in CostModel.cpp.
class Estimator {
public:
  Estimator(const LoopTree &tree, int64_t threads)
      : tree(tree), machine(tree.hardware()), root(tree.root()),
        info(*root.info), buffers(tree.buffers()), threads(double(threads)) {}

  CostEstimate run() {
    compute();
    for (unsigned operand = 0; operand < info.operands.size(); ++operand)
      stream(operand);
    divide();
    for (const Buffer &buffer : buffers)
      pack(buffer);
    for (const OperandInfo &operand : info.operands)
      produce(operand);
    return cost;
  }

private:
  llvm::SmallVector<TileCount> tilesOf(unsigned dim) const;
  void compute();
  void stream(unsigned operand);
  void pack(const Buffer &buffer);
  void divide();
  /// Cycles for `count` barriers.
  double barriers(double count) const {
    return count * kBarrierCycles * std::log2(threads);
  }
  void produce(const OperandInfo &operand);
  /// The elementwise op that makes `operand` where it is packed, or null.
  const OpInfo *fusedProducer(const OperandInfo &operand) const {
    auto op = tree.findOp(operand.producer);
    return op && tree.ops()[*op].fusedInto >= 0 ? tree.ops()[*op].info
                                                : nullptr;
  }
  /// Cycles for a vector of what `op` computes.
  double cyclesOf(const OpInfo &op) const {
    return double(op.flopsPerPoint) /
           double(machine.fmasPerCycle(machine.vectorBits));
  }
  /// Bits that `op` reads for each element that it computes.
  static double bitsRead(const OpInfo &op) {
    double bits = 0;
    for (const OperandInfo &input : op.operands)
      // What lacks a dimension is small.
      if (!input.isOutput && input.access.size() == op.extents.size() &&
          all_of(input.access, [](const Access &access) {
            return access.plainDim().has_value();
          }))
        bits += double(input.bits);
    return bits;
  }

  bool depends(unsigned operand, unsigned dim) const {
    for (const Access &access : info.operands[operand].access)
      for (auto [own, coefficient] : access.terms)
        if (root.dims[own] == dim)
          return true;
    return false;
  }
  const Buffer *bufferOf(unsigned operand) const {
    for (const Buffer &buffer : buffers) {
      const Layout &layout = tree.layouts()[buffer.layout];
      if (layout.op == 0 && layout.operandIndex == int(operand))
        return &buffer;
    }
    return nullptr;
  }
  double bytesOf(unsigned operand, int loop) const {
    double bytes = info.operands[operand].bits / 8.0;
    for (int64_t extent : tree.region(0, operand, loop))
      bytes *= extent;
    return bytes;
  }
  /// How the box of `operand` inside `loop` lies in memory: bytes of each run
  /// of neighbours, number of runs, bytes from one to the next.
  struct Runs {
    int64_t bytes = 0, count = 1, stride = 0;
  };
  Runs runsOf(unsigned operand, int loop) const;
  bool linesAreLost(unsigned operand, const Runs &runs) const;
  double partialLines(unsigned operand, unsigned depth, double visits) const;
  /// Innermost level that holds `bytes`, of which those of `operand` lie where
  /// the payload put them when `strided`; the number of caches: none does.
  unsigned levelOf(double bytes, unsigned operand, int loop,
                   bool strided) const;
  /// Level from which the kernel's operands come first.
  unsigned coldLevel() const {
    // Something else may have been there in between.
    return levelOf(2.0 * tree.footprint(-1), 0, -1, /*strided=*/false);
  }
  /// The part of the bandwidth that an order of accesses reaches; that of
  /// single misses is the same for all.
  double efficiencyOf(double streamed) const {
    return machine.missesAdd ? 1 : streamed;
  }
  void move(double bytes, unsigned level, double efficiency = 1,
            bool foreseen = false) {
    if (level == 0)
      return;
    // The second level is near enough for any order.
    double cycles = bytes / machine.bytesPerCycle(level);
    if (level > 1)
      cycles /= efficiencyOf(efficiency);
    if (machine.missesAdd)
      cost.caches += cycles;
    else if (level < machine.caches.size())
      cost.caches += cycles * (level == 1 ? kExposedNear : kExposedFar) *
                     (foreseen ? kForeseen : 1);
    else
      cost.memory += cycles;
  }
  /// Whether the scalars of `operand` that a step takes are neighbours, of
  /// which instructions take one lane each.
  bool takesLanes(unsigned operand, unsigned laneDim) const {
    if (machine.scalarOperand != ScalarOperand::Lane ||
        depends(operand, laneDim))
      return false;
    if (bufferOf(operand) || tree.takesLanesOfSteps(0))
      return true;
    const OperandInfo &desc = info.operands[operand];
    std::optional<unsigned> last =
        desc.access.empty() ? std::nullopt : desc.access.back().plainDim();
    return last && llvm::any_of(root.tile->entries, [&](const auto &entry) {
             return entry.dim == root.dims[*last];
           });
  }
  /// Vectors of unpacked operands are asked for before they are needed.
  bool isPrefetched() const {
    return llvm::any_of(root.chain, [&](unsigned loop) {
      return tree.loops()[loop].pipeline.has_value();
    });
  }
  int around(unsigned position) const {
    return position == 0 ? -1 : int(root.chain[position - 1]);
  }

  const LoopTree &tree;
  const HardwareModel &machine;
  const OpNode &root;
  const OpInfo &info;
  std::vector<Buffer> buffers;
  double threads;
  /// Part of the divided iterations that the busiest thread runs.
  double share = 1;
  CostEstimate cost;
};

} // namespace tensorop::model

#endif // TENSOROP_LIB_MODEL_ESTIMATOR_H
