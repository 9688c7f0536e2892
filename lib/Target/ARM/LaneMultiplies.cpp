//===- LaneMultiplies.cpp - Multiply by a lane on SVE ---------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaneMultiplies.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/IntrinsicsAArch64.h"
#include "llvm/IR/Module.h"
#include <optional>

using namespace llvm;

/// Lanes are counted within these parts of a register.
static constexpr unsigned segmentBits = 128;

namespace {
/// An element of a vector in memory.
struct LoadedLane {
  LoadInst *load;
  unsigned number;
};

/// The multiply-adds of one function.
class Rewriter {
public:
  explicit Rewriter(unsigned registerBits) : registerBits(registerBits) {}
  void rewrite(IntrinsicInst &multiply);
  void eraseUnused();

private:
  Value *repeatSegment(LoadedLane lane, ScalableVectorType *type);
  Value *toScalable(IRBuilder<> &b, Value *value, ScalableVectorType *type);

  unsigned registerBits;
  /// The repeated 128 bits of a load, by number.
  DenseMap<std::pair<LoadInst *, unsigned>, Value *> segments;
  SmallVector<WeakTrackingVH> unused;
};
} // namespace

/// The element that all lanes of `value` have, if it comes from a load with
/// whole 128 bits around it.
static std::optional<LoadedLane> findLane(Value *value) {
  auto *splat = dyn_cast<ShuffleVectorInst>(value);
  if (!splat || !all_equal(splat->getShuffleMask()))
    return std::nullopt;
  auto *load = dyn_cast<LoadInst>(splat->getOperand(0));
  int lane = splat->getMaskValue(0);
  if (!load || !load->isSimple() || lane < 0)
    return std::nullopt;
  auto *type = cast<FixedVectorType>(load->getType());
  unsigned bits = type->getScalarSizeInBits();
  unsigned end = (lane * bits / segmentBits + 1) * segmentBits;
  if (unsigned(lane) >= type->getNumElements() ||
      end > bits * type->getNumElements())
    return std::nullopt;
  return LoadedLane{load, unsigned(lane)};
}

Value *Rewriter::repeatSegment(LoadedLane lane, ScalableVectorType *type) {
  unsigned bits = type->getScalarSizeInBits();
  unsigned number = lane.number * bits / segmentBits;
  Value *&segment = segments[{lane.load, number}];
  if (segment)
    return segment;
  IRBuilder<> b(lane.load);
  Type *mask = VectorType::get(b.getInt1Ty(), type->getElementCount());
  // 31 is the pattern of all lanes.
  Value *all =
      b.CreateIntrinsic(Intrinsic::aarch64_sve_ptrue, {mask}, {b.getInt32(31)});
  Value *address = b.CreateConstInBoundsGEP1_64(
      b.getInt8Ty(), lane.load->getPointerOperand(), number * segmentBits / 8);
  segment =
      b.CreateIntrinsic(Intrinsic::aarch64_sve_ld1rq, {type}, {all, address});
  return segment;
}

/// The value in the low lanes of a register, which is where it is.
Value *Rewriter::toScalable(IRBuilder<> &b, Value *value,
                            ScalableVectorType *type) {
  return b.CreateInsertVector(type, PoisonValue::get(type), value, uint64_t(0));
}

void Rewriter::rewrite(IntrinsicInst &multiply) {
  auto *type = dyn_cast<FixedVectorType>(multiply.getType());
  if (!type)
    return;
  unsigned bits = type->getScalarSizeInBits();
  unsigned length = bits * type->getNumElements();
  if (!type->getElementType()->isFloatingPointTy() ||
      type->getElementType()->isBFloatTy() || bits > 64 ||
      length <= segmentBits || length > registerBits)
    return;
  for (unsigned scalar : {0, 1}) {
    std::optional<LoadedLane> lane = findLane(multiply.getArgOperand(scalar));
    if (!lane)
      continue;
    auto *whole =
        ScalableVectorType::get(type->getElementType(), segmentBits / bits);
    Value *segment = repeatSegment(*lane, whole);
    IRBuilder<> b(&multiply);
    Value *sum = b.CreateIntrinsic(
        Intrinsic::aarch64_sve_fmla_lane, {whole},
        {toScalable(b, multiply.getArgOperand(2), whole),
         toScalable(b, multiply.getArgOperand(1 - scalar), whole), segment,
         b.getInt32(lane->number % (segmentBits / bits))});
    unused.push_back(multiply.getArgOperand(scalar));
    multiply.replaceAllUsesWith(b.CreateExtractVector(type, sum, uint64_t(0)));
    multiply.eraseFromParent();
    return;
  }
}

void Rewriter::eraseUnused() {
  for (WeakTrackingVH &value : unused) {
    auto *splat = dyn_cast_or_null<ShuffleVectorInst>(value);
    if (!splat || !splat->use_empty())
      continue;
    auto *load = cast<LoadInst>(splat->getOperand(0));
    splat->eraseFromParent();
    if (load->use_empty())
      load->eraseFromParent();
  }
}

void tensorop::lowerLaneMultiplies(Module &module, unsigned registerBits) {
  for (Function &function : module) {
    Rewriter rewriter(registerBits);
    for (Instruction &instruction :
         make_early_inc_range(instructions(function)))
      if (auto *call = dyn_cast<IntrinsicInst>(&instruction))
        if (call->getIntrinsicID() == Intrinsic::fmuladd ||
            call->getIntrinsicID() == Intrinsic::fma)
          rewriter.rewrite(*call);
    rewriter.eraseUnused();
  }
}
