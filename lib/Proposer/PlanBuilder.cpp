//===- PlanBuilder.cpp - From choices to a plan ---------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlanBuilder.h"
#include "CacheBlocks.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>

using namespace llvm;
using namespace tensorop;
using namespace tensorop::model;

namespace {
class Builder {
public:
  Builder(const Contraction &c, const HardwareModel &hw, const Choices &choices)
      : c(c), hw(hw), choices(choices) {}

  Proposal build() {
    writeHeader();
    outerLoops();
    blockLoops();
    tileLoops();
    reductionLoops();
    layouts();
    registerTile();
    if (choices.fuseConsumers && !c.consumers.empty())
      fusion();
    return std::move(plan);
  }

private:
  const ContractionDim &dim(unsigned index) const { return c.dims[index]; }
  int64_t width() const { return choices.tile.width(); }
  Size vectors() const {
    return choices.tile.lanes < hw.lanes(c.accBits)
               ? Size(width())
               : Size(Expr::vectors(Expr::literal(choices.tile.vectors)));
  }
  std::string operand(unsigned index) const {
    return c.info->name + "." + c.operandName(index);
  }
  /// Elements of reduction `index` that one step of its innermost loop takes.
  int64_t stepOf(unsigned index) const {
    if (c.isGrouped())
      return index == c.groupDim ? c.multiply.group : 1;
    if (index != c.reductions().back())
      return 1;
    return c.hasReducedLanes() ? width() : choices.tile.partial;
  }
  /// Ends a list of packed or tiled dimensions with that of the groups.
  void addGroup(SmallVectorImpl<DimSize> &list) const {
    if (c.isGrouped())
      list.push_back({dim(c.groupDim).name, Size(c.multiply.group)});
  }
  std::string kib(double bytes) const {
    return bytes < 1024 ? formatv("{0} B", int64_t(bytes)).str()
                        : formatv("{0:F0} KiB", bytes / 1024).str();
  }
  void add(Step step, const Twine &why = "") {
    plan.steps.push_back({std::move(step), why.str()});
  }
  void tile(ArrayRef<LoopSize> loops, const Twine &why = "") {
    if (loops.empty())
      return;
    TileStep step;
    step.loops.append(loops.begin(), loops.end());
    add(std::move(step), why);
  }
  bool inTile(unsigned index) const {
    return any_of(choices.tile.rows,
                  [&](const auto &row) { return row.first == index; });
  }

  void writeHeader();
  void outerLoops();
  void blockLoops();
  void tileLoops();
  void reductionLoops();
  void layouts();
  void dotLayouts();
  void divide(ArrayRef<LoopSize> loops, const Twine &why);
  /// How many threads divide what, in words.
  std::string shares(const Twine &what) const {
    return formatv("{0} threads divide {1}", choices.threads, what.str());
  }
  StringRef ownCopies() const {
    bool copies =
        choices.packScalar || choices.vectorPacking != VectorPacking::None;
    return copies ? "; each has its own copies" : "";
  }
  int64_t threadsFor(Division division) const {
    return choices.division == division ? choices.threads : 1;
  }
  void fuseProducer(unsigned operand, const std::string &place);
  void registerTile();
  void prefetch(int64_t cyclesOfStep);
  void fusion();

  const Contraction &c;
  const HardwareModel &hw;
  const Choices &choices;
  Proposal plan;
  /// Places for the copies of the two operands: loops, or `call`.
  std::string vectorPlace = "call", scalarPlace = "call", panelPlace;
  /// The blocked reduction loop, when there is one.
  std::string reductionLoop;
  /// Rows that use a panel while it is there.
  int64_t panelRows = 1;
  /// Innermost loop outside the register tile.
  std::string innermost;
  /// Elements along the lanes, when these are reduced, in a block.
  int64_t laneBlock = 1;
  /// Steps of the reduction that run inside the register tile.
  int64_t steps = 1;
};
} // namespace

void Builder::writeHeader() {
  plan.header.name = "analytic";
  plan.header.root.op = c.info->name;
  for (const ContractionDim &one : c.dims)
    plan.header.root.dims.push_back(one.name);
  if (choices.fuseConsumers)
    plan.header.with.assign(c.consumers.begin(), c.consumers.end());
  if (c.multiply.instruction == "fma")
    plan.header.required.push_back("fma");
  // Sums of integers are exact in any order.
  plan.header.numerics.reassoc = plan.header.numerics.contract = c.isFloat;
  if (c.multiply.isApproximate)
    plan.header.numerics.approx = 1;
}

/// What neither lanes nor rows take goes one by one, outside.
void Builder::outerLoops() {
  SmallVector<LoopSize> loops;
  for (unsigned i = 0; i < c.dims.size(); ++i) {
    if (dim(i).isReduction || i == c.lane || inTile(i) || dim(i).extent == 1)
      continue;
    loops.push_back({"o" + dim(i).name, dim(i).name, Size(1)});
    vectorPlace = scalarPlace = loops.back().loop;
  }
  tile(loops, "neither along lanes nor rows of the register tile");
  if (choices.division == Division::Outer)
    divide(loops, shares("what is independent" + Twine(ownCopies())));
}

/// Nothing, when there are no loops.
void Builder::divide(ArrayRef<LoopSize> loops, const Twine &why) {
  if (loops.empty())
    return;
  ParallelizeStep step;
  for (const LoopSize &loop : loops)
    step.loops.push_back(loop.loop);
  add(std::move(step), why);
}

void Builder::blockLoops() {
  SmallVector<LoopSize> loops;
  SmallVector<std::string> why;
  // The reduction: inner dimensions whole, the first that does not fit in
  // blocks, those further out one by one.
  SmallVector<unsigned> reductions = c.reductions();
  SmallVector<LoopSize> outside;
  bool full = false;
  for (unsigned i : reverse(reductions)) {
    int64_t extent = dim(i).extent;
    if (full) {
      // Consumers wait for the end of one loop; what comes out of several is
      // not known to be whole.
      if (extent > 1 && (!choices.fuseConsumers || c.consumers.empty()))
        outside.push_back({"p" + dim(i).name, dim(i).name, Size(1)});
      else
        steps *= extent;
      continue;
    }
    int64_t unit = std::max<int64_t>(4, stepOf(i));
    int64_t limit = std::max<int64_t>(1, choices.steps / steps);
    // Without a loop around the register tile there are no blocks.
    bool isScalar = all_of(c.dims, [](auto &one) { return one.isReduction; });
    int64_t block = isScalar ? extent
                    : limit < unit && stepOf(i) == 1
                        ? limit
                        : evenBlock(extent, limit, unit);
    full = block < extent;
    if (i == reductions.back())
      laneBlock = block;
    if (full)
      outside.push_back({"pc", dim(i).name, Size(block)});
    steps *= block;
  }
  double bytes = double(c.multiply.bits) / 8;
  std::string columns;
  bool blocked = choices.vectorPacking == VectorPacking::Block;
  bool byColumns = choices.division == Division::Columns,
       byRows = choices.division == Division::Rows;
  if (blocked || byColumns) {
    int64_t extent = dim(c.lane).extent;
    int64_t limit =
        blocked ? columnBlock(hw, steps, c.multiply.bits, extent) : extent;
    int64_t block =
        evenBlock(extent, limit, width(), threadsFor(Division::Columns));
    if (block < extent) {
      loops.push_back({"jc", dim(c.lane).name, Size(block)});
      if (blocked)
        why.push_back(formatv("jc: {0} of {1} in a share of the last cache",
                              kib(double(block * steps) * bytes),
                              operand(c.vectorOperand)));
    }
  }
  if (byColumns && !loops.empty()) {
    tile(loops, join(why, "; "));
    divide(loops, shares("the columns" + Twine(ownCopies())));
    vectorPlace = scalarPlace = "jc";
    loops.clear();
    why.clear();
  }
  if (any_of(outside, [](const LoopSize &l) { return l.loop == "pc"; })) {
    reductionLoop = "pc";
    why.push_back(formatv(
        "pc: {0} steps, {1} of {2} for a register tile, {3} of {4}", steps,
        kib(double(steps * width()) * bytes), operand(c.vectorOperand),
        kib(double(steps * choices.tile.height) * bytes),
        operand(c.scalarOperand)));
  }
  // Outermost first.
  for (const LoopSize &loop : reverse(outside))
    loops.push_back(loop);
  if (!loops.empty())
    vectorPlace = scalarPlace = loops.back().loop;
  bool packed = choices.packScalar && choices.tile.rows.size() == 1 &&
                !c.hasReducedLanes();
  if (!choices.tile.rows.empty())
    panelRows = dim(choices.tile.rows.back().first).extent;
  std::optional<LoopSize> rows;
  if ((packed || byRows) && !choices.tile.rows.empty()) {
    auto [row, size] = choices.tile.rows.front();
    int64_t extent = dim(row).extent;
    int64_t limit =
        packed && choices.rowShare > 0
            ? rowBlock(hw, steps, width(), c.multiply.bits) / choices.rowShare
            : extent;
    int64_t block = evenBlock(extent, limit, size, threadsFor(Division::Rows));
    if (block < extent) {
      rows = LoopSize{"ic", dim(row).name, Size(block)};
      if (choices.tile.rows.size() == 1)
        panelRows = block;
      loops.push_back(*rows);
      if (packed) {
        scalarPlace = "ic";
        why.push_back(formatv("ic: {0} of {1} in the second-level cache",
                              kib(double(block * steps) * bytes),
                              operand(c.scalarOperand)));
      }
    }
  }
  tile(loops, join(why, "; "));
  if (byRows && rows)
    divide(*rows, shares(blocked ? "the rows, with one packed copy of " +
                                       operand(c.vectorOperand) + " for all"
                                 : std::string("the rows")));
}

void Builder::tileLoops() {
  SmallVector<LoopSize> loops;
  if (!c.hasReducedLanes())
    loops.push_back({"jr", dim(c.lane).name, vectors()});
  panelPlace = "jr";
  for (auto [row, size] : choices.tile.rows)
    loops.push_back({choices.tile.rows.size() == 1 ? "ir" : "i" + dim(row).name,
                     dim(row).name, Size(size)});
  // Blocks of the reduction and consumers need a loop that is none.
  for (unsigned i = 0; i < c.dims.size() && loops.empty(); ++i)
    if (!dim(i).isReduction)
      loops.push_back({"ir", dim(i).name, Size(1)});
  if (!loops.empty())
    innermost = loops.back().loop;
  tile(loops,
       c.hasReducedLanes() ? "one register tile of dot products after the other"
       : loops.size() > 1 ? "one register tile after the other: what " +
                                operand(c.vectorOperand) +
                                " has for its columns is used again by all rows"
                          : std::string("one register tile after the other"));
  if (choices.division == Division::Panels)
    divide(loops.front(), shares("the panels; blocks around them are for all"));
}

void Builder::reductionLoops() {
  SmallVector<LoopSize> loops;
  SmallVector<unsigned> reductions = c.reductions();
  for (unsigned i : reductions)
    loops.push_back({"r" + dim(i).name, dim(i).name, Size(stepOf(i))});
  loops.back().loop = "kk";
  if (c.hasReducedLanes())
    loops.back().size = vectors();
  tile(loops, "inside the register tile: sums stay in registers");
}

/// Lanes along a reduction: what is not contiguous along it is copied.
void Builder::dotLayouts() {
  for (unsigned operand : {c.vectorOperand, c.scalarOperand}) {
    if (c.isNeighbouring(operand, c.lane))
      continue;
    LayoutStep step;
    step.op = c.info->name;
    step.operand = c.operandName(operand);
    int64_t panel = std::min(laneBlock, dim(c.lane).extent);
    step.pack.push_back(
        {dim(c.lane).name, Size(int64_t(alignTo(panel, width())))});
    step.place = vectorPlace;
    add(std::move(step),
        "lanes need neighbouring elements, which lie apart in memory");
  }
}

void Builder::layouts() {
  if (c.hasReducedLanes())
    return dotLayouts();
  double bytes = double(c.multiply.bits) / 8;
  if (choices.vectorPacking != VectorPacking::None) {
    LayoutStep step;
    step.op = c.info->name;
    step.operand = c.operandName(c.vectorOperand);
    step.pack.push_back({dim(c.lane).name, vectors()});
    addGroup(step.pack);
    bool panel = choices.vectorPacking == VectorPacking::Panel;
    step.place = panel ? panelPlace : vectorPlace;
    std::string place = step.place;
    std::string why =
        panel ? formatv("one panel of {0} at a time, used by {1} rows",
                        kib(double(steps * width()) * bytes), panelRows)
                    .str()
              : "panels with neighbouring rows, used again by each block of "
                "rows";
    if (!c.isContiguous)
      why = "lanes need neighbouring elements, which lie apart in memory";
    add(std::move(step), why);
    fuseProducer(c.vectorOperand, place);
  }
  if (choices.packScalar && choices.tile.rows.size() == 1) {
    auto [row, size] = choices.tile.rows.front();
    LayoutStep step;
    step.op = c.info->name;
    step.operand = c.operandName(c.scalarOperand);
    step.pack.push_back({dim(row).name, Size(size)});
    addGroup(step.pack);
    step.place = scalarPlace;
    add(std::move(step), "rows of the register tile side by side, used again "
                         "by each panel");
    fuseProducer(c.scalarOperand, scalarPlace);
  }
}

/// What is packed anyway is computed on the way.
void Builder::fuseProducer(unsigned operand, const std::string &place) {
  const std::optional<OpHeader> &producer = c.producers[operand];
  if (!producer || place == "call")
    return;
  plan.header.with.push_back(*producer);
  FuseStep step;
  step.ops.push_back(producer->op);
  step.into = place;
  add(std::move(step), "computed while " + this->operand(operand) +
                           " is packed, never stored as a whole");
}

void Builder::registerTile() {
  VectorizeStep step;
  step.op = c.info->name;
  step.instr = c.multiply.instruction;
  for (auto [row, size] : choices.tile.rows)
    step.tile.push_back({dim(row).name, Size(size)});
  SmallVector<unsigned> reductions = c.reductions();
  if (choices.tile.partial > 1)
    step.tile.push_back(
        {dim(reductions.back()).name, Size(choices.tile.partial)});
  step.tile.push_back({dim(c.lane).name, vectors()});
  addGroup(step.tile);
  int64_t accumulators = choices.tile.accumulators();
  int64_t fmas = hw.fmasPerCycle(choices.tile.lanes * c.accBits);
  int64_t needed = fmas * hw.fmaLatency;
  std::string products, sums;
  if (c.isGrouped())
    products =
        formatv("{0} products in each lane and step; ", c.multiply.group).str();
  if (c.multiply.isApproximate)
    products += "subnormal numbers become zeros; ";
  if (c.hasReducedLanes())
    sums = formatv("; the lanes of {0} dot products are added up at the end",
                   choices.tile.height);
  else if (choices.tile.partial > 1)
    sums = formatv("; {0} for each sum, added up at the end",
                   choices.tile.partial);
  add(std::move(step),
      formatv("{0}{1} accumulators, {2} hide the latency of {3}; {4} of {5} "
              "vector registers{6}",
              products, accumulators,
              accumulators >= needed ? "enough to" : "too few to",
              formatv("{0} cycles at {1} a cycle", hw.fmaLatency, fmas).str(),
              registersFor(choices.tile.height * choices.tile.partial,
                           choices.tile.vectors, c.accBits, hw),
              hw.vectorRegisters, sums)
          .str());
  if (choices.prefetch)
    prefetch(std::max(accumulators / fmas, hw.fmaLatency));
  // A short reduction has no loop left; a long one gains nothing from more.
  int64_t trips = dim(reductions.back()).extent;
  if (!reductionLoop.empty())
    trips = std::min(trips, steps);
  // The last group is filled up, the rest of partial sums has its own loop.
  int64_t stride = stepOf(reductions.back());
  trips = c.isGrouped() ? int64_t(divideCeil(trips, stride)) : trips / stride;
  // Where scalars go straight into vector instructions, loading them and
  // counting steps take turns with these.
  int64_t usual = hw.scalarOperand == ScalarOperand::Broadcast ? 2 : 8;
  int64_t factor = trips <= 16             ? trips
                   : accumulators < needed ? std::max<int64_t>(usual, 4)
                                           : usual;
  if (factor >= 2) {
    UnrollStep unroll;
    unroll.loop = "kk";
    unroll.by = Expr::literal(factor);
    add(std::move(unroll),
        factor == trips
            ? std::string("all steps there are: no loop is left")
            : formatv("counts and branches once in {0} steps", factor).str());
  }
}

/// Cycles from asking main memory for a line until it is there, when others ask
/// as well.
static constexpr int64_t kMemoryCycles = 1000;

void Builder::prefetch(int64_t cyclesOfStep) {
  PipelineStep step;
  step.copies = "prefetch";
  int64_t ahead = divideCeil(kMemoryCycles, cyclesOfStep);
  std::string why = "rows of " + operand(c.vectorOperand) +
                    " lie in pages of their own, which the machine does not "
                    "foresee";
  if (2 * ahead * stepOf(c.reductions().back()) <= steps) {
    step.loop = "kk";
  } else if (c.hasReducedLanes()) {
    return;
  } else {
    step.loop = panelPlace;
    // The tiles that pass in this time, in bytes at most half a page.
    ahead = std::max<int64_t>(1, divideCeil(ahead, steps));
    int64_t bytes = width() * c.inputBits / 8;
    ahead = std::clamp<int64_t>(2048 / bytes, 1, std::max<int64_t>(8, ahead));
    why = "the next lines of each row that streams by";
  }
  step.stages = Expr::literal(ahead);
  add(std::move(step), why);
}

void Builder::fusion() {
  FuseStep step;
  for (const OpHeader &op : c.consumers)
    step.ops.push_back(op.op);
  step.into = innermost;
  if (!reductionLoop.empty()) {
    step.when = FuseStep::When::Last;
    step.whenLoops.push_back(reductionLoop);
  }
  add(std::move(step), "with the register tile: its output is in registers or "
                       "the nearest cache");
}

Proposal tensorop::buildPlan(const Contraction &c, const HardwareModel &hw,
                             const Choices &choices) {
  return Builder(c, hw, choices).build();
}
