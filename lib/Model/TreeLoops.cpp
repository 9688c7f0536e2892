//===- TreeLoops.cpp - Steps that make and mark loops ---------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Support/Check.h"
#include "TreeBuilder.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

using namespace llvm;

namespace tensorop::model {

/// Versions of the code multiply with each loop: more of them are no plan.
static constexpr size_t maxLoops = 32;

bool TreeBuilder::addLoop(Loop loop, const TileStep *tile, unsigned target,
                          bool onlyTarget) {
  if (t.allOps[target].chain.size() >= maxLoops) {
    diags.report("T-DEPTH", "loop '" + loop.name + "' would be number " +
                                std::to_string(maxLoops + 1) + " around '" +
                                t.allOps[target].name + "', the limit is " +
                                std::to_string(maxLoops));
    return false;
  }
  unsigned index = t.allLoops.size(), dim = loop.dim;
  loop.step = step;
  loop.owner = target;
  if (tile) {
    loop.skipMasked = tile->skipMasked;
    for (const EdgeClause &edge : tile->edges)
      if (edge.loop == loop.name) {
        loop.edge = edge.kind;
        loop.narrow = edge.sizes;
      }
  }
  t.allLoops.push_back(std::move(loop));
  SmallVector<unsigned> shared = t.allOps[target].chain;
  for (unsigned op = 0; op < t.allOps.size(); ++op) {
    OpNode &node = t.allOps[op];
    if (op != target && (onlyTarget || shared.empty() || node.chain != shared ||
                         !is_contained(node.dims, dim)))
      continue;
    node.chain.push_back(index);
    if (op != target)
      node.fusedInto = index;
  }
  return true;
}

void TreeBuilder::operator()(const TileStep &s) {
  unsigned target = 0;
  if (!s.on.empty()) {
    auto found = op(s.on);
    if (!found)
      return;
    target = *found;
  }
  if (s.loops.empty())
    diags.report("T-EMPTY", "'tile' needs at least one loop");
  for (const EdgeClause &edge : s.edges) {
    if (none_of(s.loops,
                [&](const LoopSize &l) { return l.loop == edge.loop; }))
      diags.report("S-NAME", "edge names loop '" + edge.loop +
                                 "', which this step does not make");
    if (edge.kind == EdgeKind::Evl && !t.machine.scalable)
      diags.report("T-EVL", "edge 'evl' of loop '" + edge.loop +
                                "' needs a vector length register, '" +
                                t.machine.name + "' has none");
    if (edge.kind != EdgeKind::Narrow && !edge.sizes.empty())
      diags.report("T-EDGE", "edge '" + str(edge.kind) + "' of loop '" +
                                 edge.loop + "' takes no sizes");
    // Reductions take the exact rest: there is no output to narrow or to peel.
    auto entry = find_if(
        s.loops, [&](const LoopSize &l) { return l.loop == edge.loop; });
    if (entry != s.loops.end() && !t.machine.isGPU() &&
        (edge.kind == EdgeKind::Peel || edge.kind == EdgeKind::Narrow))
      if (auto dim = t.findDim(entry->dim);
          dim && is_contained(t.allOps[target].dims, *dim) &&
          t.allOps[target].info && t.isReduction(target, *dim))
        diags.report("T-EDGE", "edge '" + str(edge.kind) + "' of loop '" +
                                   edge.loop + "' has no effect: '" +
                                   t.allOps[target].name + "' reduces over '" +
                                   entry->dim +
                                   "', which takes the exact rest");
    for (const Expr &size : edge.sizes)
      checkExpr(size, "narrow size of loop '" + edge.loop + "'");
  }
  for (const LoopSize &entry : s.loops) {
    auto dim = dimOf(target, entry.dim);
    bool good = isFresh("loop", entry.loop) && dim.has_value();
    if (dim)
      good &= checkSize(entry.size, *dim, "size of loop '" + entry.loop + "'");
    if (!good)
      continue;
    Loop loop;
    loop.name = entry.loop;
    loop.dim = *dim;
    loop.size = entry.size;
    if (!addLoop(std::move(loop), &s, target, !s.on.empty()))
      break;
  }
  // Shared loops may cut a fused producer's reduction.
  for (unsigned consumer = 0; consumer < t.allOps.size(); ++consumer)
    checkFinished(consumer);
}

void TreeBuilder::operator()(const SplitReductionStep &s) {
  static const StringRef ways[] = {"dsmem", "workspace", "atomics", "shuffle"};
  if (!is_contained(ways, StringRef(s.combine)))
    diags.report("SR-COMBINE", "unknown way to combine '" + s.combine +
                                   "'; the ways are " +
                                   join(ArrayRef(ways), ", "));
  else if ((s.combine == "dsmem" && !t.machine.hasFeature("dsmem")) ||
           (s.combine == "shuffle" && !t.machine.isGPU()))
    diags.report("SR-COMBINE", "combine(" + s.combine +
                                   ") is not possible on '" + t.machine.name +
                                   "'");
  const OpNode &root = t.allOps[0];
  if (!t.plan.numerics.reassoc && (!root.info || root.info->isFloat))
    diags.report("SR-REASSOC", "'split_reduction' adds partial results in "
                               "another order: it needs numerics(reassoc)");
  for (const LoopSize &entry : s.loops) {
    auto dim = dimOf(0, entry.dim);
    bool good = isFresh("loop", entry.loop) && dim.has_value();
    if (dim) {
      good &= checkSize(entry.size, *dim, "parts of loop '" + entry.loop + "'");
      if (root.info && !t.isReduction(0, *dim)) {
        diags.report("SR-DIM", "'" + root.name + "' does not reduce over '" +
                                   entry.dim + "'");
        good = false;
      }
    }
    if (!good)
      continue;
    Loop loop;
    loop.name = entry.loop;
    loop.dim = *dim;
    loop.size = entry.size;
    loop.isSplitReduction = true;
    loop.combine = s.combine;
    if (!addLoop(std::move(loop), nullptr, 0, /*onlyTarget=*/false))
      break;
  }
}

//===----------------------------------------------------------------------===//
// Order
//===----------------------------------------------------------------------===//

void TreeBuilder::operator()(const ReorderStep &s) {
  SmallVector<unsigned> wanted;
  for (const std::string &name : s.loops) {
    auto found = loop(name);
    if (!found)
      continue;
    if (is_contained(wanted, *found))
      diags.report("R-TWICE", "loop '" + name + "' is listed twice");
    else
      wanted.push_back(*found);
  }
  if (diags)
    return;
  if (wanted.size() < 2) {
    diags.report("R-FEW", "'reorder' needs at least two loops");
    return;
  }
  // The ops that have all of these loops must agree; the others have none of
  // them, or keep the same ones outside.
  std::optional<unsigned> host;
  for (unsigned op = 0; op < t.allOps.size() && !host; ++op)
    if (all_of(wanted, [&](unsigned l) { return t.position(op, l); }))
      host = op;
  if (!host) {
    diags.report("R-CHAIN", "no op has all of these loops around it: " +
                                join(s.loops, ", "));
    return;
  }
  SmallVector<unsigned> before = t.allOps[*host].chain;
  SmallVector<unsigned> places;
  for (unsigned l : wanted)
    places.push_back(*t.position(*host, l));
  llvm::sort(places);
  SmallVector<unsigned> after = before;
  for (auto [place, l] : zip(places, wanted))
    after[place] = l;
  if (after == before)
    diags.report("S-EFFECT", "the loops " + join(s.loops, ", ") +
                                 " are in this order already");
  for (size_t i = 0; i < after.size(); ++i)
    for (size_t j = i + 1; j < after.size(); ++j) {
      unsigned outer = after[i], inner = after[j];
      if (t.allLoops[outer].dim != t.allLoops[inner].dim)
        continue;
      if (llvm::find(before, outer) > llvm::find(before, inner))
        diags.report("R-NEST", "loop '" + t.allLoops[outer].name +
                                   "' would run outside loop '" +
                                   t.allLoops[inner].name +
                                   "', the outer tile of the same dimension '" +
                                   t.allDims[t.allLoops[outer].dim].name + "'");
    }
  for (const OpNode &node : t.allOps) {
    // Length of the prefix that this op shares with the host.
    size_t common = 0;
    while (common < node.chain.size() && common < before.size() &&
           node.chain[common] == before[common])
      ++common;
    SmallVector<unsigned> old(ArrayRef(before).take_front(common)),
        now(ArrayRef(after).take_front(common));
    llvm::sort(old);
    llvm::sort(now);
    if (old != now)
      diags.report("R-SHARED", "the new order would move loops into or out of "
                               "the part that '" +
                                   node.name + "' shares with '" +
                                   t.allOps[*host].name + "'");
  }
  if (diags)
    return;
  for (OpNode &node : t.allOps) {
    size_t common = 0;
    while (common < node.chain.size() && common < before.size() &&
           node.chain[common] == before[common])
      ++common;
    std::copy_n(after.begin(), common, node.chain.begin());
    if (node.fuseStep >= 0 && common > 0)
      node.fusedInto = node.chain[common - 1];
  }
  for (unsigned consumer = 0; consumer < t.allOps.size(); ++consumer)
    checkFinished(consumer);
}

//===----------------------------------------------------------------------===//
// Parallel loops, unrolling, pipelines
//===----------------------------------------------------------------------===//

void TreeBuilder::operator()(const ParallelizeStep &s) {
  SmallVector<unsigned> band;
  for (const std::string &name : s.loops) {
    auto found = loop(name);
    if (!found)
      continue;
    Loop &data = t.allLoops[*found];
    if (is_contained(band, *found))
      diags.report("P-TWICE", "loop '" + name + "' is listed twice");
    else if (data.parallel)
      diags.report("P-TWICE", "loop '" + name +
                                  "' runs in parallel already, on " +
                                  str(*data.parallel) + " (step " +
                                  std::to_string(data.parallelStep) + ")");
    else
      band.push_back(*found);
  }
  if (s.loops.empty())
    diags.report("P-EMPTY", "'parallelize' needs at least one loop");
  if ((s.to == Unit::Threads) == t.machine.isGPU())
    diags.report("P-UNIT",
                 "'" + t.machine.name + "' has no " + str(s.to) +
                     (t.machine.isGPU() ? "; its units are blocks, warpgroups, "
                                          "warps, lanes"
                                        : "; its units are threads"));
  if (!is_contained({"", "static", "dynamic"}, s.schedule))
    diags.report("P-SCHEDULE", "unknown schedule '" + s.schedule +
                                   "'; the schedules are static, dynamic");
  if (!is_contained({"", "grouped", "balanced"}, s.order))
    diags.report("P-ORDER", "unknown order '" + s.order +
                                "'; the orders are grouped, balanced");
  else if ((s.order == "grouped") != s.orderSize.has_value())
    diags.report("P-ORDER", s.order == "grouped"
                                ? "order 'grouped' needs a size"
                                : "order '" + s.order + "' takes no size");
  if (s.orderSize)
    checkExpr(*s.orderSize, "size of the order");
  if ((s.persistent || !s.cluster.empty()) && s.to != Unit::Blocks)
    diags.report("P-UNIT",
                 "'persistent' and 'cluster' need blocks, the unit is " +
                     str(s.to));
  for (const auto &[name, size] : s.cluster) {
    checkExpr(size, "cluster size of loop '" + name + "'");
    if (!is_contained(s.loops, name))
      diags.report("P-CLUSTER", "cluster names loop '" + name +
                                    "', which this step does not list");
  }
  for (unsigned l : band) {
    const Loop &data = t.allLoops[l];
    if (data.isSplitReduction)
      continue;
    for (unsigned op = 0; op < t.allOps.size(); ++op)
      if (t.position(op, l) && t.isReduction(op, data.dim))
        diags.report(
            "P-REDUCTION",
            "loop '" + data.name + "' is a reduction of '" + t.allOps[op].name +
                "' (dimension '" + t.allDims[data.dim].name +
                "'); only 'split_reduction' loops can run in parallel");
  }
  // Adjacent in every chain that has them, in any order.
  for (const OpNode &node : t.allOps) {
    SmallVector<unsigned> places;
    for (auto [place, l] : enumerate(node.chain))
      if (is_contained(band, l))
        places.push_back(place);
    if (places.empty())
      continue;
    for (size_t i = 1; i < places.size(); ++i)
      if (places[i] != places[i - 1] + 1) {
        diags.report("P-ADJACENT",
                     "loops '" + t.allLoops[node.chain[places[i - 1]]].name +
                         "' and '" + t.allLoops[node.chain[places[i]]].name +
                         "' are not adjacent: loop '" +
                         t.allLoops[node.chain[places[i - 1] + 1]].name +
                         "' lies between them");
        break;
      }
    if (&node == &t.allOps[t.allLoops[band.front()].owner] &&
        places.size() != band.size())
      diags.report("P-ADJACENT", "the loops lie in different chains");
  }
  if (diags)
    return;
  for (unsigned l : band) {
    t.allLoops[l].parallel = s.to;
    t.allLoops[l].parallelStep = step;
  }
  t.bands.push_back({s, step});
}

void TreeBuilder::operator()(const UnrollStep &s) {
  auto found = loop(s.loop);
  bool good = checkExpr(s.by, "factor of 'unroll'");
  if (!found || !good)
    return;
  Loop &data = t.allLoops[*found];
  if (data.unroll) {
    diags.report("U-TWICE", "loop '" + s.loop + "' is unrolled already (step " +
                                std::to_string(data.unrollStep) + ")");
    return;
  }
  if (data.parallel) {
    diags.report("U-PARALLEL", "loop '" + s.loop + "' runs in parallel on " +
                                   str(*data.parallel) +
                                   ", it cannot be unrolled");
    return;
  }
  data.unroll = s.by;
  data.unrollStep = step;
}

void TreeBuilder::operator()(const PipelineStep &s) {
  auto found = loop(s.loop);
  checkExpr(s.stages, "stages");
  if (s.roles) {
    checkExpr(s.roles->first, "producers");
    checkExpr(s.roles->second, "consumers");
    if (!t.machine.isGPU())
      diags.report("PL-ROLES", "'roles' needs a GPU, the target is '" +
                                   t.machine.name + "'");
  }
  if (!is_contained({"tma", "cp_async", "prefetch"}, s.copies))
    diags.report("PL-COPIES", "unknown copies '" + s.copies +
                                  "'; they are tma, cp_async, prefetch");
  else if (s.copies != "prefetch" && !t.machine.hasFeature(s.copies))
    diags.report("PL-COPIES", "'" + t.machine.name + "' has no " + s.copies);
  if (!is_contained({"", "cooperative", "pingpong", "inline", "overlap"},
                    s.schedule))
    diags.report("PL-SCHEDULE",
                 "unknown schedule '" + s.schedule +
                     "'; the schedules are cooperative, pingpong, inline, "
                     "overlap");
  if (!found)
    return;
  Loop &data = t.allLoops[*found];
  if (data.pipeline) {
    diags.report("PL-TWICE", "loop '" + s.loop +
                                 "' is a pipeline already (step " +
                                 std::to_string(data.pipelineStep) + ")");
    return;
  }
  if (data.parallel) {
    diags.report("PL-PARALLEL", "loop '" + s.loop + "' runs in parallel on " +
                                    str(*data.parallel) +
                                    ", its iterations have no order");
    return;
  }
  if (diags)
    return;
  data.pipeline = s;
  data.pipelineStep = step;
}

void TreeBuilder::operator()(const ApplyStep &s) {
  if (!t.findOp(s.on) && !t.findLoop(s.on))
    diags.report("S-NAME", "unknown loop or op '" + s.on + "'; the loops are " +
                               listNames(t.allLoops) + ", the ops are " +
                               listNames(t.allOps));
  if (s.sequence.empty())
    diags.report("AP-SEQUENCE", "'apply' needs the name of a sequence");
  t.modelled = false;
}

} // namespace tensorop::model
