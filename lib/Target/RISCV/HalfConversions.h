//===- HalfConversions.h - f16 without instructions for it ------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_TARGET_RISCV_HALFCONVERSIONS_H
#define TENSOROP_LIB_TARGET_RISCV_HALFCONVERSIONS_H

#include "llvm/ADT/SmallVector.h"

namespace llvm {
class Function;
class Module;
} // namespace llvm

namespace tensorop {

/// Where `module` has values of f16, adds the functions that the backend calls
/// to convert them on a machine without Zfhmin (`__extendhfsf2`,
/// `__truncsfhf2`, `__truncdfhf2`): no library of GCC 12 for RISC-V has them.
/// Conversions to f16 round to nearest, ties to even; NaN stays NaN.
///
/// Any object may bring them: the linker takes one. Returns what was added.
llvm::SmallVector<llvm::Function *> addHalfConversions(llvm::Module &module);

} // namespace tensorop

#endif // TENSOROP_LIB_TARGET_RISCV_HALFCONVERSIONS_H
