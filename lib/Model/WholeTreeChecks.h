//===- WholeTreeChecks.h - Checks that need all steps -----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_MODEL_WHOLETREECHECKS_H
#define TENSOROP_LIB_MODEL_WHOLETREECHECKS_H

#include "TreeDiagnostics.h"

namespace tensorop::model {

/// F-ORDER: in each loop, and around all of them, there is an order in which
/// what an op reads is computed before it.
void checkOrder(const LoopTree &tree, Diagnostics &diags);

/// S-EFFECT: the plan has steps, and each of them changes the tree or names a
/// value that another one uses.
void checkEffects(const LoopTree &tree, Diagnostics &diags);

} // namespace tensorop::model

#endif // TENSOROP_LIB_MODEL_WHOLETREECHECKS_H
