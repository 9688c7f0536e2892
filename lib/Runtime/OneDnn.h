//===- OneDnn.h - oneDNN as a baseline --------------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_RUNTIME_ONEDNN_H
#define TENSOROP_LIB_RUNTIME_ONEDNN_H

#include "TensorOp/Runtime/Baselines.h"

namespace tensorop::runtime {

/// Adds what the oneDNN at `path` has for `gemm`: dnnl_sgemm for f32,
/// dnnl_gemm_s8s8s32 for i8 with sums in i32, and for 16-bit floats and i8 its
/// matmul primitive on plain row-major matrices (interface of version 2); each
/// on `threads` threads.
void addOneDnn(const std::string &path, const GemmEquivalent &gemm,
               int64_t threads, BaselineSearch &search);

} // namespace tensorop::runtime

#endif // TENSOROP_LIB_RUNTIME_ONEDNN_H
