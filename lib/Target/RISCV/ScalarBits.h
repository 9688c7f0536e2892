//===- ScalarBits.h - Floats made of bits before they are spread -*- C++
//-*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_TARGET_RISCV_SCALARBITS_H
#define TENSOROP_LIB_TARGET_RISCV_SCALARBITS_H

namespace llvm {
class Module;
} // namespace llvm

namespace tensorop {

/// LLVM spreads the bits of a float (a widened bf16) and reinterprets the
/// vector; reinterpreted before, the float goes straight into vfmacc.vf.
void reinterpretScalars(llvm::Module &module);

} // namespace tensorop

#endif // TENSOROP_LIB_TARGET_RISCV_SCALARBITS_H
