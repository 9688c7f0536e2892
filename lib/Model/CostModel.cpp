//===- CostModel.cpp - Cycles of a loop tree, estimated -------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Model/CostModel.h"
#include "TensorOp/Support/Check.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cmath>
#include <numeric>

using namespace llvm;

namespace tensorop::model {

// Factors of the estimate that no data sheet has, fitted to measurements on
// Zen 4 and Zen 5 (benchmarks/results).
namespace {
/// Cycles to start and end a register tile, besides those of each accumulator.
constexpr double kTileCycles = 24;
/// Cycles to clear an accumulator, add the output to it and store it.
constexpr double kAccumulatorCycles = 4;
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
  SmallVector<TileCount> tilesOf(unsigned dim) const;
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
    return last && any_of(root.tile->entries, [&](const auto &entry) {
             return entry.dim == root.dims[*last];
           });
  }
  /// Vectors of unpacked operands are asked for before they are needed.
  bool isPrefetched() const {
    return any_of(root.chain, [&](unsigned loop) {
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
} // namespace

/// The tiles of `dim` outside the register tile, or those that it covers.
SmallVector<TileCount> Estimator::tilesOf(unsigned dim) const {
  SmallVector<TileCount> tiles{{*tree.extent(dim), 0, 1}};
  auto inner = tree.innerReductionLoops(0);
  for (unsigned loop : root.chain) {
    if (tree.loops()[loop].dim != dim || is_contained(inner, loop))
      continue;
    SmallVector<TileCount> next;
    for (const TileCount &tile : tiles)
      for (const Segment &segment : tree.segments(loop, tile.extent))
        next.push_back({segment.extent, 0, tile.count * segment.count});
    tiles = std::move(next);
  }
  auto versions = tree.versions(0);
  for (TileCount &tile : tiles) {
    tile.code = tile.extent;
    for (auto [index, entry] : enumerate(root.tile->entries)) {
      if (entry.dim != dim)
        continue;
      // The smallest version that holds the extent.
      int64_t code = INT64_MAX;
      for (const LoopTree::TileVersion &version : versions)
        if (version.sizes[index] >= tile.extent)
          code = std::min(code, version.sizes[index]);
      tile.code = code == INT64_MAX ? tree.tileSize(0, dim) : code;
    }
  }
  return tiles;
}

void Estimator::compute() {
  const RegisterTile &tile = *root.tile;
  unsigned laneDim = tile.entries[tile.vectorEntry].dim;
  double lanes = tree.tileLanes(0);
  bool lanesReduced = tree.isReduction(0, laneDim);
  // Elements of a reduction that have accumulators of their own.
  std::optional<unsigned> partialDim = tree.partialDim(0);
  double partial = partialDim ? tree.tileSize(0, *partialDim) : 1;
  double perPoint = lanesReduced ? partial / lanes : partial;
  // Registers that one instruction spans take their turns.
  double span = std::max(1.0, lanes / double(tree.lanes(0)));
  std::optional<LoopTree::Group> group = tree.group(0);
  // Multiplying and adding are one instruction, or two.
  double instructions = machine.instruction(tile.instr) ? 1 : 2;
  // Rows times vectors, the reduction, and how often each pair occurs.
  struct Shape {
    double rows = 1, vectors = 1, steps = 1, count = 1;
  };
  std::vector<Shape> shapes{Shape()};
  for (unsigned dim : root.dims) {
    std::vector<Shape> next;
    for (const TileCount &one : tilesOf(dim))
      for (Shape shape : shapes) {
        shape.count *= one.count;
        if (dim == partialDim)
          shape.steps *= std::ceil(one.extent / partial);
        else if (dim == laneDim)
          shape.vectors *= std::ceil(one.code / lanes);
        else if (group && dim == group->dim)
          shape.steps *= std::ceil(double(one.extent) / double(group->size));
        else if (tree.isReduction(0, dim))
          shape.steps *= one.extent;
        else
          shape.rows *= one.code;
        next.push_back(shape);
      }
    shapes = std::move(next);
  }
  // Loads of each step: an operand once for each of its own coordinates.
  auto loadsOf = [&](const Shape &shape) {
    double loads = 0;
    for (unsigned operand = 0; operand < info.operands.size(); ++operand) {
      if (info.operands[operand].isOutput)
        continue;
      double own = depends(operand, laneDim) ? shape.vectors * span : 1;
      if (partialDim && depends(operand, *partialDim))
        own *= perPoint;
      for (const RegisterTile::Entry &entry : tile.entries)
        if (entry.dim != laneDim && entry.dim != partialDim &&
            depends(operand, entry.dim) && !(group && entry.dim == group->dim))
          own *= std::min<double>(shape.rows, tree.tileSize(0, entry.dim));
      // Neighbouring scalars are lanes of one vector.
      if (takesLanes(operand, laneDim))
        own = std::ceil(own / double(machine.scalarLanes(info.accBits)));
      // Asking early takes an instruction for each vector.
      bool asked = isPrefetched() && depends(operand, laneDim);
      // And so does widening what was not widened by a copy.
      bool widened =
          !bufferOf(operand) && info.operands[operand].bits < info.accBits;
      loads += own * (1 + asked + widened);
    }
    return loads;
  };
  for (const Shape &shape : shapes) {
    double sums = shape.rows * shape.vectors * span,
           accumulators = sums * perPoint;
    // Broadcasts are narrower than vectors; two start where one vector load
    // does.
    double loads = loadsOf(shape) / (lanesReduced ? 1 : 2);
    double step = cyclesOfStep(machine, int64_t(lanes / span) * info.accBits,
                               instructions * accumulators, loads);
    double ends = kTileCycles + accumulators * kAccumulatorCycles;
    if (lanesReduced)
      ends += sums * 2 * Log2_64_Ceil(uint64_t(lanes));
    cost.compute += shape.count * (shape.steps * step + ends);
  }
}

Estimator::Runs Estimator::runsOf(unsigned operand, int loop) const {
  const OperandInfo &desc = info.operands[operand];
  SmallVector<int64_t> box = tree.region(0, operand, loop),
                       whole = tree.region(0, operand, -1);
  Runs runs;
  int64_t bytes = std::max<int64_t>(1, desc.bits / 8), stride = bytes;
  runs.bytes = bytes;
  bool contiguous = true;
  for (size_t i = box.size(); i-- > 0;) {
    if (contiguous) {
      runs.bytes *= box[i];
      contiguous = box[i] == whole[i];
    } else {
      if (runs.count == 1 && box[i] > 1)
        runs.stride = stride;
      runs.count *= box[i];
    }
    stride *= whole[i];
  }
  return runs;
}

unsigned Estimator::levelOf(double bytes, unsigned operand, int loop,
                            bool strided) const {
  for (auto [level, cache] : enumerate(machine.caches)) {
    // A core has its share of what it does not have alone.
    double mine = double(cache.bytes) / cache.sharedBy *
                  std::min<int64_t>(cache.sharedBy, 4);
    if (bytes > kUsable * std::min<double>(mine, cache.bytes))
      continue;
    if (strided && cache.ways > 0) {
      // Runs that are a multiple of a way apart compete for the same sets.
      Runs runs = runsOf(operand, loop);
      int64_t way = cache.bytes / cache.ways;
      int64_t wide = alignTo(runs.bytes, cache.lineBytes);
      if (runs.count > 1 && runs.stride > 0) {
        int64_t places = way / std::gcd(runs.stride, way);
        double room = double(std::min(way, places * wide)) * (cache.ways - 1);
        if (double(runs.count) * wide > room)
          continue;
      }
    }
    return level;
  }
  return machine.caches.size();
}

/// Whether the rows that a register tile walks side by side, element by
/// element, compete for so few sets of the first-level cache that a line is
/// gone before its next element is read.
bool Estimator::linesAreLost(unsigned operand, const Runs &runs) const {
  const OperandInfo &desc = info.operands[operand];
  const RegisterTile &tile = *root.tile;
  if (desc.isOutput || machine.caches.empty() || runs.count < 2 ||
      depends(operand, tile.entries[tile.vectorEntry].dim))
    return false;
  std::optional<unsigned> last;
  for (const Access &access : desc.access)
    if (auto own = access.plainDim(); own && *tree.extent(root.dims[*own]) > 1)
      last = root.dims[*own];
  const CacheLevel &l1 = machine.caches.front();
  if (!last || !tree.isReduction(0, *last) || l1.ways <= 0 || runs.stride <= 0)
    return false;
  int64_t way = l1.bytes / l1.ways;
  int64_t places =
      std::min(way / std::gcd(runs.stride, way), way / l1.lineBytes);
  return runs.count > std::max<int64_t>(1, places) * (l1.ways - 1);
}

/// Cycles for lines of the output that several tiles share: what is left of
/// them comes from where the tiles in between, an iteration of the loop over
/// columns, have left it. `visits` are the bytes that all tiles visit. Of
/// single misses only: elsewhere lines are fetched ahead.
double Estimator::partialLines(unsigned operand, unsigned depth,
                               double visits) const {
  Runs runs = runsOf(operand, around(depth));
  if (!machine.missesAdd || !info.operands[operand].isOutput || runs.count < 2)
    return 0;
  unsigned lane = root.tile->entries[root.tile->vectorEntry].dim;
  for (unsigned loop : reverse(ArrayRef(root.chain).take_front(depth))) {
    if (tree.loops()[loop].dim != lane)
      continue;
    unsigned level = levelOf(tree.footprint(0, int(loop)), operand, int(loop),
                             /*strided=*/true);
    if (level == 0)
      return 0;
    // Rows start at multiples of `grain` in a line.
    int64_t line = machine.caches.front().lineBytes;
    int64_t grain = std::gcd(std::gcd(runs.bytes, runs.stride), line);
    double touched = double(line + runs.bytes - grain);
    return (touched / double(runs.bytes) - 1) * visits /
           machine.bytesPerCycle(level);
  }
  return 0;
}

/// Where the visits of one operand are served from: those that repeat an
/// earlier one come from the innermost cache that holds what is touched in
/// between, the first ones from where the operand lies.
void Estimator::stream(unsigned operand) {
  const OperandInfo &desc = info.operands[operand];
  const Buffer *buffer = bufferOf(operand);
  auto inner = tree.innerReductionLoops(0);
  unsigned depth = root.chain.size() - inner.size();
  int place = -1;
  if (buffer) {
    const Layout &layout = tree.layouts()[buffer->layout];
    if (layout.place == Layout::Place::Loop)
      place = int(*tree.position(0, layout.loop));
  }
  double visits = bytesOf(operand, around(depth));
  if (buffer)
    visits *= double(buffer->elementBits) / double(desc.bits);
  for (unsigned i = 0; i < depth; ++i)
    visits *= tree.tripCount(root.chain[i]);
  // Read and written; a line that was read does not miss again.
  if (desc.isOutput && !machine.missesAdd)
    visits *= 2;
  double total = visits;
  Runs runs = runsOf(operand, around(depth));
  bool asked = !desc.isOutput && !buffer && isPrefetched();
  bool followed = runs.count <= kStreams || runs.bytes >= kLongRun;
  bool foreseen = buffer || asked;
  for (int i = int(depth) - 1; i > place; --i) {
    unsigned loop = root.chain[i];
    if (depends(operand, tree.loops()[loop].dim))
      continue;
    double trips = tree.tripCount(loop);
    unsigned level = levelOf(tree.footprint(0, int(loop)), operand, int(loop),
                             /*strided=*/!buffer);
    move(visits * (trips - 1) / trips, level, 1, foreseen);
    visits /= trips;
  }
  if (buffer) {
    // The copy was written just before, and so were the other ones at its
    // place. That counts where only memory is behind the second level.
    double written = double(buffer->bytes);
    const Layout &own = tree.layouts()[buffer->layout];
    if (machine.caches.size() < 3)
      for (const Buffer &other : buffers)
        if (const Layout &layout = tree.layouts()[other.layout];
            &other != buffer && layout.place == own.place &&
            layout.loop == own.loop)
          written += 2 * double(other.bytes);
    move(visits, levelOf(written, operand, -1, /*strided=*/false), 1, foreseen);
    return;
  }
  cost.caches += partialLines(operand, depth, total);
  double efficiency = followed ? (asked || desc.isOutput ? 1 : kFollowed)
                      : asked  ? kAsked
                               : kUnpredicted;
  move(visits, coldLevel(), efficiency, foreseen);
  if (linesAreLost(operand, runs))
    cost.caches += total / (desc.bits / 8.0) *
                   double(machine.caches.front().lineBytes) /
                   machine.bytesPerCycle(1);
  if (runs.stride >= kPageBytes && runs.count > kPages)
    cost.caches += total / double(runs.bytes) * kPageCycles;
}

/// Threads take equal numbers of iterations of the parallel loops, in which all
/// but the filling of copies lies, and wait for each other behind them.
void Estimator::divide() {
  double trips = 1, visits = 1;
  bool found = false;
  for (unsigned loop : root.chain) {
    if (tree.loops()[loop].parallel) {
      trips *= tree.tripCount(loop);
      found = true;
    } else if (!found) {
      visits *= tree.tripCount(loop);
    }
  }
  if (!found || threads < 2)
    return;
  share = std::ceil(trips / threads) / trips;
  cost.compute *= share;
  cost.caches *= share;
  cost.memory *= std::max(share, 1 / kMemoryCores);
  cost.team = kTeamCycles * std::log2(threads) + barriers(visits);
}

void Estimator::pack(const Buffer &buffer) {
  const Layout &layout = tree.layouts()[buffer.layout];
  // What is packed at load costs nothing in a call.
  if (layout.op != 0 || layout.place == Layout::Place::Load)
    return;
  unsigned operand = layout.operandIndex;
  int place = layout.place == Layout::Place::Loop
                  ? int(*tree.position(0, layout.loop))
                  : -1;
  int inside = place < 0 ? -1 : int(layout.loop);
  double copies = 1, repeats = 1;
  for (int i = 0; i <= place; ++i) {
    unsigned loop = root.chain[i];
    copies *= tree.tripCount(loop);
    if (!depends(operand, tree.loops()[loop].dim))
      repeats *= tree.tripCount(loop);
  }
  double bytes = bytesOf(operand, inside) * copies;
  // Reads: the first time from where the operand lies, then from a cache that
  // holds it between two copies.
  Runs runs = runsOf(operand, inside);
  bool transposed = false;
  const OperandInfo &desc = info.operands[operand];
  std::optional<LoopTree::Group> group = tree.group(0);
  for (const Layout::Pack &pack : layout.pack)
    if (auto last = desc.access.back().plainDim())
      transposed |=
          root.dims[*last] != pack.dim && !(group && pack.dim == group->dim);
  unsigned cold = coldLevel();
  unsigned again = levelOf(bytesOf(operand, inside), operand, inside,
                           /*strided=*/true);
  double efficiency = efficiencyOf(
      runs.bytes >= kLongRun || runs.count <= kStreams ? 1 : kUnpredicted);
  auto cyclesFrom = [&](unsigned level, double moved) {
    return level == 0 ? 0.0
                      : moved / machine.bytesPerCycle(level) /
                            (level == 1 ? 1 : efficiency);
  };
  const OpInfo *producer = fusedProducer(desc);
  if (producer)
    bytes *= bitsRead(*producer) / double(desc.bits);
  double first = bytes / repeats;
  double cycles =
      cyclesFrom(cold, first) + cyclesFrom(std::max(again, 1u), bytes - first);
  // Writes, and the instructions: a load and a store, or a share of a
  // transpose, for each vector.
  unsigned to = levelOf(double(buffer.bytes), operand, -1, /*strided=*/false);
  double written = double(buffer.bytes) * copies;
  if (to > 0)
    cycles += written / machine.bytesPerCycle(to);
  double vectors = written * 8 / machine.vectorBits;
  cycles += vectors * (transposed ? 4 : 1.5) + copies * kTileCycles;
  if (producer)
    cycles += vectors * cyclesOf(*producer);
  // A copy inside a divided loop is its thread's; all fill one around it, panel
  // by panel.
  if (threads > 1 && buffer.perWorker) {
    cycles *= share;
  } else if (threads > 1 && buffer.shared) {
    double panels = double(buffer.shape.front());
    cycles *= std::ceil(panels / threads) / panels;
    cost.team += barriers(copies);
  }
  cost.packing += cycles;
}

/// An op that makes an operand as a whole, before the kernel's loops: plain
/// loops, whose result goes to memory.
void Estimator::produce(const OperandInfo &operand) {
  const OpInfo *op =
      tree.kernel() ? tree.kernel()->find(operand.producer) : nullptr;
  if (!op || operand.isOutput || op->body != BodyClass::Elementwise ||
      fusedProducer(operand))
    return;
  double elements = 1;
  for (const std::optional<int64_t> &extent : op->extents)
    elements *= double(extent.value_or(1));
  double bytes = elements * (bitsRead(*op) + double(operand.bits)) / 8;
  if (unsigned level = coldLevel())
    cost.packing += bytes / machine.bytesPerCycle(level);
  cost.packing += elements * double(operand.bits) / machine.vectorBits *
                  (1.5 + cyclesOf(*op));
}

double CostEstimate::total() const {
  return std::max(compute + caches, memory) +
         kExposed * std::min(compute, memory) + packing + team;
}

CostEstimate estimateCost(const LoopTree &tree, int64_t threads) {
  TENSOROP_CHECK(tree.isClosed() && tree.root().info && tree.root().tile,
                 "costs need a closed tree with payload and register tile");
  return Estimator(tree, threads).run();
}

} // namespace tensorop::model
