//===- BasicBlocks.cpp - Straight pieces of the code that ran -------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BasicBlocks.h"

using namespace llvm;

namespace tensorop {

namespace {
struct Node {
  int64_t executions = 0;
  std::vector<uint8_t> bytes;
  bool placed = false;
};
/// By address and vtype.
using Nodes = std::map<std::pair<uint64_t, int64_t>, Node>;
} // namespace

/// Executions of each instruction: the sum of those of its blocks.
static Nodes countInstructions(const Profile &profile,
                               const MachineCode &code) {
  Nodes nodes;
  for (const auto &[block, count] : profile.blocks) {
    ArrayRef<uint8_t> rest = block.bytes;
    uint64_t address = block.address;
    while (!rest.empty()) {
      size_t size = std::min<size_t>(code.sizeOf(rest), rest.size());
      Node &node = nodes[{address, block.vtype}];
      node.executions += count;
      node.bytes.assign(rest.begin(), rest.begin() + size);
      rest = rest.drop_front(size);
      address += size;
    }
  }
  return nodes;
}

/// The node after `at` when it belongs to the same piece; else the end.
static Nodes::iterator findNext(Nodes &nodes, Nodes::iterator at,
                                const MachineCode &code) {
  const Node &node = at->second;
  uint64_t address = at->first.first, next = address + node.bytes.size();
  MCInst inst;
  if (code.decode(node.bytes, address, inst) &&
      !code.continues(inst, address, node.bytes.size()))
    return nodes.end();
  auto fits = [&](Nodes::iterator it) {
    return it != nodes.end() && it->first.first == next &&
           it->second.executions == node.executions && !it->second.placed;
  };
  // Mostly the same configuration, another one after vsetvli.
  auto same = nodes.find({next, at->first.second});
  if (same != nodes.end())
    return fits(same) ? same : nodes.end();
  for (auto it = nodes.lower_bound({next, INT64_MIN});
       it != nodes.end() && it->first.first == next; ++it)
    if (fits(it))
      return it;
  return nodes.end();
}

std::vector<BasicBlock> formBasicBlocks(const Profile &profile,
                                        const MachineCode &code) {
  Nodes nodes = countInstructions(profile, code);
  std::vector<BasicBlock> blocks;
  for (auto start = nodes.begin(); start != nodes.end(); ++start) {
    if (start->second.placed || start->second.executions == 0)
      continue;
    BasicBlock &block = blocks.emplace_back();
    block.executions = start->second.executions;
    for (auto at = start; at != nodes.end(); at = findNext(nodes, at, code)) {
      at->second.placed = true;
      block.instructions.push_back(
          {at->first.first, at->first.second, at->second.bytes});
    }
  }
  return blocks;
}

} // namespace tensorop
