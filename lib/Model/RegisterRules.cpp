//===- RegisterRules.cpp - Numeric rules of register tiles ----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Support/Check.h"
#include "TreeRules.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace tensorop::model {

using Kind = Expr::Kind;

static Expr literal(int64_t value) { return Expr::literal(value); }
static Expr binary(Kind kind, const Expr &a, const Expr &b) {
  return simplify(Expr::binary(kind, a, b));
}

/// Bits of the narrowest vectors that are worth an instruction.
static constexpr int64_t kNarrowestBits = 128;

/// Machines of one vector length have instructions for halves and quarters of
/// it as well, which a tile may be as wide as.
std::optional<Expr> TreeRules::isNoNarrowVector(unsigned op,
                                                const Expr &elements) {
  std::optional<Expr> result;
  if (t.machine.hasRegisterGroups() || t.machine.isLengthAgnostic() ||
      t.group(op))
    return result;
  for (int64_t lanes = t.lanes(op) / 2; lanes * t.accBits(op) >= kNarrowestBits;
       lanes /= 2) {
    Expr other = binary(Kind::Ne, elements, literal(lanes));
    result = result ? binary(Kind::And, *result, other) : other;
  }
  return result;
}

void TreeRules::registerTile(unsigned op) {
  const OpNode &node = t.allOps[op];
  const RegisterTile &tile = *node.tile;
  const InstructionClass *instruction = t.machine.instruction(tile.instr);
  bool isMatrix = instruction && instruction->isMatrix();
  for (auto [index, entry] : enumerate(tile.entries)) {
    auto elements = size(entry.size, op, entry.dim, tile.step);
    if (!elements)
      continue;
    const std::string &dim = t.allDims[entry.dim].name;
    std::string what =
        "register tile of '" + node.name + "' along '" + dim + "'";
    add("V-POSITIVE", *elements, Relation::GreaterEqual, literal(1), what,
        tile.step);
    // Tiles of the loops around hold whole register tiles, unless one tile is
    // all there is.
    for (unsigned l : node.chain) {
      const Loop &loop = t.allLoops[l];
      if (loop.dim != entry.dim || loop.isSplitReduction)
        continue;
      for (unsigned part = 0; part < t.numParts(loop.dim); ++part) {
        auto step = size(loop.size, loop.owner, loop.dim, loop.step, part);
        auto tileSize = size(entry.size, op, entry.dim, tile.step, part);
        if (!step || !tileSize)
          continue;
        std::optional<Expr> several;
        if (auto whole = extent(loop.dim, part))
          several = binary(Kind::Lt, *step, *whole);
        add("V-BLOCK", *step, Relation::MultipleOf, *tileSize,
            "size of loop '" + loop.name + "', filled by the " + what + ",",
            tile.step, several);
      }
    }
    if (isMatrix || t.machine.isGPU())
      continue;
    if (index == tile.vectorEntry) {
      if (!entry.size.part(0).usesFull())
        add("V-LANES", *elements, Relation::MultipleOf, literal(t.lanes(op)),
            what + ", which runs along lanes,", tile.step,
            isNoNarrowVector(op, *elements));
      if (t.machine.lmul.size() > 1)
        if (auto lmul = vectors(entry.size, op, entry.dim, tile.step)) {
          std::optional<Expr> legal;
          for (int64_t one : t.machine.lmul) {
            Expr is = binary(Kind::Eq, *lmul, literal(one));
            legal = legal ? binary(Kind::Or, *legal, is) : is;
          }
          add("V-LMUL", *legal, Relation::Holds, literal(0),
              "LMUL of the " + what, tile.step);
        }
    }
    if (instruction && instruction->group > 1 &&
        index + 1 == tile.entries.size())
      add("V-GROUP", *elements, Relation::Equal, literal(instruction->group),
          what + ", reduced inside '" + tile.instr + "',", tile.step);
  }
  if (isMatrix) {
    matrixTile(op, *instruction);
  } else if (!t.machine.isGPU()) {
    registers(op);
    cover(op);
    if (node.info && node.info->body == BodyClass::Contraction)
      innerSteps(op);
  }
}

/// What the loops leave of an op that accumulates must fit its register tile:
/// the accumulators are carried through the loops around it. Elementwise ops
/// carry nothing, there a smaller size makes more instructions.
void TreeRules::cover(unsigned op) {
  const OpNode &node = t.allOps[op];
  const RegisterTile &tile = *node.tile;
  bool isReduction = node.info && node.info->body == BodyClass::Reduction;
  bool isContraction = node.info ? node.info->body == BodyClass::Contraction
                                 : tile.instr != "vector";
  if (!isContraction && !isReduction)
    return;
  for (unsigned dim : node.dims) {
    // A plain reduction may take any number of steps into its accumulators;
    // V-STEP says how loops inside the tile go.
    if (t.isReduction(op, dim) &&
        (isReduction || any_of(t.innerReductionLoops(op), [&](unsigned l) {
           return t.allLoops[l].dim == dim;
         })))
      continue;
    const auto *entry =
        llvm::find_if(tile.entries, [&](const RegisterTile::Entry &e) {
          return e.dim == dim;
        });
    bool isListed = entry != tile.entries.end();
    std::string what = "what the loops leave of '" + t.allDims[dim].name +
                       "' to the register tile of '" + node.name +
                       (isListed ? "'" : "', which does not list it,");
    for (unsigned part = 0; part < t.numParts(dim); ++part) {
      auto left = inside(op, dim, node.chain.size(), part);
      auto covered =
          isListed ? size(entry->size, op, dim, tile.step, part) : literal(1);
      if (!left || !covered)
        continue;
      // The size of the innermost loop, at most the extent.
      bool isSame =
          *left == *covered || (left->kind() == Kind::Min &&
                                llvm::is_contained(left->operands(), *covered));
      if (!isSame)
        add("V-COVER", *left, Relation::LessEqual, *covered, what, tile.step);
    }
  }
}

/// The reductions inside the register tile go one by one, or by groups.
void TreeRules::innerSteps(unsigned op) {
  const OpNode &node = t.allOps[op];
  const RegisterTile &tile = *node.tile;
  for (unsigned l : t.innerReductionLoops(op)) {
    const Loop &loop = t.allLoops[l];
    // Partial sums step by the tile; the loops around them are ordinary ones.
    const auto *entry =
        llvm::find_if(tile.entries, [&](const RegisterTile::Entry &e) {
          return e.dim == loop.dim;
        });
    if (std::optional<LoopTree::Group> group = t.group(op);
        group && group->dim == loop.dim)
      continue;
    bool isPartial = entry != tile.entries.end();
    for (unsigned part = 0; part < t.numParts(loop.dim); ++part) {
      auto wanted = isPartial ? size(entry->size, op, loop.dim, tile.step, part)
                              : literal(1);
      auto step = size(loop.size, loop.owner, loop.dim, loop.step, part);
      if (step && wanted)
        add("V-STEP", *step, Relation::Equal, *wanted,
            "step of loop '" + loop.name +
                "', which runs inside the register tile of '" + node.name +
                "',",
            loop.step);
    }
  }
}

/// Accumulators, one row of the vector operand and what the other operand
/// needs.
void TreeRules::registers(unsigned op) {
  const OpNode &node = t.allOps[op];
  const RegisterTile &tile = *node.tile;
  bool isContraction = node.info ? node.info->body == BodyClass::Contraction
                                 : tile.instr != "vector";
  bool isReduction = node.info && node.info->body == BodyClass::Reduction;
  if (!isContraction && !isReduction)
    return;
  const RegisterTile::Entry &lane = tile.entries[tile.vectorEntry];
  auto nv = vectors(lane.size, op, lane.dim, tile.step);
  if (!nv)
    return;
  const InstructionClass *instruction = t.machine.instruction(tile.instr);
  Expr rows = literal(1);
  for (auto [index, entry] : enumerate(tile.entries)) {
    if (index == tile.vectorEntry ||
        (isReduction && t.isReduction(op, entry.dim)) ||
        (instruction && instruction->group > 1 &&
         index + 1 == tile.entries.size()))
      continue;
    auto elements = size(entry.size, op, entry.dim, tile.step);
    if (!elements)
      return;
    rows = binary(Kind::Mul, rows, *elements);
  }
  Expr total = binary(Kind::Mul, rows, *nv);
  if (isReduction) {
    // One input vector at a time is combined into the accumulators.
    total = binary(Kind::Add, total, literal(1));
  } else if (t.partialDim(op) == lane.dim) {
    // Every operand is read in vectors: those of the one with fewer stay, the
    // others pass by.
    auto kept = fewestVectors(op, *nv);
    if (!kept)
      return;
    total = binary(Kind::Add, binary(Kind::Add, total, *kept), literal(1));
  } else {
    switch (t.machine.scalarOperand) {
    case ScalarOperand::Broadcast:
      total = binary(Kind::Add, binary(Kind::Add, total, *nv), literal(1));
      break;
    case ScalarOperand::Free:
      // Two rows of the vector operand, so that loads overlap.
      total = binary(Kind::Add, total, binary(Kind::Mul, literal(2), *nv));
      break;
    case ScalarOperand::Lane:
      total = binary(Kind::Add, binary(Kind::Add, total, *nv),
                     binary(Kind::CeilDiv, rows,
                            literal(t.machine.scalarLanes(t.accBits(op)))));
      break;
    }
  }
  add("V-REGS", total, Relation::LessEqual, Expr::name("vregs"),
      "vector registers of the register tile of '" + node.name + "'",
      tile.step);
}

/// Vectors of the input that has the fewest in the register tile, which runs
/// along `columns` vectors of a reduction.
std::optional<Expr> TreeRules::fewestVectors(unsigned op, const Expr &columns) {
  const OpNode &node = t.allOps[op];
  const RegisterTile &tile = *node.tile;
  std::optional<Expr> fewest;
  for (const OperandInfo &operand : node.info->operands) {
    if (operand.isOutput)
      continue;
    Expr own = columns;
    for (auto [index, entry] : enumerate(tile.entries)) {
      unsigned dim = llvm::find(node.dims, entry.dim) - node.dims.begin();
      if (index == tile.vectorEntry ||
          none_of(operand.access, [&](const Access &access) {
            return any_of(access.terms,
                          [&](const auto &term) { return term.first == dim; });
          }))
        continue;
      auto elements = size(entry.size, op, entry.dim, tile.step);
      if (!elements)
        return std::nullopt;
      own = binary(Kind::Mul, own, *elements);
    }
    fewest = fewest ? binary(Kind::Min, *fewest, own) : own;
  }
  return fewest;
}

void TreeRules::matrixTile(unsigned op, const InstructionClass &instruction) {
  const OpNode &node = t.allOps[op];
  const RegisterTile &tile = *node.tile;
  const RegisterTile::Entry &rows = tile.entries[0], &columns = tile.entries[1];
  auto m = size(rows.size, op, rows.dim, tile.step);
  auto n = size(columns.size, op, columns.dim, tile.step);
  std::string of = " of '" + instruction.name + "' in '" + node.name + "'";
  if (m)
    add("V-SHAPE", *m, Relation::MultipleOf, literal(instruction.shapeM),
        "M" + of, tile.step);
  if (n) {
    add("V-SHAPE", *n, Relation::MultipleOf,
        literal(instruction.shapeNMultiple), "N" + of, tile.step);
    // Larger tiles are several instructions.
    if (instruction.shapeNMax > instruction.shapeNMultiple)
      add("V-SHAPE", *n, Relation::LessEqual, literal(instruction.shapeNMax),
          "N" + of, tile.step);
  }
  if (tile.entries.size() == 3 && node.info) {
    const RegisterTile::Entry &inner = tile.entries[2];
    int64_t bits = 0;
    for (const OperandInfo &operand : node.info->operands)
      if (!operand.isOutput && !bits)
        bits = operand.bits;
    auto k = size(inner.size, op, inner.dim, tile.step);
    if (k && bits)
      add("V-SHAPE", *k, Relation::MultipleOf,
          literal(instruction.shapeKBytes * 8 / bits), "K" + of, tile.step);
  }
  // Accumulators of one worker: what is left of M and N inside all loops.
  auto mInside = inside(op, rows.dim, node.chain.size());
  auto nInside = inside(op, columns.dim, node.chain.size());
  if (!mInside || !nInside)
    return;
  int64_t threads = instruction.shapeM == 64 ? 128 : 32;
  int64_t words = std::max<int64_t>(1, t.accBits(op) / 32);
  Expr registers = binary(
      Kind::CeilDiv,
      binary(Kind::Mul, binary(Kind::Mul, *mInside, *nInside), literal(words)),
      literal(threads));
  // 32 registers stay for addresses and operands.
  add("V-REGS", registers, Relation::LessEqual,
      literal(t.machine.registersPerThread - 32),
      "accumulator registers of a thread" + of, tile.step);
}

} // namespace tensorop::model
