//===- LaneLoads.cpp - Scalars of several steps in one vector -------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaneLoads.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/ScalarEvolutionExpressions.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include <map>

using namespace llvm;

/// Lanes are counted within these parts of a register.
static constexpr unsigned kSegmentBits = 128;
/// Of 32: the next vector that passes by is loaded while one is in use. Where
/// lanes come from the first few registers only, moves between them take one
/// more. LoopTree::takesLanesOfSteps counts the same.
static constexpr unsigned kRegisters = 31, kRegistersOfFew = 30;

namespace {
/// A scalar in memory, and the vectors that have it in all lanes.
struct Scalar {
  LoadInst *load;
  SmallVector<ShuffleVectorInst *> splats;
};

/// Scalars that become the lanes of one vector, in the order of addresses; the
/// same address may be loaded more than once.
using Group = SmallVector<SmallVector<Scalar *, 1>>;

/// Most vectors that are alive at a time, and those of them of which lanes are
/// taken.
struct Pressure {
  int64_t all = 0, lanes = 0;
};

/// The loads of one block.
class BlockRewriter {
public:
  BlockRewriter(BasicBlock &block, ScalarEvolution &evolution,
                unsigned registerBits)
      : block(block), evolution(evolution), registerBits(registerBits) {}
  bool run();

private:
  void findScalars();
  void findGroups();
  bool isMovable(const Group &group);
  Pressure countRegisters();
  int64_t laneRegisters() const;
  void rewrite(const Group &group);
  Scalar *firstOf(const Group &group) const;
  int64_t numberOf(const Instruction *instruction) const {
    return numbers.lookup(instruction);
  }

  BasicBlock &block;
  ScalarEvolution &evolution;
  unsigned registerBits;
  DenseMap<const Instruction *, int64_t> numbers;
  std::vector<Scalar> scalars;
  std::vector<Group> groups;
};
} // namespace

/// The vectors into which `load` is repeated; nothing when it has other uses.
static std::optional<Scalar> matchScalar(Instruction &instruction) {
  auto *load = dyn_cast<LoadInst>(&instruction);
  if (!load || !load->isSimple() || load->use_empty())
    return std::nullopt;
  Type *type = load->getType();
  if (!type->isFloatTy() && !type->isDoubleTy() && !type->isHalfTy() &&
      !type->isIntegerTy(32))
    return std::nullopt;
  Scalar scalar{load, {}};
  for (User *user : load->users()) {
    auto *insert = dyn_cast<InsertElementInst>(user);
    auto *index =
        insert ? dyn_cast<ConstantInt>(insert->getOperand(2)) : nullptr;
    if (!index || !index->isZero() || insert->getOperand(1) != load ||
        !isa<UndefValue>(insert->getOperand(0)))
      return std::nullopt;
    for (User *repeated : insert->users()) {
      auto *splat = dyn_cast<ShuffleVectorInst>(repeated);
      // Vectors of unknown length have no mask for another lane.
      if (!splat || !isa<FixedVectorType>(splat->getType()) ||
          !splat->isZeroEltSplat() || splat->getOperand(0) != insert ||
          splat->getParent() != load->getParent())
        return std::nullopt;
      scalar.splats.push_back(splat);
    }
  }
  return scalar;
}

void BlockRewriter::findScalars() {
  int64_t number = 0;
  for (Instruction &instruction : block) {
    numbers[&instruction] = number++;
    if (std::optional<Scalar> scalar = matchScalar(instruction))
      scalars.push_back(std::move(*scalar));
  }
}

void BlockRewriter::findGroups() {
  // Classes of addresses that are known distances apart.
  struct Class {
    const SCEV *base;
    Type *type;
    std::map<int64_t, SmallVector<Scalar *, 1>> at;
  };
  std::vector<Class> classes;
  for (Scalar &scalar : scalars) {
    const SCEV *address = evolution.getSCEV(scalar.load->getPointerOperand());
    Type *type = scalar.load->getType();
    bool found = false;
    for (Class &one : classes) {
      if (one.type != type)
        continue;
      if (auto *distance = dyn_cast<SCEVConstant>(
              evolution.getMinusSCEV(address, one.base))) {
        one.at[distance->getAPInt().getSExtValue()].push_back(&scalar);
        found = true;
        break;
      }
    }
    if (!found)
      classes.push_back({address, type, {{0, {&scalar}}}});
  }
  for (Class &one : classes) {
    int64_t bytes = one.type->getPrimitiveSizeInBits() / 8;
    int64_t lanes = kSegmentBits / 8 / bytes;
    for (auto it = one.at.begin(); it != one.at.end();) {
      Group group;
      auto next = it;
      for (; next != one.at.end() && int64_t(group.size()) < lanes &&
             next->first == it->first + int64_t(group.size()) * bytes;
           ++next)
        group.push_back(next->second);
      if (int64_t(group.size()) == lanes && isMovable(group)) {
        groups.push_back(std::move(group));
        it = next;
      } else {
        ++it;
      }
    }
  }
}

Scalar *BlockRewriter::firstOf(const Group &group) const {
  Scalar *first = group.front().front();
  for (const auto &lane : group)
    for (Scalar *scalar : lane)
      if (numberOf(scalar->load) < numberOf(first->load))
        first = scalar;
  return first;
}

/// Prefetches count as writes, but change nothing that a load sees.
static bool isPrefetch(const Instruction &instruction) {
  auto *call = dyn_cast<IntrinsicInst>(&instruction);
  return call && call->getIntrinsicID() == Intrinsic::prefetch;
}

/// Whether all loads of the group can take place with its first one.
bool BlockRewriter::isMovable(const Group &group) {
  int64_t last = 0;
  for (const auto &lane : group)
    for (Scalar *scalar : lane)
      last = std::max(last, numberOf(scalar->load));
  for (auto it = firstOf(group)->load->getIterator(); numberOf(&*it) < last;
       ++it)
    if (!isPrefetch(*it) && (it->mayWriteToMemory() ||
                             !isGuaranteedToTransferExecutionToSuccessor(&*it)))
      return false;
  return true;
}

/// Registers for the vectors that are alive at a time, with those of `groups`
/// instead of their scalars. A vector in memory is loaded when it is needed.
Pressure BlockRewriter::countRegisters() {
  // What starts and ends to be alive at each instruction.
  std::vector<Pressure> change(numbers.size() + 2);
  auto live = [&](int64_t from, int64_t to, int64_t registers, bool isLanes) {
    if (to < from)
      return;
    change[from].all += registers;
    change[to].all -= registers;
    change[from].lanes += isLanes;
    change[to].lanes -= isLanes;
  };
  DenseSet<const Value *> grouped;
  for (const Group &group : groups) {
    int64_t from = numberOf(firstOf(group)->load), to = from;
    for (const auto &lane : group)
      for (Scalar *scalar : lane)
        for (ShuffleVectorInst *splat : scalar->splats) {
          grouped.insert(splat);
          for (User *user : splat->users())
            if (auto *instruction = dyn_cast<Instruction>(user))
              to = std::max(to, instruction->getParent() == &block
                                    ? numberOf(instruction)
                                    : int64_t(numbers.size()));
        }
    live(from, to, 1, /*isLanes=*/true);
  }
  for (Instruction &instruction : block) {
    auto *type = dyn_cast<FixedVectorType>(instruction.getType());
    if (!type || grouped.contains(&instruction) ||
        isa<InsertElementInst>(instruction))
      continue;
    int64_t from = numberOf(&instruction), to = from;
    bool isLoad = isa<LoadInst>(instruction);
    int64_t first = int64_t(numbers.size());
    for (User *user : instruction.users()) {
      auto *use = cast<Instruction>(user);
      // A value of the next iteration, or for later.
      bool isLater = use->getParent() != &block || isa<PHINode>(use);
      int64_t at = isLater ? int64_t(numbers.size()) : numberOf(use);
      to = std::max(to, at);
      first = std::min(first, at);
    }
    int64_t bits = type->getPrimitiveSizeInBits();
    live(isLoad ? first : from, to,
         int64_t(divideCeil(bits, int64_t(registerBits))), /*isLanes=*/false);
  }
  Pressure now, most;
  for (const Pressure &step : change) {
    now.all += step.all;
    now.lanes += step.lanes;
    most.all = std::max(most.all, now.all);
    most.lanes = std::max(most.lanes, now.lanes);
  }
  return most;
}

/// Registers that the multiplications can take a lane of (Arm Architecture
/// Reference Manual, FMLA by element and indexed).
int64_t BlockRewriter::laneRegisters() const {
  int64_t registers = kRegisters;
  if (registerBits > kSegmentBits)
    for (const Group &group : groups) {
      Type *type = group.front().front()->load->getType();
      registers = std::min<int64_t>(registers,
                                    type->getScalarSizeInBits() >= 64 ? 16 : 8);
    }
  return registers;
}

void BlockRewriter::rewrite(const Group &group) {
  Scalar *first = firstOf(group);
  int64_t index = 0;
  for (auto [lane, same] : enumerate(group))
    if (is_contained(same, first))
      index = int64_t(lane);
  Type *element = first->load->getType();
  int64_t bytes = element->getPrimitiveSizeInBits() / 8;
  IRBuilder<> b(first->load);
  Value *address = first->load->getPointerOperand();
  if (index > 0)
    address = b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), address,
                                           uint64_t(-index * bytes));
  LoadInst *vector = b.CreateAlignedLoad(
      FixedVectorType::get(element, group.size()), address,
      commonAlignment(first->load->getAlign(), uint64_t(bytes)));
  for (auto [lane, same] : enumerate(group))
    for (Scalar *scalar : same) {
      for (ShuffleVectorInst *splat : scalar->splats) {
        b.SetInsertPoint(splat);
        SmallVector<int> mask(splat->getShuffleMask().size(), int(lane));
        splat->replaceAllUsesWith(b.CreateShuffleVector(vector, mask));
        splat->eraseFromParent();
      }
      for (User *insert : make_early_inc_range(scalar->load->users()))
        cast<Instruction>(insert)->eraseFromParent();
      scalar->load->eraseFromParent();
    }
}

bool BlockRewriter::run() {
  findScalars();
  if (scalars.empty())
    return false;
  findGroups();
  if (groups.empty())
    return false;
  // One register is for the next step's, which come while the last ones are in
  // use.
  Pressure pressure = countRegisters();
  bool isAny = registerBits <= kSegmentBits;
  if (pressure.all > (isAny ? kRegisters : kRegistersOfFew) ||
      pressure.lanes >= laneRegisters())
    return false;
  for (const Group &group : groups)
    rewrite(group);
  return true;
}

PreservedAnalyses
tensorop::GroupLaneLoads::run(Function &function,
                              FunctionAnalysisManager &analyses) {
  auto &evolution = analyses.getResult<ScalarEvolutionAnalysis>(function);
  bool changed = false;
  for (BasicBlock &block : function)
    changed |= BlockRewriter(block, evolution, registerBits).run();
  if (!changed)
    return PreservedAnalyses::all();
  PreservedAnalyses preserved;
  preserved.preserveSet<CFGAnalyses>();
  return preserved;
}
