//===- StrategyInterfaces.td - What every step offers ------*- tablegen -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_DIALECT_STRATEGY_IR_STRATEGYINTERFACES_TD
#define TENSOROP_DIALECT_STRATEGY_IR_STRATEGYINTERFACES_TD

include "mlir/IR/Interfaces.td"

def StrategyStepOpInterface : OpInterface<"StrategyStepOpInterface"> {
  let description = [{
    A line of a plan. Lowering is not part of the interface: the realiser reads
    the finished loop tree.
  }];
  let cppNamespace = "::tensorop::strategy";
  let methods = [
    InterfaceMethod<[{
      Returns the step as plain data. Fails with a message when a size of the
      step is no expression.
    }], "::llvm::Expected<::tensorop::model::Step>", "toStep", (ins)>,
    InterfaceMethod<[{
      Extends `tree` by this step. The error names the step, the factor, the
      limit and the value.
    }], "::llvm::Error", "apply", (ins "::tensorop::model::LoopTree &":$tree),
    /*methodBody=*/"", /*defaultImplementation=*/[{
      return ::tensorop::strategy::detail::applyStep($_op, tree);
    }]>,
  ];
}

#endif // TENSOROP_DIALECT_STRATEGY_IR_STRATEGYINTERFACES_TD
