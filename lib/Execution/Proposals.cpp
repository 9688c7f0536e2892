//===- Proposals.cpp - Proposed plans that cannot be carried out ----------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A plan can fail in any step from its text to the object file, many of which
// see all kernels at once. Which plan it was shows when each kernel is compiled
// as the only one with a plan.
//
//===----------------------------------------------------------------------===//

#include "Proposals.h"
#include "llvm/ADT/STLExtras.h"

using namespace tensorop;

using CompileFn =
    llvm::function_ref<CompileResult(const CompileRequest &request)>;

/// Says in `result` that `kernel` lost its plan, for the errors of `failed`.
static void warn(const std::string &proposer, const std::string &kernel,
                 const CompileResult &failed, CompileResult &result) {
  std::vector<Message> warnings;
  for (const Message &message : failed.messages)
    if (message.severity == "error")
      warnings.push_back(
          {"warning", message.location,
           "the plan of proposer '" + proposer + "' for '" + kernel +
               "' is left out, plain loops take its place: " + message.text});
  result.messages.insert(result.messages.begin(), warnings.begin(),
                         warnings.end());
}

CompileResult tensorop::compileWithProposals(const CompileRequest &request,
                                             CompileFn compile) {
  CompileResult all = compile(request);
  if (all.ok || all.misused || all.proposed.empty())
    return all;
  auto compileWithout = [&](const std::vector<std::string> &kernels) {
    CompileRequest changed = request;
    changed.unproposed = kernels;
    return compile(changed);
  };
  // Each on its own; the code alone tells.
  std::vector<std::string> refused;
  std::vector<CompileResult> reasons;
  for (const std::string &kernel : all.proposed) {
    if (all.proposed.size() == 1) {
      refused.push_back(kernel);
      reasons.push_back(all);
      break;
    }
    CompileRequest alone = request;
    alone.reference = false;
    for (const std::string &other : all.proposed)
      if (other != kernel)
        alone.unproposed.push_back(other);
    CompileResult result = compile(alone);
    if (result.ok)
      continue;
    refused.push_back(kernel);
    reasons.push_back(std::move(result));
  }
  CompileResult result;
  if (!refused.empty())
    result = compileWithout(refused);
  if (!result.ok) {
    // Only together, then.
    refused = all.proposed;
    reasons.assign(refused.size(), all);
    result = compileWithout(refused);
  }
  // Something else is at fault.
  if (!result.ok)
    return all;
  for (size_t i = refused.size(); i-- > 0;)
    warn(request.proposer, refused[i], reasons[i], result);
  return result;
}
