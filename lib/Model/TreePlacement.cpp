//===- TreePlacement.cpp - Fusion, streaming reductions and layouts -------===//
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

//===----------------------------------------------------------------------===//
// Fusion
//===----------------------------------------------------------------------===//

/// All ops whose results `op` depends on.
static SmallVector<unsigned> transitiveProducers(const LoopTree &tree,
                                                 unsigned op) {
  SmallVector<unsigned> found, work = {op};
  while (!work.empty())
    for (unsigned producer : tree.producers(work.pop_back_val()))
      if (producer != op && !is_contained(found, producer)) {
        found.push_back(producer);
        work.push_back(producer);
      }
  return found;
}

static bool isFill(const OpNode &node) {
  return node.info && node.info->body == BodyClass::Fill;
}

void TreeBuilder::operator()(const FuseStep &s) {
  auto into = loop(s.into);
  SmallVector<unsigned> moved;
  for (const std::string &name : s.ops) {
    auto found = op(name);
    if (!found)
      continue;
    if (*found == 0)
      diags.report("F-ROOT", "the root '" + name +
                                 "' cannot be fused into its own loops");
    else if (is_contained(moved, *found))
      diags.report("F-TWICE", "op '" + name + "' is listed twice");
    else
      moved.push_back(*found);
  }
  if (s.ops.empty())
    diags.report("F-EMPTY", "'fuse' needs at least one op");
  for (auto [index, reader] : enumerate(moved))
    for (unsigned later : ArrayRef(moved).drop_front(index + 1))
      if (is_contained(transitiveProducers(t, reader), later))
        diags.report("F-ORDER",
                     "'" + t.allOps[reader].name + "' is listed before '" +
                         t.allOps[later].name + "', whose result it reads");
  SmallVector<unsigned> whenLoops;
  for (const std::string &name : s.whenLoops)
    if (auto found = loop(name)) {
      if (is_contained(whenLoops, *found))
        diags.report("F-WHEN", "loop '" + name + "' of 'when' is listed twice");
      else
        whenLoops.push_back(*found);
    }
  if ((s.when != FuseStep::When::Always) == s.whenLoops.empty())
    diags.report("F-WHEN",
                 "'when first' and 'when last' name a reduction loop");
  if (!into)
    return;
  // Ops that have the loop share everything outside it.
  SmallVector<unsigned> path;
  std::string host;
  for (unsigned other = 0; other < t.allOps.size() && path.empty(); ++other)
    if (auto place = t.position(other, *into);
        place && !is_contained(moved, other)) {
      path.assign(t.allOps[other].chain.begin(),
                  t.allOps[other].chain.begin() + *place + 1);
      host = t.allOps[other].name;
    }
  if (path.empty()) {
    diags.report("F-HOST", "loop '" + s.into +
                               "' belongs only to the ops that are fused");
    return;
  }
  for (unsigned l : whenLoops)
    if (!is_contained(path, l))
      diags.report("F-WHEN", "loop '" + t.allLoops[l].name +
                                 "' of 'when' is not around loop '" + s.into +
                                 "'");
  for (unsigned index : moved) {
    OpNode &node = t.allOps[index];
    if (isFill(node) && s.when == FuseStep::When::Last) {
      diags.report("F-FILL", "'" + node.name +
                                 "' fills the result: it comes "
                                 "first, not last");
      continue;
    }
    for (unsigned l : whenLoops)
      if (is_contained(node.dims, t.allLoops[l].dim))
        diags.report("F-WHEN", "loop '" + t.allLoops[l].name +
                                   "' of 'when' walks '" +
                                   t.allDims[t.allLoops[l].dim].name +
                                   "', a dimension of '" + node.name +
                                   "', which is needed in each iteration");
    size_t common = 0;
    while (common < node.chain.size() && common < path.size() &&
           node.chain[common] == path[common])
      ++common;
    if (common < node.chain.size()) {
      diags.report("F-CHAIN", "op '" + node.name + "' has loop '" +
                                  t.allLoops[node.chain[common]].name +
                                  "' around it, which is not around loop '" +
                                  s.into + "' of '" + host +
                                  "'; fuse before tiling it");
      continue;
    }
    if (common == path.size()) {
      diags.report("F-PLACE", "op '" + node.name + "' is in loop '" + s.into +
                                  "' already");
      continue;
    }
    if (none_of(ArrayRef(path), [&](unsigned l) {
          return is_contained(node.dims, t.allLoops[l].dim);
        })) {
      std::string own;
      for (unsigned dim : node.dims)
        own += (own.empty() ? "" : ", ") + t.allDims[dim].name;
      diags.report("F-DIM", "op '" + node.name + "' (" + own +
                                ") has none of the dimensions of the loops "
                                "around and at '" +
                                s.into + "'");
      continue;
    }
    node.chain = path;
    node.fuseStep = step;
    node.fusedInto = *into;
    node.when = s.when;
    node.whenLoops = whenLoops;
    if (isFill(node)) {
      // Initialisation runs before the first part of each reduction around.
      node.when = FuseStep::When::First;
      for (unsigned consumer : t.consumers(index))
        for (unsigned l : path)
          if (t.position(consumer, l) &&
              t.isReduction(consumer, t.allLoops[l].dim) &&
              !is_contained(node.whenLoops, l))
            node.whenLoops.push_back(l);
      if (node.whenLoops.empty())
        node.when = FuseStep::When::Always;
    }
  }
  for (unsigned consumer = 0; consumer < t.allOps.size(); ++consumer)
    checkFinished(consumer);
}

std::string TreeBuilder::lastLoops(unsigned consumer, unsigned producer) const {
  std::string names;
  for (unsigned l : t.allOps[consumer].chain)
    if (t.position(producer, l) && t.isReduction(producer, t.allLoops[l].dim) &&
        !t.allLoops[l].isSplitReduction)
      names += (names.empty() ? "" : ", ") + t.allLoops[l].name;
  return names;
}

void TreeBuilder::checkFinished(unsigned consumer) {
  const OpNode &node = t.allOps[consumer];
  for (unsigned producer : transitiveProducers(t, consumer)) {
    const OpNode &source = t.allOps[producer];
    for (size_t i = 0; i < node.chain.size() && i < source.chain.size() &&
                       node.chain[i] == source.chain[i];
         ++i) {
      unsigned l = node.chain[i];
      const Loop &data = t.allLoops[l];
      if (!t.isReduction(producer, data.dim))
        continue;
      if (node.when == FuseStep::When::Last &&
          is_contained(node.whenLoops, l) && !data.isSplitReduction)
        continue;
      // A streaming reduction keeps what it reads consistent on the way.
      if (any_of(t.streams, [&](const auto &stream) {
            return stream.first.op == source.name &&
                   t.findDim(stream.first.dim) == data.dim;
          }))
        continue;
      if (!t.unfinished.insert({consumer, producer, l}).second)
        continue;
      std::string place =
          node.fusedInto >= 0 ? t.allLoops[node.fusedInto].name : data.name;
      std::string cure =
          data.isSplitReduction ? "the parts are only combined outside it"
          : node.fuseStep >= 0
              ? "fuse it outside '" + data.name + "' or add 'when last(" +
                    lastLoops(consumer, producer) + ")'"
              : "use 'online " + t.allDims[data.dim].name + " over " +
                    source.name + "' or fuse outside '" + data.name + "'";
      diags.report("F-UNFINISHED",
                   "'" + node.name + "' in loop '" + place +
                       "' would read an unfinished result: loop '" + data.name +
                       "' around it is a reduction of '" + source.name +
                       "' (dimension '" + t.allDims[data.dim].name + "'); " +
                       cure);
    }
  }
}

void TreeBuilder::operator()(const OnlineStep &s) {
  auto index = op(s.op);
  if (!t.plan.numerics.reassoc)
    diags.report("O-REASSOC", "'online' rescales partial results: it needs "
                              "numerics(reassoc)");
  if (!index)
    return;
  auto dim = dimOf(*index, s.dim);
  if (!dim)
    return;
  const OpNode &node = t.allOps[*index];
  if (node.info && !t.isReduction(*index, *dim)) {
    diags.report("O-DIM",
                 "'" + s.op + "' does not reduce over '" + s.dim + "'");
    return;
  }
  if (node.info && node.info->body != BodyClass::Normalization) {
    diags.report("O-OP", "'" + s.op + "' is no normalisation");
    return;
  }
  if (t.payload && t.consumers(*index).empty()) {
    diags.report("O-OP", "no op of the plan reads '" + s.op +
                             "': there is nothing to rescale");
    return;
  }
  for (const auto &stream : t.streams)
    if (stream.first.op == s.op) {
      diags.report("O-TWICE", "'" + s.op + "' is online already (step " +
                                  std::to_string(stream.second) + ")");
      return;
    }
  if (!diags)
    t.streams.push_back({s, step});
}

//===----------------------------------------------------------------------===//
// Layouts
//===----------------------------------------------------------------------===//

/// Operands that an op of unknown kind may have.
static bool isOperandName(StringRef name) {
  if (is_contained({"lhs", "rhs", "acc", "filter", "out"}, name))
    return true;
  unsigned number;
  return name.consume_front("in") && !name.getAsInteger(10, number);
}

void TreeBuilder::operator()(const LayoutStep &s) {
  auto index = op(s.op);
  Layout layout;
  layout.operand = s.operand;
  layout.space = s.space;
  layout.swizzle = s.swizzle;
  layout.pad = s.pad;
  layout.step = step;
  const OperandInfo *operand = nullptr;
  if (index) {
    layout.op = *index;
    const OpNode &node = t.allOps[*index];
    auto found = node.info ? node.info->findOperand(s.operand) : std::nullopt;
    if (found) {
      layout.operandIndex = *found;
      operand = &node.info->operands[*found];
    } else if (node.info) {
      diags.report("S-NAME", "unknown operand '" + s.op + "." + s.operand +
                                 "'; the operands are " +
                                 listNames(node.info->operands));
    } else if (!isOperandName(s.operand)) {
      diags.report("S-NAME", "unknown operand '" + s.op + "." + s.operand +
                                 "'; operands are lhs, rhs, acc, filter, in0, "
                                 "in1, ..., out");
    }
  }
  // The place.
  if (s.place == "call") {
    layout.place = Layout::Place::Call;
  } else if (s.place == "load") {
    layout.place = Layout::Place::Load;
    if ((operand && operand->isOutput) || s.operand == "acc" ||
        s.operand == "out")
      diags.report("L-LOAD", "'" + s.op + "." + s.operand +
                                 "' is a result: only constant inputs can be "
                                 "packed at load");
    else if (operand && !operand->producer.empty())
      diags.report("L-LOAD", "'" + s.op + "." + s.operand + "' is made by '" +
                                 operand->producer +
                                 "' in this kernel: only constant inputs can "
                                 "be packed at load");
    if (s.space != Space::Memory)
      diags.report("L-LOAD",
                   "a copy at load lies in memory, not in " + str(s.space));
  } else if (auto found = t.findLoop(s.place)) {
    layout.place = Layout::Place::Loop;
    layout.loop = *found;
    if (index && !t.position(*index, *found)) {
      std::string around;
      for (unsigned l : t.allOps[*index].chain)
        around += (around.empty() ? "" : ", ") + t.allLoops[l].name;
      diags.report("L-PLACE", "loop '" + s.place + "' is not around '" + s.op +
                                  "'; its loops are " +
                                  (around.empty() ? "none" : around));
    }
  } else {
    diags.report("S-NAME", "unknown place '" + s.place + "'; the loops are " +
                               listNames(t.allLoops) +
                               "; other places are call, load");
  }
  // The space.
  if (s.space == Space::Shared && !t.machine.sharedBytes)
    diags.report("L-SPACE", "'" + t.machine.name + "' has no shared memory");
  if (s.space == Space::Tmem && !t.machine.hasFeature("sm_100"))
    diags.report("L-SPACE", "'" + t.machine.name + "' has no tensor memory");
  if (s.swizzle &&
      (s.space != Space::Shared || !is_contained({32, 64, 128}, s.swizzle)))
    diags.report("L-SWIZZLE",
                 s.space == Space::Shared
                     ? "swizzle is " + std::to_string(s.swizzle) +
                           ", must be 32, 64 or 128"
                     : std::string("swizzle needs a copy in shared "
                                   "memory"));
  if (!s.multicast.empty())
    if (auto found = loop(s.multicast)) {
      layout.multicast = *found;
      if (s.space != Space::Shared)
        diags.report("L-MULTICAST", "multicast needs a copy in shared memory");
    }
  if (s.pad)
    checkExpr(*s.pad, "pad");
  // Packed dimensions.
  for (const DimSize &entry : s.pack) {
    if (!index)
      break;
    auto dim = dimOf(*index, entry.dim);
    if (!dim || !checkSize(entry.size, *dim, "panel of '" + entry.dim + "'"))
      continue;
    if (any_of(layout.pack,
               [&](const Layout::Pack &p) { return p.dim == *dim; })) {
      diags.report("L-PACK", "dimension '" + entry.dim + "' is packed twice");
      continue;
    }
    if (operand) {
      const OpNode &node = t.allOps[*index];
      unsigned own = llvm::find(node.dims, *dim) - node.dims.begin();
      bool plain = any_of(operand->access, [&](const Access &access) {
        return access.plainDim() == own;
      });
      if (!plain) {
        diags.report("L-PACK", "'" + s.op + "." + s.operand +
                                   "' is not indexed by '" + entry.dim +
                                   "' alone: it cannot be packed along it");
        continue;
      }
    }
    layout.pack.push_back({*dim, entry.size});
  }
  if (!layout.pack.empty() && !t.machine.isGPU() && s.place != "load" &&
      ((operand && operand->isOutput) || s.operand == "acc" ||
       s.operand == "out"))
    diags.report("L-OUTPUT", "'" + s.op + "." + s.operand +
                                 "' is a result: only inputs can be packed");
  // A conditional layout may exclude the other one.
  auto isOpen = [&](int index) {
    const std::string &condition = t.applied[index].condition;
    return !condition.empty() && !t.values.count(condition);
  };
  for (const Layout &other : t.allLayouts)
    if (index && other.op == *index && other.operand == s.operand &&
        other.place == layout.place && other.space == layout.space &&
        (other.place != Layout::Place::Loop || other.loop == layout.loop))
      diags.report("L-TWICE", "'" + s.op + "." + s.operand +
                                  "' has a layout at '" + s.place +
                                  "' already (step " +
                                  std::to_string(other.step) + ")");
    else if (index && other.op == *index && other.operand == s.operand &&
             !other.pack.empty() && !layout.pack.empty() &&
             !t.machine.isGPU() && !isOpen(step) && !isOpen(other.step))
      diags.report("L-TWICE", "'" + s.op + "." + s.operand +
                                  "' is packed already (step " +
                                  std::to_string(other.step) + ")");
  if (!diags)
    t.allLayouts.push_back(std::move(layout));
}

} // namespace tensorop::model
