//===- Passes.h - From plans to transform scripts ---------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_CONVERSION_STRATEGYTOTRANSFORM_PASSES_H
#define TENSOROP_CONVERSION_STRATEGYTOTRANSFORM_PASSES_H

#include "mlir/Pass/Pass.h"

namespace tensorop::strategy {

/// Number of the last phase of a script; see Script.h.
inline constexpr unsigned kAllPhases = 5;

#define GEN_PASS_DECL
#include "TensorOp/Conversion/StrategyToTransform/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "TensorOp/Conversion/StrategyToTransform/Passes.h.inc"

} // namespace tensorop::strategy

#endif // TENSOROP_CONVERSION_STRATEGYTOTRANSFORM_PASSES_H
