//===- Moves.cpp - Plans next to a plan -----------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Model/Moves.h"
#include "TensorOp/Support/Check.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"

using namespace llvm;

namespace tensorop::model {

namespace {
class Mover {
public:
  explicit Mover(const LoopTree &tree)
      : tree(tree), steps(tree.steps().begin(), tree.steps().end()) {}

  std::vector<Move> run() {
    interchange();
    dissolve();
    block();
    place();
    leaveOut();
    pack();
    changeEdges();
    return std::move(moves);
  }
  std::vector<Move> runDissolve() {
    dissolve();
    return std::move(moves);
  }

private:
  void interchange();
  void dissolve();
  void block();
  void place();
  void leaveOut();
  void pack();
  void changeEdges();

  /// Adds a move whose steps are edited by `edit`.
  template <typename Edit> void add(const Twine &what, Edit edit) {
    Move move{what.str(), steps};
    edit(move.steps);
    moves.push_back(std::move(move));
  }
  const std::string &nameOf(unsigned dim) const {
    return tree.dims()[dim].name;
  }
  const RegisterTile &tile() const { return *tree.root().tile; }
  std::optional<unsigned> findDim(StringRef name) const {
    return tree.findDim(name);
  }
  bool isInTile(unsigned dim) const {
    return any_of(tile().entries, [&](const RegisterTile::Entry &entry) {
      return entry.dim == dim;
    });
  }
  /// Loops of the root that a copy can be filled at: those outside the
  /// register tile.
  SmallVector<std::string> places() const {
    SmallVector<std::string> names{"call"};
    size_t inner = tree.innerReductionLoops(0).size();
    for (unsigned loop : ArrayRef(tree.root().chain).drop_back(inner))
      names.push_back(tree.loops()[loop].name);
    return names;
  }
  /// Whether a step other than tile and layout names the loop.
  bool isNamedElsewhere(StringRef loop) const;
  /// First step that makes loops of the register tile.
  size_t firstTileStep() const;

  const LoopTree &tree;
  std::vector<Step> steps;
  std::vector<Move> moves;
};
} // namespace

bool Mover::isNamedElsewhere(StringRef loop) const {
  return any_of(steps, [&](const Step &step) {
    if (auto *one = std::get_if<FuseStep>(&step.body))
      return one->into == loop || is_contained(one->whenLoops, loop);
    if (auto *one = std::get_if<ParallelizeStep>(&step.body))
      return is_contained(one->loops, loop);
    if (auto *one = std::get_if<UnrollStep>(&step.body))
      return one->loop == loop;
    if (auto *one = std::get_if<PipelineStep>(&step.body))
      return one->loop == loop;
    if (auto *one = std::get_if<ReorderStep>(&step.body))
      return is_contained(one->loops, loop);
    return false;
  });
}

size_t Mover::firstTileStep() const {
  for (auto [index, step] : enumerate(steps))
    if (auto *one = std::get_if<TileStep>(&step.body);
        one && one->on.empty() && any_of(one->loops, [&](const LoopSize &loop) {
          auto dim = findDim(loop.dim);
          auto made = tree.findLoop(loop.loop);
          return dim && made && isInTile(*dim) &&
                 tree.loopSize(*made) == tree.tileSize(0, *dim);
        }))
      return index;
  return steps.size();
}

/// Neighbouring loops of one step change places.
void Mover::interchange() {
  for (auto [index, step] : enumerate(steps)) {
    auto *one = std::get_if<TileStep>(&step.body);
    if (!one)
      continue;
    for (size_t i = 0; i + 1 < one->loops.size(); ++i)
      if (one->loops[i].dim != one->loops[i + 1].dim)
        add("interchange " + one->loops[i].loop + " and " +
                one->loops[i + 1].loop,
            [&, index = index](std::vector<Step> &edited) {
              auto &loops = std::get<TileStep>(edited[index].body).loops;
              std::swap(loops[i], loops[i + 1]);
            });
  }
}

/// A loop goes whose dimension has another one inside; copies that it filled
/// move to the loop around it.
void Mover::dissolve() {
  auto around = [&](unsigned loop) {
    auto position = tree.position(0, loop);
    return position && *position > 0
               ? tree.loops()[tree.root().chain[*position - 1]].name
               : std::string("call");
  };
  for (auto [position, loop] : enumerate(tree.root().chain)) {
    const Loop &one = tree.loops()[loop];
    bool hasInner = any_of(
        ArrayRef(tree.root().chain).drop_front(position + 1),
        [&](unsigned other) { return tree.loops()[other].dim == one.dim; });
    if (!hasInner || isNamedElsewhere(one.name))
      continue;
    std::string outer = around(loop);
    add("dissolve " + one.name, [&](std::vector<Step> &edited) {
      for (Step &step : edited) {
        if (auto *tiles = std::get_if<TileStep>(&step.body)) {
          erase_if(tiles->loops,
                   [&](const LoopSize &each) { return each.loop == one.name; });
          erase_if(tiles->edges, [&](const EdgeClause &each) {
            return each.loop == one.name;
          });
        } else if (auto *layout = std::get_if<LayoutStep>(&step.body)) {
          if (layout->place == one.name)
            layout->place = outer;
        }
      }
      erase_if(edited, [](const Step &step) {
        auto *tiles = std::get_if<TileStep>(&step.body);
        return tiles && tiles->loops.empty();
      });
    });
  }
}

/// A dimension gets a loop of blocks around its tiles: outside all others, or
/// just outside the register tile.
void Mover::block() {
  size_t before = firstTileStep();
  if (before == steps.size())
    return;
  for (unsigned dim : tree.root().dims) {
    SmallVector<unsigned> own;
    for (unsigned loop : tree.root().chain)
      if (tree.loops()[loop].dim == dim)
        own.push_back(loop);
    std::optional<int64_t> extent = tree.extent(dim);
    if (own.size() != 1 || !extent)
      continue;
    int64_t step = tree.loopSize(own.front());
    if (step >= *extent)
      continue;
    // A block of several tiles, which its parameter will change.
    int64_t size = std::min((*extent + step - 1) / step, int64_t(16)) * step;
    std::string name = nameOf(dim) + "c";
    while (tree.findLoop(name) || findDim(name))
      name += "c";
    for (bool outside : {true, false}) {
      TileStep tiles;
      tiles.loops.push_back({name, nameOf(dim), Size(size)});
      size_t at = outside ? 0 : before;
      // Parameters and algorithms come first.
      while (outside && at < before &&
             !std::holds_alternative<TileStep>(steps[at].body))
        ++at;
      if (!outside && at > 0 &&
          !std::holds_alternative<TileStep>(steps[at - 1].body) &&
          none_of(ArrayRef(steps).take_front(at), [](const Step &each) {
            return std::holds_alternative<TileStep>(each.body);
          }))
        continue;
      add("block " + nameOf(dim) + (outside ? " outside" : " inside"),
          [&](std::vector<Step> &edited) {
            edited.insert(edited.begin() + at, Step(tiles));
          });
    }
  }
}

/// A copy is filled somewhere else.
void Mover::place() {
  for (auto [index, step] : enumerate(steps)) {
    auto *one = std::get_if<LayoutStep>(&step.body);
    if (!one || one->place == "load" || one->space != Space::Memory)
      continue;
    for (const std::string &where : places())
      if (where != one->place)
        add("fill " + one->op + "." + one->operand + " at " + where,
            [&, index = index](std::vector<Step> &edited) {
              std::get<LayoutStep>(edited[index].body).place = where;
            });
  }
}

/// An operand is read where it lies.
void Mover::leaveOut() {
  for (auto [index, step] : enumerate(steps)) {
    auto *one = std::get_if<LayoutStep>(&step.body);
    if (!one || one->place == "load")
      continue;
    add("no copy of " + one->op + "." + one->operand,
        [index = index](std::vector<Step> &edited) {
          edited.erase(edited.begin() + index);
        });
  }
}

/// An input of the root is packed as the register tile reads it.
void Mover::pack() {
  const OpNode &root = tree.root();
  const OpInfo &info = *root.info;
  std::optional<LoopTree::Group> group = tree.group(0);
  // Layouts come before the register tile.
  auto vectorize = find_if(steps, [&](const Step &step) {
    auto *one = std::get_if<VectorizeStep>(&step.body);
    return one && one->op == root.name;
  });
  const auto &written = std::get<VectorizeStep>(vectorize->body).tile;
  for (int number = 0; number < int(info.operands.size()); ++number) {
    const OperandInfo &operand = info.operands[number];
    if (operand.isOutput || any_of(tree.layouts(), [&](const Layout &layout) {
          return layout.op == 0 && layout.operandIndex == number;
        }))
      continue;
    LayoutStep layout;
    layout.op = root.name;
    layout.operand = operand.name;
    for (const DimSize &entry : written) {
      auto dim = findDim(entry.dim);
      bool isRead = dim && any_of(operand.access, [&](const Access &access) {
                      auto own = access.plainDim();
                      return own && root.dims[*own] == *dim;
                    });
      bool isGroup = dim && group && group->dim == *dim;
      if (isRead && (isGroup || !tree.isReduction(0, *dim)))
        layout.pack.push_back(entry);
    }
    if (layout.pack.empty())
      continue;
    for (const std::string &where : places()) {
      layout.place = where;
      size_t at = size_t(vectorize - steps.begin());
      add("pack " + root.name + "." + operand.name + " at " + where,
          [&](std::vector<Step> &edited) {
            edited.insert(edited.begin() + at, Step(layout));
          });
    }
  }
}

/// The edges of all loops of the register tile follow one policy.
void Mover::changeEdges() {
  size_t index = firstTileStep();
  if (index == steps.size())
    return;
  const auto &now = std::get<TileStep>(steps[index].body);
  for (EdgeKind kind : {EdgeKind::Mask, EdgeKind::Pad, EdgeKind::Narrow,
                        EdgeKind::Peel, EdgeKind::Auto}) {
    TileStep tiles = now;
    tiles.edges.clear();
    for (const LoopSize &loop : tiles.loops)
      if (kind != EdgeKind::Auto)
        tiles.edges.push_back({loop.loop, kind, {}});
    if (Step(tiles).str() == steps[index].str())
      continue;
    add("edges: " + str(kind),
        [&](std::vector<Step> &edited) { edited[index].body = tiles; });
  }
}

static Mover moverOf(const LoopTree &tree) {
  TENSOROP_CHECK(tree.isClosed() && tree.root().info && tree.root().tile,
                 "moves need a closed tree with payload and register tile");
  return Mover(tree);
}

std::vector<Move> movesOf(const LoopTree &tree) { return moverOf(tree).run(); }

std::vector<Move> dissolvingMovesOf(const LoopTree &tree) {
  return moverOf(tree).runDissolve();
}

} // namespace tensorop::model
