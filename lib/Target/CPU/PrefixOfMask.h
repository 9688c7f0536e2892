//===- PrefixOfMask.h - Constant masks of the first lanes -------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_TARGET_CPU_PREFIXOFMASK_H
#define TENSOROP_LIB_TARGET_CPU_PREFIXOFMASK_H

#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include <optional>

namespace tensorop {

/// How many lanes a constant mask of a fixed vector has, when they are the
/// first ones.
inline std::optional<unsigned> prefixOf(const llvm::Value *mask) {
  auto *constant = llvm::dyn_cast<llvm::Constant>(mask);
  auto *type = llvm::dyn_cast<llvm::FixedVectorType>(mask->getType());
  if (!constant || !type)
    return std::nullopt;
  unsigned count = 0;
  for (unsigned i = 0; i < type->getNumElements(); ++i) {
    auto *bit = llvm::dyn_cast_or_null<llvm::ConstantInt>(
        constant->getAggregateElement(i));
    if (!bit || (bit->isOne() && count != i))
      return std::nullopt;
    count += bit->isOne();
  }
  return count;
}

} // namespace tensorop

#endif // TENSOROP_LIB_TARGET_CPU_PREFIXOFMASK_H
