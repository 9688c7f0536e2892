//===- Kernels.h - Kernels that the tests propose plans for -----*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_UNITTESTS_PROPOSER_KERNELS_H
#define TENSOROP_UNITTESTS_PROPOSER_KERNELS_H

#include "TensorOp/Model/LoopTree.h"
#include "TensorOp/Proposer/Proposer.h"

namespace tensorop {

constexpr const char *machines[] = {"x86-64-v3", "x86-64-v4", "znver3",
                                    "znver4",    "znver5",    "sapphirerapids"};

/// A target that must be known.
HardwareModel machine(llvm::StringRef name);

/// A contraction as in an einsum: the letters of each operand in the order of
/// memory, those of `dims` in iteration order with their extents. With
/// `consumer`, an elementwise op reads the result.
model::KernelInfo
contraction(llvm::StringRef dims, llvm::ArrayRef<int64_t> extents,
            llvm::StringRef lhs, llvm::StringRef rhs, llvm::StringRef out,
            const std::string &type = "f32", bool consumer = false);
model::KernelInfo gemm(int64_t m, int64_t n, int64_t k,
                       const std::string &type = "f32");
/// `kernel`, a contraction, with inputs of one type and sums in another.
model::KernelInfo withTypes(model::KernelInfo kernel, const std::string &input,
                            const std::string &sum);

/// The analytic proposer's plan for `kernel`, which must be there and legal;
/// `what` names the kernel in messages.
Proposal proposeLegal(const model::KernelInfo &kernel, const HardwareModel &hw,
                      int64_t threads, const std::string &what);

} // namespace tensorop

#endif // TENSOROP_UNITTESTS_PROPOSER_KERNELS_H
