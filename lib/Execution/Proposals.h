//===- Proposals.h - Proposed plans that cannot be carried out --*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_EXECUTION_PROPOSALS_H
#define TENSOROP_LIB_EXECUTION_PROPOSALS_H

#include "TensorOp/Execution/Compiler.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace tensorop {

/// Compiles a request with `compile`. Nobody asked for what a proposer says:
/// where one of its plans is at fault, that plan is left out, with a warning
/// that says why, and plain loops take its place. The other kernels keep
/// theirs.
CompileResult compileWithProposals(
    const CompileRequest &request,
    llvm::function_ref<CompileResult(const CompileRequest &)> compile);

} // namespace tensorop

#endif // TENSOROP_LIB_EXECUTION_PROPOSALS_H
