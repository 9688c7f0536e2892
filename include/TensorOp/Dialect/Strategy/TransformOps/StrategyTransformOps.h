//===- StrategyTransformOps.h - transform.strategy.* ops --------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_DIALECT_STRATEGY_TRANSFORMOPS_STRATEGYTRANSFORMOPS_H
#define TENSOROP_DIALECT_STRATEGY_TRANSFORMOPS_STRATEGYTRANSFORMOPS_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Transform/IR/TransformDialect.h"
#include "mlir/Dialect/Transform/Interfaces/TransformInterfaces.h"
#include "mlir/IR/OpImplementation.h"

namespace mlir {
class DialectRegistry;
} // namespace mlir

#define GET_OP_CLASSES
#include "TensorOp/Dialect/Strategy/TransformOps/StrategyTransformOps.h.inc"

namespace tensorop::strategy {
/// Makes the transform.strategy.* ops known to the transform dialect.
void registerTransformDialectExtension(mlir::DialectRegistry &registry);
} // namespace tensorop::strategy

#endif // TENSOROP_DIALECT_STRATEGY_TRANSFORMOPS_STRATEGYTRANSFORMOPS_H
