//===- Passes.td - Values for constrained params -----------*- tablegen -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_CONVERSION_SOLVEPARAMS_PASSES_TD
#define TENSOROP_CONVERSION_SOLVEPARAMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def TransformSolveConstrainedParams
    : Pass<"transform-solve-constrained-params"> {
  let summary = "Replaces transform.smt.constrain_params by values that satisfy it";
  let description = [{
    The interpreter always fails at `transform.smt.constrain_params`. This pass,
    run before it, solves the regions and replaces each result by a
    `transform.param.constant`. All ops of a script are solved together, because
    they may constrain the same value.

    An operand stands for the value that it has when the script runs: that of a
    `transform.param.constant`, of a `transform.tune.knob` or of a result of
    another `transform.smt.constrain_params`. A knob without a selection may take
    any of its options, in their order of preference; what is chosen becomes its
    selection. Other operands are not known before the script runs and are
    refused. A yielded `!smt.int` must fit the type of its result (`i64` for
    `!transform.any_param`), a yielded `!smt.bool` is an `i1`.

    Regions over `!smt.int` and `!smt.bool` are understood; other sorts,
    uninterpreted functions and quantifiers are refused. Our own search takes
    regions whose integers are bounded, by the assertions, and in which no
    divisor may be zero; other regions, and those on which it gives up, go to Z3
    where the build has it. What SMT-LIB leaves open stays so: any satisfying
    assignment will do.

    Regions that cannot be satisfied are an error that points at the assertions
    that exclude each other.

    ```mlir
    %m = transform.tune.knob<"tile_m"> options = [64, 32, 16] -> !transform.param<i64>
    %n = transform.smt.constrain_params(%m) : (!transform.param<i64>) -> !transform.param<i64> {
    ^bb0(%tile_m: !smt.int):
      %tile_n = smt.declare_fun "tile_n" : !smt.int
      %c1024 = smt.int.constant 1024
      %area = smt.int.mul %tile_m, %tile_n
      %0 = smt.eq %area, %c1024 : !smt.int
      smt.assert %0
      %1 = smt.int.cmp lt %tile_m, %tile_n
      smt.assert %1
      ...  // bounds of tile_n
      smt.yield %tile_n : !smt.int
    }
    ```
    becomes
    ```mlir
    %m = transform.tune.knob<"tile_m"> = 16 from options = [64, 32, 16] -> !transform.param<i64>
    %n = transform.param.constant 64 : i64 -> !transform.param<i64>
    ```
  }];
  let options = [
    Option<"solver", "solver", "std::string", /*default=*/"\"auto\"",
           "own, z3, or auto: our own, then Z3 for what it cannot do">,
    Option<"steps", "z3-steps", "unsigned", /*default=*/"20000000",
           "Z3 gives up after this many steps (its rlimit), or 20 seconds">
  ];
  let dependentDialects = ["::mlir::transform::TransformDialect"];
}

#endif // TENSOROP_CONVERSION_SOLVEPARAMS_PASSES_TD
