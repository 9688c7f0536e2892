//===- TreeEffects.cpp - Steps that change nothing ------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WholeTreeChecks.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace tensorop::model {

static bool isTaken(const LoopTree &tree, const Step &step) {
  auto chosen = tree.chosen().find(step.condition);
  return step.condition.empty() || chosen == tree.chosen().end() ||
         chosen->second != 0;
}

void checkEffects(const LoopTree &tree, Diagnostics &diags) {
  // Parameters and requirements only say for which values something holds.
  if (none_of(tree.steps(), [&](const Step &step) {
        return isTaken(tree, step) &&
               !std::holds_alternative<ParamStep>(step.body) &&
               !std::holds_alternative<RequireStep>(step.body);
      }))
    diags.reportAt(-1, "S-EFFECT",
                   "the plan has no step that changes the kernel");
  StringMap<bool> used;
  for (const Step &step : tree.steps()) {
    if (!step.condition.empty())
      used[step.condition] = true;
    forEachExpr(step, [&](const Expr &expr) {
      for (const std::string &name : expr.freeNames())
        used[name] = true;
    });
  }
  for (auto [index, step] : enumerate(tree.steps())) {
    if (const auto *param = std::get_if<ParamStep>(&step.body);
        param && !used.count(param->name))
      diags.reportAt(index, "S-EFFECT",
                     "no step uses parameter '" + param->name + "'");
    if (const auto *unroll = std::get_if<UnrollStep>(&step.body);
        unroll && unroll->by.isLiteral(1))
      diags.reportAt(index, "S-EFFECT",
                     "unrolling loop '" + unroll->loop +
                         "' by 1 changes nothing");
  }
}

} // namespace tensorop::model
