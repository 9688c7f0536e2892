//===- PrefixMasks.cpp - Masked accesses by vector length -----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PrefixMasks.h"
#include "../CPU/PrefixOfMask.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace tensorop;

static void lower(IntrinsicInst &access) {
  bool isLoad = access.getIntrinsicID() == Intrinsic::masked_load;
  Value *pointer = access.getArgOperand(isLoad ? 0 : 1);
  Value *mask = access.getArgOperand(isLoad ? 1 : 2);
  std::optional<unsigned> count = prefixOf(mask);
  if (!count || (isLoad && !isa<UndefValue>(access.getArgOperand(2))))
    return;
  IRBuilder<> b(&access);
  Value *all = ConstantInt::getTrue(mask->getType());
  Value *length = b.getInt32(*count);
  CallInst *made;
  if (isLoad)
    made = b.CreateIntrinsic(Intrinsic::vp_load,
                             {access.getType(), pointer->getType()},
                             {pointer, all, length});
  else
    made = b.CreateIntrinsic(
        Intrinsic::vp_store,
        {access.getArgOperand(0)->getType(), pointer->getType()},
        {access.getArgOperand(0), pointer, all, length});
  unsigned at = isLoad ? 0 : 1;
  if (MaybeAlign align = access.getParamAlign(at))
    made->addParamAttr(at, Attribute::getWithAlignment(b.getContext(), *align));
  made->copyMetadata(access);
  access.replaceAllUsesWith(made);
  access.eraseFromParent();
}

void tensorop::lowerPrefixMasks(Module &module) {
  for (Function &function : module)
    for (Instruction &instruction :
         make_early_inc_range(instructions(function)))
      if (auto *access = dyn_cast<IntrinsicInst>(&instruction))
        if (access->getIntrinsicID() == Intrinsic::masked_load ||
            access->getIntrinsicID() == Intrinsic::masked_store)
          lower(*access);
}
