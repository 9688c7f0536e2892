//===- TreeVectorize.cpp - The register tile ------------------------------===//
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

/// The input type that decides the instruction.
static std::string inputType(const OpInfo &info) {
  for (const OperandInfo &operand : info.operands)
    if (!operand.isOutput)
      return operand.type;
  return info.accType;
}

/// Chooses for `auto`: the widest suitable class for contractions, else plain
/// vector instructions of the body.
bool TreeBuilder::pickInstruction(const VectorizeStep &s, unsigned op,
                                  RegisterTile &tile) {
  const OpNode &node = t.allOps[op];
  tile.instr = "vector";
  if (!node.info || node.info->body != BodyClass::Contraction)
    return true;
  bool mayContract = t.plan.numerics.contract || !node.info->isFloat;
  std::string acc = s.acc.empty() ? node.info->accType : s.acc;
  for (const InstructionClass &candidate : t.machine.instructions)
    if (!candidate.isMatrix() && candidate.group == 1 && mayContract &&
        candidate.accumulatorFor(inputType(*node.info)) == acc) {
      tile.instr = candidate.name;
      return true;
    }
  return true;
}

void TreeBuilder::checkInstruction(const VectorizeStep &s, unsigned op,
                                   RegisterTile &tile) {
  const OpNode &node = t.allOps[op];
  if (s.instr.empty() || s.instr == "auto") {
    pickInstruction(s, op, tile);
    return;
  }
  tile.instr = s.instr;
  if (s.instr == "vector")
    return;
  const InstructionClass *instruction = t.machine.instruction(s.instr);
  if (!instruction) {
    diags.report("V-INSTR", "unknown instruction '" + s.instr + "' on '" +
                                t.machine.name + "'; the instructions are " +
                                join(t.machine.instructionNames(), ", ") +
                                ", vector, auto");
    tile.instr = "vector";
    return;
  }
  if (!node.info)
    return;
  if (node.info->body != BodyClass::Contraction) {
    diags.report("V-BODY", "'" + s.instr + "' multiplies and adds, '" + s.op +
                               "' does not: use auto");
    return;
  }
  std::string input = inputType(*node.info);
  std::string acc = s.acc.empty() ? node.info->accType : s.acc;
  if (none_of(instruction->types, [&](const auto &pair) {
        return pair.first == input && pair.second == acc;
      })) {
    std::string types;
    for (const auto &[from, to] : instruction->types)
      types += (types.empty() ? "" : ", ") + from + " to " + to;
    diags.report("V-TYPE", "'" + s.instr + "' on '" + t.machine.name +
                               "' takes " + types + "; '" + s.op + "' needs " +
                               input + " to " + acc);
  }
  if (instruction->name == "dpbf16" && !t.plan.numerics.approx)
    diags.report("V-SUBNORMAL", "'" + s.instr +
                                    "' takes subnormal numbers as zeros and "
                                    "gives none: it needs "
                                    "numerics(approx(1)), or use fma");
  if (instruction->name == "dpbf16" && !t.plan.numerics.reassoc)
    diags.report("V-REASSOC", "'" + s.instr +
                                  "' adds up pairs of products, in another "
                                  "order: it needs numerics(reassoc)");
  if (!instruction->isMatrix() && node.info->isFloat &&
      !t.plan.numerics.contract)
    diags.report("V-CONTRACT", "'" + s.instr +
                                   "' rounds once for multiply and "
                                   "add: it needs numerics(contract)");
}

void TreeBuilder::operator()(const VectorizeStep &s) {
  auto index = op(s.op);
  if (!index)
    return;
  OpNode &node = t.allOps[*index];
  if (node.tile) {
    diags.report("V-TWICE", "op '" + s.op +
                                "' has a register tile already (step " +
                                std::to_string(node.tile->step) + ")");
    return;
  }
  RegisterTile tile;
  tile.step = step;
  tile.acc = s.acc;
  for (const DimSize &entry : s.tile) {
    auto dim = dimOf(*index, entry.dim);
    if (!dim ||
        !checkSize(entry.size, *dim, "register tile of '" + entry.dim + "'"))
      continue;
    if (any_of(tile.entries,
               [&](const RegisterTile::Entry &e) { return e.dim == *dim; })) {
      diags.report("V-DIM", "dimension '" + entry.dim + "' is listed twice");
      continue;
    }
    tile.entries.push_back({*dim, entry.size});
  }
  if (s.tile.empty())
    diags.report("V-DIM", "'vectorize' needs at least one dimension");
  checkInstruction(s, *index, tile);
  if (diags)
    return;

  const InstructionClass *instruction = t.machine.instruction(tile.instr);
  unsigned count = tile.entries.size();
  if (instruction && instruction->isMatrix()) {
    if (count < 2 || count > 3) {
      diags.report("V-ROLES", "'" + tile.instr +
                                  "' needs dimensions for M, N and "
                                  "K, the step lists " +
                                  std::to_string(count));
      return;
    }
    tile.vectorEntry = 1;
  } else if (instruction && instruction->group > 1) {
    if (count < 2) {
      diags.report("V-ROLES", "'" + tile.instr +
                                  "' needs a vector dimension and, last, the "
                                  "reduced one; the step lists " +
                                  std::to_string(count));
      return;
    }
    unsigned last = tile.entries.back().dim;
    if (node.info && !t.isReduction(*index, last)) {
      diags.report("V-ROLES", "'" + tile.instr +
                                  "' reduces its last dimension, "
                                  "'" +
                                  t.allDims[last].name +
                                  "' is no reduction of '" + s.op + "'");
      return;
    }
    tile.vectorEntry = count - 2;
  } else {
    // Lanes run along the last dimension given in vectors; without one, along
    // the last that is kept, if there is any.
    auto choose = [&](auto suits) {
      for (unsigned i = count; i-- > 0;)
        if (suits(tile.entries[i])) {
          tile.vectorEntry = i;
          return true;
        }
      return false;
    };
    if (!choose([](const RegisterTile::Entry &e) {
          return e.size.part(0).usesVectors();
        }) &&
        !choose([&](const RegisterTile::Entry &e) {
          return !t.isReduction(*index, e.dim);
        }))
      tile.vectorEntry = count - 1;
    unsigned lane = tile.entries[tile.vectorEntry].dim;
    if (node.info && t.isReduction(*index, lane) && node.info->isFloat &&
        !t.plan.numerics.reassoc) {
      diags.report("V-REASSOC", "lanes along '" + t.allDims[lane].name +
                                    "', a reduction of '" + s.op +
                                    "', add in another order: they need "
                                    "numerics(reassoc)");
      return;
    }
  }
  node.tile = std::move(tile);
}

} // namespace tensorop::model
