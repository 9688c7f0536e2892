//===- Kernels.cpp - Kernels that the tests propose plans for -------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"
#include "gtest/gtest.h"

using namespace tensorop;
using namespace tensorop::model;

HardwareModel tensorop::machine(llvm::StringRef name) {
  auto model = resolveTarget(name);
  EXPECT_TRUE(bool(model)) << llvm::toString(model.takeError());
  return *model;
}

KernelInfo tensorop::contraction(llvm::StringRef dims,
                                 llvm::ArrayRef<int64_t> extents,
                                 llvm::StringRef lhs, llvm::StringRef rhs,
                                 llvm::StringRef out, const std::string &type,
                                 bool consumer) {
  KernelInfo kernel;
  kernel.name = "kernel";
  int64_t bits = type == "f64" ? 64 : 32;
  auto operand = [&](const char *name, llvm::StringRef letters) {
    OperandInfo info;
    info.name = name;
    info.type = type;
    info.bits = bits;
    for (char letter : letters)
      info.access.push_back(Access::dim(dims.find(letter)));
    return info;
  };
  OpInfo op;
  op.name = "mm";
  op.body = BodyClass::Contraction;
  op.accType = type;
  op.accBits = bits;
  op.flopsPerPoint = 2;
  for (auto [letter, extent] : llvm::zip(dims, extents)) {
    op.extents.push_back(extent);
    op.iterators.push_back(out.contains(letter) ? IteratorKind::Parallel
                                                : IteratorKind::Reduction);
  }
  op.operands = {operand("lhs", lhs), operand("rhs", rhs), operand("out", out)};
  op.operands.back().isOutput = true;
  kernel.ops.push_back(op);
  if (consumer) {
    OpInfo relu;
    relu.name = "relu";
    relu.body = BodyClass::Elementwise;
    relu.accType = type;
    relu.accBits = bits;
    OperandInfo in, result;
    in.name = "in0";
    result.name = "out";
    result.isOutput = true;
    in.producer = result.producer = "mm";
    for (OperandInfo *each : {&in, &result}) {
      each->type = type;
      each->bits = bits;
    }
    for (auto [index, letter] : llvm::enumerate(out)) {
      relu.extents.push_back(extents[dims.find(letter)]);
      relu.iterators.push_back(IteratorKind::Parallel);
      in.access.push_back(Access::dim(index));
      result.access.push_back(Access::dim(index));
    }
    relu.operands = {in, result};
    kernel.ops.push_back(relu);
  }
  return kernel;
}

KernelInfo tensorop::gemm(int64_t m, int64_t n, int64_t k,
                          const std::string &type) {
  return contraction("mnk", {m, n, k}, "mk", "kn", "mn", type);
}

KernelInfo tensorop::withTypes(KernelInfo kernel, const std::string &input,
                               const std::string &sum) {
  auto bits = [](llvm::StringRef type) {
    int64_t result = 0;
    type.drop_until([](char c) { return c >= '0' && c <= '9'; })
        .getAsInteger(10, result);
    return result;
  };
  OpInfo &op = kernel.ops[0];
  op.accType = sum;
  op.accBits = bits(sum);
  op.isFloat = sum[0] == 'f';
  for (OperandInfo &operand : op.operands) {
    operand.type = operand.isOutput ? sum : input;
    operand.bits = bits(operand.type);
  }
  return kernel;
}

/// What strategy-verify builds of the plan.
static llvm::Error verify(const Proposal &plan, const HardwareModel &hw,
                          const KernelInfo &kernel) {
  return LoopTree::build(plan.header, plan.plainSteps(), hw, &kernel)
      .takeError();
}

Proposal tensorop::proposeLegal(const KernelInfo &kernel,
                                const HardwareModel &hw, int64_t threads,
                                const std::string &what) {
  auto plan = createAnalyticProposer()->propose(kernel, hw, threads);
  if (!plan) {
    ADD_FAILURE() << hw.name << ": " << what << ": "
                  << llvm::toString(plan.takeError());
    return {};
  }
  if (llvm::Error error = verify(*plan, hw, kernel))
    ADD_FAILURE() << hw.name << ": " << what << ": "
                  << llvm::toString(std::move(error)) << "\n"
                  << plan->str();
  // Parts of a reason are separated; none is empty.
  for (const Proposal::ReasonedStep &step : plan->steps) {
    llvm::StringRef why = step.why;
    if (why.contains("; ;") || why != why.trim("; "))
      ADD_FAILURE() << hw.name << ": " << what << ": " << step.step.verb().str()
                    << " because '" << step.why << "'";
  }
  return *plan;
}
