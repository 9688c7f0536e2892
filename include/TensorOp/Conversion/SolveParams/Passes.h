//===- Passes.h - Values for constrained params -----------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_CONVERSION_SOLVEPARAMS_PASSES_H
#define TENSOROP_CONVERSION_SOLVEPARAMS_PASSES_H

#include "mlir/Pass/Pass.h"

namespace tensorop {

#define GEN_PASS_DECL
#include "TensorOp/Conversion/SolveParams/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "TensorOp/Conversion/SolveParams/Passes.h.inc"

} // namespace tensorop

#endif // TENSOROP_CONVERSION_SOLVEPARAMS_PASSES_H
