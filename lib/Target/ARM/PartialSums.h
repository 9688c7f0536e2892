//===- PartialSums.h - Sums of neighbours on fixed vectors ------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_TARGET_ARM_PARTIALSUMS_H
#define TENSOROP_LIB_TARGET_ARM_PARTIALSUMS_H

namespace llvm {
class Module;
} // namespace llvm

namespace tensorop {

/// `llvm.vector.partial.reduce.add` of fixed vectors, which LLVM's loop
/// vectorizer makes, becomes sums of parts of the vector. LLVM 22 lowers it
/// wrong for SVE where the vector is shorter than the register (sunpkhi takes
/// the upper half of the register, not of the vector).
void expandPartialSums(llvm::Module &module);

} // namespace tensorop

#endif // TENSOROP_LIB_TARGET_ARM_PARTIALSUMS_H
