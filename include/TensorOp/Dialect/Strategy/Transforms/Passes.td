//===- Passes.td - Passes on plans -------------------------*- tablegen -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_DIALECT_STRATEGY_TRANSFORMS_PASSES_TD
#define TENSOROP_DIALECT_STRATEGY_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def StrategyAttachHardware
    : Pass<"strategy-attach-hardware", "::mlir::ModuleOp"> {
  let summary = "Puts the machine that plans are checked against on the module";
  let description = [{
    Writes the hardware factors as `dlti.target_system_spec`, where
    `transform.dlti.query` and the passes on plans find them: those take the
    machine that the module carries unless their `target` says another.

    ```mlir
    module attributes {dlti.target_system_spec = #dlti.target_system_spec<
        "CPU" = #dlti.target_device_spec<"caches" = #dlti.map<"l1" = #dlti.map<
        "bytes" = 32768 : i64, "line_bytes" = 64 : i64, "ways" = 8 : i64, ...>>, ...>>}
    ```
  }];
  let options = [
    Option<"target", "target", "std::string", /*default=*/"\"\"",
           "native, a catalogued machine or a hardware file">
  ];
  let dependentDialects = ["::mlir::DLTIDialect"];
}

def StrategyAttachPlans : Pass<"strategy-attach-plans", "::mlir::ModuleOp"> {
  let summary = "Lists each plan of the module on the kernels that it names";
  let description = [{
    A plan belongs to a kernel (`strategy.kernel`) that has an op of the root's
    name and number of dimensions, and all ops of `with`. The kernel's
    `strategy.plans` becomes the list of such plans in the order of the module;
    a list that is there already stays. An op with a dimension of size 0 gets no
    plan. A plan without a kernel is reported in a warning that says why.
  }];
}

def StrategyVerify : Pass<"strategy-verify", "::mlir::ModuleOp"> {
  let summary = "Checks plans against their kernels and the hardware";
  let description = [{
    Applies the steps of each plan to a loop tree. A plan that a function lists
    in `strategy.plans` is checked against that kernel, any other plan by itself
    (names and placement). An open plan must have a legal point; a closed one
    must be legal. Each error names the step, the factor, the limit and the
    value; labels are listed in docs/constraints.md.

    A candidate whose guard or required features do not fit the kernel or the
    target is not an error: it is not taken.
  }];
  let options = [
    Option<"target", "target", "std::string", /*default=*/"\"\"",
           "native, a catalogued machine or a hardware file; empty: the one that "
           "the module carries, else native">,
    Option<"print", "print-tree", "bool", /*default=*/"false",
           "Print the loop tree of each plan as a remark">
  ];
}

def StrategyAssign : Pass<"strategy-assign", "::mlir::ModuleOp"> {
  let summary = "Chooses values for the parameters of plans";
  let description = [{
    Takes `values`, else the defaults; when that point is illegal, the nearest
    legal one, with a remark. Afterwards each parameter's domain is its value.

    Our own solver searches finite domains, with a limit. Z3, where the build has
    it, reasons instead, and may find a point or a contradiction where the search
    gives up; among points that are equally near it may take another one. Its
    points are checked like any other.

    ```mlir
    strategy.param mr = 6 in [6]
    ```
  }];
  let options = [
    Option<"target", "target", "std::string", /*default=*/"\"\"",
           "native, a catalogued machine or a hardware file; empty: the one that "
           "the module carries, else native">,
    ListOption<"values", "values", "std::string",
               "Values as name=integer, of all plans that have the parameter">,
    Option<"solver", "solver", "std::string", /*default=*/"\"own\"",
           "What finds legal points: own or z3">
  ];
}

#endif // TENSOROP_DIALECT_STRATEGY_TRANSFORMS_PASSES_TD
