//===- ScalarBits.cpp - Floats made of bits before they are spread --------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScalarBits.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PatternMatch.h"

using namespace llvm;

void tensorop::reinterpretScalars(Module &module) {
  using namespace PatternMatch;
  for (Function &function : module)
    for (Instruction &instruction :
         make_early_inc_range(instructions(function))) {
      auto *cast = dyn_cast<BitCastInst>(&instruction);
      auto *type = cast ? dyn_cast<VectorType>(cast->getType()) : nullptr;
      Value *bits;
      if (!type || !type->getElementType()->isFloatingPointTy() ||
          !match(cast->getOperand(0),
                 m_InsertElt(m_Poison(), m_Value(bits), m_Zero())) ||
          bits->getType()->getScalarSizeInBits() != type->getScalarSizeInBits())
        continue;
      IRBuilder<> builder(cast);
      Value *scalar = builder.CreateBitCast(bits, type->getElementType());
      Value *first = builder.CreateInsertElement(PoisonValue::get(type), scalar,
                                                 uint64_t(0));
      first->takeName(cast);
      cast->replaceAllUsesWith(first);
      cast->eraseFromParent();
    }
}
