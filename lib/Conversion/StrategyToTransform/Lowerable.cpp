//===- Lowerable.cpp - What this release does not lower -------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Script.h"
#include "TensorOp/Hardware/Catalogue.h"
#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using namespace tensorop;
using namespace tensorop::strategy;
using namespace tensorop::model;

namespace {

/// One visitor per step: a reason why it is not lowered, or an empty string.
struct Refusal {
  const LoopTree &tree;

  std::string operator()(const ParamStep &) const { return ""; }
  std::string operator()(const RequireStep &) const { return ""; }
  std::string operator()(const ReorderStep &) const { return ""; }
  std::string operator()(const UnrollStep &step) const {
    auto inner = tree.innerReductionLoops(0);
    if (auto loop = tree.findLoop(step.loop);
        loop && !inner.empty() && inner.back() == *loop)
      return "";
    return "only the innermost reduction loop of a register tile is unrolled "
           "in this release, and '" +
           step.loop + "' is not that";
  }
  std::string operator()(const AlgorithmStep &step) const {
    return step.name == "direct" ? "" : notYet("algorithm '" + step.name + "'");
  }
  std::string operator()(const SplitStep &) const { return notYet("split"); }
  std::string operator()(const OnlineStep &) const { return notYet("online"); }
  std::string operator()(const ParallelizeStep &step) const {
    if (!step.order.empty())
      return notYet("order(" + step.order + ")");
    SmallVector<unsigned> dims;
    for (const std::string &name : step.loops) {
      unsigned loop = *tree.findLoop(name);
      if (!tree.position(0, loop))
        return notYet("parallelize of loop '" + name +
                      "', which is not around the root,");
      if (llvm::is_contained(dims, tree.loops()[loop].dim))
        return notYet("dividing two loops over '" +
                      tree.dims()[tree.loops()[loop].dim].name + "' together");
      dims.push_back(tree.loops()[loop].dim);
    }
    if (parallelBand(tree).size() != step.loops.size())
      return notYet("a second parallelize");
    return "";
  }
  std::string operator()(const SplitReductionStep &) const {
    return notYet("split_reduction");
  }
  std::string operator()(const PipelineStep &step) const {
    auto loop = tree.findLoop(step.loop);
    if (!loop || (loop != innermostReduction(tree) && loop != laneLoop(tree)))
      return notYet("a pipeline of '" + step.loop +
                    "', which is neither the innermost reduction loop of a "
                    "register tile nor the loop along its lanes,");
    return "";
  }
  std::string operator()(const ApplyStep &) const { return notYet("apply"); }

  std::string operator()(const TileStep &step) const {
    if (step.skipMasked)
      return notYet("skip_masked");
    if (!step.on.empty() && step.on != tree.root().name)
      return notYet("tile on '" + step.on + "', which is not the root,");
    for (const EdgeClause &edge : step.edges) {
      if (edge.kind == EdgeKind::Evl)
        return notYet("edge(" + edge.loop + " = evl)");
      if (!edge.sizes.empty() && needsRanges(*tree.findLoop(edge.loop)))
        return notYet("edge(" + edge.loop +
                      " = narrow(size)), which cuts the loop into ranges,");
    }
    return "";
  }
  std::string operator()(const FuseStep &step) const {
    ArrayRef<unsigned> outer = outerLoops(tree);
    for (const std::string &name : step.ops) {
      const OpNode &op = tree.ops()[*tree.findOp(name)];
      if (op.info && op.info->body != BodyClass::Elementwise)
        return notYet("fusing '" + name + "', which is not elementwise,");
      if (op.info && !op.info->scalarOnly.empty())
        return notYet("fusing '" + name + "', whose body has '" +
                      op.info->scalarOnly + "', which has no form on vectors,");
      if (feedsRoot(*tree.findOp(name))) {
        if (std::string why = whyNotPacked(*tree.findOp(name), step);
            !why.empty())
          return why;
        continue;
      }
      if (op.info)
        for (const OperandInfo &operand : op.info->operands)
          if (llvm::any_of(operand.access, [](const Access &access) {
                bool isZero = access.affine && access.terms.empty() &&
                              access.constant == 0;
                return !access.plainDim() && !isZero;
              }))
            return notYet("fusing '" + name + "', whose operand '" +
                          operand.name + "' is indexed by sums of dimensions,");
      if (outer.empty() || op.fusedInto != int(outer.back()))
        return notYet("fusing into '" + step.into + "'") +
               (outer.empty()
                    ? "; no loop is around the register tile"
                    : "; fuse into '" + tree.loops()[outer.back()].name +
                          "', the innermost loop around the register tile");
    }
    return "";
  }
  std::string operator()(const LayoutStep &step) const {
    if (step.op != tree.root().name)
      return notYet("a layout of '" + step.op + "', which is not the root,");
    if (step.space != Space::Memory)
      return notYet("a layout in " + str(step.space).str());
    if (step.pack.size() != (tree.group(0) ? 2u : 1u))
      return notYet("a layout with " + std::to_string(step.pack.size()) +
                    " packed dimensions");
    SmallVector<unsigned> band = parallelBand(tree);
    if (auto loop = tree.findLoop(step.place);
        loop &&
        llvm::is_contained(ArrayRef(band).drop_back(band.size() > 0), *loop))
      return notYet("a layout at '" + step.place +
                    "', between loops that are divided together,");
    if (step.swizzle || !step.multicast.empty() || step.pad)
      return notYet("swizzle, multicast or pad of a layout");
    return "";
  }
  std::string operator()(const VectorizeStep &step) const {
    if (step.op != tree.root().name)
      return notYet("vectorize of '" + step.op + "', which is not the root,");
    const std::string &instr = tree.root().tile->instr;
    const InstructionClass *known = tree.hardware().instruction(instr);
    if (instr != "vector" &&
        (!known || !lowersInstruction(tree.hardware(), *known)))
      return notYet("instruction '" + instr + "'");
    if (tree.root().info && tree.root().info->body != BodyClass::Contraction)
      return notYet("a register tile of an op that is not a sum of products");
    return "";
  }

  /// Whether the root reads what `op` computes, directly or not.
  bool feedsRoot(unsigned op) const {
    SmallVector<unsigned> found(tree.producers(0));
    for (size_t i = 0; i < found.size(); ++i) {
      if (found[i] == op)
        return true;
      for (unsigned producer : tree.producers(found[i]))
        if (!llvm::is_contained(found, producer))
          found.push_back(producer);
    }
    return false;
  }
  /// A producer is computed where the root's operand that it makes is packed.
  std::string whyNotPacked(unsigned op, const FuseStep &step) const {
    const std::string &name = tree.ops()[op].name;
    if (step.when != FuseStep::When::Always)
      return notYet("'when' of '" + name + "', which '" + tree.root().name +
                    "' reads,");
    for (const Layout &layout : tree.layouts())
      if (layout.op == 0 && fusedProducer(tree, layout) == op)
        return "";
    std::string loop = tree.loops()[tree.ops()[op].fusedInto].name;
    for (const OperandInfo &operand : tree.root().info->operands)
      if (operand.producer == name)
        return notYet("fusing '" + name + "' into '" + loop +
                      "', where no "
                      "layout packs its result '" +
                      tree.root().name + "." + operand.name + "',");
    return notYet("fusing '" + name + "', whose result '" + tree.root().name +
                  "' does not read itself,");
  }

  /// Whether the tiles of `loop` are more than full ones and one of just the
  /// rest.
  bool needsRanges(unsigned loop) const {
    unsigned dim = tree.loops()[loop].dim;
    int around = -1;
    for (unsigned other : tree.root().chain) {
      if (other == loop)
        break;
      if (tree.loops()[other].dim == dim)
        around = other;
    }
    int64_t size = tree.loopSize(loop);
    for (int64_t extent : tree.possibleExtents(0, dim, around))
      for (const Segment &segment : tree.segments(loop, extent))
        if (segment.isMasked() ||
            (segment.size == size ? segment.count != extent / size
                                  : segment.count != 1))
          return true;
    return false;
  }

  std::string notYet(const std::string &what) const {
    return what + " is not lowered for " + tree.hardware().name +
           " in this release";
  }
};

} // namespace

ArrayRef<unsigned> strategy::outerLoops(const LoopTree &tree) {
  ArrayRef<unsigned> chain = tree.root().chain;
  return chain.drop_back(tree.innerReductionLoops(0).size());
}

std::optional<unsigned> strategy::innermostReduction(const LoopTree &tree) {
  auto inner = tree.innerReductionLoops(0);
  return inner.empty() ? std::nullopt : std::optional(inner.back());
}

std::optional<unsigned> strategy::laneLoop(const LoopTree &tree) {
  if (!tree.root().tile)
    return std::nullopt;
  const RegisterTile &tile = *tree.root().tile;
  if (tree.isReduction(0, tile.entries[tile.vectorEntry].dim))
    return std::nullopt;
  for (unsigned loop : llvm::reverse(outerLoops(tree)))
    if (tree.loops()[loop].dim == tile.entries[tile.vectorEntry].dim)
      return loop;
  return std::nullopt;
}

SmallVector<unsigned> strategy::parallelBand(const LoopTree &tree) {
  SmallVector<unsigned> band;
  for (unsigned loop : tree.root().chain)
    if (tree.loops()[loop].parallel)
      band.push_back(loop);
  return band;
}

LogicalResult strategy::checkLowerable(const LoopTree &tree,
                                       const StepLocations &locations) {
  const HardwareModel &machine = tree.hardware();
  if (machine.isLengthAgnostic())
    return emitError(locations.at(-1))
           << "plans are lowered for vectors of a known length, not for those "
              "of "
           << machine.name << ", which have " << machine.vectorBits << " to "
           << machine.vectorBitsMax << " bits";
  if (!lowersPlansFor(machine))
    return emitError(locations.at(-1))
           << "plans are not lowered for " << machine.name << " ("
           << machine.triple << ") in this release";
  bool refused = false;
  for (auto [index, step] : llvm::enumerate(tree.steps())) {
    // A step that its parameter switches off is not in the tree.
    if (!step.condition.empty()) {
      auto chosen = tree.chosen().find(step.condition);
      if (chosen != tree.chosen().end() && chosen->second == 0)
        continue;
    }
    std::string why = std::visit(Refusal{tree}, step.body);
    if (why.empty())
      continue;
    emitError(locations.at(index))
        << "'strategy." << step.verb() << "': " << why;
    refused = true;
  }
  return failure(refused);
}
