//===- NarrowAccesses.cpp - Masked accesses by narrower vectors -----------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NarrowAccesses.h"
#include "../CPU/PrefixOfMask.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/bit.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace tensorop;

/// Calls `visit` with the first lane and the number of lanes of pieces that are
/// powers of two, the longest first.
static void forPieces(unsigned count,
                      function_ref<void(unsigned, unsigned)> visit) {
  for (unsigned first = 0; first < count;) {
    unsigned size = bit_floor(count - first);
    visit(first, size);
    first += size;
  }
}

static void narrow(IntrinsicInst &access) {
  bool isLoad = access.getIntrinsicID() == Intrinsic::masked_load;
  unsigned at = isLoad ? 0 : 1;
  Value *pointer = access.getArgOperand(at);
  std::optional<unsigned> count = prefixOf(access.getArgOperand(at + 1));
  if (!count || *count == 0)
    return;
  auto *type = cast<FixedVectorType>(
      (isLoad ? &access : access.getArgOperand(0))->getType());
  Type *element = type->getElementType();
  uint64_t bytes = element->getScalarSizeInBits() / 8;
  // Elements of parts of a byte do not lie at addresses; those of pointers have
  // no size without the data layout.
  if (bytes == 0 || bytes * 8 != element->getScalarSizeInBits())
    return;
  int lanes = int(type->getNumElements());
  IRBuilder<> b(&access);
  Align align = access.getParamAlign(at).valueOrOne();
  Value *result = isLoad ? access.getArgOperand(2) : nullptr;
  forPieces(*count, [&](unsigned first, unsigned size) {
    auto *part = FixedVectorType::get(element, size);
    Value *place = first ? b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), pointer,
                                                        first * bytes)
                         : pointer;
    Align own = commonAlignment(align, first * bytes);
    Instruction *made;
    if (isLoad) {
      auto *loaded = b.CreateAlignedLoad(part, place, own);
      made = loaded;
      // As wide as the result, then its lanes in their places.
      SmallVector<int> widen(lanes, PoisonMaskElem), merge;
      for (unsigned i = 0; i < size; ++i)
        widen[i] = int(i);
      for (int i = 0; i < lanes; ++i)
        merge.push_back(unsigned(i) >= first && unsigned(i) < first + size
                            ? lanes + i - int(first)
                            : i);
      result = b.CreateShuffleVector(
          result, b.CreateShuffleVector(loaded, widen), merge);
    } else {
      made = b.CreateAlignedStore(
          b.CreateShuffleVector(
              access.getArgOperand(0),
              to_vector(seq<int>(int(first), int(first + size)))),
          place, own);
    }
    made->copyMetadata(access);
  });
  if (isLoad)
    access.replaceAllUsesWith(result);
  access.eraseFromParent();
}

void tensorop::narrowAccesses(Module &module) {
  for (Function &function : module)
    for (Instruction &instruction :
         make_early_inc_range(instructions(function)))
      if (auto *access = dyn_cast<IntrinsicInst>(&instruction))
        if (access->getIntrinsicID() == Intrinsic::masked_load ||
            access->getIntrinsicID() == Intrinsic::masked_store)
          narrow(*access);
}
