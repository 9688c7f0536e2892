//===- Script.cpp - A loop tree as a transform script ---------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads the final tree only; no step is translated by itself, and no kind of op
// is known here. Each op of the script carries the location of the step that it
// realises.
//
//===----------------------------------------------------------------------===//

#include "Script.h"
#include "TensorOp/Dialect/Strategy/TransformOps/StrategyTransformOps.h"
#include "TensorOp/Support/Mutation.h"
#include "mlir/Dialect/Transform/IR/TransformTypes.h"
#include "mlir/Dialect/Transform/TuneExtension/TuneExtensionOps.h"

using namespace mlir;
using namespace tensorop;
using namespace tensorop::strategy;
using namespace tensorop::strategy::transform_ops;
using namespace tensorop::model;

namespace {

class ScriptEmitter {
public:
  ScriptEmitter(OpBuilder &b, const LoopTree &tree,
                const StepLocations &locations, Value kernel,
                LoweringOptions options)
      : b(b), tree(tree), locations(locations), kernel(kernel),
        options(options), band(parallelBand(tree)),
        any(transform::AnyOpType::get(b.getContext())), root(tree.root()) {}

  void emit() {
    unsigned phases = options.phases;
    recordKnobs();
    emitLoops();
    if (phases >= 2)
      emitLayouts();
    if (phases >= 3)
      emitFusion();
    if (phases >= 4 && root.tile)
      emitRegisterTile();
    if (phases >= 5 && root.tile)
      emitUnrolls();
    if (phases >= 6 && hasTeam())
      emitTeam();
  }

private:
  /// Position of tree dimension `dim` among the op's iteration dimensions.
  int64_t position(const OpNode &op, unsigned dim) const {
    return llvm::find(op.dims, dim) - op.dims.begin();
  }
  Value find(Location loc, StringRef kind, StringRef name, int64_t count) {
    return FindOp::create(b, loc, any, kernel, kind, name, count);
  }

  /// The chosen values, where tools that read transform scripts look for them.
  void recordKnobs() {
    for (const ParamStep &param : tree.params()) {
      auto chosen = tree.chosen().find(param.name);
      if (chosen == tree.chosen().end())
        continue;
      Attribute value = b.getI64IntegerAttr(chosen->second);
      transform::tune::KnobOp::create(
          b, locations.at(-1),
          transform::ParamType::get(b.getContext(), b.getI64Type()),
          b.getStringAttr(param.name), b.getArrayAttr({value}), value);
    }
  }

  /// Phase 1: loops, outermost first, down to the register tile.
  void emitLoops() {
    ArrayRef<unsigned> outer = outerLoops(tree);
    Location loc = outer.empty()
                       ? locations.at(-1)
                       : locations.at(tree.loops()[outer.front()].step);
    tile = find(loc, "op", root.name, 1);
    SmallVector<Attribute> names;
    SmallVector<int64_t> dims, sizes;
    for (unsigned loop : outer) {
      names.push_back(b.getStringAttr(tree.loops()[loop].name));
      dims.push_back(position(root, tree.loops()[loop].dim));
      sizes.push_back(tree.loopSize(loop));
    }
    if (dims.size() > 1 && isMutated(Mutation::SwappedDims))
      std::swap(dims[0], dims[1]);
    auto band =
        TileBandOp::create(b, loc, any, SmallVector<Type>(outer.size(), any),
                           tile, b.getArrayAttr(names), ArrayRef<int64_t>(dims),
                           ArrayRef<int64_t>(sizes));
    tile = band.getTiled();
    for (auto [loop, handle] : llvm::zip(outer, band.getMade()))
      loops[loop] = handle;
  }

  /// Phase 2: packed copies, outer places first, so that an inner copy may read
  /// what an outer one made; those at load before all, for nothing may lie
  /// between a copy that a team fills and the loops that read it.
  void emitLayouts() {
    auto depth = [&](const Layout &layout) {
      switch (layout.place) {
      case Layout::Place::Load:
        return -2;
      case Layout::Place::Loop:
        return int(*tree.position(0, layout.loop));
      default:
        return -1;
      }
    };
    std::vector<Buffer> buffers = tree.buffers();
    llvm::sort(buffers, [&](const Buffer &a, const Buffer &b) {
      return std::pair(depth(tree.layouts()[a.layout]), a.layout) <
             std::pair(depth(tree.layouts()[b.layout]), b.layout);
    });
    for (const Buffer &buffer : buffers) {
      const Layout &layout = tree.layouts()[buffer.layout];
      const Layout::Pack &pack = layout.pack.front();
      // No call fills what is packed at load: no team is there.
      bool isAtLoad = layout.place == Layout::Place::Load;
      Value place =
          layout.place == Layout::Place::Loop ? loops[layout.loop] : Value();
      const OperandInfo &operand = root.info->operands[layout.operandIndex];
      TypeAttr element;
      if (buffer.type != operand.type)
        element = TypeAttr::get(elementType(b, buffer.type));
      IntegerAttr groupDim, groupSize;
      bool flipSign = false;
      if (std::optional<LoopTree::Group> group = tree.group(0)) {
        groupDim = b.getI64IntegerAttr(position(root, group->dim));
        groupSize = b.getI64IntegerAttr(group->size);
        unsigned lane = root.tile->entries[root.tile->vectorEntry].dim;
        flipSign = tree.offsetsOperand(0) && pack.dim != lane;
      }
      Value producer;
      if (std::optional<unsigned> fused = fusedProducer(tree, layout))
        producer = find(locations.at(tree.ops()[*fused].fuseStep), "op",
                        operand.producer, 1);
      PackOperandOp::create(
          b, locations.at(layout.step), any, tile, place, producer,
          layout.operandIndex, position(root, pack.dim),
          tree.value(pack.size, 0, pack.dim), ArrayRef<int64_t>(buffer.region),
          buffer.name, tree.lanes(0), groupDim, groupSize, element, flipSign,
          /*shared=*/hasTeam() && buffer.shared && !isAtLoad,
          /*at_load=*/isAtLoad, stridedStores());
    }
  }

  /// Elements that one instruction stores with a stride; null without one. As
  /// many registers as keep most of them free.
  IntegerAttr stridedStores() const {
    constexpr int64_t registers = 4;
    if (!tree.hardware().hasStridedAccess())
      return nullptr;
    return b.getI64IntegerAttr(registers * tree.lanes(0));
  }

  /// Phase 3: what is computed with the root's tile.
  void emitFusion() {
    // What initialises the root's output is always computed in its first visit.
    if (const OpInfo *init = initialiser()) {
      Location loc = locations.at(-1);
      Value op = find(loc, "op", init->name, 1);
      this->init = FuseInitOp::create(b, loc, any, op, tile);
    }
    for (unsigned index : tree.order()) {
      const OpNode &op = tree.ops()[index];
      // Producers were fused into the layouts.
      if (op.fusedInto < 0 || llvm::is_contained(tree.producers(0), index))
        continue;
      Location loc = locations.at(op.fuseStep);
      Value found = find(loc, "op", op.name, 1);
      epilogues.push_back(FuseEpilogueOp::create(b, loc, any, found, tile));
    }
  }

  /// The kernel's op that fills the root's output before it, if any.
  const OpInfo *initialiser() const {
    if (!root.info)
      return nullptr;
    for (const OperandInfo &operand : root.info->operands)
      if (operand.isOutput && !operand.producer.empty())
        if (const OpInfo *op = tree.kernel()->find(operand.producer);
            op && op->body == BodyClass::Fill)
          return op;
    return nullptr;
  }

  /// Phase 4: the register tile with the reduction loops inside it.
  void emitRegisterTile() {
    SmallVector<int64_t> dims, sizes, loopDims, loopSizes;
    SmallVector<Attribute> edges, loopNames;
    std::optional<LoopTree::Group> group = tree.group(0);
    for (auto [index, entry] : llvm::enumerate(root.tile->entries)) {
      if (group && entry.dim == group->dim)
        continue;
      dims.push_back(position(root, entry.dim));
      sizes.push_back(tree.tileSize(0, entry.dim));
      edges.push_back(b.getStringAttr(edgePolicy(entry.dim)));
    }
    // The realiser expects the vectorized dimension last.
    unsigned vector = root.tile->vectorEntry;
    std::rotate(dims.begin() + vector, dims.begin() + vector + 1, dims.end());
    std::rotate(sizes.begin() + vector, sizes.begin() + vector + 1,
                sizes.end());
    std::rotate(edges.begin() + vector, edges.begin() + vector + 1,
                edges.end());
    for (unsigned loop : tree.innerReductionLoops(0)) {
      loopNames.push_back(b.getStringAttr(tree.loops()[loop].name));
      loopDims.push_back(position(root, tree.loops()[loop].dim));
      // A loop over groups steps by one of them.
      bool isGrouped = group && tree.loops()[loop].dim == group->dim;
      loopSizes.push_back(isGrouped ? 1 : tree.loopSize(loop));
    }
    bool lateInit = tree.lateInit(0);
    IntegerAttr groupDim;
    StringAttr dot;
    if (group) {
      // The last dimension of the op, behind those that the plan knows.
      groupDim = b.getI64IntegerAttr(root.dims.size());
      dot = b.getStringAttr(root.tile->instr);
    }
    RegisterTileOp::create(
        b, locations.at(root.tile->step), any, tile, init, epilogues,
        ArrayRef<int64_t>(dims), ArrayRef<int64_t>(sizes),
        b.getArrayAttr(edges), tree.tileLanes(0), b.getArrayAttr(loopNames),
        ArrayRef<int64_t>(loopDims), ArrayRef<int64_t>(loopSizes), lateInit,
        /*contract=*/tree.header().numerics.contract,
        /*scalars_in_lanes=*/tree.hardware().scalarOperand ==
            ScalarOperand::Lane,
        /*lanes_of_steps=*/joinsLanesOfSteps(),
        /*scalar_operands=*/tree.hardware().scalarOperand !=
            ScalarOperand::Broadcast,
        /*vectors_pass=*/tree.takesLanesOfSteps(0),
        /*prefetch_output=*/tree.hardware().hasPrefetch(),
        /*prefetch_panels=*/!tree.layouts().empty() && !group &&
            tree.hardware().hasPrefetch(),
        stagesOf(innermostReduction(tree)), stagesOf(laneLoop(tree)), groupDim,
        dot, /*offset=*/tree.offsetsOperand(0));
  }

  /// Whether vectors of lanes reach from one step of the reduction into the
  /// next: where several are unrolled, of types that have lanes. In order, LLVM
  /// would load all of them early, and spill sums for it.
  bool joinsLanesOfSteps() {
    const HardwareModel &machine = tree.hardware();
    const model::OpInfo &info = *tree.root().info;
    std::optional<unsigned> loop = innermostReduction(tree);
    if (machine.scalarOperand != ScalarOperand::Lane || machine.inOrder ||
        !loop || !tree.loops()[*loop].unroll ||
        !llvm::is_contained({"f16", "f32", "f64", "i32"}, info.accType))
      return false;
    return tree.value(*tree.loops()[*loop].unroll, 0) %
               machine.scalarLanes(info.accBits) ==
           0;
  }

  /// Stages of the pipeline of prefetches of `loop`; null without one.
  IntegerAttr stagesOf(std::optional<unsigned> loop) {
    if (!loop || !tree.loops()[*loop].pipeline)
      return nullptr;
    return b.getI64IntegerAttr(
        tree.value(tree.loops()[*loop].pipeline->stages, 0));
  }

  /// Policy of the innermost loop over `dim` around the register tile; a
  /// dimension without one is covered whole.
  StringRef edgePolicy(unsigned dim) const {
    for (unsigned loop : llvm::reverse(outerLoops(tree)))
      if (tree.loops()[loop].dim == dim)
        return str(tree.loops()[loop].edge);
    return str(EdgeKind::Auto);
  }

  /// Phase 5.
  void emitUnrolls() {
    for (unsigned loop : tree.innerReductionLoops(0)) {
      const Loop &data = tree.loops()[loop];
      if (!data.unroll)
        continue;
      Location loc = locations.at(data.unrollStep);
      Value found = find(loc, "loop", data.name, tree.copies(loop));
      UnrollOp::create(b, loc, found, tree.value(*data.unroll, 0));
    }
  }

  /// Phase 6: threads.
  void emitTeam() {
    int step = tree.loops()[band.front()].parallelStep;
    Location loc = locations.at(step);
    SmallVector<Value> divided, privates;
    for (unsigned loop : band)
      divided.push_back(find(loc, "loop", tree.loops()[loop].name, 1));
    for (const Buffer &buffer : tree.buffers())
      if (buffer.perWorker)
        privates.push_back(find(loc, "buffer", buffer.name, 1));
    if (std::optional<Buffer> edge = tree.edgeBuffer(0))
      privates.push_back(find(loc, "buffer", edge->name, 1));
    StringRef schedule =
        std::get<ParallelizeStep>(tree.steps()[step].body).schedule;
    ParallelizeOp::create(b, loc, divided, privates, options.threads,
                          schedule.empty() ? "static" : schedule);
  }

  bool hasTeam() const { return options.threads > 1 && !band.empty(); }

  OpBuilder &b;
  const LoopTree &tree;
  const StepLocations &locations;
  Value kernel;
  LoweringOptions options;
  SmallVector<unsigned> band;
  Type any;
  const OpNode &root;
  Value tile, init;
  SmallVector<Value> epilogues;
  llvm::DenseMap<unsigned, Value> loops;
};

} // namespace

std::optional<unsigned> strategy::fusedProducer(const LoopTree &tree,
                                                const Layout &layout) {
  const OpInfo *info = tree.ops()[layout.op].info;
  if (!info || layout.operandIndex < 0)
    return std::nullopt;
  std::optional<unsigned> producer =
      tree.findOp(info->operands[layout.operandIndex].producer);
  if (!producer || layout.pack.empty() || layout.place != Layout::Place::Loop ||
      tree.ops()[*producer].fusedInto != int(layout.loop))
    return std::nullopt;
  return producer;
}

void strategy::emitScript(OpBuilder &b, const LoopTree &tree,
                          const StepLocations &locations, Value kernel,
                          LoweringOptions options) {
  ScriptEmitter(b, tree, locations, kernel, options).emit();
}
