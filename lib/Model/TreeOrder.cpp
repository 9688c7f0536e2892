//===- TreeOrder.cpp - Order of what a loop computes ----------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WholeTreeChecks.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace tensorop::model {

SmallVector<unsigned> LoopTree::order() const {
  SmallVector<unsigned> result;
  SmallVector<bool> done(allOps.size(), false);
  auto visit = [&](unsigned op, auto &&self) -> void {
    if (done[op])
      return;
    done[op] = true;
    for (unsigned producer : producers(op))
      self(producer, self);
    result.push_back(op);
  };
  for (unsigned op = 0; op < allOps.size(); ++op)
    visit(op, visit);
  return result;
}

namespace {
/// All structured ops of the kernel, those of the plan with their loops;
/// without payload, those of the plan.
class Order {
public:
  Order(const LoopTree &tree, Diagnostics &diags) : t(tree), diags(diags) {
    if (const KernelInfo *kernel = t.kernel())
      addKernel(*kernel);
    else
      addPlan();
    for (unsigned item = 0; item < items.size(); ++item)
      items[item].depends = transitiveReads(item);
  }

  void check() {
    SmallVector<unsigned> all;
    for (unsigned item = 0; item < items.size(); ++item)
      all.push_back(item);
    check(all, 0);
  }

private:
  struct Item {
    StringRef name;
    /// Loops around it, outermost first, and the step that put it there.
    ArrayRef<unsigned> chain;
    int step = -1;
    SmallVector<unsigned> reads;
    /// `reads`, and what these read, and so on.
    SmallVector<unsigned> depends = {};
  };

  void addKernel(const KernelInfo &kernel) {
    for (const OpInfo &op : kernel.ops) {
      Item item{op.name, {}, -1, {}};
      if (auto node = t.findOp(op.name)) {
        item.chain = t.ops()[*node].chain;
        item.step = t.ops()[*node].fuseStep;
      }
      for (const OperandInfo &operand : op.operands)
        for (auto [index, other] : enumerate(kernel.ops))
          if (&other != &op && operand.producer == other.name)
            item.reads.push_back(index);
      items.push_back(std::move(item));
    }
  }
  void addPlan() {
    for (auto [index, node] : enumerate(t.ops()))
      items.push_back(
          {node.name, node.chain, node.fuseStep, t.producers(index)});
  }

  SmallVector<unsigned> transitiveReads(unsigned item) const {
    SmallVector<unsigned> found, work(items[item].reads);
    while (!work.empty()) {
      unsigned next = work.pop_back_val();
      if (is_contained(found, next))
        continue;
      found.push_back(next);
      llvm::append_range(work, items[next].reads);
    }
    return found;
  }

  /// `inside` share the first `depth` loops. Those that share the next one too
  /// run as one: nothing may have to be both before and after them.
  void check(ArrayRef<unsigned> inside, size_t depth) {
    SmallVector<unsigned> seen;
    for (unsigned first : inside) {
      if (items[first].chain.size() <= depth)
        continue;
      unsigned loop = items[first].chain[depth];
      if (is_contained(seen, loop))
        continue;
      seen.push_back(loop);
      SmallVector<unsigned> nest, others;
      for (unsigned item : inside)
        (items[item].chain.size() > depth && items[item].chain[depth] == loop
             ? nest
             : others)
            .push_back(item);
      checkNest(loop, nest, others);
      check(nest, depth + 1);
    }
  }

  void checkNest(unsigned loop, ArrayRef<unsigned> nest,
                 ArrayRef<unsigned> others) {
    for (unsigned reader : nest)
      for (unsigned read : items[reader].reads) {
        if (!is_contained(others, read))
          continue;
        const auto *early =
            llvm::find_if(items[read].depends, [&](unsigned item) {
              return is_contained(nest, item);
            });
        if (early == items[read].depends.end())
          continue;
        std::string name = t.loops()[loop].name;
        diags.reportAt(
            items[reader].step, "F-ORDER",
            "'" + items[reader].name + "' in loop '" + name + "' reads '" +
                items[read].name + "', which is outside '" + name +
                "' and needs the whole of '" + items[*early].name +
                "' inside it: fuse '" + items[read].name + "' too, or '" +
                items[reader].name + "' outside '" + name + "'");
      }
  }

  const LoopTree &t;
  Diagnostics &diags;
  std::vector<Item> items;
};
} // namespace

/// What is computed in the last iteration only cannot be read in each.
static void checkVisits(const LoopTree &t, Diagnostics &diags) {
  for (auto [op, node] : enumerate(t.ops())) {
    if (node.when != FuseStep::When::Last)
      continue;
    for (unsigned consumer : t.consumers(op))
      for (unsigned l : node.whenLoops) {
        const OpNode &reader = t.ops()[consumer];
        if (!t.position(consumer, l) || (reader.when == FuseStep::When::Last &&
                                         is_contained(reader.whenLoops, l)))
          continue;
        diags.reportAt(node.fuseStep, "F-ORDER",
                       "'" + reader.name + "' reads '" + node.name +
                           "' in each iteration of loop '" + t.loops()[l].name +
                           "', which computes it in the last one only");
      }
  }
}

void checkOrder(const LoopTree &tree, Diagnostics &diags) {
  Order(tree, diags).check();
  checkVisits(tree, diags);
}

} // namespace tensorop::model
