//===- PartialSums.cpp - Sums of neighbours on fixed vectors --------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PartialSums.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace llvm;

void tensorop::expandPartialSums(Module &module) {
  for (Function &function : module)
    for (Instruction &instruction :
         make_early_inc_range(instructions(function))) {
      auto *call = dyn_cast<IntrinsicInst>(&instruction);
      if (!call ||
          call->getIntrinsicID() != Intrinsic::vector_partial_reduce_add)
        continue;
      auto *from = dyn_cast<FixedVectorType>(call->getArgOperand(1)->getType());
      auto *to = dyn_cast<FixedVectorType>(call->getType());
      if (!from || !to)
        continue;
      IRBuilder<> builder(call);
      Value *sum = call->getArgOperand(0);
      int length = int(to->getNumElements());
      for (int part = 0; part < int(from->getNumElements()); part += length)
        sum = builder.CreateAdd(sum,
                                builder.CreateShuffleVector(
                                    call->getArgOperand(1),
                                    to_vector(seq<int>(part, part + length))));
      sum->takeName(call);
      call->replaceAllUsesWith(sum);
      call->eraseFromParent();
    }
}
