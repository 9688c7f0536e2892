//===- AnalyticProposer.cpp - Plans from extents and hardware -------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A handful of candidates, each a loop tree; the one with the lowest estimated
// cost wins. Choices are improved one after the other: how deep the reduction
// is blocked together with what is copied, then the register tile.
//
//===----------------------------------------------------------------------===//

#include "CacheBlocks.h"
#include "Contraction.h"
#include "PlanBuilder.h"
#include "RegisterTiles.h"
#include "TensorOp/Model/CostModel.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <limits>

using namespace llvm;
using namespace tensorop;
using namespace tensorop::model;

/// Estimates that differ by less do not say which plan is faster.
static constexpr double kEstimateError = 0.02;
/// ... and of instructions, so many of them are clearly fewer.
static constexpr double kClearlyFewer = 0.995;

/// "register tile 4 x 96 (4 x v(6)), 24 accumulators".
static std::string describeTile(const Contraction &c,
                                const RegisterTileChoice &tile,
                                const HardwareModel &hw) {
  std::string columns = std::to_string(tile.width());
  std::string vectors = tile.lanes < hw.lanes(c.accBits)
                            ? columns
                            : "v(" + std::to_string(tile.vectors) + ")";
  std::string text =
      formatv("register tile {0} x {1} ({0} x {2}){3}", tile.height, columns,
              vectors, c.hasReducedLanes() ? " along the reduction" : "");
  if (tile.partial > 1)
    text += formatv(", {0} for each sum", tile.partial);
  return text + formatv(", {0} accumulators", tile.accumulators()).str();
}

namespace {

/// A legal plan and what is told about it.
struct Tried {
  Proposal plan;
  CostEstimate cost;
  Division division = Division::None;
  /// The register tile in words.
  std::string tile;
};

/// The plans that were tried for one kernel.
class Ranking {
public:
  Ranking(const KernelInfo &kernel, const HardwareModel &hw, int64_t threads)
      : kernel(kernel), hw(hw), threads(threads) {}

  /// Builds the plan of `choices`; true when it is legal and the cheapest.
  bool tryOut(const Contraction &c, const Choices &choices) {
    Proposal plan = buildPlan(c, hw, choices);
    Expected<LoopTree> tree =
        LoopTree::build(plan.header, plan.plainSteps(), hw, &kernel);
    if (!tree) {
      why = toString(tree.takeError());
      return false;
    }
    ++legal;
    CostEstimate cost = estimateCost(*tree, threads);
    if (choices.division == Division::None)
      alone = std::min(alone, cost.total());
    plan.unfused = c.unfused;
    tried.push_back({std::move(plan), cost, choices.division,
                     describeTile(c, choices.tile, hw)});
    if (cost.total() >= cheapest)
      return false;
    cheapest = cost.total();
    return true;
  }

  /// The cheapest; where it is known how many instructions a core takes in, one
  /// with clearly fewer, the fewest, of those that are as cheap within the
  /// estimate's error. Null when no candidate is legal.
  Tried *takeBest() {
    if (tried.empty())
      return nullptr;
    Tried *best =
        &*llvm::min_element(tried, [](const Tried &a, const Tried &b) {
          return a.cost.total() < b.cost.total();
        });
    if (!hw.issueWidth)
      return best;
    double within = (1 + kEstimateError) * best->cost.total(),
           clearly = kClearlyFewer * best->cost.instructions;
    for (Tried &one : tried)
      if (one.cost.total() <= within && one.cost.instructions <= clearly &&
          (!isShortest || one.cost.instructions < best->cost.instructions)) {
        best = &one;
        isShortest = true;
      }
    return best;
  }

  const KernelInfo &kernel;
  const HardwareModel &hw;
  int64_t threads;
  std::vector<Tried> tried;
  /// Cycles of the cheapest plan, and of the cheapest for one thread.
  double cheapest = std::numeric_limits<double>::infinity(),
         alone = std::numeric_limits<double>::infinity();
  unsigned legal = 0;
  /// The number of its instructions decided for the best.
  bool isShortest = false;
  /// Why the last illegal candidate is so.
  std::string why;
};

class AnalyticProposer : public Proposer {
public:
  StringRef name() const override { return "analytic"; }
  Expected<Proposal> propose(const KernelInfo &kernel, const HardwareModel &hw,
                             int64_t threads) const override;

private:
  static void tryContraction(Ranking &ranking, const Contraction &c);
  static void tryDots(Ranking &ranking, const Contraction &c);
};
} // namespace

/// Depths of the reduction worth trying for a register tile.
static SmallVector<int64_t> depthsOf(const Contraction &c,
                                     const HardwareModel &hw,
                                     const RegisterTileChoice &tile) {
  int64_t whole = 1;
  for (const ContractionDim &dim : c.dims)
    if (dim.isReduction)
      whole *= dim.extent;
  SmallVector<int64_t> depths;
  auto add = [&](int64_t depth) {
    depth = std::min(depth, whole);
    if (!is_contained(depths, depth))
      depths.push_back(depth);
  };
  // The block for which panels stay in the first-level cache, and larger ones,
  // which pass through it from the second.
  int64_t least =
      reductionBlock(hw, tile.height, tile.width(), c.multiply.bits);
  for (int64_t factor : {1, 2, 4})
    add(least * factor);
  if (whole <= 1024)
    add(whole);
  // Few rows: the vector operand streams by once, in as many streams as there
  // are steps. A prefetcher follows a few.
  if (tile.height <= 16)
    add(8);
  return depths;
}

/// Whether the vector operand, beside the others, comes from beyond the
/// second-level cache, and the machine can be asked for it.
static bool isWorthPrefetching(const Contraction &c, const HardwareModel &hw) {
  if (!hw.hasPrefetch())
    return false;
  std::optional<double> bytes = c.info->operands[c.vectorOperand].bytesOf(
      [&](unsigned dim) { return c.dims[dim].extent; });
  return hw.caches.size() < 2 || !bytes ||
         *bytes > double(hw.caches[1].bytes) / 4;
}

/// `c` alone, as no plan that fuses what follows is legal: `why`.
static Contraction withoutConsumers(const Contraction &c, StringRef why) {
  Contraction alone = c;
  alone.unfused = {c.consumers.front().op,
                   ("no candidate with it is legal: " + why).str()};
  alone.consumers.clear();
  return alone;
}

void AnalyticProposer::tryContraction(Ranking &ranking, const Contraction &c) {
  std::vector<RegisterTileChoice> tiles = chooseRegisterTiles(c, ranking.hw, 8);
  if (tiles.empty())
    return;
  std::optional<Choices> chosen;
  auto consider = [&](const Choices &choices) {
    if (ranking.tryOut(c, choices))
      chosen = choices;
  };
  SmallVector<Division> divisions{Division::None};
  if (ranking.threads > 1)
    divisions.append(
        {Division::Outer, Division::Columns, Division::Rows, Division::Panels});
  auto considerAll = [&](Choices choices) {
    for (Division division : divisions) {
      choices.division = division;
      consider(choices);
    }
  };
  Choices choices;
  choices.threads = ranking.threads;
  choices.tile = tiles.front();
  SmallVector<VectorPacking> packings;
  if (c.isContiguous && !c.isGrouped())
    packings.push_back(VectorPacking::None);
  if (c.canPackVector)
    packings.append({VectorPacking::Block, VectorPacking::Panel});
  for (VectorPacking packing : packings)
    for (bool scalar : {false, true}) {
      // Groups lie in copies of both operands.
      if (scalar ? !c.canPackScalar || choices.tile.rows.size() != 1
                 : c.isGrouped())
        continue;
      for (int64_t depth : depthsOf(c, ranking.hw, choices.tile)) {
        choices.vectorPacking = packing;
        choices.packScalar = scalar;
        choices.steps = depth;
        choices.prefetch = false;
        considerAll(choices);
        choices.prefetch =
            packing == VectorPacking::None && isWorthPrefetching(c, ranking.hw);
        if (choices.prefetch)
          considerAll(choices);
      }
    }
  // A consumer that cannot be fused runs afterwards.
  if (ranking.legal == 0 && !c.consumers.empty()) {
    Contraction alone = withoutConsumers(c, ranking.why);
    return tryContraction(ranking, alone);
  }
  if (!chosen)
    return;
  Choices base = *chosen;
  // Pairs of vectors are loaded from panels only: where there is such an
  // instruction, a tile is tried with each kind of copy.
  SmallVector<std::pair<VectorPacking, bool>> copies{
      {base.vectorPacking, base.packScalar}};
  if (ranking.hw.hasPairedLoads() && !c.isGrouped())
    for (VectorPacking packing : packings)
      for (bool scalar : {false, true})
        if (std::pair other(packing, scalar);
            (!scalar || c.canPackScalar) && other != copies.front())
          copies.push_back(other);
  for (const RegisterTileChoice &tile : drop_begin(tiles))
    for (auto [packing, scalar] : copies) {
      // Rows of several dimensions are not packed.
      if (scalar && tile.rows.size() != 1 && scalar != base.packScalar)
        continue;
      choices = base;
      choices.tile = tile;
      choices.vectorPacking = packing;
      choices.packScalar = scalar && tile.rows.size() == 1;
      choices.prefetch &= packing == base.vectorPacking;
      consider(choices);
      // What one thread would take is told beside it.
      choices.division = Division::None;
      if (base.division != Division::None)
        consider(choices);
    }
  // Where the second-level cache is the last, the other operands pass through
  // it too while a block of rows stays.
  base = *chosen;
  if (!base.packScalar)
    return;
  SmallVector<int64_t> shares;
  if (ranking.hw.caches.size() <= 2)
    shares.append({2, 4, 8, 16});
  // In order, what packs again for each block takes turns with the products.
  if (ranking.hw.inOrder)
    shares.push_back(0);
  for (int64_t share : shares) {
    choices = base;
    choices.rowShare = share;
    consider(choices);
  }
}

/// Lanes along a reduction: for outputs of few columns, or operands that are
/// contiguous along it.
void AnalyticProposer::tryDots(Ranking &ranking, const Contraction &base) {
  std::optional<Contraction> c = base.withReducedLanes();
  if (!c)
    return;
  std::vector<RegisterTileChoice> tiles = chooseDotTiles(*c, ranking.hw, 2);
  SmallVector<Division> divisions{Division::None};
  if (ranking.threads > 1)
    divisions.append({Division::Outer, Division::Rows});
  for (const RegisterTileChoice &tile : tiles) {
    Choices choices;
    choices.threads = ranking.threads;
    choices.tile = tile;
    // Blocks whose rows of both operands stay in the first-level cache; whole
    // rows, when nothing is copied.
    int64_t rows = 2 - int64_t(tile.rows.size());
    for (auto [dim, size] : tile.rows)
      rows += size;
    int64_t least =
        reductionBlock(ranking.hw, rows, rows,
                       c->isContiguous ? c->inputBits : c->multiply.bits);
    for (int64_t depth :
         {least, 2 * least, c->isContiguous ? INT64_MAX : int64_t(1024)}) {
      choices.steps = std::max(depth, tile.width());
      for (Division division : divisions) {
        choices.division = division;
        choices.prefetch = false;
        ranking.tryOut(*c, choices);
        choices.prefetch = isWorthPrefetching(*c, ranking.hw);
        if (choices.prefetch)
          ranking.tryOut(*c, choices);
      }
    }
  }
  if (ranking.legal == 0 && !base.consumers.empty())
    tryDots(ranking, withoutConsumers(base, ranking.why));
}

Expected<Proposal> AnalyticProposer::propose(const KernelInfo &kernel,
                                             const HardwareModel &hw,
                                             int64_t threads) const {
  if (hw.isGPU() || hw.isLengthAgnostic())
    return createStringError(inconvertibleErrorCode(),
                             "the analytic proposer knows processors with "
                             "vectors of a known length, not '%s'",
                             hw.name.c_str());
  Expected<Contraction> contraction = describeContraction(kernel);
  if (!contraction)
    return contraction.takeError();
  Ranking ranking(kernel, hw, threads);
  const model::OpInfo &op = *contraction->info;
  ranking.why = hw.name + " has no instruction that multiplies " +
                op.operands[0].type + " and adds up in " + op.accType;
  for (const Contraction &way : chooseMultiplications(*contraction, hw)) {
    if (!way.hasReducedLanes())
      tryContraction(ranking, way);
    if (!way.isGrouped())
      tryDots(ranking, way);
  }
  Tried *best = ranking.takeBest();
  if (!best)
    return createStringError(inconvertibleErrorCode(),
                             "no candidate is legal: " + ranking.why);
  Proposal plan = std::move(best->plan);
  const CostEstimate &cost = best->cost;
  plan.why = formatv(
      "{0}; {1} of {2} candidates: {3:F0}% of the estimated "
      "cycles multiply and add, {4:F0}% copy",
      best->tile,
      ranking.isShortest ? "fewest instructions of the cheapest" : "cheapest",
      ranking.legal, 100 * cost.compute / std::max(1.0, cost.total()),
      100 * cost.packing / std::max(1.0, cost.total()));
  if (threads > 1 && best->division == Division::None)
    plan.why += formatv("; on one thread: starting {0} would take longer than "
                        "what they save",
                        threads);
  else if (threads > 1)
    plan.why +=
        formatv("; {0} threads: an estimated {1:F1} times as fast as one",
                threads, ranking.alone / std::max(1.0, cost.total()));
  return plan;
}

std::unique_ptr<Proposer> tensorop::createAnalyticProposer() {
  return std::make_unique<AnalyticProposer>();
}
