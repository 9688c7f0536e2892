//===- Report.cpp - Simulations as text and as JSON -----------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Simulate/Simulate.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace tensorop {

json::Object toJSON(const Simulation &simulation) {
  json::Array levels, blocks, notes;
  for (const SimulatedLevel &level : simulation.levels)
    levels.push_back(json::Object{{"name", level.name},
                                  {"accesses", level.accesses},
                                  {"misses", level.misses},
                                  {"penalty", level.penalty},
                                  {"cycles", level.cycles}});
  for (const SimulatedBlock &block : simulation.blocks)
    blocks.push_back(
        json::Object{{"address", block.address},
                     {"executions", block.executions},
                     {"cycles", block.cycles},
                     {"share", block.share},
                     {"misses", json::Array(block.misses)},
                     {"instructions", json::Array(block.instructions)}});
  for (const std::string &note : simulation.notes)
    notes.push_back(note);
  return json::Object{{"evaluator", "simulated"},
                      {"instructions", simulation.instructions},
                      {"cycles", simulation.cycles},
                      {"core_cycles", simulation.coreCycles},
                      {"unmodelled", simulation.unmodelled},
                      {"unseen_accesses", simulation.unseenAccesses},
                      {"levels", std::move(levels)},
                      {"blocks", std::move(blocks)},
                      {"notes", std::move(notes)}};
}

std::string toText(const Simulation &simulation) {
  std::string text;
  raw_string_ostream os(text);
  os << format("simulated: %.0f cycles, %.0f instructions per repetition\n",
               simulation.cycles, simulation.instructions);
  os << format("simulated: %.0f cycles in the core", simulation.coreCycles);
  for (const SimulatedLevel &level : simulation.levels)
    os << format(", %.0f for %.0f misses of %s (%.0f lines accessed, %g cycles "
                 "each)",
                 level.cycles, level.misses, level.name.c_str(), level.accesses,
                 level.penalty);
  os << "\n";
  for (const SimulatedBlock &block : simulation.blocks) {
    os << format("block at 0x%llx: %4.1f %% of the cycles, %.0f executions of "
                 "%zu instructions in %.2f cycles",
                 (unsigned long long)block.address, 100 * block.share,
                 block.executions, block.instructions.size(), block.cycles);
    for (auto [level, misses] : zip(simulation.levels, block.misses))
      os << format(", %.0f misses of %s", misses, level.name.c_str());
    os << "\n";
  }
  for (const std::string &note : simulation.notes)
    os << "note: " << note << "\n";
  return text;
}

} // namespace tensorop
