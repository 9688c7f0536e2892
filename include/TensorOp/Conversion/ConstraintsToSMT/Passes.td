//===- Passes.td - From constraints to the smt dialect -----*- tablegen -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_CONVERSION_CONSTRAINTSTOSMT_PASSES_TD
#define TENSOROP_CONVERSION_CONSTRAINTSTOSMT_PASSES_TD

include "mlir/Pass/PassBase.td"

def StrategyExportSMT : Pass<"strategy-export-smt", "::mlir::ModuleOp"> {
  let summary = "Writes the numeric rules of plans in the smt dialect";
  let description = [{
    Appends an `smt.solver` for each plan and each kernel that lists it (one
    without a kernel for a plan that none lists). Parameters are variables of
    `!smt.int`; extents and hardware factors are constants. Each domain and each
    rule is an `smt.assert` that carries the rule's label, what it limits and its
    text; what a conditional step brings is implied by its parameter. The
    solver's `smt.check` is satisfiable exactly when the plan has legal
    parameters, and its models are the legal points (`ConstraintSet::check`).

    Integers of the dialect have no limit and its functions are total. Where a
    rule's 64-bit expression has no value (a division by zero, an overflow) the
    assertion does not hold, as the rule does not; bounds of the domains decide
    where that need not be said. Quotients round down and remainders have the
    divisor's sign, as in plans.

    A plan whose steps are wrong is refused at the step; one without a legal
    point is not. A plan that cannot serve the kernel or the target is left out
    with a remark.

    ```mlir
    smt.solver() {strategy.constraints = @sgemm, strategy.of = @kernel} : () -> () {
      %mr = smt.declare_fun "mr" {strategy.param = "mr"} : !smt.int
      %c1 = smt.int.constant 1
      %0 = smt.int.cmp le %c1, %mr
      ...
      smt.assert %1 {strategy.label = "P-DOMAIN", strategy.rule = "mr in 1 to 14"}
      ...
      smt.assert %7 {strategy.factor = "vector registers of the register tile of 'mm'",
                     strategy.label = "V-REGS", strategy.rule = "mr * 2 + 2 + 1 <= 16"}
      smt.check sat {...} unknown {...} unsat {...}
    }
    ```
  }];
  let options = [
    Option<"target", "target", "std::string", /*default=*/"\"\"",
           "native, a catalogued machine or a hardware file; empty: the one that "
           "the module carries, else native">,
    Option<"solversOnly", "solvers-only", "bool", /*default=*/"false",
           "Leave nothing but the solvers in the module, for tools that do not "
           "know plans">
  ];
  let dependentDialects = ["::mlir::smt::SMTDialect"];
}

#endif // TENSOROP_CONVERSION_CONSTRAINTSTOSMT_PASSES_TD
