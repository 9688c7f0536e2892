//===- LoopTree.cpp - The final loop structure of one kernel --------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Model/LoopTree.h"
#include "TensorOp/Hardware/Catalogue.h"
#include "TensorOp/Support/Check.h"
#include "TreeDiagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>

using namespace llvm;

namespace tensorop::model {

char PlanError::ID = 0;

void PlanError::log(raw_ostream &os) const { os << label << ": " << message; }

//===----------------------------------------------------------------------===//
// KernelInfo
//===----------------------------------------------------------------------===//

std::optional<unsigned> OpInfo::findOperand(StringRef name) const {
  for (auto [index, operand] : enumerate(operands))
    if (operand.name == name ||
        (operand.isOutput && (name == "out" || name == "acc")))
      return index;
  return std::nullopt;
}

std::optional<unsigned> OpInfo::outputIndex() const {
  for (auto [index, operand] : enumerate(operands))
    if (operand.isOutput)
      return index;
  return std::nullopt;
}

const OpInfo *KernelInfo::find(StringRef name) const {
  for (const OpInfo &op : ops)
    if (op.name == name)
      return &op;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Creation
//===----------------------------------------------------------------------===//

Expected<LoopTree> LoopTree::create(PlanHeader header, HardwareModel hardware,
                                    const KernelInfo *kernel,
                                    Assignment chosen) {
  LoopTree tree;
  tree.plan = std::move(header);
  tree.machine = std::move(hardware);
  tree.payload = kernel;
  tree.values = std::move(chosen);
  Diagnostics diags(-1);
  for (const std::string &feature : tree.plan.required)
    if (!tree.machine.hasFeature(feature)) {
      // A probed machine has a hundred features: no help.
      std::string known;
      HardwareModel any;
      any.features = knownFeatures();
      if (!any.hasFeature(feature))
        known =
            "; no machine of the catalogue has it, the known features are " +
            join(any.features, ", ");
      else if (tree.machine.features.size() <= 32)
        known = "; it has " + join(tree.machine.features, ", ");
      diags.report("H-REQUIRES", "target '" + tree.machine.name +
                                     "' lacks feature '" + feature +
                                     "', which the plan requires" + known);
    }
  SmallVector<const OpHeader *> headers = {&tree.plan.root};
  for (const OpHeader &with : tree.plan.with)
    headers.push_back(&with);
  for (const OpHeader *op : headers) {
    if (tree.findOp(op->op)) {
      diags.report("H-OP", "op '" + op->op + "' is listed twice");
      continue;
    }
    OpNode node;
    node.name = op->op;
    if (kernel) {
      node.info = kernel->find(op->op);
      if (!node.info)
        diags.report("H-OP", "unknown op '" + op->op + "'; the ops are " +
                                 join(map_range(kernel->ops,
                                                [](const OpInfo &info) {
                                                  return info.name;
                                                }),
                                      ", "));
    }
    for (const std::string &name : op->dims) {
      auto dim = tree.findDim(name);
      if (!dim) {
        dim = tree.allDims.size();
        tree.allDims.emplace_back();
        tree.allDims.back().name = name;
      }
      if (is_contained(node.dims, *dim))
        diags.report("H-DIMS",
                     "op '" + op->op + "' has dimension '" + name + "' twice");
      node.dims.push_back(*dim);
    }
    tree.allOps.push_back(std::move(node));
  }
  if (diags)
    return diags.take();
  return tree;
}

Expected<LoopTree>
LoopTree::build(const PlanHeader &header, ArrayRef<Step> steps,
                const HardwareModel &hardware, const KernelInfo *kernel,
                const Assignment &chosen, const ConstraintSolver &solver) {
  auto tree = create(header, hardware, kernel, chosen);
  if (!tree)
    return tree;
  tree->solver = &solver;
  Error errors = Error::success();
  for (const Step &step : steps)
    errors = joinErrors(std::move(errors), tree->apply(step));
  // Later checks would repeat what a failed step has said.
  if (!errors)
    errors = tree->finish();
  if (errors)
    return std::move(errors);
  return tree;
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

template <typename Range>
static std::optional<unsigned> findByName(const Range &range, StringRef name) {
  for (auto [index, entry] : enumerate(range))
    if (entry.name == name)
      return index;
  return std::nullopt;
}

std::optional<unsigned> LoopTree::findDim(StringRef name) const {
  return findByName(allDims, name);
}
std::optional<unsigned> LoopTree::findLoop(StringRef name) const {
  return findByName(allLoops, name);
}
std::optional<unsigned> LoopTree::findOp(StringRef name) const {
  return findByName(allOps, name);
}

bool LoopTree::isClosed() const {
  return all_of(allParams, [&](const ParamStep &param) {
    return values.count(param.name) != 0;
  });
}

//===----------------------------------------------------------------------===//
// Structure
//===----------------------------------------------------------------------===//

/// `inner` has fewer dimensions than `outer`, all of them shared.
static bool isStrictSubset(const OpNode &inner, const OpNode &outer) {
  return inner.dims.size() < outer.dims.size() &&
         all_of(
             inner.dims,
             [&](unsigned dim) { return is_contained(outer.dims, dim); });
}

SmallVector<unsigned> LoopTree::producers(unsigned op) const {
  SmallVector<unsigned> result;
  const OpNode &node = allOps[op];
  if (node.info) {
    for (const OperandInfo &operand : node.info->operands)
      if (auto producer = findOp(operand.producer))
        if (!is_contained(result, *producer))
          result.push_back(*producer);
    return result;
  }
  if (payload)
    return result;
  // Without payload: an op reads those that have all its dimensions and more.
  // The root reads every op that is not made from its own result.
  for (unsigned other = 0; other < allOps.size(); ++other)
    if (other != op && isStrictSubset(node, allOps[other]))
      result.push_back(other);
  auto comesFromAnother = [&](unsigned candidate) {
    for (unsigned other = 1; other < allOps.size(); ++other)
      if (isStrictSubset(allOps[candidate], allOps[other]))
        return true;
    return false;
  };
  if (op == 0) {
    for (unsigned other = 1; other < allOps.size(); ++other)
      if (!isStrictSubset(allOps[other], node) || comesFromAnother(other))
        result.push_back(other);
  } else if (isStrictSubset(node, allOps[0]) && comesFromAnother(op)) {
    llvm::erase(result, 0u);
  }
  return result;
}

SmallVector<unsigned> LoopTree::consumers(unsigned op) const {
  SmallVector<unsigned> result;
  for (unsigned other = 0; other < allOps.size(); ++other)
    if (other != op && is_contained(producers(other), op))
      result.push_back(other);
  return result;
}

bool LoopTree::isReduction(unsigned op, unsigned dim) const {
  const OpNode &node = allOps[op];
  auto it = llvm::find(node.dims, dim);
  if (it == node.dims.end())
    return false;
  size_t index = it - node.dims.begin();
  if (node.info)
    return index < node.info->iterators.size() &&
           node.info->iterators[index] == IteratorKind::Reduction;
  if (payload)
    return false;
  for (unsigned other = 1; other < allOps.size(); ++other)
    if (other != op && isStrictSubset(allOps[other], node) &&
        is_contained(producers(other), op) &&
        !is_contained(allOps[other].dims, dim))
      return true;
  return false;
}

std::optional<unsigned> LoopTree::position(unsigned op, unsigned loop) const {
  auto it = llvm::find(allOps[op].chain, loop);
  if (it == allOps[op].chain.end())
    return std::nullopt;
  return it - allOps[op].chain.begin();
}

SmallVector<unsigned> LoopTree::innerReductionLoops(unsigned op) const {
  const OpNode &node = allOps[op];
  SmallVector<unsigned> result;
  if (!node.tile)
    return result;
  for (unsigned loop : reverse(node.chain)) {
    if (!isReduction(op, allLoops[loop].dim) ||
        allLoops[loop].isSplitReduction || allLoops[loop].parallel)
      break;
    // A loop that other ops share cannot be inside this op's registers.
    bool isShared = false;
    for (unsigned other = 0; other < allOps.size(); ++other)
      isShared |= other != op && position(other, loop);
    if (isShared)
      break;
    result.push_back(loop);
  }
  std::reverse(result.begin(), result.end());
  return result;
}

unsigned LoopTree::numParts(unsigned dim) const {
  return allDims[dim].splits.size() + 1;
}

bool LoopTree::lateInit(unsigned op) const {
  const OpNode &node = allOps[op];
  if (!node.tile || !node.info || node.info->body != BodyClass::Contraction)
    return false;
  return plan.numerics.reassoc || !node.info->isFloat;
}

bool LoopTree::isScalable(const Size &size) const {
  return machine.isLengthAgnostic() &&
         any_of(size.parts, [](const Expr &e) { return e.usesVectors(); });
}

} // namespace tensorop::model
