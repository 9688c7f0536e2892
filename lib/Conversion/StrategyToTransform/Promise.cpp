//===- Promise.cpp - What a loop tree promises of the IR ------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Conversion/StrategyToTransform/Promise.h"
#include "Script.h"
#include "TensorOp/Realise/Realise.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;
using namespace tensorop;
using namespace tensorop::strategy;
using namespace tensorop::model;

namespace {

class PromiseWriter {
public:
  PromiseWriter(Builder &b, const LoopTree &tree,
                const StepLocations &locations, LoweringOptions options)
      : b(b), tree(tree), locations(locations), options(options) {}

  Attribute write() {
    unsigned phases = options.phases;
    SmallVector<Attribute> loops, buffers, fused;
    StringRef around;
    for (unsigned loop : outerLoops(tree)) {
      loops.push_back(describeLoop(loop, around, /*unrolled=*/false));
      around = tree.loops()[loop].name;
    }
    SmallVector<unsigned> producers = tree.producers(0);
    if (phases >= 3)
      for (auto [index, op] : llvm::enumerate(tree.ops()))
        if (op.fusedInto >= 0 && !llvm::is_contained(producers, index))
          fused.push_back(
              b.getDictionaryAttr({entry("name", b.getStringAttr(op.name)),
                                   entry("loop", b.getStringAttr(around)),
                                   entry("at", locations.at(op.fuseStep))}));
    bool hasTile = phases >= 4 && tree.root().tile;
    if (hasTile)
      for (unsigned loop : tree.innerReductionLoops(0)) {
        loops.push_back(describeLoop(loop, around, phases >= 5));
        around = tree.loops()[loop].name;
      }
    if (phases >= 2)
      for (const Buffer &buffer : tree.buffers())
        buffers.push_back(
            describeBuffer(buffer, tree.layouts()[buffer.layout].step,
                           buffer.perWorker, describeFilling(buffer)));
    if (std::optional<Buffer> edge =
            phases >= 4 ? tree.edgeBuffer(0) : std::nullopt)
      buffers.push_back(describeBuffer(*edge, tree.root().tile->step,
                                       /*perWorker=*/true));
    SmallVector<NamedAttribute> all{entry("loops", b.getArrayAttr(loops)),
                                    entry("buffers", b.getArrayAttr(buffers)),
                                    entry("fused", b.getArrayAttr(fused))};
    if (hasTile && !tree.innerReductionLoops(0).empty())
      all.push_back(entry("tile", describeTile()));
    return b.getDictionaryAttr(all);
  }

private:
  NamedAttribute entry(StringRef name, Attribute value) {
    return b.getNamedAttr(name, value);
  }
  Type elementType(StringRef name) { return strategy::elementType(b, name); }

  /// The loop in which a buffer is filled; empty: outside all loops.
  StringRef place(const Buffer &buffer) {
    const Layout &layout = tree.layouts()[buffer.layout];
    return layout.place == Layout::Place::Loop
               ? StringRef(tree.loops()[layout.loop].name)
               : StringRef();
  }

  /// In which loop a copy is filled, and what with.
  SmallVector<NamedAttribute> describeFilling(const Buffer &buffer) {
    SmallVector<NamedAttribute> fields{
        entry("filled", b.getStringAttr(place(buffer)))};
    if (std::optional<unsigned> producer =
            fusedProducer(tree, tree.layouts()[buffer.layout])) {
      const OpNode &op = tree.ops()[*producer];
      fields.push_back(entry("computed_by", b.getStringAttr(op.name)));
      fields.push_back(entry("fused_at", locations.at(op.fuseStep)));
    }
    return fields;
  }

  bool hasTeam() const {
    return options.phases >= 6 && options.threads > 1 &&
           !parallelBand(tree).empty();
  }

  /// A buffer of which each worker has its own is an array of bytes.
  Attribute describeBuffer(const Buffer &buffer, int step, bool perWorker,
                           ArrayRef<NamedAttribute> more = {}) {
    auto type = MemRefType::get(buffer.shape, elementType(buffer.type));
    if (perWorker && hasTeam())
      type = MemRefType::get({options.threads * privateStride(buffer.bytes)},
                             b.getI8Type());
    SmallVector<NamedAttribute> fields{
        entry("name", b.getStringAttr(buffer.name)),
        entry("type", TypeAttr::get(type)), entry("at", locations.at(step))};
    llvm::append_range(fields, more);
    return b.getDictionaryAttr(fields);
  }

  Attribute describeLoop(unsigned loop, StringRef around, bool unrolled) {
    const Loop &data = tree.loops()[loop];
    int64_t size = tree.loopSize(loop);
    // A loop inside the register tile counts groups.
    if (std::optional<LoopTree::Group> group = tree.group(0);
        group && data.dim == group->dim &&
        llvm::is_contained(tree.innerReductionLoops(0), loop))
      size = llvm::divideCeil(size, group->size);
    int64_t factor =
        unrolled && data.unroll ? tree.value(*data.unroll, 0) : int64_t(1);
    SmallVector<NamedAttribute> fields{
        entry("name", b.getStringAttr(data.name)),
        entry("step", b.getI64IntegerAttr(size * factor)),
        entry("copies", b.getI64IntegerAttr(tree.copies(loop))),
        entry("inside", b.getStringAttr(around)),
        entry("at", locations.at(data.step))};
    if (data.pipeline)
      fields.push_back(entry("prefetches", b.getUnitAttr()));
    if (data.parallel && hasTeam())
      fields.push_back(entry("divided", b.getUnitAttr()));
    if (factor > 1) {
      fields.push_back(entry("remainder", b.getI64IntegerAttr(size)));
      // Unrolling removes the main loop when it has one iteration. The rest of
      // partial sums is no iteration of it.
      int64_t rest = tree.hasPartialRest(0) ? 1 : 0;
      if (tree.tripCount(loop) - rest < 2 * factor)
        fields.push_back(entry("may_fold", b.getUnitAttr()));
    }
    return b.getDictionaryAttr(fields);
  }

  Attribute describeTile() {
    const model::RegisterTile &tile = *tree.root().tile;
    int64_t lanes = tree.tileLanes(0);
    std::optional<LoopTree::Group> group = tree.group(0);
    SmallVector<int64_t> counts;
    for (const LoopTree::TileVersion &version : tree.versions(0)) {
      int64_t rows = 1, vectors = 1;
      for (auto [index, size] : llvm::enumerate(version.sizes)) {
        if (index == tile.vectorEntry)
          vectors = llvm::divideCeil(size, lanes);
        else if (!group || tile.entries[index].dim != group->dim)
          rows *= size;
      }
      counts.push_back(rows * vectors);
    }
    llvm::sort(counts);
    counts.erase(llvm::unique(counts), counts.end());
    unsigned innermost = tree.innerReductionLoops(0).back();
    SmallVector<NamedAttribute> fields{
        entry("loop", b.getStringAttr(tree.loops()[innermost].name)),
        entry("vector", TypeAttr::get(VectorType::get(
                            {lanes}, elementType(tile.acc.empty()
                                                     ? tree.root().info->accType
                                                     : tile.acc)))),
        entry("accumulators", b.getDenseI64ArrayAttr(counts)),
        entry("at", locations.at(tile.step))};
    if (std::optional<unsigned> partial = tree.partialDim(0)) {
      // A rest along lanes takes one masked step more, no loop.
      bool hasRest = tree.hasPartialRest(0) &&
                     partial != tile.entries[tile.vectorEntry].dim;
      fields.push_back(entry(
          "rests",
          b.getI64IntegerAttr(hasRest ? int64_t(tree.versions(0).size()) : 0)));
    }
    return b.getDictionaryAttr(fields);
  }

  Builder &b;
  const LoopTree &tree;
  const StepLocations &locations;
  LoweringOptions options;
};

} // namespace

Type strategy::elementType(Builder &b, StringRef name) {
  if (name == "f64")
    return b.getF64Type();
  if (name == "f32")
    return b.getF32Type();
  if (name == "f16")
    return b.getF16Type();
  if (name == "bf16")
    return b.getBF16Type();
  unsigned bits = 0;
  name.consume_front("i");
  name.getAsInteger(10, bits);
  return b.getIntegerType(bits);
}

Attribute strategy::describePromise(Builder &b, const LoopTree &tree,
                                    const StepLocations &locations,
                                    LoweringOptions options) {
  return PromiseWriter(b, tree, locations, options).write();
}
