//===- CostModel.cpp - Cycles of a loop tree, estimated -------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Estimator.h"
#include "TensorOp/Support/Check.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cmath>
#include <numeric>

using namespace llvm;

namespace tensorop::model {

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
  cost.instructions += vectors * (transposed ? 4 : 2);
  if (producer) {
    cycles += vectors * cyclesOf(*producer);
    cost.instructions += vectors * double(producer->flopsPerPoint);
  }
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
  double vectors = elements * double(operand.bits) / machine.vectorBits;
  cost.packing += vectors * (1.5 + cyclesOf(*op));
  cost.instructions += vectors * (2 + double(op->flopsPerPoint));
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
