//===- StrategyDialect.td - The strategy dialect -----------*- tablegen -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_DIALECT_STRATEGY_IR_STRATEGYDIALECT_TD
#define TENSOROP_DIALECT_STRATEGY_IR_STRATEGYDIALECT_TD

include "mlir/IR/OpBase.td"

def Strategy_Dialect : Dialect {
  let name = "strategy";
  let cppNamespace = "::tensorop::strategy";
  let summary = "Macro optimization decisions of a tensor kernel, as IR";
  let description = [{
    A `strategy.plan` describes the final loop tree of a *kernel*: a function in
    destination style whose structured ops carry names (`strategy.op`). Its body
    holds *parameters* and *steps*. The steps are applied in order to a loop
    tree, which is plain data; the payload is rewritten once, from the final
    tree.

    Names are bare identifiers of three kinds: *dimensions* (declared in the
    header, in the iteration order of their op), *loops* (declared by `tile` and
    `split_reduction`, unique in the plan, never the name of a dimension) and
    *parameters*. Operands are written `op.lhs`, `op.rhs`, `op.acc`,
    `op.filter`, `op.in0`.., `op.out`.

    A *size* is an integer, a parameter, an expression of them, `v(x)` (x native
    vectors of the accumulate type), `[x]` (a scalable size), `full` (the extent
    of the dimension) or `a|b` (one size for each part of a `split` dimension).
    A size that uses other operators is written as a string: `"ceildiv(m, 2)"`.

    The op verifiers check structure. Names, placement and hardware limits are
    checked by the pass `strategy-verify` on the loop tree.

    ```mlir
    strategy.plan @sgemm root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
      strategy.param mr = 6 in 1 to 14
      strategy.param nv = 2 in [1, 2, 3, 4]
      strategy.tile [pc: k = 256, ic: m = 120]
      strategy.tile [jr: n = v(nv), ir: m = mr] edge(jr = auto, ir = auto)
      strategy.tile [kk: k = 1]
      strategy.layout mm.rhs pack [n = v(nv)] at pc
      strategy.layout mm.lhs pack [m = mr] at ic
      strategy.vectorize mm [m = mr, n = v(nv)] with fma
      strategy.unroll kk by 4
    }
    ```
  }];
  let hasOperationAttrVerify = 1;
}

#endif // TENSOROP_DIALECT_STRATEGY_IR_STRATEGYDIALECT_TD
