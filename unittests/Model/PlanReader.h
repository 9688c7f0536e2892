//===- PlanReader.h - Plan text for tests -----------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_UNITTESTS_MODEL_PLANREADER_H
#define TENSOROP_UNITTESTS_MODEL_PLANREADER_H

#include "TensorOp/Model/LoopTree.h"

namespace tensorop::model::test {

struct Plan {
  PlanHeader header;
  std::vector<Step> steps;
};

/// Reads `root mm(m, n, k) with [relu(m, n)] requires [fma] numerics(reassoc)`,
/// then one step a line, `strategy.` left out. Stops the test process on text
/// that it does not understand: the dialect's parser is the real one.
Plan readPlan(llvm::StringRef text);

/// Expression or size from text; stops the test process when it is none.
Expr expr(llvm::StringRef text);
Size size(llvm::StringRef text);

/// Dimension positions and extents of a payload op.
OpInfo makeOp(llvm::StringRef name, llvm::ArrayRef<int64_t> extents,
              llvm::StringRef iterators, BodyClass body);
/// An operand indexed by plain dimensions.
OperandInfo makeOperand(llvm::StringRef name, llvm::ArrayRef<unsigned> dims,
                        llvm::StringRef type = "f32",
                        llvm::StringRef producer = "");
/// mm: lhs (m, k), rhs (k, n), out (m, n).
OpInfo matmul(int64_t m, int64_t n, int64_t k, llvm::StringRef input = "f32",
              llvm::StringRef acc = "f32", llvm::StringRef name = "mm");
/// An elementwise op that reads `producer` in its own index space.
OpInfo elementwise(llvm::StringRef name, llvm::ArrayRef<int64_t> extents,
                   llvm::StringRef producer, llvm::StringRef type = "f32");
/// conv(n, oh, ow, f, kh, kw, c), NHWC, filter [f, kh, kw, c] or [kh, kw, c,
/// f].
OpInfo conv2d(int64_t n, int64_t oh, int64_t ow, int64_t f, int64_t kh,
              int64_t kw, int64_t c, int64_t stride = 1,
              bool filterLast = false);

HardwareModel target(llvm::StringRef name);

/// Labels and texts of all errors, "LABEL@step: message", in order.
std::vector<std::string> messages(llvm::Error error);
/// As messages, joined by newlines; empty for success.
std::string text(llvm::Error error);

/// Builds and returns the diagnostics ("" when it is fine).
std::string diagnose(llvm::StringRef plan, const HardwareModel &hardware,
                     const KernelInfo *kernel = nullptr,
                     const Assignment &chosen = {});
/// Builds or stops the test process.
LoopTree build(llvm::StringRef plan, const HardwareModel &hardware,
               const KernelInfo *kernel = nullptr,
               const Assignment &chosen = {});

} // namespace tensorop::model::test

#endif // TENSOROP_UNITTESTS_MODEL_PLANREADER_H
