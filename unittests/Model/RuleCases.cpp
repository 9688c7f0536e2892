//===- RuleCases.cpp - Wrong plans and their diagnostics ------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RuleCases.h"
#include "PlanReader.h"
#include "llvm/ADT/StringExtras.h"
#include <gtest/gtest.h>

namespace tensorop::model::test {

static const KernelInfo *kernelNamed(llvm::StringRef name) {
  static const std::map<std::string, KernelInfo> *kernels = [] {
    auto *all = new std::map<std::string, KernelInfo>;
    auto add = [&](const char *name, std::vector<OpInfo> ops) {
      (*all)[name] = KernelInfo{name, std::move(ops)};
    };
    add("mm", {matmul(1000, 1024, 512)});
    add("huge", {matmul(int64_t(1) << 31, int64_t(1) << 31, int64_t(1) << 31)});
    add("small", {matmul(64, 64, 128)});
    add("i8", {matmul(64, 64, 64, "i8", "i32")});
    OpInfo unsignedBytes = matmul(64, 64, 64, "i8", "i32");
    for (OperandInfo &operand : unsignedBytes.operands)
      operand.isUnsigned = !operand.isOutput;
    add("u8", {unsignedBytes});
    add("bf16", {matmul(64, 64, 64, "bf16", "f32")});
    add("f16", {matmul(1024, 1024, 1024, "f16", "f32")});
    add("mm_relu",
        {matmul(128, 256, 512), elementwise("relu", {128, 256}, "mm")});
    add("mm_bias_relu",
        {matmul(128, 256, 512), elementwise("bias", {128, 256}, "mm"),
         elementwise("relu", {128, 256}, "bias")});
    OpInfo scaled = matmul(128, 256, 512);
    scaled.operands[0].producer = "scale";
    add("scale_mm", {elementwise("scale", {128, 512}, ""), scaled});
    add("square",
        {matmul(128, 128, 128), elementwise("relu", {128, 128}, "mm")});
    OpInfo zero = makeOp("zero", {64, 64}, "pp", BodyClass::Fill);
    zero.operands = {makeOperand("out", {0, 1})};
    OpInfo filled = matmul(64, 64, 512);
    filled.operands[2].producer = "zero";
    add("fill", {zero, filled});
    OpInfo qk = makeOp("qk", {8, 64, 64, 32}, "pppr", BodyClass::Contraction);
    qk.operands = {makeOperand("lhs", {0, 1, 3}), makeOperand("rhs", {0, 3, 2}),
                   makeOperand("out", {0, 1, 2})};
    OpInfo softmax =
        makeOp("softmax", {8, 64, 64}, "ppr", BodyClass::Normalization);
    softmax.operands = {makeOperand("in0", {0, 1, 2}, "f32", "qk"),
                        makeOperand("out", {0, 1, 2})};
    OpInfo pv = makeOp("pv", {8, 64, 64, 32}, "pprp", BodyClass::Contraction);
    pv.operands = {makeOperand("lhs", {0, 1, 2}, "f32", "softmax"),
                   makeOperand("rhs", {0, 2, 3}),
                   makeOperand("out", {0, 1, 3})};
    add("attention", {qk, softmax, pv});
    OpInfo sum = makeOp("sum", {128, 256}, "pr", BodyClass::Reduction);
    sum.operands = {makeOperand("in0", {0, 1}), makeOperand("out", {0})};
    add("rowsum", {sum});
    add("conv", {conv2d(1, 56, 56, 64, 3, 3, 64)});
    // n, f, oh, ow, kh, kw, c on NCHW with stride 2.
    OpInfo nchw = makeOp("conv", {1, 64, 28, 28, 3, 3, 16}, "pppprrr",
                         BodyClass::Contraction);
    OperandInfo input = makeOperand("in0", {0, 6, 2, 3});
    for (unsigned i : {2u, 3u}) {
      input.access[i].terms[0].second = 2;
      input.access[i].terms.push_back({i + 2, 1});
    }
    nchw.operands = {input, makeOperand("filter", {1, 6, 4, 5}),
                     makeOperand("out", {0, 1, 2, 3})};
    add("nchw2", {nchw});
    // Sums over a dimension that the filter does not have.
    OpInfo pooled =
        makeOp("conv", {16, 16, 3, 3, 4}, "pprrr", BodyClass::Contraction);
    pooled.operands = {makeOperand("in0", {0, 1, 4}),
                       makeOperand("filter", {2, 3}),
                       makeOperand("out", {0, 1})};
    add("pooled", {pooled});
    OpInfo gather = makeOp("g", {64, 64}, "pp", BodyClass::Other);
    OperandInfo table = makeOperand("in0", {0, 1});
    table.access[1] = Access();
    table.access[1].affine = false;
    table.access[1].reason = "tensor.extract";
    gather.operands = {table, makeOperand("out", {0, 1})};
    add("gather", {gather});
    return all;
  }();
  if (name == "none")
    return nullptr;
  auto it = kernels->find(name.str());
  return it == kernels->end() ? nullptr : &it->second;
}

static std::string withoutLabel(llvm::StringRef text, llvm::StringRef label) {
  std::string kept;
  for (llvm::StringRef line : llvm::split(text, '\n'))
    if (!line.starts_with(label))
      kept += (kept.empty() ? "" : "\n") + line.str();
  return kept;
}

void checkRule(const RuleCase &test) {
  Assignment values;
  for (llvm::StringRef entry : llvm::split(test.values, ',')) {
    auto [name, value] = entry.split('=');
    if (!name.empty())
      value.getAsInteger(10, values[name.str()]);
  }
  std::string found = diagnose(test.plan, target(test.machine),
                               kernelNamed(test.kernel), values);
  // Most cases are a step or two: few loops leave more than a register tile.
  if (!llvm::StringRef(test.expected).contains("V-COVER"))
    found = withoutLabel(found, "V-COVER");
  EXPECT_EQ(found, test.expected);
}

} // namespace tensorop::model::test
