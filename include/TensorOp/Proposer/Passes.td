//===- Passes.td - The pass that asks for plans ------------*- tablegen -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_PROPOSER_PASSES_TD
#define TENSOROP_PROPOSER_PASSES_TD

include "mlir/Pass/PassBase.td"

def StrategyPropose : Pass<"strategy-propose", "::mlir::ModuleOp"> {
  let summary = "Writes a plan for each kernel that lists none";
  let description = [{
    Asks a proposer for a plan of each kernel (`strategy.kernel`) without
    `strategy.plans`, puts it into the module as `@<proposer>.<kernel>` and lists
    it on the kernel. Each plan and its steps say why (`why`). A kernel for which
    the proposer has no plan stays as it is, with a remark that gives the reason,
    which it also keeps (`strategy.no_plan`); one that has a reason already is not
    planned.

    `analytic` derives the register tile from vector registers, latency of the
    multiply-adds and edges, cache blocks from sizes and ways, and decides what
    is copied by an estimate on the loop tree, and which loop `threads` threads
    divide (`strategy.parallelize`), if that makes the kernel faster.

    `database` takes the plan that was the fastest for the kernel, its extents and
    the machine in a database of measurements (`db`, docs/database.md); else that of
    the nearest extents, if it is legal and its estimated cycles are at most 1.2
    times those of the analytic plan; else the analytic plan. A plan of the
    database that cannot be read is left out with a warning.

    ```mlir
    func.func @gemm(...) attributes {strategy.kernel, strategy.plans = [@analytic.gemm]}
    strategy.plan @analytic.gemm root mm(m, n, k) requires [fma]
        numerics(reassoc, contract) {
      ...
    }
    ```
  }];
  let options = [
    Option<"proposer", "proposer", "std::string", /*default=*/"\"analytic\"",
           "Who proposes: analytic, database">,
    Option<"database", "db", "std::string", /*default=*/"\"\"",
           "File of the proposer `database`; empty: that of TENSOROP_DB">,
    Option<"target", "target", "std::string", /*default=*/"\"\"",
           "native, a catalogued machine or a hardware file; empty: the one that "
           "the module carries, else native">,
    Option<"threads", "threads", "int64_t", /*default=*/"1",
           "Most threads of a kernel">
  ];
  let dependentDialects = ["::tensorop::strategy::StrategyDialect"];
}

#endif // TENSOROP_PROPOSER_PASSES_TD
