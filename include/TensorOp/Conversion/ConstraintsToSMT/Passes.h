//===- Passes.h - From constraints to the smt dialect -----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_CONVERSION_CONSTRAINTSTOSMT_PASSES_H
#define TENSOROP_CONVERSION_CONSTRAINTSTOSMT_PASSES_H

#include "mlir/Pass/Pass.h"

namespace tensorop::strategy {

#define GEN_PASS_DECL
#include "TensorOp/Conversion/ConstraintsToSMT/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "TensorOp/Conversion/ConstraintsToSMT/Passes.h.inc"

} // namespace tensorop::strategy

#endif // TENSOROP_CONVERSION_CONSTRAINTSTOSMT_PASSES_H
